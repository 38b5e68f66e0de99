"""What is written down about running the studio agrees with the code: settings, processes, compose file, image."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import AliasChoices

from cli.process import MODULES
from infrastructure.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
OURS = {"api", "relay", "projector", "sweeper", "callbacks", "worker"}
STORES = {"postgres", "redis", "kafka", "prefect", "prefect-postgres"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return found


def _variables() -> set[str]:
    found = set()
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        found.add(str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"GENESIS_{name.upper()}")
    return found


def test_the_table_of_settings_names_every_setting_and_no_other() -> None:
    section = (ROOT / "docs" / "operations.md").read_text().split("## Settings")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE)) == _variables()


def test_compose_has_every_store_every_process_and_the_migration(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == OURS | STORES | {"migrate"}
    assert set(MODULES) >= OURS
    for name in OURS:
        assert compose["services"][name]["command"] == ["process", name]


def test_everything_that_stays_is_health_checked(compose: dict[str, Any]) -> None:
    for name in OURS | STORES:
        assert compose["services"][name]["healthcheck"]["test"][0] == "CMD", name


def test_our_processes_wait_for_the_schema_and_for_healthy_stores(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name in OURS:
        waits = services[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}, name
        assert {waits[store]["condition"] for store in set(waits) - {"migrate"}} == {"service_healthy"}, name
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert services["prefect"]["depends_on"] == {"prefect-postgres": {"condition": "service_healthy"}}
    assert {"kafka", "prefect"} <= set(services["callbacks"]["depends_on"])


def test_every_variable_given_to_our_processes_is_a_setting(compose: dict[str, Any]) -> None:
    for name in OURS | {"migrate"}:
        given = set(compose["services"][name]["environment"])
        assert given <= _variables(), given - _variables()
        assert {"GENESIS_DATABASE_URL", "GENESIS_REDIS_URL", "GENESIS_KAFKA_BOOTSTRAP", "PREFECT_API_URL"} <= given


def test_no_password_stands_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for secret in re.findall(r"://genesis:([^@]*)@|PASSWORD: (.*)$", text, re.MULTILINE):
        assert "".join(secret).startswith(("${POSTGRES_PASSWORD:?", "${GENESIS_OWNER_PASSWORD:?"))


def test_what_listens_beyond_its_container_is_given_a_password(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if "GENESIS_HOST" in service.get("environment", {}):
            assert service["environment"]["GENESIS_OWNER_PASSWORD"], name


def test_what_is_named_by_volumes_and_dependencies_exists(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"], name
        assert set(service.get("depends_on", {})) <= set(compose["services"]), name


def test_the_image_holds_every_package_of_the_distribution() -> None:
    text = (ROOT / "Dockerfile").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    for package in packages:
        assert f"COPY {package.split('/')[0]}/ " in text, package
    assert "USER genesis" in text
