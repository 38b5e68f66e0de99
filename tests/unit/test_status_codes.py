"""What HTTP status a refusal has is known in one place: api/errors.py."""

import ast
from pathlib import Path

import pytest

import api
from api.errors import Problem, problem_of, status_of
from application.ports import EventTooNew
from domain.rejections import Refused

API = Path(api.__file__).parent


def _statuses(path: Path) -> list[tuple[int, object]]:
    """(line, value) of what reads as the status of a refusal, in numbers or as a key of a document."""
    return [
        (node.lineno, node.value)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and (
            (type(node.value) is int and 400 <= node.value < 600)
            or (isinstance(node.value, str) and len(node.value) == 3 and node.value[0] in "45" and node.value.isdigit())
        )
    ]


def test_no_other_file_of_the_api_knows_the_status_of_a_refusal() -> None:
    found = {
        str(path.relative_to(API)): statuses
        for path in API.rglob("*.py")
        if path.name != "errors.py" and (statuses := _statuses(path))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (Refused("INSUFFICIENT_CREDITS", "This may cost 5 credits, and 3 are left."), "INSUFFICIENT_CREDITS", 402),
        (Refused("STAGE_NOT_OPEN", "Not yet."), "STAGE_NOT_OPEN", 422),
        (EventTooNew("GenesisStarted in version 9"), "EVENT_TOO_NEW", 503),
        (ValueError("a fault"), "INTERNAL_ERROR", 500),
    ],
)
def test_each_error_has_its_code_and_its_status(error: Exception, code: str, status: int) -> None:
    problem = problem_of(error)
    assert isinstance(problem, Problem)
    assert (problem.code, status_of(problem.code), problem.response().status_code) == (code, status, status)
