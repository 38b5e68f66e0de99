"""Tables of the command line on terminals of any width: whole ids, whatever else there is."""

import pytest
from rich.table import Table

from cli.printing import make_console

ID = "0b8f6c2e-58a4-4f0e-9d58-6f2b7a4c1d33"


def shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int) -> str:
    monkeypatch.setenv("COLUMNS", str(columns))
    table = Table("session", "title", "whose", "status", "stage", "branch of")
    table.add_row(ID, "The Salt Clock of the harbour", "ann", "in progress", "CONCEPT_SELECTION", f"{ID}@12")
    table.add_row(ID, "Low Water", "ann", "finished", "FINISHED", "")
    make_console().print(table)
    return capsys.readouterr().out


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_a_narrow_terminal_gets_a_block_for_each_row_with_whole_ids(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = shown(capsys, monkeypatch, columns).splitlines()
    assert [line.split() for line in lines if ID in line] == [
        ["session", ID],
        ["branch", "of", f"{ID}@12"],
        ["session", ID],
    ]
    assert max(map(len, lines)) <= columns
    assert sum(line.startswith("branch of") for line in lines) == 1  # the second row has none


def test_a_wide_terminal_gets_the_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(capsys, monkeypatch, 200).splitlines()
    assert sum(ID in line and "Low Water" in line for line in lines) == 1
