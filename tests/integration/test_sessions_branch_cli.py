"""`genesis sessions branch` as it is typed: from any moment, for its owner, or for an analyst: then it is recorded."""

import json
from uuid import UUID, uuid4

import pytest

from cli.people import People
from domain.audit.aggregate import AUDIT
from domain.audit.trail import audit_id
from domain.genesis.aggregate import GENESIS_SESSION
from tests.support.commands import Desk
from tests.support.reading import projecting
from tests.support.users_cli import Genesis, found, genesis

__all__ = ["found", "genesis"]  # the fixtures


@pytest.fixture
async def source(found: People) -> UUID:
    """A session of the owner's, three events long."""
    desk = Desk(found.store, user_id=found.owner.id)
    await desk.start(mode="free_form", seed="a clock that counts the tide")
    await desk.propose()
    return desk.session_id


async def test_its_owner_gets_it_as_it_was(genesis: Genesis, found: People, source: UUID) -> None:
    done = genesis("sessions", "branch", f"{source}@1", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    made = await found.store.load(GENESIS_SESSION, UUID(said["session_id"]))
    assert (made.user_id, made.premise.seed) == (found.owner.id, "a clock that counts the tide")
    assert (said["source_session_id"], said["source_version"], said["owner"]) == (str(source), 1, found.owner.name)
    assert "begins with version 3" in genesis("sessions", "branch", str(source)).stdout
    assert await found.store.load(AUDIT, audit_id(found.owner.id)) is None, "nobody else has read anything"


async def test_an_analyst_gets_it_and_its_owner_sees_that(
    genesis: Genesis, found: People, source: UUID, database_url: str
) -> None:
    genesis("users", "add", "ada")
    refused = genesis("sessions", "branch", str(source), "--for", "ada")
    assert (refused.returncode, "who is no analyst" in refused.stderr) == (1, True)
    genesis("users", "role", "ada", "analyst")
    done = genesis("sessions", "branch", f"{source}@2", "--for", "ada")
    assert (done.returncode, "of ada begins with version 2" in done.stdout) == (0, True), done.stderr
    assert "sees that it was read" in done.stdout
    async with projecting(database_url) as projector:
        await projector.catch_up()
    assert f"all of version 2, and began a session of their own from it: the session {source}" in (
        genesis("users", "reads", found.owner.name).stdout
    )


@pytest.mark.parametrize(
    ("said", "code", "why"),
    [
        ("{session}@9", 1, "the last one is 3"),
        ("{session}@0", 2, "no version 0"),
        ("{session}@noon", 2, "neither a version nor a time"),
        ("nope", 2, "not the id of a session"),
        (str(uuid4()), 1, "no such session"),
    ],
    ids=["after-the-end", "0", "noon", "no-id", "nobody"],
)
async def test_what_is_not_there_is_not_branched(
    genesis: Genesis, source: UUID, said: str, code: int, why: str
) -> None:
    done = genesis("sessions", "branch", said.format(session=source))
    assert (done.returncode, done.stdout) == (code, "")
    assert why in done.stderr
