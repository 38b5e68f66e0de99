"""docs/asyncapi.yaml as its readers find it: parsed once, by the parser in C, which takes a tenth of the time."""

from typing import Any

import yaml

from scripts.asyncapi import DOCUMENT

FOUND: dict[str, Any] = yaml.load(DOCUMENT.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
