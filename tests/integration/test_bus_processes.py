"""Two consumers of one group in processes of their own: one is killed or frozen between its work and its commit."""

import signal
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.appends import ENTERED, write
from tests.support.bus import Bus, sessions_of
from tests.support.reader_process import start_reader
from tests.support.reading import eventually


class Notes:
    """What the readers noted, in the order of their work."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> list[tuple[int, UUID, int]]:
        """(process, session, version); the first time that each event was taken."""
        found: dict[str, tuple[int, UUID, int]] = {}
        for line in self.path.read_text().splitlines() if self.path.exists() else []:
            process, session, version, event = line.split()
            found.setdefault(event, (int(process), UUID(session), int(version)))
        return list(found.values())

    def by_session(self) -> dict[UUID, list[int]]:
        found: dict[UUID, list[int]] = {}
        for _, session, version in self.lines():
            found.setdefault(session, []).append(version)
        return found


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_another_process_goes_on_where_one_stopped_before_its_commit(
    bus: Bus, tmp_path: Path, number: signal.Signals
) -> None:
    notes = Notes(tmp_path / "notes")
    made = {session: [1, 2, 3] for session in await sessions_of(bus, 3, 3, 3, 3)}

    async def more(times: int) -> None:
        for session, versions in made.items():
            await write(bus.store, session, len(versions), (ENTERED,) * times)
            versions.extend(range(len(versions) + 1, len(versions) + 1 + times))
        await bus.relay()

    async def all_taken() -> bool:
        return notes.by_session() == made

    await bus.relay()
    first = await start_reader(bus, notes.path, number)
    readers = [first]
    try:
        await eventually(lambda: _noted(notes, first.pid), within=60)
        readers.append(second := await start_reader(bus, notes.path, 0))
        await more(2)
        await eventually(lambda: _noted(notes, second.pid), within=90)
        await eventually(all_taken, within=90)
        if number == signal.SIGSTOP:
            first.send_signal(signal.SIGCONT)
        await more(3)
        await eventually(all_taken, within=90)
        if number == signal.SIGSTOP:
            assert first.returncode is None, "it lives on"
    finally:
        for reader in readers:
            if reader.returncode is None:
                reader.kill()
            await reader.wait()


async def _noted(notes: Notes, process: int) -> bool:
    return any(by == process for by, _, _ in notes.lines())
