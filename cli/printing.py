"""Where the command line's tables and sentences go."""

import os
import sys

from rich.console import Console

_WIDE = 1_000


def make_console(*, soft_wrap: bool = False, markup: bool = True) -> Console:
    """For the standard output. Into a pipe or a file every row is one line, so that what reads it finds whole ids."""
    piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Console(highlight=False, soft_wrap=soft_wrap, markup=markup, width=_WIDE if piped else None)
