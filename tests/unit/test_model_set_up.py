"""Whatever goes wrong while a model is set up fails that one request: no process ends of it, and it is tried again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest
from genesis_types.enums import AudienceLevel, Intent
from pydantic import SecretStr

from application.chapter_writers import Book, ChapterRequest
from application.contents_writers import ContentsRequest
from application.idea_writers import IdeaRequest
from application.writers import WriterError
from domain.project.ideas import Brief
from domain.project.plan import ChapterPlan
from infrastructure.settings import Settings
from infrastructure.writers.chapter_factory import make_chapter_writer
from infrastructure.writers.contents_factory import make_contents_writer
from infrastructure.writers.factory import make_writer
from infrastructure.writers.idea_factory import make_idea_writer
from infrastructure.writers.model import providers
from tests.support.writers import request

ID = UUID(int=1)
NAMED = Settings(model="openai:gpt-4o", model_api_key=SecretStr("k"))


BOOK = Book("A Book", "en")
BRIEF = Brief(
    keyword="salt", genre="", audience="", audience_level=AudienceLevel.GENERAL, intent=Intent.FICTION, language="en"
)


def proposals(settings: Settings) -> AsyncIterator[Any]:
    return make_writer(settings).write(request())


def a_chapter(settings: Settings) -> AsyncIterator[Any]:
    asked = ChapterRequest(ID, ID, BOOK, "One", ChapterPlan(), target_words=1_500)
    return make_chapter_writer(settings).write_chapter(asked)


def contents(settings: Settings) -> AsyncIterator[Any]:
    asked = ContentsRequest(ID, ID, BOOK, first=1, last=5, total=5, words=3_000)
    return make_contents_writer(settings).write_contents(asked)


def ideas(settings: Settings) -> AsyncIterator[Any]:
    return make_idea_writer(settings).write_ideas(IdeaRequest(ID, ID, ID, BRIEF))


Asked = Callable[[Settings], AsyncIterator[Any]]
KINDS: list[Asked] = [proposals, a_chapter, contents, ideas]


async def failure(asked: AsyncIterator[Any]) -> WriterError:
    with pytest.raises(WriterError) as raised:
        async for _ in asked:
            pass
    return raised.value


@pytest.mark.parametrize("asked", KINDS)
@pytest.mark.parametrize("proxy", ["gopher://127.0.0.1:9", "socks9://x"])
def test_a_proxy_that_no_client_can_use_fails_the_request_with_a_code(
    asked: Asked, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, proxy)
    error = asyncio.run(failure(asked(NAMED)))
    assert error.code == "PROXY_IN_THE_WAY"
    assert proxy not in error.message


@pytest.mark.parametrize("asked", KINDS)
def test_what_no_one_thought_of_fails_the_request_and_is_tried_again(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def broken(*_: object, **__: object) -> None:
        tried.append(1)
        raise RuntimeError("no certificates")

    monkeypatch.setattr(providers, "_openai", broken)
    for times in (1, 2):
        assert asyncio.run(failure(asked(NAMED))).code == "MODEL_MISCONFIGURED"
        assert len(tried) >= times
