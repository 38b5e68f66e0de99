"""Who is asked in which order, what may be typed into a connection, and what is known of its target."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from api.schemas.models import ModelRequest
from infrastructure.settings import Settings
from infrastructure.writers.connections.catalogue import _listing
from infrastructure.writers.connections.presets import BY_NAME, PRESETS
from infrastructure.writers.connections.stored import NotAllowed, Stored, check_place, line_up, shown_end
from infrastructure.writers.model.causes import sentence
from infrastructure.writers.model.ladder import Rung, Way
from infrastructure.writers.model.targets import Target

KEY = "sk-a-key-that-nobody-may-see"


def stored(number: int, **more: Any) -> Stored:
    values = dict.fromkeys(Stored.__slots__) | {
        "id": UUID(int=number),
        "user_id": UUID(int=0),
        "name": f"model {number}",
        "preset": "ollama",
        "model": "qwen3:8b",
        "profile": "auto",
        "position": number,
        "is_default": False,
    }
    return Stored(**(values | more))


A, B, C = stored(1), stored(2, is_default=True), stored(3)


@pytest.mark.parametrize(
    ("choice", "kept", "environment", "line"),
    [
        (None, [], False, ["muse"]),
        (None, [], True, ["environment"]),
        (None, [A, B, C], False, [B, A, C]),
        (None, [A, B, C], True, ["environment", B, A, C]),
        (C.id, [A, B, C], True, [C, "environment", B, A]),
        ("environment", [A], True, ["environment", A]),
        ("environment", [A], False, [A]),
        ("muse", [A, B, C], True, ["muse"]),
        (UUID(int=9), [A, B], False, [B, A]),
    ],
    ids=["nobody", "settings", "default", "settings win", "chosen", "chosen settings", "gone settings", "muse", "gone"],
)
def test_who_is_asked_in_which_order(choice: Any, kept: list[Stored], environment: bool, line: list[Any]) -> None:
    assert line_up(choice, kept, environment=environment) == tuple(line)


REFUSED = [
    ("api_key", "sk-abc\ndef"),
    ("api_key", "sk-abc\u2014def"),
    ("api_key", "sk-“abc”"),
    ("api_key", "sk-abc def"),
    ("api_key", "k" * 1_001),
    ("base_url", "localhost:11434/v1"),
    ("base_url", "ftp://127.0.0.1/v1"),
    ("base_url", "http://"),
    ("base_url", "http://a b/v1"),
    ("base_url", "http://127.0.0.1:port/v1"),
    ("base_url", "http://name:secret@127.0.0.1/v1"),
    ("base_url", "http://169.254.169.254/latest"),
    ("base_url", "http://[::ffff:169.254.169.254]/latest"),
    ("name", "   "),
    ("name", "\u202e"),
    ("model", "two\u200bbells"),
    ("model", ""),
    ("input_price", -1),
    ("input_price", float("nan")),
    ("context_tokens", 0),
    ("profile", "huge"),
    ("preset", "nobody"),
]


@pytest.mark.parametrize(("field", "value"), REFUSED, ids=[f"{at}-{field}" for at, (field, _) in enumerate(REFUSED)])
def test_what_cannot_be_kept_is_refused_without_repeating_it(field: str, value: Any) -> None:
    good = {"name": "Mine", "preset": "openai", "model": "gpt-5-mini", "input_price": 1.0, "output_price": 2.0}
    with pytest.raises(ValidationError) as refused:
        ModelRequest.model_validate(good | {field: value})
    (error,) = refused.value.errors(include_url=False, include_input=False, include_context=False)
    assert error["loc"] == (field,)
    if field == "api_key":
        assert "abc" not in error["msg"]


def test_a_key_and_an_address_lose_the_space_around_them_and_nothing_else() -> None:
    typed = {"name": " Mine ", "preset": "other", "model": "m", "api_key": f"  {KEY}\n", "base_url": " http://a.b/x/ "}
    asked = ModelRequest.model_validate(typed)
    assert asked.api_key is not None
    assert (asked.name, asked.api_key.get_secret_value(), asked.base_url) == ("Mine", KEY, "http://a.b/x/")
    assert KEY not in repr(asked)


def test_one_price_alone_says_nothing() -> None:
    with pytest.raises(ValidationError, match="both prices"):
        ModelRequest(name="Mine", preset="openai", model="m", input_price=1.0)


@pytest.mark.parametrize(
    ("preset", "base_url", "allowed"),
    [
        ("openai", None, True),
        ("openai", "http://10.0.0.5/v1", False),
        ("ollama", None, False),
        ("other", "https://example.org/v1", False),
    ],
)
def test_who_may_not_name_addresses_takes_providers_as_they_are(
    preset: str, base_url: str | None, allowed: bool
) -> None:
    check_place(BY_NAME[preset], base_url, may_name_addresses=True)
    if allowed:
        check_place(BY_NAME[preset], base_url, may_name_addresses=False)
        return
    with pytest.raises(NotAllowed, match="Only the owner"):
        check_place(BY_NAME[preset], base_url, may_name_addresses=False)


def test_another_server_needs_an_address() -> None:
    with pytest.raises(NotAllowed, match="Give the address"):
        check_place(BY_NAME["other"], None, may_name_addresses=True)


def test_a_price_that_nobody_gave_is_unknown_and_one_that_is_nought_is_nought() -> None:
    settings = Settings()
    assert A.target(settings, None).prices is None
    free = replace(A, input_price=Decimal(0), output_price=Decimal(0))
    assert free.target(settings, None).prices == (0, 0)


def test_a_target_goes_to_another_process_whole_and_does_not_show_its_key() -> None:
    priced = replace(A, input_price=Decimal("0.25"), output_price=Decimal("1.5"), context_tokens=32_768)
    target = priced.target(Settings(model_timeout_seconds=9), KEY)
    assert Target.from_json(target.as_json()) == target
    assert KEY not in repr(target)
    assert (target.base_url, target.protocol) == ("http://127.0.0.1:11434/v1", "own-server")


def test_openai_at_an_address_of_ones_own_is_a_server_like_any_other() -> None:
    there = stored(1, preset="openai", base_url="https://gateway.example/v1").target(Settings(), KEY)
    assert (there.protocol, there.base_url) == ("own-server", "https://gateway.example/v1")
    assert stored(1, preset="openai").target(Settings(), KEY).protocol == "openai"


def test_what_a_server_taught_is_kept_as_json_and_what_is_not_understood_is_forgotten() -> None:
    way = Way(Rung.OBJECT, lean=True, strict=False, plain=True, without=frozenset({"stream_options", "tools"}))
    assert Way.from_json(way.as_json(), lean=True) == way
    for odd in (None, {}, {"rung": "telepathy"}, way.as_json() | {"rung": 3}, [1], way.as_json() | {"without": None}):
        assert Way.from_json(odd, lean=False) is None


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_says_where_its_models_are_listed(preset: Any) -> None:
    address = _listing(preset, None if preset.name != "other" else "http://127.0.0.1:9/v1/")
    assert address is not None
    assert address.partition("?")[0].endswith("/models")
    assert preset.own or preset.keys_at


def test_sentences_of_what_is_kept_name_the_page_and_not_the_environment() -> None:
    for code in ("KEY_REFUSED", "MODEL_NOT_FOUND", "WRONG_ADDRESS", "WEB_PAGE", "KEY_MISSING", "KEY_UNREADABLE"):
        said = sentence(code, stored=True, tested=True)
        assert "GENESIS_MODEL" not in said, code
        assert "is safe" not in said, code
        assert "on the page Models" not in said, "whoever tests a model is on that page"
    assert sentence("KEY_REFUSED", stored=True, tested=True) == (
        "The model's provider refused the key. Check its key, and what it may do."
    )
    assert "Ollama: num_ctx, llama.cpp: --ctx-size" in sentence("TOO_LONG_TO_READ", stored=True, tested=True)


def test_only_the_end_of_a_long_key_is_shown() -> None:
    assert shown_end(KEY) == "-see"
    assert shown_end("short") is None
