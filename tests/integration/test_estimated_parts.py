"""In how many parts a generation comes, and how long it may take, over HTTP, before it is asked for."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from infrastructure.writers.limits import LOCAL
from tests.support.api import Served, served
from tests.support.models import keep, works
from tests.support.openai_server import OpenAIServer


@pytest.fixture
async def api(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(database_url, redis_url, home=tmp_path) as running:
        yield running


async def test_an_estimate_tells_in_how_many_parts_it_comes_and_how_long_it_may_take(api: Served) -> None:
    session_id = await api.start()

    async def told(**query: Any) -> tuple[int, int | None]:
        answer = await api.http.get(f"/api/v1/genesis/{session_id}/estimate", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["parts"], answer.json()["seconds"]

    assert await told(stage="CHARACTERS") == (1, None), "the muse writes at once"
    with OpenAIServer(works()) as server:
        small = await keep(api.http, server)
        assert await told(stage="CONCEPT_SELECTION") == (1, LOCAL.total)
        assert await told(stage="CHARACTERS") == (6, LOCAL.overall)
        assert await told(stage="WORLDVIEW") == (3, 3 * LOCAL.total)
        assert await told(stage="PLOT_OUTLINE") == (4, 4 * LOCAL.total)
        assert await told(stage="WORLDVIEW", count=2) == (6, LOCAL.overall)
        await api.http.patch(f"/api/v1/models/{small['id']}", json={"profile": "full"})
        assert await told(stage="CHARACTERS") == (1, LOCAL.total), "a large model is asked at once"
