"""A writer who types while the page is busy: commands are seen, and held back until the test lets them go."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, Route

LAGGING: dict[str, Any] = {
    "status": 503,
    "content_type": "application/problem+json",
    "body": json.dumps({"code": "PROJECTION_LAGGING", "detail": "What you wrote is safe but cannot be shown yet."}),
}
"""What the API answers where the read side is not far enough in time."""


class Commands:
    """All commands of a page from now on, as (type, body), in their order."""

    def __init__(self, page: Page) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self._page = page
        self._holding = False
        self._held: list[Route] = []
        page.route("**/api/v1/genesis/commands", self._saw)

    def _saw(self, route: Route) -> None:
        body = route.request.post_data_json
        self.sent.append((body["command_type"], body))
        if self._holding:
            self._held.append(route)
        else:
            route.continue_()

    def wait(self, count: int) -> None:
        """Until so many have been sent, held ones too."""
        deadline = time.monotonic() + 60
        while len(self.sent) < count:
            assert time.monotonic() < deadline, self.sent
            self._page.evaluate("0")  # lets the routes be handled

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is sent within is let go at the end."""
        self._holding = True
        yield
        self._holding = False
        while self._held:
            self._held.pop(0).continue_()


def box(page: Page) -> Locator:
    """The feedback box of the oldest proposal: later rounds stand above it."""
    return page.get_by_test_id("feedback-input").last
