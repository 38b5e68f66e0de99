"""Somebody who writes a book over HTTP: projects, contents, chapters."""

from typing import Any

import httpx

from tests.support.reading import eventually

OUTSIDE = {"project_id", "chapter_id", "command_id", "expected_version"}
"""What stands beside the payload."""
NAMED = {"opens": "project_id"}
"""What is called so inside it."""


class Author:
    """Somebody with a book, by way of HTTP alone."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.project_id = ""

    async def post(self, which: str, command_type: str, **more: Any) -> httpx.Response:
        payload = {NAMED.get(name, name): value for name, value in more.items() if name not in OUTSIDE}
        outside = {name: value for name, value in more.items() if name in OUTSIDE}
        body = {"command_type": command_type, "payload": payload} | outside
        return await self.http.post(f"/api/v1/{which}/commands", json=body)

    async def project(self, command_type: str, **more: Any) -> dict[str, Any]:
        whose = {"project_id": self.project_id} if self.project_id else {}
        return done(await self.post("projects", command_type, **(whose | more)))

    async def begin(self, **payload: Any) -> dict[str, Any]:
        answer = await self.project("CREATE_PROJECT", **payload)
        self.project_id = answer["project_id"]
        return await self.read(min_version=answer["version"])

    async def read(self, **params: Any) -> dict[str, Any]:
        return done(await self.http.get(f"/api/v1/projects/{self.project_id}", params=params))

    async def chapter(self, chapter_id: str, **params: Any) -> dict[str, Any]:
        return done(await self.http.get(f"/api/v1/projects/{self.project_id}/chapters/{chapter_id}", params=params))

    async def open_chapter(self, title: str = "Low Water") -> str:
        added = await self.project("ADD_ENTRY", kind="chapter", title=title)
        chapter_id: str = added["result"]["entry_id"]
        done(await self.post("chapters", "OPEN_CHAPTER", chapter_id=chapter_id, opens=self.project_id))
        return chapter_id

    async def readable(self, chapter_id: str) -> None:
        """Returns when the opened chapter can be read, however short the API's own patience is."""

        async def shown() -> bool:
            answer = await self.http.get(f"/api/v1/projects/{self.project_id}/chapters/{chapter_id}")
            return answer.status_code == 200 and answer.json()["version"] > 0

        await eventually(shown)

    async def edit(self, chapter_id: str, *edits: dict[str, Any], **more: Any) -> httpx.Response:
        return await self.post("chapters", "EDIT_CHAPTER", chapter_id=chapter_id, edits=list(edits), **more)


def done(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    return found


def shape(project: dict[str, Any]) -> list[str]:
    return ["  " * (entry["depth"] - 1) + entry["title"] for entry in project["contents"]]


def insert(block_id: str, text: str, after: str | None = None) -> dict[str, Any]:
    return {"op": "insert", "block_id": block_id, "text": text, "after": after}


def replace(block_id: str, text: str, based_on: int) -> dict[str, Any]:
    return {"op": "replace", "block_id": block_id, "text": text, "based_on": based_on}
