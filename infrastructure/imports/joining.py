"""Joins lines of one paragraph: with a space, but none between characters of scripts that have no spaces."""

import re
from collections.abc import Iterable

_DENSE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def joined(lines: Iterable[str]) -> str:
    """One line."""
    found = ""
    for line in lines:
        dense = found and line and _DENSE.match(found[-1]) and _DENSE.match(line[0])
        found += line if dense or not found else f" {line}"
    return found
