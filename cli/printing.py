"""Where the command line's tables and sentences go, and by what name they call it."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from rich.console import Console

_WIDE = 1_000


def make_console(*, soft_wrap: bool = False, markup: bool = True) -> Console:
    """For the standard output. Into a pipe or a file every row is one line, so that what reads it finds whole ids."""
    piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Console(highlight=False, soft_wrap=soft_wrap, markup=markup, width=_WIDE if piped else None)


def as_called(text: str) -> str:
    """Advice such as `genesis doctor` by the name that it can be typed by here: `.venv/bin/genesis doctor`, perhaps."""
    return text.replace("`genesis ", f"`{_own_name()} ")


def _own_name() -> str:
    program = Path(sys.argv[0])
    if program.name != "genesis" or not program.is_file():
        return "genesis"
    found = shutil.which("genesis")
    if found is not None and program.samefile(found):
        return "genesis"
    absolute = program.absolute()
    here = Path.cwd()
    return shlex.quote(str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute))
