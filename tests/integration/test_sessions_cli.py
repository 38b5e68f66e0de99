"""`genesis sessions` as it is typed: list, any moment, history, differences, branches; it reads, and nothing else."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import jsonpatch
import psycopg
import pytest
import pytest_asyncio

from cli import sessions
from cli.moments import read
from domain.genesis.commands import BranchGenesis, ConfirmStage, EditContent, ProvideFeedback
from domain.genesis.stages import STAGE_ORDER
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import make_pool, opened
from projections.genesis.queries import Queries
from tests.support.commands import CONTENTS, Desk
from tests.support.postgres import Cluster
from tests.support.reading import projecting
from tests.support.users_cli import Genesis, typed

FIRST = STAGE_ORDER[0]


@dataclass(frozen=True)
class Shelf:
    """A session of Ann's, two branches of it and a branch of one of these; the state of the first as readers see it."""

    url: str
    session: UUID
    early: UUID
    late: UUID
    grandchild: UUID
    state: str
    events: int


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shelf(cluster: Cluster) -> AsyncIterator[Shelf]:
    with cluster.database() as url:
        async with opened(make_pool(url, "tests", min_size=1, max_size=2)) as pool, projecting(url) as projector:
            desk = Desk(PostgresEventStore(pool, "genesis.events"))
            async with pool.connection() as connection:
                await connection.execute(
                    "INSERT INTO users (id, name, name_key) VALUES (%s, 'Ann', 'ann')", (desk.user_id,)
                )
            await desk.start(mode="free_form", seed="a clock that counts the tide")
            proposal = await desk.propose(count=2)
            desk.clock.advance(days=3)
            answer = await desk.do(ProvideFeedback(proposal_id=proposal, text="Less [salt]."))
            assert answer.correlation_id is not None
            await desk.record(answer.correlation_id, FIRST)
            changed = CONTENTS[FIRST] | {"logline": "A clockmaker must stop the flood that counts down her city."}
            await desk.do(EditContent(stage=FIRST, proposal_id=proposal, content=changed))
            await desk.do(ConfirmStage(stage=FIRST, proposal_id=proposal))
            source = desk.session_id
            made = []
            for origin, version in ((source, 2), (source, 6)):
                made.append((await desk.do(BranchGenesis(from_session_id=origin, at_version=version))).session_id)
            made.append((await desk.do(BranchGenesis(from_session_id=made[1], at_version=1))).session_id)
            while await projector.step():
                pass
            state = await Queries(pool, desk.clock).state(source, desk.user_id)
            assert state is not None
            assert state.version == 8
            async with pool.connection() as connection:
                ((events,),) = await (await connection.execute("SELECT count(*) FROM domain_events")).fetchall()
        yield Shelf(url, source, *made, state=state.model_dump_json(), events=events)


