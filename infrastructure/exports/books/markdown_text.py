"""Writes a writer's characters so that Markdown shows them as they are.

pandoc's own Markdown leaves a line of `---`, an entity or a single `~` as it is, which then means something. CommonMark
shows any ASCII punctuation after a backslash as itself: https://spec.commonmark.org/0.31.2/#backslash-escapes
"""

import re

_ANYWHERE = re.compile(r"[\\`*_\[\]<>|~$^{}#]|&(?=#?\w+;)|:(?=[\w+-]+:)|:(?=::)")
_NUMBER = re.compile(r"(\d{1,9})([.)])")


def escaped(word: str, *, first: bool) -> str:
    """A word without spaces; `first`: whether it may begin a line."""
    text = _ANYWHERE.sub(lambda found: "\\" + found[0], word)
    if not first:
        return text
    if numbered := _NUMBER.match(text):
        return f"{numbered[1]}\\{text[numbered.end(1) :]}"
    return f"\\{text}" if text[0] in "-+=:" else text
