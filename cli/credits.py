"""`genesis credits`: what writers may spend on generations: granted, shown, and its history."""

from datetime import UTC, date, datetime, time
from typing import Annotated
from uuid import uuid4

import typer
from rich.markup import escape
from rich.table import Table

from cli.people import People, with_people
from cli.printing import make_console
from domain.account.account import account_id
from domain.account.aggregate import ACCOUNT
from domain.account.amounts import credits_text, parse_credits
from domain.account.commands import GrantCredits
from domain.account.ledger import Ledger
from domain.aggregate import Command
from domain.rejections import Rejection
from infrastructure.identity.users import User
from infrastructure.operator_error import OperatorError
from projections.account.queries import CreditsEntry, CreditsHistory, CreditsView, shown_credits

app = typer.Typer(help="Credits: what writers may spend on generations.", no_args_is_help=True)
console = make_console(soft_wrap=True)

Name = Annotated[str, typer.Argument(help="The person's name.")]
Whose = Annotated[str | None, typer.Argument(help="The person's name; the owner if nobody is named.")]

_MOST_NOTE = 200
_WORDS = {
    "CreditsGranted": "granted",
    "CreditsReserved": "reserved",
    "CreditsCharged": "charged",
    "CreditsReleased": "released",
    "CreditsExpired": "expired",
}


@app.command(context_settings={"ignore_unknown_options": True})  # "-5" is an amount, and no good one
def grant(
    name: Name,
    amount: Annotated[str, typer.Argument(help="Credits, such as 5 or 2.50; one is a US dollar of provider cost.")],
    expires: Annotated[
        str | None,
        typer.Option(help="The last day on which they are good, as 2027-12-31 (UTC). Never, if not given."),
    ] = None,
    note: Annotated[str, typer.Option(help="What for; the writer reads it.")] = "",
) -> None:
    """Give somebody credits."""
    units = _units(amount)
    expires_at = _end_of(expires)
    if len(note) > _MOST_NOTE:
        raise OperatorError("The note is too long.", f"Use {_MOST_NOTE} characters at most.", code=2)

    async def work(people: People) -> tuple[User, CreditsView]:
        user = await people.one(name)
        stream = account_id(user.id)
        body = GrantCredits(user_id=user.id, amount=units, expires_at=expires_at, note=note)
        try:
            await people.commands.handle(Command(uuid4(), stream, None, body))
        except Rejection as refused:
            raise OperatorError(refused.message, "Nothing was granted.") from None
        return user, await _account(people, user)

    user, account = with_people(work)
    until = f", until {expires_at:%Y-%m-%d}" if expires_at else ""
    console.print(
        f"{escape(user.name)} got {credits_text(units)} credits{until}; "
        f"{credits_text(account.available)} are available."
    )


@app.command()
def show(name: Whose = None) -> None:
    """What somebody has, what is reserved for work in progress, and what was charged."""

    async def work(people: People) -> tuple[User, CreditsView]:
        user = await people.one(name)
        return user, await _account(people, user)

    user, account = with_people(work)
    table = Table("credits", "available", "reserved", "charged", "expired", "granted")
    figures = (account.available, account.reserved, account.charged, account.expired, account.granted)
    table.add_row(escape(user.name), *map(credits_text, figures))
    console.print(table)
    if account.grants:
        grants = Table("grant", "of", "left", "reserved", "expires")
        for one in account.grants:
            expires = f"{one.expires_at:%Y-%m-%d %H:%M} UTC" if one.expires_at else "never"
            grants.add_row(str(one.grant_id), *map(credits_text, (one.amount, one.left, one.reserved)), expires)
        console.print(grants)


@app.command()
def history(
    name: Whose = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many, the newest first.")] = 50,
) -> None:
    """What happened to somebody's credits, the newest first."""

    async def work(people: People) -> tuple[User, CreditsHistory, int]:
        user = await people.one(name)
        state = await people.store.load(ACCOUNT, account_id(user.id))
        behind = state.version - (await people.credits.credits(user.id)).version if state else 0
        return user, await people.credits.history(user.id, None, limit), behind

    user, found, behind = with_people(work)
    table = Table("when", "what", "credits", "for", "note")
    for entry in found.items:
        table.add_row(
            f"{entry.occurred_at:%Y-%m-%d %H:%M:%S}",
            _WORDS.get(entry.event_type, entry.event_type),
            credits_text(entry.amount),
            str(entry.session_id or entry.grant_id or ""),
            escape(_remark(entry)),
        )
    console.print(table if found.items else f"{escape(user.name)} has no credits and never had any.")
    if behind > 0:
        console.print(f"{behind} newer entries are not shown yet: the read side is behind, or does not run.")
    if found.next_cursor is not None:
        console.print("There are older ones: --limit shows more.")


async def _account(people: People, user: User) -> CreditsView:
    """From the log, so that it is right also where no projector runs."""
    state = await people.store.load(ACCOUNT, account_id(user.id))
    if state is None:
        return shown_credits(Ledger(user_id=user.id), 0, datetime.now(UTC))
    return shown_credits(state.ledger, state.version, datetime.now(UTC))


def _remark(entry: CreditsEntry) -> str:
    if entry.event_type == "CreditsCharged" and entry.used is not None and entry.used > entry.amount:
        return f"it cost {credits_text(entry.used)}; the rest is the studio's"
    if entry.event_type == "CreditsCharged" and entry.used is None:
        return "the provider did not say what was used"
    if entry.event_type == "CreditsGranted" and entry.expires_at is not None:
        return f"{entry.reason} (expires {entry.expires_at:%Y-%m-%d %H:%M} UTC)".strip()
    return entry.reason


def _units(amount: str) -> int:
    try:
        return parse_credits(amount)
    except ValueError as error:
        raise OperatorError(str(error), "Nothing was granted.", code=2) from None


def _end_of(day: str | None) -> datetime | None:
    """The end of `day`, UTC."""
    if day is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(day), time.max, UTC)
    except ValueError:
        raise OperatorError(f"“{day}” is not a date.", "Write it as 2027-12-31.", code=2) from None
