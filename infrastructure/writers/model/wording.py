"""What is said beside the prompt: to the model the form of its answer, to the writer what is going on."""

import json
from collections.abc import Iterable
from typing import Any

from application.notes import Note
from infrastructure.writers.model.schemas import Json

_PHASES = {
    "en": {
        "reading": "The model is reading.",
        "thinking": "The model is thinking.",
        "writing": "The model is writing.",
        "again": "Try {number} of {of}. {why}",
    },
    "zh": {
        "reading": "模型正在阅读。",
        "thinking": "模型正在思考。",
        "writing": "模型正在写作。",
        "again": "第 {number} 次尝试，共 {of} 次。{why}",
    },
}
_WHY = {
    "en": {
        "RATE_LIMITED": "The provider asked for a pause.",
        "OVERLOADED": "The provider was overloaded.",
        "MODEL_LOADING": "Its server is still loading it.",
        "PROVIDER_FAILED": "The provider had a failure of its own.",
        "UNREACHABLE": "The model could not be reached.",
        "CONNECTION_LOST": "The connection broke off.",
        "REQUEST_REFUSED": "The server wants to be asked in another way.",
        "TRUNCATED": "The answer was too long; fewer details are asked for.",
        "REPEATED_ITSELF": "The model repeated itself.",
        "EMPTY": "The answer was empty.",
        "WRONG_LANGUAGE": "The answer was in another language.",
        "KEY_REFUSED": "Its key was refused.",
        "KEY_MISSING": "It has no key.",
        "KEY_MALFORMED": "Its key has characters that no key can have.",
        "KEY_UNREADABLE": "Its key was stored with another secret key than this machine has.",
        "PRICE_UNKNOWN": "Nobody knows what it costs, and credits pay for it.",
        "PRICE_ROSE": "It may cost more than what was reserved.",
        "ADDRESS_NOT_ALLOWED": "Its address may not be called from here.",
        "ADDRESS_LINK_LOCAL": "Its address leads into this machine's own network.",
        "NO_CREDIT": "Its account has no credit or quota left.",
        "MODEL_NOT_FOUND": "There is no such model at its address.",
        "WRONG_ADDRESS": "There is no model's interface at its address.",
        "WEB_PAGE": "Its address shows a web page.",
        "PROXY_IN_THE_WAY": "A proxy did not let the request through.",
        "TOO_LONG_TO_READ": "The material is longer than it can read.",
        "DOES_NOT_FIT": "The material is longer than it can read, so nothing was sent.",
        "TIMED_OUT": "It did not finish in time.",
        "NO_FIRST_WORD": "It did not begin in time.",
        "WENT_SILENT": "It stopped in the middle.",
        "MODEL_FAILED": "It could not be used.",
        "MODEL_MISCONFIGURED": "It could not be set up.",
        "UNKNOWN_MODEL": "Nobody knows a model of its name.",
        "FLAWED": "The answer had flaws that it is asked to mend.",
        "": "The answer did not have the right shape.",
    },
    "zh": {
        "RATE_LIMITED": "提供商要求稍候。",
        "OVERLOADED": "提供商负载过高。",
        "MODEL_LOADING": "服务器还在加载模型。",
        "PROVIDER_FAILED": "提供商出现故障。",
        "UNREACHABLE": "无法连接模型。",
        "CONNECTION_LOST": "连接中断。",
        "REQUEST_REFUSED": "服务器需要换一种提问方式。",
        "TRUNCATED": "回答过长；这次要求的细节更少。",
        "REPEATED_ITSELF": "模型不断重复。",
        "EMPTY": "回答为空。",
        "WRONG_LANGUAGE": "回答使用了另一种语言。",
        "KEY_REFUSED": "它的密钥被拒绝。",
        "KEY_MISSING": "它没有密钥。",
        "KEY_MALFORMED": "它的密钥里有密钥不会有的字符。",
        "KEY_UNREADABLE": "它的密钥是用另一把加密密钥保存的。",
        "PRICE_UNKNOWN": "它的价格未知，而生成是用额度支付的。",
        "PRICE_ROSE": "它可能超出已预留的额度。",
        "ADDRESS_NOT_ALLOWED": "这里不允许访问它的地址。",
        "ADDRESS_LINK_LOCAL": "它的地址指向本机内部的链路本地网络。",
        "NO_CREDIT": "它的账户没有余额或额度了。",
        "MODEL_NOT_FOUND": "它的地址上没有这个模型。",
        "WRONG_ADDRESS": "它的地址上没有模型接口。",
        "WEB_PAGE": "它的地址打开的是网页。",
        "PROXY_IN_THE_WAY": "代理没有放行请求。",
        "TOO_LONG_TO_READ": "材料超过了它能读的长度。",
        "DOES_NOT_FIT": "材料超过了它能读的长度，所以没有发送任何内容。",
        "TIMED_OUT": "它没有按时写完。",
        "NO_FIRST_WORD": "它没有按时开始。",
        "WENT_SILENT": "它写到一半停了。",
        "MODEL_FAILED": "它无法使用。",
        "MODEL_MISCONFIGURED": "它的设置有误。",
        "UNKNOWN_MODEL": "不认识这个名字的模型。",
        "FLAWED": "回答有瑕疵，已请模型修正。",
        "": "回答的形式不对。",
    },
}
_LEFT_OUT = {
    "en": {
        "proposals": "Of the earlier proposals, the model was told the newest only.",
        "notes": "Of your notes, the model was told the oldest in short.",
        "confirmed": "Of what is confirmed in other stages, the model was told a summary.",
    },
    "zh": {
        "proposals": "之前的提案，只告诉了模型最新的几份。",
        "notes": "你的意见，最早的几条只告诉了模型开头。",
        "confirmed": "其他阶段已确认的内容，只告诉了模型摘要。",
    },
}
_FAILED = {
    "en": {"model": "“{name}”:", "next": "The next in line could not write either."},
    "zh": {"model": "“{name}”：", "next": "排在后面的模型也没能写成。"},
}
_KEPT = {
    "en": "{kept} of {wanted} proposals came whole and were kept. Ask again for more.",
    "zh": "{wanted} 个提案中有 {kept} 个完整，已保留。可再次请求更多。",
}


