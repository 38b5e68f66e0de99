"""Reads a paragraph: text in, a Reading out. Pure; the read side keeps a reading for each paragraph."""

import re

from genesis_types.words import count_words

from domain.continuity import chinese, english
from domain.continuity.reading import Reading, Statement
from domain.continuity.sentences import cut, is_chinese, is_scene_break, sketch

_OPENS_EARLIER = re.compile(
    r"(?:\w+[\w -]{0,30} (?:years|months|weeks) (?:earlier|before|ago)|Long ago|Back then|In those days)\b"
    "|[一二两三四五六七八九十几多]{1,3}年前|多年以前|很久以前|当年|那一?年|小时候|从前",
)
"""How a paragraph begins that opens a scene of an earlier time."""


def read(text: str) -> Reading:
    """What the paragraph `text` states. Equal texts give equal readings."""
    if is_scene_break(text):
        return Reading(scene_break=True)
    rules = chinese if is_chinese(text) else english
    sentences: list[str] = []
    stated: list[Statement] = []
    names: list[tuple[int, str]] = []
    earlier: list[int] = []
    for index, (sentence, hidden) in enumerate(cut(text)):
        sentences.append(sentence)
        stated.extend(dict.fromkeys(rules.statements(hidden, index)))
        names.extend((index, name) for name in dict.fromkeys(rules.names(hidden)))
        if rules.tells_of_earlier(hidden):
            earlier.append(index)
    return Reading(
        sentences=tuple(sentences),
        statements=tuple(stated),
        names=tuple(names),
        sketch=tuple(sketch(one) for one in sentences),
        earlier=tuple(earlier),
        long_ago=bool(sentences) and bool(_OPENS_EARLIER.match(sentences[0])),
        size=count_words(text),
    )
