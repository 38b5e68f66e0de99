"""Counts the words of a text as the page counts them: each Chinese character and each kana is one."""

import re

_CJK_MARK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*")


def count_words(text: str) -> int:
    """How many words `text` has."""
    marks = len(_CJK_MARK.findall(text))
    return marks + len(_WORD.findall(_CJK_MARK.sub(" ", text) if marks else text))
