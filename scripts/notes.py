"""Writes ui/src/shared/i18n/notes.json from the code: what notes say, by code and language. `--check` compares."""

import json
import sys
from pathlib import Path

from infrastructure.writers.note_catalog import catalog

CATALOG = Path(__file__).resolve().parent.parent / "ui" / "src" / "shared" / "i18n" / "notes.json"


def text() -> str:
    return json.dumps(catalog(), ensure_ascii=False, indent=2) + "\n"


def main() -> int:
    if "--check" in sys.argv[1:]:
        return 0 if CATALOG.read_text(encoding="utf-8") == text() else 1
    CATALOG.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
