"""Takes out of payloads what people and models wrote: its length and a keyed hash stand for it; ids become pseudonyms.

Everything is text unless it is known not to be: what a later build adds is left out until somebody decides.
"""

import re
from hashlib import blake2b
from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisStage

from infrastructure.exports.key import ExportKey
from infrastructure.exports.selection import Selection

FACTS = frozenset(
    (
        *("stage", "first_stage", "current_stage", "stages", "stale", "mode", "language", "kind", "command_type"),
        *("origin", "code", "writer", "model", "prompt_version", "price_source", "status"),
        *("occurred_at", "expires_at", "deadline_at", "created_at"),
        *("id", "user_id", "source_session_id", "correlation_id", "command_id", "proposal_id", "feedback_id"),
        *("proposal_ids", "shortlist", "revision_of", "confirmed_proposal_id", "lock_source", "source_proposal_id"),
        *("novel_id", "grant_id", "reservation_id", "subject_id", "settled"),
        *("path", "locked_paths", "contradiction_ids", "dismissed", "role", "cause", "missing", "unchanged", "rest_of"),
        *("reader_id", "session_id", "part", "holds", "searched", "source", "source_path", "search", "search_id"),
        *("project_id", "finding_id", "contents_id", "entry_id", "parent_id", "block_id", "block_ids", "after", "op"),
        *("change_ids", "chapter_id", "wish"),
        *("draft_id", "kept", "proposed_by", "concept_id", "intent", "audience_level"),
    )
)
"""Fields of payloads whose strings are ids, times and names of our own."""

WRITTEN = frozenset(("content", "confirmed", "base", "lock_base", "adjustments"))
"""Fields under which every string is a writer's or a model's, whatever it is called."""

_PATHS = frozenset(("path", "locked_paths", "missing", "unchanged", "source_path"))
_REASONS = frozenset(("expired", "unused", "failed", "cancelled", "deadline", "asked"))
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,40}|[A-Z_]{3,40}")
_FIELDS = FACTS | WRITTEN | frozenset(GenesisStage) | frozenset(("proposals", "usage", "cost_usd", "turn", "version"))
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


_SHORT = 300
"""Characters of a text whose hash is kept."""
_KEPT = 20_000
"""Of so many: 20 MB at most."""


class Redactor:
    """What becomes of payloads and rows in one export."""

    def __init__(self, key: ExportKey, *, with_text: bool, anonymise: bool) -> None:
        self.key_id = key.id
        self.with_text = with_text
        self.anonymise = anonymise
        self._text = blake2b(key=key.secret, digest_size=16, person=b"text")
        self._name = blake2b(key=key.secret, digest_size=16, person=b"pseudonym")
        self._known: dict[str, dict[str, Any]] = {}
        self._facts = FACTS - _PATHS if anonymise else FACTS

    def digest(self, text: str) -> str:
        """128 bits in hex: equal texts have equal ones, and without the key nothing can be guessed from it."""
        state = self._text.copy()
        state.update(text.encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    def payload(self, payload: dict[str, Any]) -> dict[str, Any]:
        """`payload` without texts."""
        if self.with_text:
            return payload
        return {key: self._value(key, value) for key, value in payload.items()}

    def content(self, value: Any) -> Any:
        """Something that people or a model wrote, without its strings."""
        return value if self.with_text else self._written(value)

    def row(self, row: str) -> str:
        """A row's text with pseudonyms, where they are asked for."""
        return _UUID.sub(lambda found: str(self.pseudonym(UUID(found[0]))), row) if self.anonymise else row

    def selection(self, selection: Selection) -> Selection:
        """What a manifest says was asked for: ids as they are in the rows."""
        if not self.anonymise:
            return selection
        named = {name: tuple(map(self.pseudonym, getattr(selection, name))) for name in ("sessions", "accounts")}
        return selection.model_copy(update=named)

    def pseudonym(self, of: UUID) -> UUID:
        """What stands for an id in an anonymised export."""
        state = self._name.copy()
        state.update(str(of).encode())
        number = int.from_bytes(state.digest(), "big")
        number = number & ~(0xF000 << 64 | 0xC000 << 48) | 8 << 76 | 2 << 62  # RFC 9562, version 8: made in our own way
        return UUID(int=number)

    def _value(self, key: str, value: Any) -> Any:
        if key in WRITTEN:
            return self._written(value)
        kind = type(value)
        if kind is str:
            if key in self._facts or (key == "reason" and value in _REASONS):
                return value
            return self._hashed(value)
        if kind is dict:
            return {self._key(inner): self._value(inner, item) for inner, item in value.items()}
        if kind is list:
            return [self._value(key, item) for item in value]
        return value

    def _written(self, value: Any) -> Any:
        kind = type(value)
        if kind is str:
            return self._hashed(value)
        if kind is dict:
            return {self._key(key): self._written(item) for key, item in value.items()}
        if kind is list or kind is tuple:
            return [self._written(item) for item in value]
        return value

    def _key(self, key: str) -> str:
        """Names of fields stay; a key that somebody made up is a text as well."""
        return key if key in _FIELDS or _FIELD.fullmatch(key) else self.digest(key)

    def _hashed(self, text: str) -> dict[str, Any]:
        """What stands for a text. Short ones come again and again, from version to version: some are kept."""
        found = self._known.get(text)
        if found is None:
            found = {"chars": len(text), "hash": self.digest(text)}
            if len(text) <= _SHORT:
                if len(self._known) >= _KEPT:
                    self._known.clear()
                self._known[text] = found
        return found
