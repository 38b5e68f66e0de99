"""Tells in which direction a language is written."""

_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "syr", "ug", "ur", "yi"})
_SCRIPTS = frozenset({"arab", "hebr", "nkoo", "syrc", "thaa", "adlm", "rohg"})


def direction(language: str) -> str:
    """Returns "rtl" or "ltr", from a BCP 47 tag: by its script if it names one, else by the language."""
    primary, *rest = language.lower().replace("_", "-").split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in _SCRIPTS else "ltr"
    return "rtl" if primary in _RIGHT_TO_LEFT else "ltr"
