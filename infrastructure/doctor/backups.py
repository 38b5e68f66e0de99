"""Says where automatic backups lie, how old the newest is, and why there is none of late."""

from datetime import UTC, datetime, timedelta

from infrastructure.backup.rotation import standing
from infrastructure.doctor.findings import Finding
from infrastructure.settings import Settings

_OLD = timedelta(days=2)


def look_at_backups(settings: Settings, *, running: bool, now: datetime | None = None) -> Finding:
    """`running`: the studio, which makes them, so that an old one is a fault."""
    now = now or datetime.now(UTC)
    if settings.backups == "off":
        return Finding("backups", None, "automatic ones are switched off (GENESIS_BACKUPS); `genesis backup` makes one")
    found = standing(settings.home, settings.backups_in)
    where = f"{found.count} in {found.folder}"
    newest = "none yet" if found.newest is None else f"the newest is {_age(now - found.newest.made_at)} old"
    if found.failure is not None:
        remedy = "It is tried again while the studio runs. See logs/backup.log; `genesis backup FILE` makes one now."
        return Finding("backups", False, f"the last attempt failed: {found.failure} {newest}, {where}", remedy)
    if found.newest is None:
        return Finding("backups", None, f"{newest}; the studio makes one a day while it runs, in {found.folder}")
    if now - found.newest.made_at > _OLD:
        detail = f"{newest}, {where}"
        remedy = "See logs/backup.log; `genesis backup` makes one now." if running else ""
        return Finding("backups", False if running else None, detail, remedy)
    return Finding("backups", True, f"{newest}, {where}")


def _age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 48 else f"{age.days} days"
