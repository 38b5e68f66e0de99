"""Builds an object-centric event log (OCEL 2.0, SQLite) from rows of events: what happened to which of our things.

https://www.ocel-standard.org/2.0/ocel20_specification.pdf · The place that was reached lies in the same file, in the
same transaction, so that a killed export goes on exactly there.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from infrastructure.exports.jsonl_encoder import time
from infrastructure.exports.ocel_relations import Relation, id_of, proposals_of, touched
from infrastructure.exports.tables import EVENTS, SEPARATOR

FILE = "ocel.sqlite"
WORK = "ocel.work"
BEGINNING = "1970-01-01T00:00:00.000000Z"
"""When an object's first attributes are said, as the standard asks for what does not change."""

EVENT_ATTRIBUTES = {
    "position": "integer",
    "stream_version": "integer",
    "stage": "string",
    "turn": "integer",
    "kind": "string",
    "code": "string",
    "writer": "string",
    "model": "string",
    "prompt_version": "string",
    "cost_usd": "float",
}
OBJECT_ATTRIBUTES: dict[str, dict[str, str]] = {
    "session": {"mode": "string", "language": "string", "current_stage": "string", "status": "string"},
    "account": {},
    "credits": {},
    "audit": {},
    "proposal": {"stage": "string", "origin": "string", "version": "integer"},
    "feedback": {"stage": "string"},
    "generation": {"stage": "string", "kind": "string"},
    "novel": {"language": "string"},
    "project": {"language": "string"},
    "chapter": {"status": "string"},
}
_SQL_TYPES = {"string": "TEXT", "integer": "INTEGER", "float": "REAL"}
_STREAMS = {"genesis_session": "session", "account": "credits", "audit": "audit"}
_STATUS = {
    "GenesisStarted": "IN_PROGRESS",
    "GenesisBranched": "IN_PROGRESS",
    "SessionExtended": "IN_PROGRESS",
    "SessionPaused": "PAUSED",
    "GenesisCompleted": "COMPLETED",
    "GenesisAbandoned": "ABANDONED",
}
_PLACES = [EVENTS.place(name) for name in EVENT_ATTRIBUTES]
_NAMED = [EVENTS.place(name) for name in ("event_id", "event_type", "stream_id", "account_id")]
_OCCURRED, _RECORDED, _KIND = (EVENTS.place(name) for name in ("occurred_at", "recorded_at", "aggregate_type"))

_SCHEMA = """
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL UNIQUE);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL UNIQUE);
CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT NOT NULL REFERENCES event_map_type (ocel_type));
CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT NOT NULL REFERENCES object_map_type (ocel_type));
CREATE TABLE event_object (
    ocel_event_id TEXT NOT NULL REFERENCES event (ocel_id), ocel_object_id TEXT NOT NULL REFERENCES object (ocel_id),
    ocel_qualifier TEXT NOT NULL, PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier));
CREATE TABLE object_object (
    ocel_source_id TEXT NOT NULL REFERENCES object (ocel_id), ocel_target_id TEXT NOT NULL REFERENCES object (ocel_id),
    ocel_qualifier TEXT NOT NULL, PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier));
CREATE TABLE genesis_place (place TEXT NOT NULL);
"""


