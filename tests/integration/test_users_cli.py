"""`genesis users`, `token`, `tokens` and `login` as they are typed: people, passwords, and what lets programs in."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from cli.people import People
from infrastructure.identity.access_tokens import Kind
from tests.support.studio import Studio
from tests.support.users_cli import PASSWORD, Genesis, found, genesis

# what a person's shell does for a command: a password is asked for on the terminal, not on stdin
ON_ITS_OWN_TERMINAL = """
import fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
import cli.main
cli.main.main()
"""

__all__ = ["found", "genesis"]  # the fixtures


def _environment(home: Path, **given: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GENESIS_", "PREFECT_"))}
    return kept | {"GENESIS_HOME": str(home)} | given


async def _good(found: People, token: str, kind: Kind = "bearer") -> bool:
    """As another process would see it, which remembers nothing."""
    found.accounts.forget()
    return await found.accounts.grant_of(token, kind) is not None


async def test_somebody_added_can_sign_in_be_shut_out_and_be_let_in_again(genesis: Genesis, found: People) -> None:
    added = genesis("users", "add", "Ada  Löwe", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert (added.returncode, added.stdout) == (0, "Ada Löwe can sign in with their password.\n")
    ada = await found.users.check("ADA LÖWE", PASSWORD)
    assert ada is not None
    assert ada.role == "writer"
    session = await found.accounts.open_session(ada.id)
    token = genesis("token", "--user", "ada löwe").stdout.strip()
    assert await _good(found, token)

    assert genesis("users", "disable", "Ada Löwe").returncode == 0
    assert not await _good(found, token)
    assert not await _good(found, session, "session")
    assert await found.users.check("Ada Löwe", PASSWORD) is None
    for command in (("token", "--user", "Ada Löwe"), ("login", "Ada Löwe")):
        refused = genesis(*command)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith("Ada Löwe is disabled.")

    assert genesis("users", "enable", "Ada Löwe").returncode == 0
    assert await found.users.check("Ada Löwe", PASSWORD) is not None
    assert not await _good(found, token), "what has ended stays ended"
    shown = genesis("users", "list").stdout
    assert re.search(r"owner\s+│ owner\s+│ no", shown)
    assert re.search(r"Ada Löwe\s+│ writer\s+│ yes", shown)


async def test_a_name_that_only_looks_different_is_taken(genesis: Genesis, found: People) -> None:
    assert genesis("users", "add", "ada").returncode == 0
    for name in ("ADA", " ada ", "ａｄａ"):  # the last one in full-width letters
        refused = genesis("users", "add", name)
        assert (refused.returncode, "already" in refused.stderr) == (1, True), name
    assert len(await found.users.all()) == 2


async def test_a_name_in_markup_is_shown_as_it_is(genesis: Genesis) -> None:
    assert genesis("users", "add", "[red]Ada[/]").stdout.startswith("[red]Ada[/] can sign in")
    assert "[red]Ada[/]" in genesis("users", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "sentence"),
    [
        (("users", "add", "ada", "--password-stdin"), "short\n", 1, "Use 10 to 200 characters."),
        (("users", "add", "ada", "--password-stdin"), "x" * 1_000_000, 1, "Use 10 to 200 characters."),
        (("users", "add", "ada", "--password-stdin"), "", 1, "Use 10 to 200 characters."),
        (("users", "add", ""), "", 1, "This cannot be a name."),
        (("users", "add", "a\x1b[2J"), "", 1, "This cannot be a name."),
        (("users", "add", "x" * 61), "", 1, "This cannot be a name."),
        (("users", "password", "owner"), "", 2, "There is no terminal to type a password at."),
        (("users", "password", "nobody", "--password-stdin"), PASSWORD, 1, "There is nobody of that name."),
        (("users", "disable", "nobody"), "", 1, "There is nobody of that name."),
        (("users", "disable", "owner"), "", 1, "The owner cannot be shut out."),
        (("token", "--user", "nobody"), "", 1, "There is nobody of that name."),
        (("token", "--scope", "all"), "", 2, "all"),
        (("token", "--days", "0"), "", 2, "--days"),
        (("token", "--label", "x" * 101), "", 2, "This cannot be a label."),
        (("tokens", "revoke", "7"), "", 2, "“7” is not an id."),
        (("tokens", "revoke", "00000000-0000-4000-8000-000000000000"), "", 1, "There is no such session or token."),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    genesis: Genesis, arguments: tuple[str, ...], stdin: str, code: int, sentence: str
) -> None:
    done = genesis(*arguments, stdin=stdin)
    assert (done.returncode, sentence in done.stderr, done.stdout) == (code, True, ""), done.stderr


async def test_a_new_password_signs_browsers_out_and_leaves_programs_in(genesis: Genesis, found: People) -> None:
    session = await found.accounts.open_session(found.owner.id)
    token = await found.accounts.issue_bearer(found.owner.id)
    done = genesis("users", "password", "owner", "--password-stdin", stdin=PASSWORD)
    assert (done.returncode, done.stderr) == (0, "")
    assert not await _good(found, session, "session")
    assert await _good(found, token)
    assert await found.users.check("owner", PASSWORD) == found.owner


async def test_a_token_says_what_it_is_for_and_can_be_ended(genesis: Genesis, found: People) -> None:
    plain, reading = genesis("token"), genesis("token", "--scope", "read", "--days", "7", "--label", "a dashboard")
    for done in (plain, reading):
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}\n", done.stdout), "the token and nothing else"
        assert done.stderr == ""
    grants = [await found.accounts.grant_of(done.stdout.strip(), "bearer") for done in (plain, reading)]
    assert [sorted(grant.scopes) if grant else None for grant in grants] == [["read", "write"], ["read"]]
    dashboard = next(access for access in await found.accounts.granted(found.owner.id) if access.scopes == ["read"])
    assert (dashboard.label, round((dashboard.expires_at - dashboard.created_at) / timedelta(days=1))) == (
        "a dashboard",
        7,
    )
    listed = genesis("tokens", "list").stdout
    assert str(dashboard.id) in listed
    assert reading.stdout.strip() not in listed
    assert genesis("tokens", "revoke", str(dashboard.id)).stdout == "It has ended.\n"
    assert not await _good(found, reading.stdout.strip())
    assert await _good(found, plain.stdout.strip())


async def test_a_password_typed_at_a_terminal_is_not_shown(found: People, database_url: str, tmp_path: Path) -> None:
    environment = _environment(tmp_path, GENESIS_DATABASE_URL=database_url)
    for second, code in (("something else", 1), (PASSWORD, 0)):
        shown, returned = _at_a_terminal(
            ["users", "password", "owner"],
            environment,
            [("Password: ", PASSWORD), ("The same again: ", second)],
        )
        assert returned == code, shown
        assert PASSWORD not in shown
        assert second not in shown
    assert await found.users.check("owner", PASSWORD) == found.owner


def test_on_a_folder_that_was_never_used_the_owner_gets_a_password_first() -> None:
    """What the refusal to listen beyond this machine says to do."""
    studio = Studio()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", "users", "password", "owner", "--password-stdin"],
            env=dict(studio.environment),
            input=PASSWORD,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert re.search(r"owner\s+│ owner\s+│ yes", studio.genesis("users", "list").stdout)
        assert studio.family() == []
    finally:
        studio.remove()


def _at_a_terminal(
    arguments: list[str], environment: dict[str, str], dialogue: list[tuple[str, str]]
) -> tuple[str, int]:
    """(what the terminal showed, the exit code): each answer is typed when its question has been asked."""
    ours, theirs = pty.openpty()

    process = subprocess.Popen(
        [sys.executable, "-c", ON_ITS_OWN_TERMINAL, *arguments],
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown, read = "", 0
    deadline = time.monotonic() + 60
    waiting = list(dialogue)
    try:
        while time.monotonic() < deadline:
            if waiting and waiting[0][0] in shown[read:]:
                read = len(shown)
                os.write(ours, waiting.pop(0)[1].encode() + b"\n")
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    shown += os.read(ours, 4096).decode()
                except OSError:  # the other side is closed
                    break
        return shown, process.wait(60)
    finally:
        process.kill()
        os.close(ours)
