"""Recognises the lines that begin a chapter or a part where a text has no headings, and pages that are no chapter."""

import re
from typing import Literal

from infrastructure.imports.book import LeftOut

LONGEST_MARK = 100
_TITLE = 80

_WORDS = (
    r"(?:the\s+)?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ]\w+)?|"
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last)"
)
_NUMBER = rf"(?:\d{{1,4}}|[ivxlc]{{1,9}}|{_WORDS})"
_AFTER = r"(?P<gap>\s*[.:—–-]+\s*|\s*$|\s+)(?P<rest>.*)"
_CHAPTER = re.compile(
    rf"(?:chapter|chap\.|kapitel|chapitre|cap[ií]tulo|capitolo|hoofdstuk|глава)\s+{_NUMBER}(?!\w){_AFTER}",
    re.IGNORECASE,
)
_PART = re.compile(rf"(?:part|book|volume|teil|buch|partie|parte|часть)\s+{_NUMBER}(?!\w){_AFTER}", re.IGNORECASE)
_DIGITS = "〇零一二三四五六七八九十百千两0-9０-９"
_ZH_AFTER = r"[\s　:：、.]*(?P<rest>.{0,40})"
_ZH_END = r"(?=$|[\s　:：、.])"
_ZH_CHAPTER = re.compile(rf"第\s*[{_DIGITS}]{{1,9}}\s*(?:章|[回节幕折]{_ZH_END}){_ZH_AFTER}")
_ZH_PART = re.compile(rf"第\s*[{_DIGITS}]{{1,9}}\s*[部卷篇集]{_ZH_END}{_ZH_AFTER}")
_ALONE = re.compile(
    r"(?:prologue|epilogue|prolog|epilog|interlude|preface|foreword|afterword|introduction|序章|序|序言|楔子|引子|前言|尾声|"
    r"终章|后记|番外[^。，]{0,20})[.:：]?",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?:\d{{1,3}}|[IVXLC]{{1,8}}|[{_DIGITS}]{{1,5}})[.、]?")
_SCENE_BREAK = re.compile(r"(?:[*＊·•~～◇◆○●☆★#＃=_—–-][ \u3000]*){1,12}|⁂|❦|\\\*(?: ?\\\*){2}")
_ONE_SIGN = re.compile(r"[*＊#＃⁂❦◇◆☆★~～]")

_MATTER: dict[LeftOut, str] = {
    "contents": r"(?:table of )?contents|inhalt(?:sverzeichnis)?|sommaire|目\s*[录錄次]",
    "copyright": r"copyright.{0,40}|impressum|imprint|colophon|版\s*[权權](?:信息|页|声明)?",
    "dedication": r"dedication|widmung|献\s*[词辞]|獻詞",
    "acknowledgements": r"acknowledge?ments|danksagung|致\s*谢|致謝|鸣谢",
    "about_author": r"about the authors?|关于作者|作者简介|關於作者",
    "ai_use": r"how ai was used|人工智能的使用说明",
    "title_page": r"title page|half title|titlepage|cover|扉页|封面",
    "other": r"(?:also|other books) by .{1,60}|index|bibliography|the full project gutenberg license.*",
}
_MATTER_PAGES = tuple((left, re.compile(words, re.IGNORECASE)) for left, words in _MATTER.items())
_ROLES: dict[str, LeftOut] = {
    "copyright": "copyright",
    "copyright-page": "copyright",
    "dedication": "dedication",
    "acknowledgements": "acknowledgements",
    "acknowledgments": "acknowledgements",
    "about_author": "about_author",
    "ai_use": "ai_use",
    "toc": "contents",
    "titlepage": "title_page",
    "cover": "title_page",
}


def mark(text: str) -> Literal["chapter", "part", "alone"] | None:
    """What a line begins: a numbered chapter, a part, or what stands without a number. None: it is text."""
    first, _, below = text.partition("\n")
    first = " ".join(first.split())
    if not first or len(first) > LONGEST_MARK or below.count("\n") > 1 or len(below) > _TITLE:
        return None
    if _ALONE.fullmatch(first):
        return "alone"
    for kind, west, east in (("part", _PART, _ZH_PART), ("chapter", _CHAPTER, _ZH_CHAPTER)):
        if (found := west.fullmatch(first)) and _titles(found["rest"], said=bool(found["gap"].strip())):
            return "part" if kind == "part" else "chapter"
        if (found := east.fullmatch(first)) and not found["rest"].endswith(("。", "，", "；", "”")):
            return "part" if kind == "part" else "chapter"
    return None


def _titles(rest: str, *, said: bool) -> bool:
    """Whether what follows the number is a title and not the rest of a sentence. `said`: after a stop or a dash."""
    if not rest:
        return True
    if len(rest) > _TITLE:
        return False
    return said or (not rest[0].islower() and not rest.endswith((".", ",", ";")))


def is_mark(text: str) -> bool:
    return mark(text) is not None


def is_bare_number(text: str) -> bool:
    """A line that is a number and nothing else."""
    return _BARE.fullmatch(text.strip()) is not None


def is_scene_break(text: str) -> bool:
    """A line of signs: at least three of them, or one that nobody writes by itself."""
    text = text.strip()
    if not _SCENE_BREAK.fullmatch(text):
        return False
    signs = text.replace(" ", "").replace("\u3000", "")
    return len(signs) >= 3 or _ONE_SIGN.fullmatch(signs) is not None


def matter(title: str, role: str = "") -> LeftOut | None:
    """What a page is that belongs to no chapter, by the role that its file gives it or by its title."""
    if role in _ROLES:
        return _ROLES[role]
    title = " ".join(title.split()).strip(".:：")
    return next((left for left, words in _MATTER_PAGES if words.fullmatch(title)), None)


def is_title(text: str) -> bool:
    """Whether a line may be a title: short, and neither a sentence nor what somebody says."""
    return (
        len(text) <= _TITLE
        and "\n" not in text
        and not text.rstrip().endswith((".", "。", "!", "！", "?", "？", "…", "”", '"', ",", "，", ":", "："))
        and not text.startswith(("“", '"', "—", "「", "•"))
    )


def named_by(text: str) -> str:
    """A title of one line: the lines of a mark follow one another after a colon."""
    lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    found = ""
    for line in lines:
        found = line if not found else f"{found} {line}" if found[-1] in ".:：—–-" else f"{found}: {line}"
    return found
