"""What the auditor goes by, and what it finds. Nothing of the product is imported: SQL, the broker, Prefect, files."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

_SHOWN = 12


@dataclass
class Finding:
    """One invariant: how many facts were looked at, and which of them break it."""

    name: str
    checked: int = 0
    violations: list[str] = field(default_factory=list)
    note: str = ""

    def look(self, holds: bool, complaint: str) -> None:
        self.checked += 1
        if not holds:
            self.violations.append(complaint)

    def lines(self) -> list[str]:
        mark = "✗" if self.violations else ("✓" if self.checked else "–")
        note = f"  ({self.note})" if self.note else ""
        lines = [f"  {mark} {self.name:<70} {self.checked:>7} checked {len(self.violations):>4} broken{note}"]
        lines += [f"      {complaint}" for complaint in self.violations[:_SHOWN]]
        if len(self.violations) > _SHOWN:
            lines.append(f"      … and {len(self.violations) - _SHOWN} more")
        return lines


# Read tables are in a schema for each version of their projection; the newest comes first.
_READ_TABLES = b"""
SELECT set_config('search_path', concat_ws(',', 'public', string_agg(nspname, ',' ORDER BY nspname DESC)), false)
FROM pg_namespace WHERE nspname ~ '^read_.*_v[0-9]+$'
"""


@dataclass
class Evidence:
    """`journal`: what clients were answered and shown. Without a broker the outbox itself is the bus."""

    database_url: str
    journal: list[dict[str, Any]] = field(default_factory=list)
    kafka: str | None = None
    topic: str = ""
    prefect: str | None = None
    logs: list[Path] = field(default_factory=list)
    planted: tuple[str, ...] = ()

    def rows(self, query: str, *parameters: object) -> list[DictRow]:
        with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
            connection.execute(_READ_TABLES)
            return connection.execute(query.encode(), parameters or None).fetchall()

    def noted(self, kind: str) -> Iterable[dict[str, Any]]:
        return (line for line in self.journal if line["kind"] == kind)


def read_journal(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