@pytest.fixture
def genesis(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Genesis:
    """One command: arguments -> (exit code, stdout, stderr)."""
    return typed(shelf.url, tmp_path, monkeypatch, capsys, "sessions")


def test_list(genesis: Genesis, shelf: Shelf) -> None:
    code, said, _ = genesis("list")
    assert (code, said.count("The Salt Clock") >= 1, "Ann" in said) == (0, True, True)
    found = json.loads(genesis("list", "--user", "ANN", "--json")[1])
    assert {one["session_id"] for one in found} == {
        str(one) for one in (shelf.session, shelf.early, shelf.late, shelf.grandchild)
    }
    assert json.loads(genesis("list", "--user", "bob", "--json")[1]) == []
    assert len(json.loads(genesis("list", "--limit", 1, "--json")[1])) == 1


def test_show_now_and_then(genesis: Genesis, shelf: Shelf) -> None:
    assert json.loads(genesis("show", shelf.session, "--at-version", 8, "--json")[1]) == json.loads(shelf.state)
    then = json.loads(genesis("show", shelf.session, "--at-version", 1, "--json")[1])
    assert (then["version"], then["stages"][0]["proposals"]) == (1, [])
    by_time = json.loads(genesis("show", shelf.session, "--at", "2026-03-01T10:00:00+01:00", "--json")[1])
    assert by_time["version"] == 3
    code, said, _ = genesis("show", shelf.session)
    assert (code, "The Salt Clock" in said, "in progress" in said) == (0, True, True)


def test_replay_tells_who_did_what(genesis: Genesis, shelf: Shelf) -> None:
    code, said, _ = genesis("replay", shelf.session)
    assert code == 0
    for words in ("Ann", "muse", "2 proposals", "feedback: “Less [salt].”", "logline (+1 −1 words)", "confirmed"):
        assert words in said, words
    lines = [
        json.loads(line) for line in genesis("replay", shelf.session, "--from", 2, "--to", 3, "--json")[1].splitlines()
    ]
    assert [(line["version"], line["event_type"], line["who"]) for line in lines] == [
        (2, "GenerationRequested", "Ann"),
        (3, "ProposalsRecorded", "muse"),
    ]


def test_replay_as_it_happened(genesis: Genesis, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(sessions.time, "sleep", waited.append)
    code, said, _ = genesis("replay", shelf.session, "--follow", "--speed", 1000)
    lines = said.splitlines()
    assert (code, len(lines), len(waited)) == (0, 9, 8)
    assert max(waited) == sessions.LONGEST_PAUSE
    assert "… 3 days later" in lines[3]
    assert [
        json.loads(line)["version"] for line in genesis("replay", shelf.session, "--follow", "--json")[1].splitlines()
    ]


def test_diff_exits_as_diff_does(genesis: Genesis, shelf: Shelf) -> None:
    code, said, _ = genesis("diff", f"{shelf.session}@6", f"{shelf.session}@7")
    assert code == 1
    assert "@@ Concept: proposals @@" in said
    assert genesis("diff", f"{shelf.session}@2", shelf.early)[0] == 0, "a branch is the moment that it came from"
    assert genesis("diff", shelf.session, f"{shelf.session}@2026-03-05")[0] == 0
    code, said, _ = genesis("diff", shelf.early, shelf.session, "--json")
    found = json.loads(said)
    assert (code, found["equal"]) == (1, False)
    bodies = [
        json.loads(genesis("show", one, "--at", found[side]["at"], "--json")[1])
        for one, side in ((shelf.early, "before"), (shelf.session, "after"))
    ]
    assert jsonpatch.apply_patch(bodies[0], found["patch"]) == bodies[1]


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        ("{session}@0", "{session}", "no version 0"),
        ("{session}@-1", "{session}", "no version -1"),
        ("{session}@9", "{session}", "the last one is 8"),
        ("{session}@" + str(2**63), "{session}", "no version"),
        ("{session}@2001-01-01", "{session}", "Nothing had begun"),
        ("{session}@noon", "{session}", "neither a version nor a time"),
        ("{session}@2026-03-01T12:30:60Z", "{session}", "nor a time"),
        ("here", "{session}", "not the id of a session"),
        ("", "{session}", "not the id of a session"),
        ("{session}", str(UUID(int=1)), "no such session"),
    ],
    ids=["0", "-1", "after the end", "2^63", "before", "noon", "leap second", "no id", "nothing", "nobody"],
)
def test_diff_says_what_cannot_be_compared(genesis: Genesis, shelf: Shelf, a: str, b: str, why: str) -> None:
    code, said, told = genesis("diff", a.format(session=shelf.session), b.format(session=shelf.session))
    assert (code, said) == (2, "")
    assert why in told


def test_tree_of_branches(genesis: Genesis, shelf: Shelf) -> None:
    code, said, _ = genesis("tree", shelf.late)
    lines = said.splitlines()
    assert (code, len(lines)) == (0, 4)
    assert str(shelf.session) in lines[0]
    assert "from version 2: " in lines[1]
    assert "← this one" in lines[2]
    assert str(shelf.grandchild) in lines[3]
    assert genesis("tree")[1].count("version") >= 4
    found = {one["session_id"]: one for one in json.loads(genesis("tree", shelf.early, "--json")[1])}
    assert (found[str(shelf.early)]["source_version"], found[str(shelf.session)]["source_session_id"]) == (2, None)


