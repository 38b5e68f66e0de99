"""The interface's document: in step with the code, and with names that a generated client can keep."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from genesis_types.enums import CommandType

from api.app import create_app
from infrastructure.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def test_the_committed_document_is_in_step() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "openapi.py"))
    assert (ROOT / "ui" / "openapi.json").read_text(encoding="utf-8") == script["text"](), (
        "run: python scripts/openapi.py"
    )


def test_every_command_of_the_public_interface_is_in_the_union(document: dict[str, Any]) -> None:
    union = document["components"]["schemas"]["AnyCommandRequest"]
    assert union["discriminator"]["propertyName"] == "command_type"
    assert set(union["discriminator"]["mapping"]) == set(CommandType)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= document["components"]["schemas"].keys()


def test_operations_have_stable_names_and_say_who_may_use_them(document: dict[str, Any]) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)
    assert all("security" in operation for operation in operations)