_INSTEAD = {
    "en": "“{failed}” was not used: {why} “{used}” is asked instead.",
    "zh": "没有使用“{failed}”：{why}改用“{used}”。",
}


_PART = {"en": "Part {number} of {of}.", "zh": "第 {number} 部分，共 {of} 部分。"}
_MISSING = {
    "en": {
        "people_one": "One person of the cast did not come: there is only a line.",
        "people_more": "{n} people of the cast did not come: there is only a line of each.",
        "chapters_one": "The last chapter did not come.",
        "chapters_more": "The last {n} chapters did not come.",
        "world": "Of the world, this did not come: {what}.",
        "locations": "places",
        "factions": "factions",
        "history": "history",
        "unchanged": "Your note was not carried out everywhere. This stayed as it was: {what}.",
    },
    "zh": {
        "people_one": "有一个人物没有写完，只有一行介绍。",
        "people_more": "有 {n} 个人物没有写完，每人只有一行介绍。",
        "chapters_one": "最后一章没有写出来。",
        "chapters_more": "最后 {n} 章没有写出来。",
        "world": "世界设定中，以下部分没有写出来：{what}。",
        "locations": "地点",
        "factions": "势力",
        "history": "历史",
        "unchanged": "你的意见没有在所有地方落实。以下内容保持原样：{what}。",
    },
}

_LISTED = {"en": ", ", "zh": "、"}


def _within(tongue: str, reason: str) -> str:
    """A reason as it stands within a sentence."""
    return reason[:1].lower() + reason[1:] if tongue == "en" else reason


_TOLD: dict[str, dict[str, dict[str, str]]] = {
    "failed": _FAILED,
    "left_out": _LEFT_OUT,
    "missing": _MISSING,
    "instead": {tongue: {"": sentence} for tongue, sentence in _INSTEAD.items()},
    "why": {tongue: {code: _within(tongue, one) for code, one in told.items()} for tongue, told in _WHY.items()},
}
"""What notes are made of, by their kinds: language -> name -> sentence."""


def schema_words(schema: Json) -> str:
    """The form of the answer in words, for servers that cannot be told it otherwise."""
    form = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON object that fits this JSON schema, and with nothing else:\n{form}"


def said(language: str, phase: str) -> str:
    return _PHASES[_tongue(language)][phase]


def said_part(language: str, number: int, of: int) -> str:
    """Which part is being written. Of a cast that is not known yet, `of` is the most that it can be."""
    return _PART[_tongue(language)].format(number=number, of=of)


def parts_note(language: str, missing: tuple[str, ...]) -> str:
    """What did not come of a large content, by the JSON pointers to it."""
    if missing[0].startswith(("/characters/", "/chapters/")):
        kind = "people" if missing[0].startswith("/characters/") else "chapters"
        one = "one" if len(missing) == 1 else "more"
        return _note(language, "missing", f"{kind}_{one}", n=len(missing))
    return _note(
        language, "missing", "world", what=[_note(language, "missing", path.removeprefix("/")) for path in missing]
    )


def unchanged_note(language: str, names: Iterable[str]) -> str:
    """That a refinement has not reached everything that it was to change."""
    return _note(language, "missing", "unchanged", what=list(names))


def said_again(language: str, number: int, of: int, why: str | None) -> str:
    """That another try begins, and why."""
    tongue = _tongue(language)
    reason = _WHY[tongue].get(why or "", _WHY[tongue][""])
    return _PHASES[tongue]["again"].format(number=number, of=of, why=reason)


def instead_note(language: str, failed: str, why: str, used: str) -> str:
    """That another model writes than the one that was to, and why. `why` is a code."""
    known = why if why in _WHY["en"] else ""
    return _note(language, "instead", "", failed=failed, why=_note(language, "why", known), used=used)


def failed_model_note(name: str) -> str:
    """Whose failure a message tells of."""
    return _note("en", "failed", "model", name=name)


def failed_next_note() -> str:
    """That whoever was asked next could not write either."""
    return _note("en", "failed", "next")


def kept_note(language: str, kept: int, wanted: int) -> str:
    return _KEPT[_tongue(language)].format(kept=kept, wanted=wanted)


def left_out_notes(language: str, left_out: Iterable[str]) -> tuple[str, ...]:
    """What of the material a model was not told in full, a sentence each."""
    return tuple(_note(language, "left_out", name) for name in left_out)


def catalog() -> dict[str, dict[str, str]]:
    """Every sentence that notes are made of, by code and language."""
    return {
        _code(kind, name): {tongue: told[tongue][name] for tongue in told}
        for kind, told in _TOLD.items()
        for name in told["en"]
    }


def _note(language: str, kind: str, name: str, /, **values: Any) -> Note:
    tongue = _tongue(language)
    filled = {at: _LISTED[tongue].join(value) if isinstance(value, list) else value for at, value in values.items()}
    return Note(_TOLD[kind][tongue][name].format(**filled), _code(kind, name), **values)


def _code(kind: str, name: str) -> str:
    return f"{kind}.{name}" if name else kind


def _tongue(language: str) -> str:
    return "zh" if language.lower().startswith("zh") else "en"
