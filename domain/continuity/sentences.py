"""Cuts a paragraph into sentences, hides what people say in it, and samples its runs of words.

A narrator's words count as facts; what somebody says may be a lie, so rules read sentences in which speech is hidden.
"""

import re
import zlib
from collections.abc import Iterator

HIDDEN = "\ufffc"
"""Stands for each character of speech."""

_CJK = "\u3400-\u9fff\uf900-\ufaff"
_END = re.compile(
    r"""(?:(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bProf)(?<!\bCapt)(?<!\b[A-Z])[.!?…]+["'”’)\]]*(?=\s|$)"""
    r"""|[。！？…]+[”’」』）]*)"""
)
_SPEECH = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|「[^」]*(?:」|$)|『[^』]*(?:』|$)|(?<!\w)‘[^’]*’(?!\w)")
_TOKEN = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['’][^\W_]+)*")
_SCENE_BREAK = re.compile(r"\s*(?:(?:[*＊#·•~—–-]\s*){1,7}|⁂)\s*")
_CHINESE = re.compile(f"[{_CJK}]")

RUN = 4
"""Words in a run; of Chinese, twice as many characters."""

_SAMPLED = 2
"""Of so many runs one is kept, chosen by its hash, so that equal texts keep equal runs."""


def is_chinese(text: str) -> bool:
    """Whether at least a third of what is no space is Chinese."""
    return 3 * len(_CHINESE.findall(text)) >= len(text) - text.count(" ") > 0


def is_scene_break(text: str) -> bool:
    return bool(_SCENE_BREAK.fullmatch(text))


def cut(text: str) -> Iterator[tuple[str, str]]:
    """(sentence, the same with speech hidden), in order."""
    hidden = _SPEECH.sub(lambda found: HIDDEN * len(found[0]), text)
    start = 0
    for end in [*(found.end() for found in _END.finditer(text)), len(text)]:
        sentence = text[start:end]
        if end <= start or not sentence.strip():
            continue
        if hidden[end - 1 : end + 1] == HIDDEN * 2:
            continue  # somebody is still speaking
        # `“Go!” said Ann.` is one sentence: what follows speech in small letters belongs to it
        following = text[end:].lstrip()
        if end < len(text) and following[:1].islower():
            continue
        lead = len(sentence) - len(sentence.lstrip())
        kept = sentence.strip()
        yield kept, hidden[start + lead : start + lead + len(kept)]
        start = end


def tokens(text: str) -> list[str]:
    """Words in small letters; each Chinese character is one."""
    return [one.lower() for one in _TOKEN.findall(text)]


def sketch(sentence: str) -> tuple[int, ...]:
    """A sample of the hashes (32 bits) of its runs of words; few for a short sentence, which many books have."""
    words = tokens(sentence)
    run = RUN * 2 if is_chinese(sentence) else RUN
    hashes = {zlib.crc32(" ".join(words[at : at + run]).encode()) for at in range(len(words) - run + 1)}
    return tuple(sorted(one for one in hashes if one % _SAMPLED == 0))