@pytest.mark.parametrize("command", ["show", "replay", "tree"])
def test_a_session_that_there_is_not(genesis: Genesis, command: str) -> None:
    code, _, told = genesis(command, uuid4())
    assert (code, "There is no such session." in told) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("show", "--at-version", 1, "--at", "2026-03-01"), 2, "not both"),
        (("show", "--at-version", 9), 1, "the last one is 8"),
        (("show", "--at-version", 2**63), 2, "2147483647"),
        (("replay", "--from", 5, "--to", 4), 2, "comes after"),
        (("replay", "--from", 9), 1, "the last one is 8"),
        (("replay", "--to", 9), 1, "the last one is 8"),
        (("replay", "--speed", "0"), 2, "speed"),
        (("replay", "--speed", "nan"), 2, "speed"),
    ],
    ids=["both", "after the end", "2^63", "from after to", "from after the end", "to after the end", "0", "nan"],
)
def test_what_cannot_be_shown(
    genesis: Genesis, shelf: Shelf, arguments: tuple[object, ...], code: int, why: str
) -> None:
    command, *options = arguments
    returned, said, told = genesis(command, shelf.session, *options)
    assert (returned, said) == (code, "")
    assert why in told


def test_the_connection_refuses_to_write(genesis: Genesis) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        read(lambda connection: connection.execute("DELETE FROM access_tokens"))


def test_the_process_has_no_writer_and_writes_nothing(shelf: Shelf, tmp_path: Path) -> None:
    """Every command in a process of its own: no AI can be asked by code that was never loaded."""
    script = """
import sys
from cli.main import main
for arguments in ARGUMENTS:
    sys.argv = ["genesis", "sessions", *arguments]
    try:
        main()
    except SystemExit as end:
        assert end.code in (0, 1), end.code
forbidden = ("infrastructure.writers", "infrastructure.event_store.append", "flows", "pydantic_ai", "prefect")
print([name for name in sys.modules if name.startswith(forbidden)], file=sys.stderr)
"""
    one, other = str(shelf.session), str(shelf.early)
    commands = [["list"], ["show", one], ["replay", one], ["diff", one, other], ["tree"]]
    environment = {
        "PATH": os.environ["PATH"],
        "GENESIS_HOME": str(tmp_path),
        "GENESIS_DATABASE_URL": shelf.url,
    }
    done = subprocess.run(
        [sys.executable, "-c", script.replace("ARGUMENTS", repr(commands))],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "[]\n")
    with psycopg.connect(shelf.url) as connection:
        assert connection.execute("SELECT count(*) FROM domain_events").fetchone() == (shelf.events,)


def test_why_names_the_steps_of_a_text(genesis: Genesis, shelf: Shelf) -> None:
    code, said, _ = genesis("why", shelf.session, f"/{FIRST.value}/logline")
    assert (code, "the muse’s" in said, "proposed" in said, "confirmed" in said) == (0, True, True, True)
    assert "is confirmed yet" in genesis("why", shelf.late, f"/{FIRST.value}/logline")[2]
    found = json.loads(genesis("why", shelf.session, f"/{FIRST.value}/logline", "--json")[1])
    assert {step["kind"] for step in found["steps"]} >= {"generated", "confirmed", "feedback"}
    code, _, complaint = genesis("why", shelf.session, "/POEM/title")
    assert (code, "is no stage" in complaint) == (1, True)
    assert genesis("why", uuid4(), "/")[0] == 1


def test_provenance_in_every_form(genesis: Genesis, shelf: Shelf) -> None:
    assert "| Concept |" in genesis("provenance", shelf.session)[1]
    assert json.loads(genesis("provenance", shelf.session, "--format", "disclosure-json")[1])["confirmations"] == 1
    assert json.loads(genesis("provenance", shelf.session, "--format", "prov")[1])["agent"]
    assert json.loads(genesis("provenance", shelf.session, "--format", "json")[1])["stages"]
