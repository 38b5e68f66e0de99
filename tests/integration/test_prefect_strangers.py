"""The embedded Prefect server has no accounts: pages of other sites, open on this machine, must not speak with it."""

import httpx
import pytest

from tests.support.prefect import PrefectServer

pytestmark = pytest.mark.prefect


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:8765"])
def test_no_other_page_is_let_in(prefect: PrefectServer, origin: str) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    preflight = httpx.options(f"{prefect.url}/flow_runs/filter", headers=asked)
    assert preflight.status_code == 400
    answer = httpx.post(f"{prefect.url}/flow_runs/filter", json={}, headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers
