"""`genesis users role` and `reads` as they are typed: who may read everybody's sessions, and what was read."""

import json
import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from application.audit import Audit
from cli.people import People
from tests.support.reading import projecting
from tests.support.users_cli import Genesis, found, genesis

__all__ = ["found", "genesis"]  # the fixtures


async def test_a_role_is_given_and_taken_and_the_list_shows_it(genesis: Genesis, found: People) -> None:
    assert genesis("users", "add", "ada").returncode == 0
    given = genesis("users", "role", "ada", "analyst")
    assert (given.returncode, given.stderr) == (0, "")
    assert given.stdout.startswith("ada is an analyst: they may read every session")
    assert re.search(r"ada\s+│ analyst", genesis("users", "list").stdout)
    token = genesis("token", "--user", "ada").stdout.strip()
    grant = await found.accounts.grant_of(token, "bearer")
    assert grant is not None
    assert grant.account.role == "analyst"
    assert genesis("users", "role", "ada", "WRITER").returncode == 0
    assert re.search(r"ada\s+│ writer", genesis("users", "list").stdout)


@pytest.mark.parametrize(
    ("name", "role", "code", "sentence"),
    [
        ("owner", "analyst", 1, "The owner's role stays."),
        ("ada", "owner", 2, "There is no role “owner”."),
        ("ada", "", 2, "There is no role “”."),
        ("nobody", "analyst", 1, "There is nobody of that name."),
    ],
    ids=["owner", "no-role", "empty", "nobody"],
)
async def test_a_role_that_cannot_be_given_changes_nothing(
    genesis: Genesis, name: str, role: str, code: int, sentence: str
) -> None:
    genesis("users", "add", "ada")
    refused = genesis("users", "role", name, role)
    assert (refused.returncode, refused.stderr.startswith(sentence)) == (code, True), refused.stderr
    assert "analyst" not in genesis("users", "list").stdout


async def test_what_was_read_of_somebodys_is_listed(genesis: Genesis, found: People, database_url: str) -> None:
    assert genesis("users", "add", "ada").returncode == 0
    assert "Nobody else has read anything" in genesis("users", "reads", "owner").stdout
    ada, session_id = await found.one("ada"), uuid4()
    audit = Audit(found.commands, lambda: datetime.now(UTC))
    await audit.session_read(ada.id, found.owner.id, session_id, "provenance")
    await audit.exported(ada.id, [found.owner.id], "events", named=True, with_text=True, selection="all")
    async with projecting(database_url) as projector:
        await projector.catch_up()
    shown = genesis("users", "reads", "owner").stdout
    assert f"where the texts came from of the session {session_id}" in shown
    assert "took out events, by name, with texts" in shown
    entries = json.loads(genesis("users", "reads", "owner", "--json", "--limit", "1").stdout)
    assert [(one["reader"], one["kind"]) for one in entries] == [("ada", "RecordsExported")]
