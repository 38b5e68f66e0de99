"""`genesis users`: who may come in. Passwords are typed unseen or come by stdin; none is ever shown."""

import shlex
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.connection import as_json as print_json
from cli.moments import AsJson
from cli.people import People, new_password, with_people
from cli.printing import as_called, make_console
from infrastructure.operator_error import OperatorError
from projections.audit.queries import ReadEntry, ReadsPage

app = typer.Typer(help="People: who may come in, and their passwords.", no_args_is_help=True)
console = make_console(soft_wrap=True)

Name = Annotated[str, typer.Argument(help="The person's name; upper and lower case are the same.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from the first line of stdin.")]


@app.command()
def add(name: Name, password_stdin: FromStdin = False) -> None:
    """Let another writer in. Without a password they sign in with an address that `genesis login NAME` prints."""
    password = new_password(from_stdin=password_stdin, optional=True)

    async def work(people: People) -> str:
        return (await people.users.add(name, password)).name

    added = with_people(work)
    console.print(
        f"{escape(added)} can sign in " + ("with their password." if password else "with a one-time address:")
    )
    if not password:
        name = escape(shlex.quote(added))
        console.print(as_called(f"`genesis login {name}` prints one; `genesis users password {name}` sets a password."))


@app.command("list")
def list_() -> None:
    """Everybody, the first first."""

    async def work(people: People) -> Table:
        table = Table("name", "role", "password", "since", "disabled")
        for user in await people.users.all():
            table.add_row(
                escape(user.name),
                user.role,
                "yes" if user.has_password else "no",
                f"{user.created_at:%Y-%m-%d}",
                f"{user.disabled_at:%Y-%m-%d %H:%M}" if user.disabled_at else "",
            )
        return table

    console.print(with_people(work))


@app.command()
def role(
    name: Name, role: Annotated[str, typer.Argument(help="analyst: may read everybody's sessions; or writer.")]
) -> None:
    """What somebody may see, at once, with the tokens that they have, too. Each read by an analyst is recorded."""
    asked = role.lower()
    if asked not in ("writer", "analyst"):
        raise OperatorError(f"There is no role “{role}”.", "It is one of: analyst, writer.", code=2)

    async def work(people: People) -> str:
        user = await people.one(name)
        await people.users.set_role(user.id, "analyst" if asked == "analyst" else "writer")
        return user.name

    changed = escape(with_people(work))
    if asked == "analyst":
        console.print(f"{changed} is an analyst: they may read every session, and its owner sees that they did.")
        console.print(as_called("`genesis users reads NAME` shows what was read of somebody's."))
    else:
        console.print(f"{changed} is a writer: they see what is theirs.")


@app.command()
def reads(
    name: Name,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """What analysts read of somebody's, the newest first."""

    async def work(people: People) -> ReadsPage:
        return await people.reads.reads((await people.one(name)).id, None, limit)

    found = with_people(work).items
    if as_json:
        print_json([entry.model_dump(mode="json") for entry in found])
        return
    if not found:
        console.print("Nobody else has read anything of theirs.")
        return
    table = Table("when", "who", "what")
    for entry in found:
        table.add_row(f"{entry.occurred_at:%Y-%m-%d %H:%M}", escape(entry.reader), escape(_what(entry)))
    console.print(table)


_PARTS = {
    "state": "the session",
    "history": "the history of the session",
    "past": "an earlier moment of the session",
    "provenance": "where the texts came from of the session",
    "prompts": "what a model was sent for the session",
    "branch": "all of version {n}, and began a session of their own from it: the session",
}


def _what(entry: ReadEntry) -> str:
    if entry.part is not None:
        part = _PARTS[entry.part].format(n=entry.at_version)
        return f"{part} {entry.session_id}" + (f" “{entry.session_title}”" if entry.session_title else "")
    what = "took out events" if entry.holds == "events" else "listed sessions"
    return f"{what}, {'by name' if entry.named else 'under pseudonyms'}{', with texts' if entry.with_text else ''}"


@app.command()
def password(name: Name, password_stdin: FromStdin = False) -> None:
    """Set a password. Every browser of theirs is signed out; tokens of programs stay."""
    given = new_password(from_stdin=password_stdin)
    assert given is not None

    async def work(people: People) -> str:
        user = await people.one(name)
        await people.users.set_password(user.id, given)
        return user.name

    console.print(f"The password of {escape(with_people(work))} is set, and their browsers are signed out.")


@app.command()
def disable(name: Name) -> None:
    """Shut somebody out, at once: their sessions and tokens end. What they wrote stays."""

    async def work(people: People) -> str:
        user = await people.one(name)
        await people.users.disable(user.id)
        return user.name

    console.print(f"{escape(with_people(work))} is out. " + as_called("`genesis users enable` lets them in again."))


@app.command()
def enable(name: Name) -> None:
    """Let somebody in again. They have to sign in anew; tokens that ended stay ended."""

    async def work(people: People) -> str:
        user = await people.one(name)
        await people.users.enable(user.id)
        return user.name

    console.print(f"{escape(with_people(work))} can sign in again.")
