"""Finds contents that are in another language than their session: as a whole, or in one long field."""

import re
from collections.abc import Iterator

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.language_detector import language_of
from infrastructure.writers.model.quality.finding import Finding, fields, finding
from infrastructure.writers.text_units import is_dense

_ALIKE = (
    {"no", "nb", "nn", "da"},
    {"sr", "hr", "bs", "sh", "cnr"},
    {"id", "ms", "jv", "su", "min"},
    {"hi", "ur", "bh", "mai", "ne", "mr"},
    {"tl", "fil", "ceb"},
    {"zh", "yue", "wuu", "cmn", "nan", "lzh", "gan", "hak"},
    {"cs", "sk"},
    {"gl", "pt"},
    {"ast", "es", "an"},
    {"af", "nl"},
    {"fa", "prs", "pes", "tg"},
    {"ru", "be", "uk"},
    {"bg", "mk"},
    {"de", "als", "gsw", "bar", "nds", "lb"},
    {"ca", "oc", "es"},
    {"az", "tr"},
    {"fi", "et"},
)
"""Languages that a short text of one is easily taken for another of: no finding between them."""

# What the model knows (https://fasttext.cc/docs/en/language-identification.html).
_NAMES = """
af als am an ar arz as ast av az azb ba bar bcl be bg bh bn bo bpy br bs bxr ca cbk ce ceb ckb co cs cv cy da de
diq dsb dty dv el eml en eo es et eu fa fi fr frr fy ga gd gl gn gom gu gv he hi hif hr hsb ht hu hy ia id ie ilo
io is it ja jbo jv ka kk km kn ko krc ku kv kw ky la lb lez li lmo lo lrc lt lv mai mg mhr min mk ml mn mr mrj ms
mt mwl my myv mzn nah nap nds ne new nl nn no oc or os pa pam pfl pl pms pnb ps pt qu rm ro ru rue sa sah sc scn
sco sd sh si sk sl so sq sr su sv sw ta te tg th tk tl tr tt tyv ug uk ur uz vec vep vi vls vo wa war wuu xal xmf
yi yo yue zh
"""
_KNOWN = frozenset(_NAMES.split())

_OLD = {"iw": "he", "in": "id", "ji": "yi", "mo": "ro"}
_SURE = 0.6
_LEAST, _LEAST_DENSE = 80, 30
_FIELD, _FIELD_DENSE, _FIELD_SURE = 60, 24, 0.9
_NO_PROSE = re.compile(r"/(id|key|role|kind|type|status|structure|[a-z_]*_ids?(/\d+)?|comparable_titles/\d+)$")


def known_languages(tag: str) -> set[str]:
    """The languages that satisfy a BCP 47 tag; empty when the detector does not know its language."""
    primary = tag.lower().split("-")[0]
    primary = _OLD.get(primary, primary)
    alike = {one for group in _ALIKE if primary in group for one in group}
    return alike | {primary} if alike or primary in _KNOWN else set()


def language(request: WriterRequest, contents: list[Content]) -> Iterator[Finding]:
    """Contents in another language than the session's, as a whole or in a long field. Unsure is no finding."""
    wanted = known_languages(request.premise.language)
    if not wanted:
        return
    for number, content in enumerate(contents):
        prose = [(path, text) for path, text in fields(content) if not _NO_PROSE.search(path) and len(text) > 12]
        whole = "\n".join(text for _, text in prose)
        seen = ""
        if len(whole) >= (_LEAST_DENSE if is_dense(whole) else _LEAST):
            seen, sure = language_of(whole)
            if seen and seen not in wanted and sure >= _SURE:
                yield finding(
                    "LANGUAGE", number, "", request.premise.language, seen=seen, wanted=request.premise.language
                )
                continue
        for path, text in prose:
            dense = is_dense(text)
            if len(text) < (_FIELD_DENSE if dense else _FIELD):
                continue
            seen, sure = language_of(text)
            if seen and seen not in wanted and sure >= _FIELD_SURE:
                tag = request.premise.language
                yield finding("LANGUAGE", number, path, tag, seen=seen, wanted=tag)
                break
