"""Every command that takes an id says in one sentence what is none, and where there are some."""

import importlib
import sys
from collections.abc import Iterator
from typing import get_args
from uuid import UUID

import pytest
from typer.models import ParameterInfo
from typer.utils import get_params_from_function

from cli import main
from cli.ids import id_from
from infrastructure.operator_error import OperatorError


def typed_ids() -> Iterator[tuple[str, ParameterInfo]]:
    """Every argument and option of every command that is an id, by the name of its command."""
    groups = {name: importlib.import_module(f"cli.{name}").app for name in main.GROUPS} | {"genesis": main.app}
    for name, app in groups.items():
        for command in app.registered_commands:
            for parameter in get_params_from_function(command.callback).values():
                if UUID in (parameter.annotation, *get_args(parameter.annotation)) or list[UUID] in get_args(
                    parameter.annotation
                ):
                    yield f"{name} {command.callback.__name__} {parameter.name}", parameter.default


def test_no_command_leaves_an_id_to_the_words_of_a_library() -> None:
    found = dict(typed_ids())
    assert len(found) > 15
    assert [name for name, info in found.items() if info.parser is None] == []


def test_what_is_no_id_is_said_with_the_command_that_lists_them() -> None:
    given = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    assert id_from("sessions list")(given) == UUID(given)
    for said in ("nope", "", "3f2504e0", "9" * 500):
        with pytest.raises(OperatorError) as refused:
            id_from("sessions list")(said)
        assert (refused.value.code, "is not an id" in refused.value.message) == (2, True)
        assert "`genesis sessions list`" in refused.value.remedy
        assert len(refused.value.message) < 100


@pytest.mark.parametrize(
    "typed",
    [
        "sessions show nope",
        "sessions why nope /X",
        "archive bring-back nope",
        "streams state nope",
        "tokens revoke nope",
    ],
)
def test_it_is_all_that_is_printed(
    typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["genesis", *typed.split()])
    with pytest.raises(SystemExit) as end:
        main.main()
    said = capsys.readouterr()
    assert (end.value.code, said.out) == (2, "")
    assert said.err.startswith("“nope” is not an id.\nCopy it from `genesis ")
