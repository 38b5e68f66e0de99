"""Chinese for the templates: full-width punctuation, no stray spaces, no doubled particles."""

import re

from infrastructure.writers.muse.render import Grammar

HAN = "\u3400-\u9fff"
_MEASURES = "[个支盏把只枚张块台幅粒封本半部份段盘罐颗双艘扇页]"
_FULL_WIDTH = str.maketrans({",": "，", ";": "；", "!": "！", "?": "？", ":": "："})


def polish(text: str) -> str:
    """Punctuation and spacing between Chinese characters put right; foreign words inside keep theirs."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(rf"(?<=[{HAN}，。；：！？、”）]) +(?=[{HAN}“（])", "", text)
    text = re.sub(rf"(?<=[{HAN}])[,;!?:]", lambda match: match[0].translate(_FULL_WIDTH), text)
    text = re.sub(rf"(?<=[{HAN}])\.(?=$|[{HAN}”])", "。", text)
    text = re.sub(r"的的+", "的", text)
    text = re.sub(r"[，、；](?=[。！？])", "", text)
    text = re.sub(r"。。+", "。", text)
    return re.sub(r"([！？…”])。(?=$)", lambda m: m[0] if m[1] in "…”" else m[1], text)


def definite(phrase: str) -> str:
    """ "一把钥匙" spoken of again: "那把钥匙"."""
    return re.sub(rf"^一(?={_MEASURES})", "那", phrase)


def bare(phrase: str) -> str:
    """ "一把钥匙" in a title: "钥匙"."""
    return re.sub(rf"^一{_MEASURES}", "", phrase)


GRAMMAR = Grammar(modifiers={"the": definite, "bare": bare}, polish=polish)
