"""The ledger holds what is left of each grant and what is held of it. Shared by the aggregate and the read side.

At every moment: granted == free + held + charged + expired, and no part is below zero.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """So much of one grant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grant_id: UUID
    amount: int


class Grant(BaseModel):
    """What is left of a grant: `free` can be reserved until it expires, `held` is reserved."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grant_id: UUID
    amount: int
    free: int
    held: int = 0
    expires_at: datetime | None = None

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


class Reservation(BaseModel):
    """What is still held for one piece of work. `subject_id`: the stream whose work it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reservation_id: UUID
    parts: tuple[Part, ...]
    deadline_at: datetime
    subject_id: UUID | None = None

    @property
    def amount(self) -> int:
        return sum(part.amount for part in self.parts)


class Ledger(BaseModel):
    """An account's figures. `granted`, `charged` and `expired` count from the account's beginning.

    `grants`: those of which something is left, in the order in which they are used: the one that expires first comes
    first, those that never do last, and of equal ones the older.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    user_id: UUID
    granted: int = 0
    charged: int = 0
    expired: int = 0
    grants: tuple[Grant, ...] = ()
    reservations: tuple[Reservation, ...] = ()

    @property
    def balance(self) -> int:
        """What is free, expired grants that nobody has swept yet included."""
        return sum(grant.free for grant in self.grants)

    @property
    def reserved(self) -> int:
        return sum(grant.held for grant in self.grants)

    def available(self, now: datetime) -> int:
        """What can be reserved now: an expired grant does not count from the moment it expires."""
        return sum(grant.free for grant in self.grants if not grant.expired(now))

    def reservation(self, reservation_id: UUID) -> Reservation | None:
        return next((held for held in self.reservations if held.reservation_id == reservation_id), None)

    def split(self, amount: int, now: datetime) -> tuple[Part, ...]:
        """The grants that `amount` is taken from, at most what is available."""
        usable = (Part(grant_id=grant.grant_id, amount=grant.free) for grant in self.grants if not grant.expired(now))
        return take(usable, amount)

    # --- how facts change it -----------------------------------------------------------------------------------------

    def with_grant(self, grant: Grant) -> "Ledger":
        grants = sorted((*self.grants, grant), key=_order)
        return self._changed(granted=self.granted + grant.amount, grants=tuple(grants))

    def with_reservation(self, reservation: Reservation) -> "Ledger":
        return self._changed(
            grants=self._moved(reservation.parts, free=-1, held=1), reservations=(*self.reservations, reservation)
        )

    def with_charge(self, reservation_id: UUID, amount: int) -> "Ledger":
        charged = self._taken(reservation_id, amount)
        return self._changed(
            charged=self.charged + amount,
            grants=self._moved(charged, held=-1),
            reservations=self._without(reservation_id, charged),
        )

    def with_release(self, reservation_id: UUID, amount: int) -> "Ledger":
        released = self._taken(reservation_id, amount)
        return self._changed(
            grants=self._moved(released, free=1, held=-1), reservations=self._without(reservation_id, released)
        )

    def with_expiry(self, grant_id: UUID, amount: int) -> "Ledger":
        part = Part(grant_id=grant_id, amount=amount)
        return self._changed(expired=self.expired + amount, grants=self._moved((part,), free=-1))

    def _changed(self, **fields: object) -> "Ledger":
        return self.model_copy(update=fields)

    def _taken(self, reservation_id: UUID, amount: int) -> tuple[Part, ...]:
        held = self.reservation(reservation_id)
        return take(held.parts, amount) if held else ()

    def _moved(self, parts: tuple[Part, ...], *, free: int = 0, held: int = 0) -> tuple[Grant, ...]:
        """The grants with each part's amount added so many times; used up ones are left out."""
        amounts = {part.grant_id: part.amount for part in parts}
        moved = (
            grant.model_copy(
                update={
                    "free": grant.free + free * amounts[grant.grant_id],
                    "held": grant.held + held * amounts[grant.grant_id],
                }
            )
            if grant.grant_id in amounts
            else grant
            for grant in self.grants
        )
        return tuple(grant for grant in moved if grant.free or grant.held)

    def _without(self, reservation_id: UUID, parts: tuple[Part, ...]) -> tuple[Reservation, ...]:
        gone = {part.grant_id: part.amount for part in parts}
        left = []
        for held in self.reservations:
            if held.reservation_id != reservation_id:
                left.append(held)
                continue
            rest = [part.model_copy(update={"amount": part.amount - gone.get(part.grant_id, 0)}) for part in held.parts]
            if any(part.amount for part in rest):
                left.append(held.model_copy(update={"parts": tuple(part for part in rest if part.amount)}))
        return tuple(left)


def take(parts: Iterable[Part], amount: int) -> tuple[Part, ...]:
    """The first parts that make up `amount`, the last of them cut to fit."""
    taken: list[Part] = []
    for part in parts:
        if amount <= 0:
            break
        if part.amount > 0:
            taken.append(Part(grant_id=part.grant_id, amount=min(part.amount, amount)))
            amount -= part.amount
    return tuple(taken)


def _order(grant: Grant) -> tuple[bool, float]:
    return (grant.expires_at is None, grant.expires_at.timestamp() if grant.expires_at else 0.0)
