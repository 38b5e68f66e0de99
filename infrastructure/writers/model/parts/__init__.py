"""Large contents asked for part by part: a cast person by person, a plot in its beats and batches of chapters."""
