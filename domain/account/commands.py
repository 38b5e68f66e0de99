"""What can be asked of an account, in the imperative. None of it may be asked for over HTTP: operators and our own
processes grant, reserve, charge and release."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from genesis_types.text import CleanText
from pydantic import Field, StrictInt

from domain.aggregate import Body

Note = Annotated[str, Field(max_length=200), CleanText]


class GrantCredits(Body):
    """`user_id`: whose account it is; the stream is `account_id(user_id)`."""

    command_type: ClassVar = "GRANT_CREDITS"
    user_id: UUID
    amount: StrictInt
    expires_at: datetime | None = None
    note: Note = ""


class ReserveCredits(Body):
    """Hold `amount` for work that must end before `deadline_at`."""

    command_type: ClassVar = "RESERVE_CREDITS"
    reservation_id: UUID
    amount: StrictInt
    deadline_at: datetime
    subject_id: UUID | None = None


class ChargeCredits(Body):
    """Charge an open reservation by what was used, and release the rest. `used` None: nobody knows, so all of it."""

    command_type: ClassVar = "CHARGE_CREDITS"
    reservation_id: UUID
    used: StrictInt | None


class ReleaseReservation(Body):
    """Release an open reservation."""

    command_type: ClassVar = "RELEASE_RESERVATION"
    reservation_id: UUID


class SettleReservation(Body):
    """As ChargeCredits, for an outcome that must be recorded anyhow: nothing follows when the reservation is not open
    any more, or never was."""

    command_type: ClassVar = "SETTLE_RESERVATION"
    reservation_id: UUID
    used: StrictInt | None


class ReturnReservation(Body):
    """As ReleaseReservation, for work that ended without a result: nothing follows when it is not open."""

    command_type: ClassVar = "RETURN_RESERVATION"
    reservation_id: UUID
    reason: Literal["failed", "cancelled"]


class ReleaseOverdue(Body):
    """Release every reservation whose deadline has passed."""

    command_type: ClassVar = "RELEASE_OVERDUE"


class ExpireGrants(Body):
    """Write off what is free of every grant that has expired."""

    command_type: ClassVar = "EXPIRE_GRANTS"


class ClosePeriod(Body):
    """Carry the account forward, so that a fold need not go back further."""

    command_type: ClassVar = "CLOSE_PERIOD"


AccountBody = (
    GrantCredits
    | ReserveCredits
    | ChargeCredits
    | ReleaseReservation
    | SettleReservation
    | ReturnReservation
    | ReleaseOverdue
    | ExpireGrants
    | ClosePeriod
)
