"""`genesis analytics role`: login roles of the database for other tools, which read the views and nothing else."""

import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.connection import as_json as print_json
from cli.connection import with_connection
from cli.moments import AsJson
from cli.printing import as_called, make_console
from cli.selection_options import account_of
from infrastructure.embedded.runtime import connected
from infrastructure.exports import database_role
from infrastructure.exports.database_role import Made
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import Connection
from infrastructure.settings import Settings

app = typer.Typer(
    help="Login roles for other tools: they read the schema analytics, nothing else.", no_args_is_help=True
)
console = make_console(markup=False, soft_wrap=True)

_SHORTEST, _LONGEST = 16, 500

Name = Annotated[str, typer.Argument(help="The role's name in the database: small letters, digits and _.")]


@app.command()
def create(
    name: Name,
    *,
    account: Annotated[str | None, typer.Option("--account", help="Only what this person owns: name or id.")] = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="With what was written; else without.")] = False,
    password_file: Annotated[
        Path | None,
        typer.Option("--password-file", help="Its first line is the password; - is stdin. Else one is made."),
    ] = None,
) -> None:
    """A role that can only read, and its connection string, which is shown this once."""
    given = None if password_file is None else _password(password_file)
    password = given or secrets.token_urlsafe(24)
    account_id = account_of(account) if account is not None else None
    with connected(Settings()) as settings:
        assert settings.database_url is not None
        url = settings.database_url.get_secret_value()

    async def work(connection: Connection) -> Made:
        return await database_role.create(connection, name, password, account_id=account_id, with_text=with_text)

    made = with_connection(work)
    if made.by_hand:
        console.print("The views are there. The studio may make no roles: let an administrator of the server run this.")
        typer.echo(made.by_hand)
    rows = "one account's rows" if account_id is not None else "everybody's rows"
    console.print(f"{name} reads {rows}, {'with' if with_text else 'without'} texts, in the schema analytics.")
    typer.echo(database_role.address(url, name, None if given is not None else password))
    if given is None:
        console.print("It is shown this once: the password is in it.")


@app.command()
def show(as_json: AsJson = False) -> None:
    """The roles that there are, whose rows they see, and whether the database knows them."""

    async def work(connection: Connection) -> list[database_role.DatabaseRole]:
        return await database_role.roles(connection)

    found = with_connection(work)
    if as_json:
        print_json(found)
        return
    table = Table("name", "rows of", "texts", "since", "state")
    for role in found:
        whose = "everybody" if role.account_id is None else role.account or str(role.account_id)
        state = "reads" if role.granted else "not granted yet" if role.exists else "not made yet"
        table.add_row(role.name, whose, "yes" if role.with_text else "no", f"{role.created_at:%Y-%m-%d}", state)
    console.print(table)


@app.command()
def drop(name: Name) -> None:
    """Remove a role. What it still has open sees nothing from now on."""

    async def work(connection: Connection) -> Made:
        return await database_role.drop(connection, name)

    made = with_connection(work)
    if made.by_hand:
        console.print(f"{name} sees nothing any more. Let an administrator of the server run this.")
        typer.echo(made.by_hand)
    else:
        console.print(f"{name} is gone. " + as_called("`genesis analytics role show` lists the others."))


def _password(path: Path) -> str:
    """The first line. Raises OperatorError."""
    try:
        data = sys.stdin.buffer.readline(4_096) if str(path) == "-" else path.read_bytes()
        password = data.decode().partition("\n")[0].removesuffix("\r")
    except UnicodeDecodeError:
        raise OperatorError("The password is not UTF-8.", code=2) from None
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}.", code=2) from error
    if not _SHORTEST <= len(password) <= _LONGEST or not password.isprintable():
        raise OperatorError(
            "This cannot be a password.", f"Use {_SHORTEST} to {_LONGEST} printable characters.", code=2
        )
    return password
