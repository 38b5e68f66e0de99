"""Forms in which people's names stand in texts where languages inflect them: only those that can be little else.

No language is asked for: an ending counts where the letters of the name allow it. Genitives and plurals in -s (German,
Dutch, Scandinavian, English), Russian cases, Polish and Czech ones that no other language writes so, and elisions
before a name (French, Italian). What cannot be told is missed; what the new name would have to look like is left to the
writer where the two names are not inflected alike.
"""

import re
from collections.abc import Iterator

_SIBILANT = re.compile(r"(?:s|x|z|ß|ce|ge|sh|ch)$", re.IGNORECASE)
_OTHER_NAMES = re.compile(
    r"(?:adam|alan|andrew|anthon|brook|daniel|david|edward|evan|gibb|harri|henrie|hick|hugh|jacob|jame|jenkin|john|"
    r"mar|matthew|mill|owen|parson|perkin|peter|phillip|rich|richard|robert|robin|roger|ross|simon|steven|tim|walter|"
    r"water|watt|wells|will|william|wood)s",
    re.IGNORECASE,
)
"""Surnames and words that are another name with an s."""
_CYRILLIC = re.compile("[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)*")
_LATIN = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*")
_NO_Y = "гкхжчшщ"
_FLEETING = re.compile(r"(?:ё[^\W\d_]{1,2}|е[клцв]|[оё]к|e[klc]|o[kł])$", re.IGNORECASE)
"""Names whose last vowel goes when an ending comes: Пётр, Петра; Marek, Markowi."""
_SMALL = frozenset(
    (
        *(
            "in",
            "an",
            "auf",
            "aus",
            "bei",
            "mit",
            "von",
            "zu",
            "für",
            "um",
            "vor",
            "nach",
            "ohne",
            "durch",
            "über",
            "unter",
        ),
        *(
            "wie",
            "als",
            "wenn",
            "und",
            "oder",
            "aber",
            "das",
            "die",
            "der",
            "ist",
            "war",
            "ob",
            "nur",
            "auch",
            "doch",
            "the",
        ),
        *("at", "with", "from", "of", "for", "to", "on", "by", "and", "but", "when", "so", "then", "was", "is", "i"),
        *("på", "till", "med", "van", "met", "op", "bij", "naar"),
    )
)
"""Words with which a sentence begins that are nobody's first name."""
_NAME_BEFORE = re.compile(r"([^\W\d_][\w.]*) $")
_ELISION = re.compile(r"(?<![\w'’])(?:[dlcjmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|dell|all|dall|nell|sull|un|quell)['’]$")
_VOWEL = re.compile(r"[aeiouyhàâäáéèêëíîïóôöúûüœæ]", re.IGNORECASE)

_RUSSIAN: dict[str, tuple[str, ...]] = {
    # endings in one order: genitive, dative, accusative, instrumental, prepositional
    "а": ("ы", "е", "у", "ой", "ою"),
    "я": ("и", "е", "ю", "ей", "ею"),
    "ия": ("ии", "ию", "ией", "иею"),
    "й": ("я", "ю", "ем", "е"),
    "ий": ("ия", "ию", "ием", "ии"),
    "ь": ("я", "ю", "ем", "е"),
    "": ("а", "у", "ом", "е"),
    "ов": ("ова", "ову", "овым", "ове"),
    "ова": ("овой", "ову", "овою"),
}
_SLAVIC: dict[str, tuple[str, ...]] = {"a": ("ę", "ą"), "": ("owi", "ovi")}


def forms(old: str, new: str) -> Iterator[tuple[str, str | None]]:
    """(a form of `old`, the same form of `new`; None where the two are not inflected alike), without `old` itself."""
    if _CYRILLIC.fullmatch(old):
        yield from _russian(old, new)
    elif _LATIN.fullmatch(old) and len(old) > 2 and old[0].isupper():
        if not _SIBILANT.search(old) and not _OTHER_NAMES.fullmatch(f"{old}s"):
            yield f"{old}s", None if _SIBILANT.search(new) or not _LATIN.fullmatch(new) else f"{new}s"
        if " " not in old:
            yield from _cases(old, new, _SLAVIC, "a" if old.endswith("a") else "")


def is_of_another_name(text: str, start: int) -> bool:
    """Whether an -s that is found at `start` belongs to the surname of somebody whose first name stands before it."""
    before = _NAME_BEFORE.search(text[:start])
    if before is None or not before[1][0].isupper():
        return False
    earlier = text[: before.start()].rstrip()
    begins = not earlier or earlier[-1] in '.!?…:;"“„«('
    return not begins or before[1].lower() not in _SMALL


def elided(text: str, start: int) -> bool:
    """Whether a short word is joined to the name at `start`: d’Anna, l’Anna, dell’Anna."""
    return _ELISION.search(text[max(0, start - 9) : start]) is not None


def keeps_elision(new: str) -> bool:
    return _VOWEL.match(new) is not None


def _russian(old: str, new: str) -> Iterator[tuple[str, str | None]]:
    if len(old) > 2 and old[0].isupper():
        yield from _cases(old, new, _RUSSIAN, _declension(old))


def _cases(old: str, new: str, table: dict[str, tuple[str, ...]], kind: str) -> Iterator[tuple[str, str | None]]:
    if kind == "" and old[-1].lower() in "aeiouyаеёиоуыэюя":
        return  # not declined, or not by these rules
    alike = new[-1:].lower() == old[-1:].lower() if kind else new[-1:].lower() not in "aeiouyаеёиоуыэюяйьs"
    if table is _RUSSIAN:
        alike = _CYRILLIC.fullmatch(new) is not None and _declension(new) == kind
    alike = alike and (bool(kind) or not _FLEETING.search(new))
    stem, other = (name.removesuffix(kind) if kind else name for name in (old, new))
    for ending in table[kind]:
        yield _joined(stem, ending), _joined(other, ending) if alike else None


def _declension(name: str) -> str:
    return next((one for one in ("ова", "ов", "ия", "ий", "а", "я", "й", "ь") if name.endswith(one)), "")


def _joined(stem: str, ending: str) -> str:
    """After г, к, х and the sibilants stands и for ы, after ж, ч, ш, щ, ц е for an unstressed о."""
    if ending.startswith("ы") and stem[-1:].lower() in _NO_Y:
        return f"{stem}и{ending[1:]}"
    if ending.startswith("о") and stem[-1:].lower() in "жчшщц":
        return f"{stem}е{ending[1:]}"
    return stem + ending
