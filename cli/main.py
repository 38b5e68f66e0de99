"""The command `genesis`: its sub-commands, and the promise that nobody ever sees a traceback on a terminal."""

import importlib
import importlib.util
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Annotated, NoReturn
from uuid import UUID

import typer

from cli.ids import id_from
from cli.printing import as_called
from infrastructure.concurrency.garbage import no_cycle_collection
from infrastructure.operator_error import OperatorError

app = typer.Typer(
    name="genesis",
    help="Genesis Studio: from a spark to a finished novel project.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

# A group's module is imported only when it is asked for, so that `genesis run` and `genesis token` start at once.
GROUPS = (
    "projections",
    "outbox",
    "bus",
    "users",
    "tokens",
    "credits",
    "sessions",
    "projects",
    "streams",
    "log",
    "archive",
    "export",
    "analytics",
    "models",
)


class _Scope(StrEnum):
    READ = "read"
    WRITE = "write"
    METRICS = "metrics"


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"Genesis Studio {metadata.version('genesis-studio')}")
        raise typer.Exit


@app.callback()
def genesis(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Genesis Studio: from a spark to a finished novel project."""


@app.command()
def run() -> None:
    """Start the whole studio on this machine and open it in the browser. Ctrl+C stops it."""
    raise typer.Exit(_lazy("cli.run", "main")())


@app.command()
def process(
    name: Annotated[str, typer.Argument(help="api, background, relay, projector, sweeper, callbacks, worker")],
) -> None:
    """Run one process of the studio, configured by environment variables (docs/operations.md)."""
    raise typer.Exit(_lazy("cli.process", "main")(name))


@app.command(hidden=True)
def alive(name: Annotated[str, typer.Argument(help="The process to look at.")]) -> None:
    """Exit 0 if process NAME of this data folder still turns its event loop (for health checks)."""
    raise typer.Exit(_lazy("cli.process", "alive")(name))


@app.command()
def migrate() -> None:
    """Bring the database of this studio to the newest schema."""
    _lazy("cli.database", "migrate")()


@app.command()
def backup(
    file: Annotated[
        Path | None, typer.Argument(help="Where to; a file in the data folder's backups if none is named.")
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Only look whether FILE is a whole backup.")] = False,
    automatic: Annotated[bool, typer.Option("--automatic", hidden=True, help="The one of the day, if due.")] = False,
) -> None:
    """Write everything that matters into one file, while the studio runs or not; or verify such a file."""
    if automatic:
        _lazy("cli.backup", "automatic")()
    else:
        _lazy("cli.backup", "backup")(file, verify=verify)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(readable=False, help="A file that `genesis backup` made, here or elsewhere.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Also where there are sessions; these are backed up first.")
    ] = False,
) -> None:
    """Make this studio what it was when FILE was written. The studio must not run."""
    _lazy("cli.backup", "restore")(file, replace=replace)


@app.command(hidden=True)
def state(
    stream: Annotated[
        UUID, typer.Argument(parser=id_from("streams list"), help="The stream's id: a session's, an account's.")
    ],
    at_version: Annotated[
        int | None, typer.Option(min=1, max=2**31 - 1, help="As it was after so many events.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="As it was at this time (ISO 8601; UTC if it names no zone).")] = None,
) -> None:
    """The same as `genesis streams state`, by its first name."""
    raise typer.Exit(_lazy("cli.streams", "state")(stream, at_version, at))


@app.command()
def token(
    user: Annotated[str | None, typer.Option(help="Whose; the owner's if it is not given.")] = None,
    scope: Annotated[
        list[_Scope] | None, typer.Option(help="What for, as often as needed; read and write by default.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it is good.")] = 365,
    label: Annotated[str, typer.Option(help="What a list of tokens shows it as.")] = "genesis token",
) -> None:
    """Print a Bearer token for a program, and nothing else."""
    if len(label) > 100 or not label.isprintable():
        raise OperatorError("This cannot be a label.", "Use 100 printable characters at most.", code=2)
    _lazy("cli.token", "token")(user, [one.value for one in scope or ()], days, label)


@app.command()
def login(name: Annotated[str | None, typer.Argument(help="For whom; the owner if nobody is named.")] = None) -> None:
    """Print a one-time login address of the studio that is running."""
    _lazy("cli.token", "login")(name)


@app.command()
def doctor(
    mend: Annotated[
        str | None, typer.Option(help="Put one finding right: commands, groups, handles, restored-ids, transactions.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The findings as JSON.")] = False,
) -> None:
    """Look at everything that can be wrong and say how to put it right."""
    raise typer.Exit(_lazy("cli.doctor", "main")(mend, as_json=as_json))


@app.command()
def evaluate(
    sparks: Annotated[int | None, typer.Option(min=1, help="Only the first so many sparks.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Keep the result here.")] = None,
    markdown_file: Annotated[Path | None, typer.Option("--markdown", help="Keep the table here.")] = None,
    compare: Annotated[Path | None, typer.Option(help="An earlier result (JSON) to compare with.")] = None,
) -> None:
    """Measure the writer of the settings: a fixed set of sparks through every stage. A model's price is charged."""
    raise typer.Exit(_lazy("cli.evaluate", "main")(sparks, json_file, markdown_file, compare))


def _lazy(module: str, function: str) -> Callable[..., int]:
    with no_cycle_collection():  # what is imported stays
        found: Callable[..., int] = getattr(importlib.import_module(module), function)
    return found


def _mount(arguments: list[str]) -> None:
    wanted = next((word for word in arguments if not word.startswith("-")), None)
    known = {
        command.name or (command.callback.__name__ if command.callback else "") for command in app.registered_commands
    }
    for name in GROUPS:
        if wanted != name and (wanted in known or wanted in GROUPS):
            continue
        if importlib.util.find_spec(f"cli.{name}") is not None:
            with no_cycle_collection():
                app.add_typer(importlib.import_module(f"cli.{name}").app, name=name)


def main() -> NoReturn:
    """The console script. Exit codes: 0 well, 1 a problem and its remedy, 2 wrong usage, 70 our fault, 130 Ctrl+C."""
    logging.getLogger().addHandler(logging.NullHandler())  # what libraries warn of is no sentence for a person
    try:
        _mount(sys.argv[1:])
        app()
    except OperatorError as problem:
        _say(problem.message, problem.remedy)
        sys.exit(problem.code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        explained = _explained(error)
        _say(explained.message, explained.remedy)
        sys.exit(explained.code)
    sys.exit(0)


def _say(message: str, remedy: str) -> None:
    for said in (message, remedy):
        if said:
            print(as_called(said), file=sys.stderr)  # noqa: T201


def _explained(error: Exception) -> OperatorError:
    """A sentence for what may happen to anybody; for the rest, where the details were kept."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    if kind.startswith(("psycopg", "sqlalchemy")):
        return OperatorError(
            "The database did not answer as it should"
            + (f" (SQLSTATE {state})." if (state := getattr(error, "sqlstate", None)) else "."),
            "Run `genesis doctor`; it names what is wrong. " + _kept(error),
        )
    if type(error).__name__ == "ValidationError" and hasattr(error, "errors"):
        return _setting(error)
    if isinstance(error, ModuleNotFoundError):
        return OperatorError(f"A part of the studio is missing: {error.name}.", "Run `make setup` and try again.")
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return OperatorError(f"The system refused: {error.strerror}{where}.", _kept(error))
    return OperatorError(f"Something went wrong that should not ({kind}).", _kept(error), code=70)


def _setting(error: Exception) -> OperatorError:
    """Which environment variables cannot be used, and what each has to be. Never what was in them."""
    assert hasattr(error, "errors")
    said = [
        f"{_variable(item['loc'])}: {str(item['msg']).removeprefix('Value error, ')}"
        for item in error.errors(include_url=False, include_input=False)
    ]
    return OperatorError(
        "A setting cannot be used. " + "; ".join(said) + ".",
        "Environment variables and their values: docs/operations.md.",
    )


def _variable(location: tuple[object, ...]) -> str:
    name = str(location[0]) if location else "?"
    return name if name.startswith("PREFECT_") else f"GENESIS_{name.upper()}"


def _kept(error: Exception) -> str:
    """Write the redacted traceback where a bug report can take it from."""
    from infrastructure.observability.logging import configure  # noqa: PLC0415
    from infrastructure.settings import Settings  # noqa: PLC0415

    try:
        folder: Path = Settings().home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "cli.log"
        configure("cli")
        with path.open("a", encoding="utf-8") as stream:
            logging.getLogger().handlers[0].setStream(stream)  # type: ignore[attr-defined]
            logging.getLogger("cli").error("failed at %s", datetime.now(UTC).isoformat(), exc_info=error)
    except Exception:
        return "Details could not be kept: the data folder cannot be written."
    return f"Details: {path}"


if __name__ == "__main__":
    main()
