"""Every operation of the OpenAPI document, so that a test over all of them meets a new route by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.app import create_app
from infrastructure.settings import Settings

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})

DOCUMENT: dict[str, Any] = create_app(Settings()).openapi()


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    parameters: tuple[str, ...]
    """The ids in the address, in order."""
    needs_account: bool

    @property
    def writes(self) -> bool:
        return self.method in _WRITING

    def at(self, ids: Mapping[str, str]) -> str:
        """The address with these ids in it. A KeyError names an id of a new route: give the test one."""
        return self.path.format(**{name: ids[name] for name in self.parameters})

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _operations() -> list[Operation]:
    return [
        Operation(
            method.upper(),
            path,
            tuple(given["name"] for given in operation.get("parameters", ()) if given["in"] == "path"),
            bool(operation["security"]),
        )
        for path, operations in DOCUMENT["paths"].items()
        for method, operation in operations.items()
    ]


OPERATIONS = _operations()


def command_types() -> set[str]:
    """Every command that can be posted."""
    union = DOCUMENT["components"]["schemas"]["AnyCommandRequest"]
    return set(union["discriminator"]["mapping"])
