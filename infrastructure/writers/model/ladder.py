"""How a model is asked, from the strictest form of answer that a server may know to none, and what it understood.

The rung that worked is remembered for the base URL and the model while the process lives, and for connections that are
stored also with them. A server that refuses an optional part says so in whatever status it likes: its words decide.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Rung(StrEnum):
    SCHEMA = "json_schema"
    TOOL = "tool"
    OBJECT = "json_object"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask. `without`: keys that this server's requests must not have; `plain`: a schema without bounds.

    `longest`: tokens that the server lets an answer have, None while it has not said so.
    """

    rung: Rung
    lean: bool
    strict: bool = True
    plain: bool = False
    stream: bool = True
    without: frozenset[str] = frozenset()
    longest: int | None = None

    @property
    def last(self) -> "Way":
        """What every server understands: words in, words out."""
        optional = {"stream_options", "response_format", "tools", "tool_choice", "parallel_tool_calls"}
        return replace(self, rung=Rung.TEXT, without=self.without | optional)

    def as_json(self) -> dict[str, Any]:
        """What is worth keeping: how many fields are asked for is the connection's profile, not the server's."""
        kept = {"rung": self.rung.value, "strict": self.strict, "plain": self.plain, "stream": self.stream}
        return kept | {"without": sorted(self.without), "longest": self.longest}

    @classmethod
    def from_json(cls, kept: Any, *, lean: bool) -> "Way | None":
        """None for what this build does not understand: then the server is asked from the top."""
        try:
            without = frozenset(str(part) for part in kept["without"])
            told = {name: bool(kept[name]) for name in ("strict", "plain", "stream")}
            longest = kept.get("longest")
            told_longest = longest if isinstance(longest, int) and longest > 0 else None
            return cls(Rung(kept["rung"]), lean=lean, without=without, longest=told_longest, **told)
        except (AttributeError, LookupError, TypeError, ValueError):
            return None


@dataclass
class Reads:
    """How much the server has said that it reads, in tokens, to one click; the next may find it started with more."""

    context: int | None = None


_BELOW = {Rung.SCHEMA: Rung.TOOL, Rung.TOOL: Rung.OBJECT, Rung.OBJECT: Rung.TEXT}
_KNOWN: dict[tuple[str, str], Way] = {}

_UNFIT_STATUS = frozenset({400, 404, 405, 406, 415, 422, 500, 501})
"""What servers answer a request that they do not understand with."""

_NOT_ABOUT_PARTS = re.compile(
    r"model[^.]{0,60}(not found|does not exist|not exist|unknown)|context|too (long|large)|api.?key|quota|no route"
)


def known_way(base_url: str | None, model: str, first: Way) -> Way:
    return _KNOWN.get((base_url or "", model), first)


def known(base_url: str | None, model: str) -> Way | None:
    """What this process has learnt."""
    return _KNOWN.get((base_url or "", model))


def remember(base_url: str | None, model: str, way: Way) -> None:
    _KNOWN[base_url or "", model] = way


def forget(base_url: str | None, model: str) -> None:
    """For a test of the connection: asks again from the top."""
    _KNOWN.pop((base_url or "", model), None)


def after_refusal(way: Way, status: int | None, words: str) -> Way | None:
    """The way to ask a server that refused `way`; None: what it said is not about how it was asked."""
    if status is not None and status not in _UNFIT_STATUS:
        return None
    part = _named(words)
    if part is None:
        silent = status in (400, 415, 422, 501) and not _NOT_ABOUT_PARTS.search(words)
        return way.last if silent and way != way.last else None
    found = _without(way, part, words)
    return found if found != way else (way.last if way != way.last else None)


def stated_context(words: str) -> int | None:
    """Tokens that a server says it can read, in a refusal of what was longer; None where it does not say."""
    found = _CONTEXT.search(words)
    return int(next(filter(None, found.groups())).replace(",", "")) if found else None


def after_ignoring(way: Way) -> Way:
    """The way to ask a server that answered in words of its own: the schema is told to it in words."""
    return way if way.rung is Rung.TEXT else replace(way, rung=Rung.TEXT)


_PARTS = (  # the first that is named decides: the particular stands before the general
    ("stream_options", r"stream_options|include_usage"),
    ("stream", r"\bstream(ing|ed)?\b"),
    ("cache_control", r"cache_control"),
    ("strict", r"\bstrict\b"),
    ("max_tokens", r"max_(completion_|output_)?tokens"),
    ("temperature", r"\btemperature\b|\bsampling\b|frequency_penalty"),
    ("tools", r"\btools?\b|tool_choice|function call|\bfunctions?\b"),
    ("bounds", r"\$defs|\$ref|anyof|max_?length|min_?items|max_?items|additionalproperties|grammar|unsupported schema"),
    ("response_format", r"response_format|json_schema|json_object|json mode|structured output|guided|schema"),
)


_LONGEST = re.compile(r"max_(?:completion_|output_)?tokens\D{0,60}\d[\d,]*\s*>\s*(\d[\d,]*)")
"""What Anthropic says of a model that writes less than was asked for: "max_tokens: 14000 > 8192, which is the …"."""


_CONTEXT = re.compile(
    r"\"n_ctx\"\s*:\s*(\d{3,8})\b"  # llama.cpp
    r"|(?:context|input) (?:size|length|window|limit)[^\d.;]{0,40}(\d[\d,]{2,9})\b"
)
"""What a server says that it can read: "maximum context length is 4096 tokens", "context size (4096 tokens)"."""


def _named(words: str) -> str | None:
    return next((part for part, pattern in _PARTS if re.search(pattern, words)), None)


def _without(way: Way, part: str, words: str) -> Way:
    match part:
        case "stream":
            return replace(way, stream=False)
        case "strict":
            return replace(way, strict=False)
        case "bounds" if not way.plain:
            return replace(way, plain=True, strict=False)
        case "tools":
            # the words may name tools only as the other choice: then what was sent is what was refused
            return replace(way, rung=Rung.OBJECT if way.rung is Rung.TOOL else _BELOW.get(way.rung, way.rung))
        case "bounds" | "response_format":
            if (
                way.rung is Rung.SCHEMA
                and "json_object" in words
                and "json_schema" not in words.rsplit("json_object", maxsplit=1)[-1]
            ):
                return replace(way, rung=Rung.OBJECT)
            return replace(way, rung=Rung.TEXT if way.rung is Rung.OBJECT else _BELOW.get(way.rung, way.rung))
        case "max_tokens" if (said := _LONGEST.search(words)) is not None and way.longest is None:
            return replace(way, longest=int(said[1].replace(",", "")))
        case "max_tokens":
            return replace(way, without=way.without | {"max_tokens", "max_completion_tokens"})
        case "temperature":
            return replace(way, without=way.without | {"temperature", "frequency_penalty"})
        case _:
            return replace(way, without=way.without | {part})
