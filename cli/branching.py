"""`genesis sessions branch`: a new session from any moment of another, its owner's or an analyst's."""

from datetime import timedelta
from uuid import UUID, uuid4

import typer

from application.command_results import new_stream_id
from application.ports import EventTooNew, StoreUnavailable
from cli.connection import as_json as print_json
from cli.moments import reference, shown_at
from cli.people import People, with_people
from domain.aggregate import Command, Limits
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import BranchGenesis
from domain.rejections import Rejection
from infrastructure.identity.users import User
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings


def branch(source: str, whose: str | None, *, as_json: bool) -> None:
    """Begin a session of `whose`, the source's owner if None, with what SESSION[@N] held. Raises OperatorError."""
    source_id, then = reference(source)
    version = shown_at(source_id, then).version

    async def work(people: People) -> tuple[UUID, User, bool]:
        found = await people.store.load(GENESIS_SESSION, source_id)
        if found is None:
            raise OperatorError("There is no such session.", "`genesis sessions list` names those that there are.")
        user = await people.one_who_may_come_in(whose) if whose is not None else await people.users.get(found.user_id)
        if user is None:
            raise OperatorError("Nobody owns that session any more.", "Say whose the branch is: --for NAME.")
        other = user.id != found.user_id
        if other and not await people.users.is_analyst(user.id):
            raise OperatorError(
                f"That session is not one of {user.name}'s, who is no analyst.",
                f"`genesis users role {user.name} analyst` lets them read everybody's; owners see what they read.",
            )
        command_id = uuid4()
        command = Command(
            command_id,
            new_stream_id(command_id),
            user.id,
            BranchGenesis(from_session_id=source_id, at_version=version),
            Limits(session=timedelta(hours=Settings().session_hours)),
            reads_of=found.user_id if other else None,
        )
        try:
            await people.commands.handle(command)
        except Rejection as refused:
            raise OperatorError(refused.message, "Nothing was begun.") from None
        except (EventTooNew, StoreUnavailable) as error:
            raise OperatorError("The session cannot be read as it was then.", "`genesis doctor` says more.") from error
        return command.stream_id, user, other

    made, user, other = with_people(work)
    if as_json:
        print_json({"session_id": made, "source_session_id": source_id, "source_version": version, "owner": user.name})
        return
    typer.echo(f"Session {made} of {user.name} begins with version {version} of {source_id}.")
    if other:
        typer.echo("The owner of that one sees that it was read and a session begun from it.")
