"""Nothing listens beyond this machine before there is a password."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from cli.people import people
from infrastructure.identity.listen_guard import beyond_this_machine, secure
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings
from tests.support.postgres import Cluster
from tests.support.studio import Studio, free_port

# would listen, if it came to that, on every interface
EVERYWHERE = ("0.0.0.0", "::")
PASSWORD = "a bell under the water"


@pytest.mark.parametrize("host", [*EVERYWHERE, "0", "::ffff:0.0.0.0", "192.0.2.7", "2001:db8::7", "no.such.invalid"])
def test_any_address_but_loopback_is_beyond_this_machine(host: str) -> None:
    assert beyond_this_machine(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "127.1", "localhost", "::1"])
def test_loopback_is_this_machine(host: str) -> None:
    assert not beyond_this_machine(host)


def _settings(host: str, **given: str) -> Settings:
    return Settings(host=host, **{name: SecretStr(value) for name, value in given.items()})


@pytest.mark.parametrize("host", EVERYWHERE)
async def test_without_a_password_it_is_refused_and_with_one_it_is_not(host: str, database_url: str) -> None:
    with pytest.raises(OperatorError) as refused:
        await secure(_settings(host), database_url)
    assert "genesis users password owner" in refused.value.remedy
    await secure(_settings("127.0.0.1"), database_url)
    async with people(database_url) as them:
        await them.users.set_password(them.owner.id, PASSWORD)
    await secure(_settings(host), database_url)


async def test_the_password_of_somebody_who_is_shut_out_opens_nothing_to_the_world(database_url: str) -> None:
    async with people(database_url) as them:
        guest = await them.users.add("guest", PASSWORD)
        await them.users.disable(guest.id)
    with pytest.raises(OperatorError, match="before there is a password"):
        await secure(_settings(EVERYWHERE[0]), database_url)


async def test_a_password_of_the_environment_is_the_owners_first_and_no_later_one(database_url: str) -> None:
    for given in (PASSWORD, "another one, at the next start"):
        await secure(_settings(EVERYWHERE[0], owner_password=given), database_url)
        async with people(database_url) as them:
            assert await them.users.check("owner", PASSWORD) == them.owner


async def test_a_password_of_the_environment_that_cannot_be_one_is_refused(database_url: str) -> None:
    with pytest.raises(OperatorError, match="GENESIS_OWNER_PASSWORD"):
        await secure(_settings(EVERYWHERE[0], owner_password="short"), database_url)
    async with people(database_url) as them:
        assert not await them.users.anybody_has_a_password()


async def test_a_database_that_cannot_be_asked_is_a_sentence(cluster: Cluster) -> None:
    with cluster.database(migrated=False) as url, pytest.raises(OperatorError, match="no schema yet"):
        await secure(_settings(EVERYWHERE[0]), url)


@pytest.mark.parametrize("host", EVERYWHERE)
@pytest.mark.parametrize("module", [("cli.main", "process", "api"), ("cli.process", "api")])
def test_the_api_process_says_why_it_does_not_listen(
    host: str, module: tuple[str, ...], database_url: str, tmp_path: Path
) -> None:
    environment = {"GENESIS_HOME": str(tmp_path), "GENESIS_HOST": host, "GENESIS_PORT": str(free_port())}
    done = _run(module, environment | {"GENESIS_DATABASE_URL": database_url})
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"The studio does not listen on {host}, where others can reach it, before there is a password.",
        "Set one with `genesis users password owner`, or leave GENESIS_HOST at 127.0.0.1.",
    ]


def test_a_whole_studio_ends_with_the_same_sentence_and_leaves_nothing_running() -> None:
    studio = Studio(GENESIS_HOST=EVERYWHERE[0])
    done = studio.genesis("run")
    assert done.returncode == 1
    assert "before there is a password" in done.stderr
    assert "login?token" not in done.stdout
    assert studio.family() == []
    assert not (studio.home / "runtime.json").exists()
    studio.remove()


def _run(arguments: tuple[str, ...], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GENESIS_", "PREFECT_"))}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env=kept | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
