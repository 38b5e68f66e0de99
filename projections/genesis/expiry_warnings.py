"""When a session's time runs out, what is said of it and from when on. Pure; the time is given."""

from datetime import datetime

from genesis_types.enums import GenesisStatus

from projections.genesis.views import WarningView

SOON, VERY_SOON = 0.8, 0.95
"""Parts of a session's time, counted from its beginning or its last extension, after which it warns."""

_EXTEND = "Extend it to go on, or finish it; nothing is lost when it pauses, and it can be extended then as well."


def expiry_warning(
    status: GenesisStatus, period_started_at: datetime, expires_at: datetime, now: datetime
) -> WarningView | None:
    """The strongest that holds now."""
    until = f"{expires_at:%Y-%m-%d %H:%M} UTC"
    if status is GenesisStatus.PAUSED:
        message = (
            f"This session's time was up on {until}. Nothing is lost: extend it to go on where you stopped, or finish"
            " it if every stage is confirmed."
        )
        return WarningView(code="EXPIRED", message=message)
    if status is not GenesisStatus.IN_PROGRESS:
        return None
    soon, very_soon = _thresholds(period_started_at, expires_at)
    if now >= very_soon:
        return WarningView(
            code="EXPIRES_VERY_SOON", message=f"This session's time is almost up: it ends on {until}. {_EXTEND}"
        )
    if now >= soon:
        return WarningView(
            code="EXPIRES_SOON", message=f"Four fifths of this session's time are gone: it ends on {until}. {_EXTEND}"
        )
    return None


def warns_at(
    status: GenesisStatus, period_started_at: datetime, expires_at: datetime, now: datetime
) -> datetime | None:
    """When the next warning comes by itself, if nothing happens before."""
    if status is not GenesisStatus.IN_PROGRESS:
        return None
    return next((moment for moment in _thresholds(period_started_at, expires_at) if moment > now), None)


def _thresholds(period_started_at: datetime, expires_at: datetime) -> tuple[datetime, datetime]:
    whole = expires_at - period_started_at
    return period_started_at + whole * SOON, period_started_at + whole * VERY_SOON
