"""`genesis tokens`: where somebody is signed in and which programs' tokens are good, and an end to any of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape

from cli.ids import id_from
from cli.people import People, with_people
from cli.printing import make_console
from infrastructure.identity.access_tokens import Access
from infrastructure.operator_error import OperatorError

app = typer.Typer(help="Browser sessions and programs' tokens: listing and ending them.", no_args_is_help=True)
console = make_console(soft_wrap=True)

Whose = Annotated[str | None, typer.Option("--user", help="Whose; the owner's if it is not given.")]


@app.command("list")
def list_(user: Whose = None) -> None:
    """What is good now, the newest first. Tokens themselves are kept by nobody: only their hashes are."""

    async def work(people: People) -> list[Access]:
        return await people.accounts.granted((await people.one(user)).id)

    found = with_people(work)
    if not found:
        console.print("Nothing is good just now: no browser is signed in, and there is no token.")
    for access in found:
        label = "".join(letter if letter.isprintable() else "?" for letter in access.label)
        console.print(f"{access.id}  {access.kind:<7}  {escape(label)}")
        console.print(
            f"    [dim]{' '.join(access.scopes)} · last used {_when(access.last_seen_at)}"
            f" · good until {_when(access.expires_at)}[/]"
        )


@app.command()
def revoke(
    token_id: Annotated[UUID, typer.Argument(metavar="ID", parser=id_from("tokens list"), help="As `list` shows it.")],
    user: Whose = None,
) -> None:
    """End one, at once."""

    async def work(people: People) -> bool:
        return await people.accounts.revoke_one((await people.one(user)).id, token_id)

    if not with_people(work):
        raise OperatorError("There is no such session or token.", "`genesis tokens list` shows what is good.")
    console.print("It has ended.")


def _when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"
