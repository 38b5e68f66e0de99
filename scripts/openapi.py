"""Writes ui/openapi.json, from which the page's client is generated: `python scripts/openapi.py [--check]`."""

import json
import sys
from pathlib import Path

from api.app import create_app
from infrastructure.settings import Settings

TARGET = Path(__file__).resolve().parent.parent / "ui" / "openapi.json"


def text() -> str:
    return json.dumps(create_app(Settings()).openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        sys.exit(0 if TARGET.read_text(encoding="utf-8") == text() else "ui/openapi.json is out of step.")
    TARGET.write_text(text(), encoding="utf-8")
