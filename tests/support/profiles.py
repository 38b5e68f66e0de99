"""Two kinds of model as the fake server plays them: a small local one, and one that thinks for long. Deterministic.

Their texts are the muse's; what is theirs is how they answer, what they leave out, and how far they obey.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infrastructure.writers.evaluation.journey import sparks
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.misbehaviours import LOOP, Body, Misbehaviour
from tests.support.model_answers import muse_answer, piece, told
from tests.support.openai_server import Behaviour

THOUGHT = " ".join(f"Thought {number}: what would {number * 3} readers miss here?" for number in range(400))
_WORDS = {"clock": "A clock strikes.", "snow": "Snow falls.", "钟": "一口钟响了。", "雪": "下雪了。"}
_USED = {"prompt_tokens": 2_400, "completion_tokens": 1_600}


@dataclass(frozen=True)
class Profile:
    """`make` gives a fresh server of this kind; `settings` are those of the environment beside its address."""

    name: str
    make: Callable[[], MisbehavingServer]
    settings: dict[str, Any]


def lean_local() -> MisbehavingServer:
    """Wraps its answer in prose, misses the last item, repeats an item or itself, obeys every second note."""
    asked: list[str] = []
    notes: list[str] = []

    def serve(body: Body) -> Behaviour:
        turn = len(asked)
        asked.append(body["model"])
        note = f"{told(body)[0]}{piece(body, 'spark')}{piece(body, 'feedback_now')}"
        if piece(body, "feedback_now") is not None and note not in notes:
            notes.append(note)
        obeys = note in notes and notes.index(note) % 2 == 0  # in all the parts of its refinement
        if turn % 11 == 4:
            return Behaviour(answer=lambda _: LOOP, as_text=True, usage=_USED, chunk=500)
        return Behaviour(answer=lambda body: _small(body, turn, obeys=obeys), as_text=True, usage=_USED, chunk=2_000)

    return MisbehavingServer(Misbehaviour(serve, 0))


def reasoning() -> MisbehavingServer:
    """Thinks at length, then makes a tool call that comes whole; takes no schema beside it, and obeys every note."""

    def serve(body: Body) -> Behaviour:
        if "response_format" in body:
            words = "response_format json_schema cannot be combined with reasoning"
            return Behaviour(answer=muse_answer, status=400, error={"message": words})
        return Behaviour(
            answer=lambda body: _dumped(_obeying(body, _items(body))), thoughts=THOUGHT, chunk=1_000_000, usage=_USED
        )

    return MisbehavingServer(Misbehaviour(serve, 0))


PROFILES = (
    Profile("lean local", lean_local, {"model": "small-and-local", "model_profile": "lean"}),
    Profile("reasoning", reasoning, {"model": "thinks-for-long", "model_profile": "full"}),
)


def _small(body: Body, turn: int, *, obeys: bool) -> str:
    items = _items(body)
    if obeys:
        items = _obeying(body, items)
    if len(items) > 1:
        items = [items[0], items[0]] if turn % 3 == 0 else items[:-1]
    return (
        f"Sure! Here is what I came up with {{as JSON}}:\n```json\n{_dumped(items)}\n```\nLet me know what you think."
    )


def _items(body: Body) -> list[dict[str, Any]]:
    if labels := piece(body, "can_change"):
        return [{"change": labels[:2]}]
    if held := piece(body, "to_change"):
        return [{"content": held, "adjustments": ["The end is open now."]}]
    said = json.loads(muse_answer(body))
    items: list[dict[str, Any]] = said.get("proposals", [said])
    return items


def _dumped(items: list[dict[str, Any]]) -> str:
    return json.dumps({"proposals": items} if len(items) > 1 else items[0], ensure_ascii=False)


def _obeying(body: Body, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the note asks for, said in the first text that is long enough to be a sentence."""
    if piece(body, "feedback_now") is None or piece(body, "can_change") is not None:
        return items
    spark = next(one for one in sparks()[1] if one.seed == piece(body, "spark"))
    return [_with_sentence(item, _WORDS[spark.asked]) for item in items]


def _with_sentence(value: Any, sentence: str) -> Any:
    done = False

    def told(one: Any) -> Any:
        nonlocal done
        if isinstance(one, dict):
            return {key: told(item) for key, item in one.items()}
        if isinstance(one, list):
            return [told(item) for item in one]
        if not done and isinstance(one, str) and one.endswith((".", "。")):
            done = True
            return f"{one} {sentence}"
        return one

    return told(value)
