"""Writes down what was sent: each request of a generation with its parts, parameters, tokens and what came of it."""

import json
from dataclasses import dataclass, field

from pydantic import JsonValue
from pydantic_ai.messages import ModelResponse

from domain.genesis.asked import Asked, AttemptMade, SentPart
from infrastructure.writers.model.asking import Question
from infrastructure.writers.model.ladder import Rung, Way
from infrastructure.writers.model.prompts import Part

UNFINISHED = "UNFINISHED"


@dataclass
class SentLog:
    """The requests of one generation, as they are made. `texts`: the text of each part by its hash."""

    left_out: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    _attempts: list[AttemptMade] = field(default_factory=list)

    def begins(self, asked: Question, way: Way, *, count: int, part: tuple[int, int] | None = None) -> None:
        """A request leaves: until more is known of it, it has no answer. `part`: which of how many it asks for."""
        parts = asked.parts
        if way.rung in (Rung.SCHEMA, Rung.TOOL):
            schema = json.dumps(asked.schema, ensure_ascii=False, separators=(",", ":"))
            parts = (*parts, Part("schema", way.rung.value, schema))
        self.texts |= {part.hash: part.text for part in parts}
        self._attempts.append(
            AttemptMade(
                number=len(self._attempts) + 1,
                cause=UNFINISHED,
                parameters=_parameters(asked, way, count) | ({"part": part[0], "parts": part[1]} if part else {}),
                parts=tuple(SentPart(role=part.role, name=part.name, hash=part.hash) for part in parts),
            )
        )

    def ended(self, cause: str | None, response: ModelResponse | None) -> None:
        """What came of the last request: `cause` as in AttemptMade."""
        used = response.usage if response is not None else None
        known = used is not None and bool(used.input_tokens or used.output_tokens)
        self._attempts[-1] = self._attempts[-1].model_copy(
            update={
                "cause": cause,
                "input_tokens": used.input_tokens if used is not None and known else None,
                "output_tokens": used.output_tokens if used is not None and known else None,
            }
        )

    def stopped(self, cause: str, response: ModelResponse | None) -> None:
        """A request that was under way was given up."""
        if self._attempts and self._attempts[-1].cause == UNFINISHED:
            self.ended(cause, response)

    @property
    def asked(self) -> Asked:
        return Asked(attempts=tuple(self._attempts), left_out=self.left_out)


def _parameters(asked: Question, way: Way, count: int) -> dict[str, JsonValue]:
    given: dict[str, JsonValue] = {
        "count": count,
        "form": way.rung.value,
        "fields": "lean" if way.lean else "full",
        "stream": way.stream,
    }
    if way.strict and way.rung in (Rung.SCHEMA, Rung.TOOL):
        given["strict"] = True
    if asked.temperature is not None and "temperature" not in way.without:
        given["temperature"] = asked.temperature
    if asked.max_tokens is not None and "max_tokens" not in way.without:
        given["max_tokens"] = asked.max_tokens
    return given
