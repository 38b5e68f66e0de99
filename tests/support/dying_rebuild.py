"""A rebuild as a process of its own that SIGKILLs itself at a named step, the n-th time that it comes there."""

import asyncio
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

from infrastructure.read_side import rebuild_plan, shadow_fill, shadow_tables, table_switch
from infrastructure.read_side.rebuild import Options, rebuild
from projections.registry import BY_NAME
from tests.support.dying import ROOT, die

CHUNK = 40
"""Events, so that short logs have many chunks, and streams are cut by them."""

STEPS: dict[str, tuple[Any, str, bool]] = {
    "between the rows and their place": (rebuild_plan, "move_part", False),
    "after a chunk": (shadow_fill, "write_folded", True),
    "while workers fill": (rebuild_plan, "filled_events", False),
    "between the fill and the indexes": (shadow_tables, "finish_fill", False),
    "while it follows the log": (shadow_tables, "follow_far", False),
    "in the switch": (table_switch, "take_over_heads", False),
}
"""Owner, name, and whether the step is over then."""


def start(url: str, projection: str, step: str, number: int, workers: int = 1) -> subprocess.Popen[bytes]:
    arguments = [url, projection, step, str(number), str(workers)]
    return subprocess.Popen([sys.executable, "-m", __name__, *arguments], cwd=ROOT)


def _plan(step: str, number: int) -> None:
    owner, name, afterwards = STEPS[step]
    real, turns = getattr(owner, name), count(1)

    async def gate(*arguments: Any, **options: Any) -> Any:
        last = next(turns) == number
        if last and not afterwards:
            die()
        answer = await real(*arguments, **options)
        if last:
            die()
        return answer

    setattr(owner, name, gate)


def main(url: str, projection: str, step: str, number: str, workers: str) -> None:
    shadow_tables.CHUNK = CHUNK
    _plan(step, int(number))
    asyncio.run(rebuild(url, BY_NAME[projection], Options(workers=int(workers))))


if __name__ == "__main__":
    assert Path.cwd() == ROOT
    main(*sys.argv[1:])
