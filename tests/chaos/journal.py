"""What the studio has promised, as JSON lines: every answer that reached a client, and what streams showed."""

import json
from collections import Counter
from pathlib import Path
from typing import Any


class Journal:
    """Written by the load in one event loop, read by the auditor. `counts` is what happened, by kind and what."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stream = path.open("a", encoding="utf-8")
        self.counts: Counter[str] = Counter()

    def note(self, kind: str, **facts: Any) -> None:
        """One line. Ids and numbers only: no word of a writer's."""
        self._stream.write(json.dumps({"kind": kind, **facts}) + "\n")
        self._stream.flush()
        self.counts[kind] += 1

    def close(self) -> None:
        self._stream.close()
