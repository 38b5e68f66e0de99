"""The genesis session: from a spark to a confirmed concept, story, cast, world and plot."""
