"""Records that somebody else's session became the beginning of a branch, in its owner's audit stream.

A policy of the command handler: the entry is written with the branch, or neither is.
"""

from typing import Any
from uuid import uuid5

from domain.aggregate import Aggregate, Command, DomainEvent, State
from domain.audit.commands import RecordSessionRead
from domain.audit.trail import audit_id
from domain.genesis.commands import BranchGenesis
from domain.genesis.decide_lifetime import SOURCE


class RecordedBranch:
    """Adds an entry for the owner of a source that is not the branch's own."""

    async def __call__(
        self,
        command: Command,
        aggregate: Aggregate,  # noqa: ARG002  (what a policy is given)
        before: Any,  # noqa: ARG002
        after: State,  # noqa: ARG002
        events: tuple[DomainEvent, ...],  # noqa: ARG002
    ) -> tuple[Command, ...]:
        body = command.body
        if not isinstance(body, BranchGenesis):
            return ()
        owner, reader = command.needed[SOURCE].user_id, command.user_id
        if reader is None or owner == reader:
            return ()
        entry = RecordSessionRead(
            user_id=owner, reader_id=reader, session_id=body.from_session_id, part="branch", at_version=body.at_version
        )
        return (Command(uuid5(command.command_id, entry.command_type), audit_id(owner), reader, entry),)
