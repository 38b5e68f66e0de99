"""`genesis models`: the models that somebody's sessions can be written by. Keys are typed unseen or come by stdin."""

import asyncio
import getpass
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.people import People, with_people
from cli.printing import as_called, make_console
from infrastructure import entered_values
from infrastructure.bootstrap import make_secret_box
from infrastructure.operator_error import OperatorError
from infrastructure.secret_box import SecretKeyUnusable
from infrastructure.settings import Settings
from infrastructure.writers.connections.presets import BY_NAME, PRESETS
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import SMALLEST_CONTEXT, NotAllowed, Stored, check_place, has_environment
from infrastructure.writers.connections.testing import OK, Tested, Tester

app = typer.Typer(help="Models that write proposals: their addresses and their keys.", no_args_is_help=True)
console = make_console(soft_wrap=True)

_LONGEST_NAME = 60

PresetChoice = StrEnum("PresetChoice", {preset.name: preset.name for preset in PRESETS})  # type: ignore[misc]


class Profile(StrEnum):
    AUTO = "auto"
    LEAN = "lean"
    FULL = "full"


Whose = Annotated[str | None, typer.Option("--user", help="Whose; the owner's if it is not given.")]
Name = Annotated[str, typer.Argument(help="The connection's name, as `list` shows it.")]
Price = Annotated[float | None, typer.Option(min=0, max=100_000, help="US dollars for a million tokens.")]


@app.command("list")
def list_(user: Whose = None) -> None:
    """The models that are kept, those asked first above. Of a key only its end is shown."""

    async def work(people: People) -> tuple[list[Stored], list[bool]]:
        connections = _connections(people)
        found = await connections.all((await people.one(user)).id)
        return found, [not one.secret or connections.box.can_read(one.id, one.secret) for one in found]

    settings = Settings()
    found, readable = with_people(work)
    if has_environment(settings):
        console.print(f"The settings name {escape(settings.model)}; it comes before these.")
    if not found:
        console.print("No model is kept. Without one the muse writes: templates, not an AI.")
        return
    table = Table("name", "from", "model", "address", "key", "price in/out", "context", "form", "last test")
    for one, good in sorted(zip(found, readable, strict=True), key=lambda pair: not pair[0].is_default):
        table.add_row(
            escape(one.name) + (" (default)" if one.is_default else ""),
            one.source.label,
            escape(one.model),
            escape(one.address or "its own"),
            _key_shown(one, readable=good),
            f"{one.input_price:f} / {one.output_price:f}" if one.input_price is not None else "unknown",
            str(one.context_tokens or "unknown"),
            str((one.learned or {}).get("rung", "not known yet")),
            one.test_code or "never",
        )
    console.print(table)


@app.command()
def add(  # noqa: PLR0917  (the options of a command line)
    name: Annotated[str, typer.Argument(help="What it is called in lists.")],
    preset: Annotated[PresetChoice, typer.Option(help="Whose server it is.")],
    model: Annotated[str, typer.Option(help="The model's name, as its server knows it.")],
    base_url: Annotated[str | None, typer.Option(help="Another address than the preset's; used as given.")] = None,
    input_price: Price = None,
    output_price: Price = None,
    context: Annotated[
        int | None, typer.Option(min=SMALLEST_CONTEXT, help="Tokens that it reads and writes together.")
    ] = None,
    profile: Annotated[Profile, typer.Option(help="lean: few fields, short texts, for small models")] = Profile.AUTO,
    default: Annotated[bool, typer.Option("--default", help="Sessions that chose nothing use it.")] = False,
    key_stdin: Annotated[bool, typer.Option("--key-stdin", help="Read the key from the first line of stdin.")] = False,
    user: Whose = None,
) -> None:
    """Keep a model. Its key is asked for, or read from stdin; it is never an argument, which others could see."""
    chosen = BY_NAME[preset.value]
    if (input_price is None) != (output_price is None):
        raise OperatorError(
            "One price alone says nothing.", "Give --input-price and --output-price, or neither.", code=2
        )
    shown, named = (_one_line(text, most) for text, most in ((name, _LONGEST_NAME), (model, 200)))
    place = _checked(entered_values.public_address, "The address", base_url) if base_url is not None else None
    key = _new_key(needed=chosen.needs_key and place is None, from_stdin=key_stdin)
    values = {
        "name": shown,
        "preset": chosen.name,
        "model": named,
        "base_url": place,
        "input_price": Decimal(str(input_price)) if input_price is not None else None,
        "output_price": Decimal(str(output_price)) if output_price is not None else None,
        "context_tokens": context,
        "profile": profile.value,
    }

    async def work(people: People) -> Stored:
        check_place(chosen, place, may_name_addresses=True)  # whoever has this folder's database is its owner
        return await _connections(people).add((await people.one(user)).id, values, key, default=default)

    try:
        made = with_people(work)
    except (NotAllowed, SecretKeyUnusable) as error:
        raise OperatorError(str(error)) from None
    console.print(f"{escape(made.name)} is kept" + (", as the default." if made.is_default else "."))
    console.print(as_called("`genesis models test` tries it."))


