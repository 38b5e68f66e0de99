"""Tests a connection: one small question, asked down the ladder until its answer has the form that was asked for.

`python -m infrastructure.writers.model.trial` reads a target on its standard input and prints what came of it, so that
processes which load no AI library can have it tested.
"""

import asyncio
import json
import logging
import os
import sys
import threading
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic_ai.exceptions import ModelAPIError

from application.writers import WriterError
from infrastructure.loopback import bypass_proxies
from infrastructure.writers.limits import REQUESTS, is_loopback
from infrastructure.writers.model import errors, ladder
from infrastructure.writers.model.asking import Answer, Meter, Question, ask
from infrastructure.writers.model.connections import Connection
from infrastructure.writers.model.http import Seen
from infrastructure.writers.model.ladder import Rung, Way
from infrastructure.writers.model.prompts import Part
from infrastructure.writers.model.providers import connect_to
from infrastructure.writers.model.reader import candidates
from infrastructure.writers.model.schemas import Json, closed
from infrastructure.writers.model.targets import Target
from infrastructure.writers.model.wording import schema_words

SECONDS, SECONDS_HERE = 60.0, 180.0
"""For the whole test; a model on this machine may have to be loaded first."""

LOADING_SECONDS = 10.0
"""What is waited for a server that says that it loads its model; then it is asked again, and once more."""

OK = "OK"
_SCHEMA: Json = closed({"word": {"type": "string"}, "number": {"type": "integer"}})
_INSTRUCTIONS = "You answer a test of a connection. Give what is asked for and nothing else."
_QUESTION = "Give the word “ready” as `word`, and 7 as `number`."
_LENGTH = 2_000
"""Tokens: models that think first need some for that."""

_OF_THE_PLACE = frozenset({"WRONG_ADDRESS", "REQUEST_REFUSED"})


@dataclass(frozen=True, slots=True)
class Trial:
    """`code` is OK or why not; `way` what worked; `first` and `seconds` until the first byte and the end."""

    code: str
    requests: int = 0
    seconds: float = 0.0
    first: float | None = None
    way: dict[str, Any] | None = None
    cost_usd: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


async def try_out(target: Target) -> Trial:
    """Ask at most three times. Raises nothing: whatever goes wrong is a code."""
    try:
        connection = connect_to(target)
    except WriterError as error:
        return Trial(error.code)
    except Exception:  # a library's refusal of what it was given; its text may hold the key
        return Trial("MODEL_MISCONFIGURED")
    return await _Trying(connection).run()


class _Trying:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._meter = Meter(connection.base_url, connection.prices)
        self._began = time.monotonic()
        self._first: float | None = None

    async def run(self) -> Trial:
        local = self._connection.base_url is not None and is_loopback(self._connection.base_url)
        way: Way | None = self._connection.first_way
        code = "MODEL_FAILED"
        try:
            async with asyncio.timeout(SECONDS_HERE if local else SECONDS):
                for number in range(1, REQUESTS + 1):
                    assert way is not None
                    asked = way
                    code, way = await self._ask(asked, last=number == REQUESTS)
                    if code == OK:
                        return self._ended(OK, asked)
                    if code == "MODEL_LOADING" and number < REQUESTS:
                        await asyncio.sleep(LOADING_SECONDS)
                        way = asked
                        continue
                    if way is None:
                        break
                    if number == REQUESTS - 1 and code in _OF_THE_PLACE:
                        way = way.last
        except TimeoutError:
            code = "NO_FIRST_WORD" if self._first is None else "TIMED_OUT"
        return self._ended(code, None)

    async def _ask(self, way: Way, *, last: bool) -> tuple[str, Way | None]:
        """(how it went, how to ask next; None: asking again would not help)."""
        parts = [Part("system", "instructions", _INSTRUCTIONS), Part("user", "task", _QUESTION)]
        if way.rung in (Rung.OBJECT, Rung.TEXT):
            parts.append(Part("user", "form", schema_words(_SCHEMA)))
        question = Question(tuple(parts), _SCHEMA, None, _LENGTH)
        seen = Seen(alive=self._alive)
        heard: list[str] = []

        def hears(text: str, _thoughts: str) -> None:
            heard.append(text)

        try:
            answer = await ask(self._connection.model, question, way, seen=seen, meter=self._meter, heard=hears)
        except Exception as error:
            # Neither its text nor the cause is kept: a provider's error quotes what it was sent.
            code = errors.cause(error, seen, heard=any(heard))
            if last or seen.page or not isinstance(error, ModelAPIError):
                return code, None
            return code, ladder.after_refusal(way, seen.status, seen.words or f"{error}".lower())
        if _fits(answer):
            return OK, None
        said = answer.text.strip()
        code = "REPEATED_ITSELF" if answer.endless else "BROKEN_ANSWER" if said else "EMPTY"
        lower = ladder.after_ignoring(way)
        return code, None if last or lower == way else lower

    def _alive(self) -> None:
        if self._first is None:
            self._first = time.monotonic() - self._began

    def _ended(self, code: str, way: Way | None) -> Trial:
        spent = self._meter.spent()
        usage = spent.usage if spent else {}
        read, written = usage.get("input_tokens"), usage.get("output_tokens")
        return Trial(
            code,
            self._meter.requests,
            round(time.monotonic() - self._began, 3),
            round(self._first, 3) if self._first is not None else None,
            replace(way, lean=False).as_json() if way is not None else None,
            spent.cost_usd if spent else None,
            read if isinstance(read, int) else None,
            written if isinstance(written, int) else None,
        )


def _fits(answer: Answer) -> bool:
    found = candidates(answer.text or answer.thoughts)
    return any(isinstance(one, dict) and isinstance(one.get("word"), str) and "number" in one for one in found)


def _end_with_parent(parent: int) -> None:
    """Nobody reads the answer once whoever asked is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main() -> None:
    """One target in, one trial out; the target's key is seen by nobody else."""
    logging.disable(logging.CRITICAL)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    bypass_proxies()
    target = Target.from_json(json.loads(sys.stdin.buffer.read()))
    sys.stdout.write(json.dumps(asdict(asyncio.run(try_out(target)))))


if __name__ == "__main__":
    main()
