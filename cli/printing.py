"""Where the command line's tables and sentences go, and by what name they call it."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

_WIDE = 1_000


class _Console(Console):
    """Shows a table that has no room for its longest words as a block for each row, so that no id is cut."""

    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*(self._fitting(one) if isinstance(one, Table) else one for one in objects), **options)

    def _fitting(self, table: Table) -> RenderableType:
        options = self.options
        needed = self.measure(table, options=options.update_width(_WIDE)).minimum
        if needed <= options.max_width or not table.show_header:
            return table
        return Group(*_blocks(table))


def _blocks(table: Table) -> Iterator[RenderableType]:
    """Each row as lines of a column's name and what the row has there; what is empty is left out."""
    rows = zip(*(list(column.cells) for column in table.columns), strict=True)
    for number, row in enumerate(rows):
        block = Table.grid(padding=(0, 2))
        for column, cell in zip(table.columns, row, strict=True):
            if cell:
                block.add_row(column.header, cell)
        yield from ([Text()] if number else []) + [block]


def make_console(*, soft_wrap: bool = False, markup: bool = True) -> Console:
    """For the standard output. Into a pipe or a file every row is one line, so that what reads it finds whole ids."""
    piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return _Console(highlight=False, soft_wrap=soft_wrap, markup=markup, width=_WIDE if piped else None)


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