@app.command("test")
def try_out(
    name: Annotated[str | None, typer.Argument(help="As `list` shows it; the model of the settings without.")] = None,
    user: Whose = None,
) -> None:
    """Ask a model a small question, three times at most, and keep in which form it answers."""
    settings = Settings()

    async def work(people: People) -> Tested:
        connections = _connections(people)
        tester = Tester(connections, settings, lambda: datetime.now(UTC))
        return await tester.stored(await _named(connections, people, user, name or ""))

    if name is None:
        if not has_environment(settings):
            raise OperatorError("The settings name no model.", "Name one: `genesis models list` shows them.", code=2)
        tested = asyncio.run(Tester(None, settings, lambda: datetime.now(UTC)).environment())
    else:
        tested = with_people(work)
    if tested.code != OK:
        requests = f"{tested.requests} request{'' if tested.requests == 1 else 's'}"
        raise OperatorError(tested.message, f"{tested.code}, after {requests}.")
    cost = "unknown" if tested.cost_usd is None else f"${tested.cost_usd:.6f}"
    console.print(
        f"{tested.message} Form of its answers: {tested.form}; requests: {tested.requests};"
        f" {tested.seconds:.1f} s; cost: {cost}."
    )


@app.command()
def default(name: Name, user: Whose = None) -> None:
    """Make it the one that sessions use which have chosen none."""

    async def work(people: People) -> str:
        connections = _connections(people)
        found = await _named(connections, people, user, name)
        await connections.change(found.user_id, found.id, {"is_default": True})
        return found.name

    console.print(f"{escape(with_people(work))} is the default.")


@app.command()
def remove(name: Name, user: Whose = None) -> None:
    """End it, with its key. Sessions that chose it are written by the next in line."""

    async def work(people: People) -> str:
        connections = _connections(people)
        found = await _named(connections, people, user, name)
        await connections.remove(found.user_id, found.id)
        return found.name

    console.print(f"{escape(with_people(work))} is gone.")


@app.command()
def rotate() -> None:
    """Encrypt all keys with the first of the secret keys, so that the older ones can be taken away."""

    async def work(people: People) -> tuple[int, int]:
        return await _connections(people).encrypt_anew()

    try:
        done, lost = with_people(work)
    except SecretKeyUnusable as error:
        raise OperatorError(str(error)) from None
    console.print(f"{done} keys are encrypted with the first secret key.")
    if lost:
        raise OperatorError(
            f"{lost} keys cannot be read with any of the secret keys here, and stay as they are.",
            "`genesis doctor` names their models: put back the secret key of before, or enter them again.",
        )


def _connections(people: People) -> ModelConnections:
    return ModelConnections(people.pool, make_secret_box(Settings()))


async def _named(connections: ModelConnections, people: People, user: str | None, name: str) -> Stored:
    """Raises OperatorError."""
    wanted = " ".join(name.split()).casefold()
    for one in await connections.all((await people.one(user)).id):
        if one.name.casefold() == wanted:
            return one
    raise OperatorError("There is no model of that name.", "`genesis models list` shows them.")


def _new_key(*, needed: bool, from_stdin: bool) -> str | None:
    """A key from the first line of stdin, or typed without being shown; None for none. Raises OperatorError."""
    if from_stdin:
        typed = sys.stdin.buffer.readline(entered_values.LONGEST_KEY + 1).decode("utf-8", "replace")
    elif sys.stdin.isatty():
        typed = getpass.getpass("Key: " if needed else "Key (empty for none): ")
    elif needed:
        raise OperatorError("There is no terminal to type a key at.", "Give it with --key-stdin.", code=2)
    else:
        return None
    if len(typed) > entered_values.LONGEST_KEY:
        raise OperatorError("The key is longer than any key.", "Copy it again.")
    key = _checked(entered_values.key, "The key", typed)
    if needed and not key:
        raise OperatorError("This provider wants a key.", "Its page hands them out. Nothing was kept.")
    return key or None


def _checked(check: Callable[[str], str], what: str, text: str) -> str:
    try:
        return check(text)
    except ValueError as error:
        raise OperatorError(f"{what} {error}.", "Nothing was kept.") from None


def _one_line(text: str, most: int) -> str:
    text = " ".join(text.split())
    if not text or len(text) > most or not text.isprintable():
        raise OperatorError("This cannot be a name.", f"Use 1 to {most} printable characters.", code=2)
    return text


def _key_shown(one: Stored, *, readable: bool) -> str:
    if one.secret is None:
        return "none"
    if not readable:
        return "of another secret key: enter it again"
    return f"…{one.key_end}" if one.key_end else "kept"