class OcelLog:
    """A file that is being filled. Raises sqlite3.Error. Close it."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._events: dict[str, str] = {}
        self._objects: dict[str, str] = {}
        if self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'genesis_place'").fetchone() is None:
            self._connection.execute("BEGIN")
            for statement in _SCHEMA.split(";\n"):
                self._connection.execute(statement)
            for name, attributes in OBJECT_ATTRIBUTES.items():
                self._make_object_type(name, attributes)
            self._connection.execute("COMMIT")
        self._events.update(self._connection.execute("SELECT ocel_type, ocel_type_map FROM event_map_type").fetchall())
        self._objects.update(self._connection.execute("SELECT * FROM object_map_type").fetchall())

    @property
    def place(self) -> Any:
        """What the last `add` was told, or None."""
        row = self._connection.execute("SELECT place FROM genesis_place").fetchone()
        return json.loads(row[0]) if row else None

    def add(self, rows: Sequence[str], place: Any) -> None:
        """Rows of events, and the place after them: both or neither."""
        self._connection.execute("BEGIN")
        try:
            for row in rows:
                self._event(row.split(SEPARATOR))
            self._connection.execute("DELETE FROM genesis_place")
            self._connection.execute("INSERT INTO genesis_place VALUES (?)", (json.dumps(place),))
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def count(self) -> int:
        """How many events there are."""
        row = self._connection.execute("SELECT count(*) FROM event").fetchone()
        return int(row[0])

    def finish(self, target: Path) -> None:
        """Write what this holds to `target`, without what only an unfinished one needs."""
        target.unlink(missing_ok=True)
        self._connection.execute("VACUUM INTO ?", (str(target),))
        with closing(sqlite3.connect(target, isolation_level=None)) as whole:
            whole.execute("DROP TABLE genesis_place")
            whole.execute("VACUUM")

    def close(self) -> None:
        self._connection.close()

    def _event(self, values: list[str]) -> None:
        event_id, event_type, stream, account = (values[place] for place in _NAMED)
        payload = orjson.loads(values[-1])
        moment = time(values[_OCCURRED] or values[_RECORDED])
        attributes = [values[place] or None for place in _PLACES]
        table = self._events.get(event_type) or self._make_event_type(event_type)
        execute = self._connection.execute
        execute("INSERT INTO event VALUES (?, ?)", (event_id, event_type))
        marks = ", ".join("?" * (len(attributes) + 2))
        execute(f'INSERT INTO "event_{table}" VALUES ({marks})', (event_id, moment, *attributes))  # noqa: S608
        kind = _STREAMS.get(values[_KIND], values[_KIND])
        related: list[Relation] = [(kind, stream, "stream")]
        if account:
            related.append(("account", account, "owner"))
            self._relate((kind, stream), [("account", account, "belongs to")])
        related += touched(payload, event_type)
        for object_type, object_id, qualifier in related:
            self._object(object_type, object_id)
            execute("INSERT OR IGNORE INTO event_object VALUES (?, ?, ?)", (event_id, object_id, qualifier))
        self._describe(event_type, payload, stream, moment)

    def _describe(self, event_type: str, payload: dict[str, Any], stream: str, moment: str) -> None:
        """What the event says of objects: their attributes, and what they have to do with each other."""
        match event_type:
            case "GenesisStarted" | "GenesisBranched":
                stage = payload.get("first_stage") or payload.get("current_stage")
                first = {"mode": payload.get("mode"), "language": payload.get("language"), "current_stage": stage}
                self._say("session", stream, BEGINNING, first | {"status": _STATUS[event_type]})
                if source := id_of(payload.get("source_session_id")):
                    self._relate(("session", stream), [("session", source, "branched from")])
            case "StageEntered":
                self._change("session", stream, moment, "current_stage", payload.get("stage"))
            case "SessionExtended" | "SessionPaused" | "GenesisCompleted" | "GenesisAbandoned":
                self._change("session", stream, moment, "status", _STATUS[event_type])
                if novel := id_of(payload.get("novel_id")):
                    self._say("novel", novel, BEGINNING, {"language": payload.get("language")})
                    self._relate(("novel", novel), [("session", stream, "made from")])
            case "GenerationRequested" if work := id_of(payload.get("correlation_id")):
                said = {"stage": payload.get("stage"), "kind": payload.get("kind")}
                self._say("generation", work, BEGINNING, said)
                self._relate(("generation", work), [("session", stream, "part of")])
            case "ProjectCreated":
                self._say("project", stream, BEGINNING, {"language": payload.get("language")})
                for kind in ("session", "novel"):
                    if source := id_of(payload.get(f"{kind}_id")):
                        self._relate(("project", stream), [(kind, source, "made from")])
            case "ChapterOpened" if project := id_of(payload.get("project_id")):
                self._say("chapter", stream, BEGINNING, {"status": "draft"})
                self._relate(("chapter", stream), [("project", project, "part of")])
            case "ChapterStatusSet":
                self._change("chapter", stream, moment, "status", payload.get("status"))
            case "FeedbackGiven" if feedback := id_of(payload.get("feedback_id")):
                self._say("feedback", feedback, BEGINNING, {"stage": payload.get("stage")})
                if about := id_of(payload.get("proposal_id")):
                    self._relate(("feedback", feedback), [("proposal", about, "about")])
            case _:
                pass
        for proposal in proposals_of(payload):
            if made := id_of(proposal.get("id")):
                self._say(
                    "proposal", made, BEGINNING, {name: proposal.get(name) for name in ("stage", "origin", "version")}
                )
                self._relate(("proposal", made), [("session", stream, "part of")])
                if older := id_of(proposal.get("revision_of")):
                    self._relate(("proposal", made), [("proposal", older, "revision of")])

    def _say(self, object_type: str, object_id: str, moment: str, said: dict[str, Any]) -> None:
        self._object(object_type, object_id)
        names = OBJECT_ATTRIBUTES[object_type]
        sets = ", ".join(f"{name} = ?" for name in names)
        if names:
            self._connection.execute(
                f'UPDATE "object_{self._objects[object_type]}" SET {sets} WHERE ocel_id = ? AND ocel_time = ?',  # noqa: S608
                (*(_scalar(said.get(name)) for name in names), object_id, moment),
            )

    def _change(self, object_type: str, object_id: str, moment: str, name: str, value: Any) -> None:
        self._object(object_type, object_id)
        self._connection.execute(
            f'INSERT INTO "object_{self._objects[object_type]}" (ocel_id, ocel_time, ocel_changed_field, {name})'  # noqa: S608
            " VALUES (?, ?, ?, ?)",
            (object_id, moment, name, _scalar(value)),
        )

    def _object(self, object_type: str, object_id: str) -> None:
        if object_type not in self._objects:
            self._make_object_type(object_type, {})
        made = self._connection.execute("INSERT OR IGNORE INTO object VALUES (?, ?)", (object_id, object_type))
        if made.rowcount:
            table = self._objects[object_type]
            self._connection.execute(
                f'INSERT INTO "object_{table}" (ocel_id, ocel_time) VALUES (?, ?)',  # noqa: S608
                (object_id, BEGINNING),
            )

    def _relate(self, source: tuple[str, str], targets: Iterable[Relation]) -> None:
        self._object(*source)
        for object_type, object_id, qualifier in targets:
            self._object(object_type, object_id)
            values = (source[1], object_id, qualifier)
            self._connection.execute("INSERT OR IGNORE INTO object_object VALUES (?, ?, ?)", values)

    def _make_event_type(self, name: str) -> str:
        table = self._events[name] = _table_name(name, self._events.values())
        columns = "".join(f", {attribute} {_SQL_TYPES[kind]}" for attribute, kind in EVENT_ATTRIBUTES.items())
        self._connection.execute("INSERT INTO event_map_type VALUES (?, ?)", (name, table))
        self._connection.execute(
            f'CREATE TABLE "event_{table}" (ocel_id TEXT PRIMARY KEY REFERENCES event (ocel_id),'
            f" ocel_time TIMESTAMP NOT NULL{columns})"
        )
        return table

    def _make_object_type(self, name: str, attributes: dict[str, str]) -> None:
        table = self._objects[name] = _table_name(name, self._objects.values())
        columns = "".join(f", {attribute} {_SQL_TYPES[kind]}" for attribute, kind in attributes.items())
        self._connection.execute("INSERT INTO object_map_type VALUES (?, ?)", (name, table))
        self._connection.execute(
            f'CREATE TABLE "object_{table}" (ocel_id TEXT NOT NULL REFERENCES object (ocel_id),'
            f" ocel_time TIMESTAMP NOT NULL, ocel_changed_field TEXT{columns})"
        )
        self._connection.execute(f'CREATE INDEX "object_{table}_id" ON "object_{table}" (ocel_id)')


def _scalar(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else None


def _table_name(name: str, taken: Iterable[str]) -> str:
    table, known, number = re.sub(r"[^A-Za-z0-9_]", "_", name)[:60], set(taken), 1
    found = table
    while found in known:
        number += 1
        found = f"{table}_{number}"
    return found
