"""What an English sentence states, by patterns that would rather miss than mistake. Speech is hidden in what they read.

Conditions, hearsay and negations state nothing; a relative clause may tell of another time, so people act only where a
clause begins.
"""

import re
from collections.abc import Iterator

from domain.continuity.english_words import (
    ACTS,
    FIRST_WORDS,
    MONTHS,
    NUMBERS,
    SPEECH,
    TITLES,
    WEEKDAYS,
)
from domain.continuity.reading import THEY, Kind, Statement
from domain.continuity.sentences import HIDDEN

_WORD = r"(?:[OD][’'])?[A-ZÀ-Ý][a-zà-ÿ]+(?:-[A-Z][a-zà-ÿ]+)?"
_NAME = rf"(?:(?:{TITLES})\.? )?{_WORD}(?: (?:(?:de|van|von|of|al) )?{_WORD}){{0,2}}"
_WHO = rf"(?P<who>{_NAME}|[Hh]e|[Ss]he)"
_OWNER = rf"(?:(?P<who>{_NAME})[’']s?|(?P<their>[Hh]is|[Hh]er))"
_CLAUSE = rf"(?:^|[,;:—–{HIDDEN}(]\s*|\b(?:and|but|then|so|And|But|Then|So|while) )"
_PLACE = rf"(?P<value>{_WORD}(?: (?:of |the )?{_WORD}){{0,2}})"

_SHADE = (
    r"(?:(?:very|pale|dark|bright|light|deep|clear|cold|soft|sharp|"
    r"large|wide|fine|keen|long|short|curly|straight|thick|wavy|cropped)[, -]+)*"
)
_EYE = r"(?P<value>blue|green|brown|gr[ae]y|hazel|amber|black|violet)"
_HAIR = r"(?P<value>black|brown|blonde?|fair|golden|red|auburn|ginger|chestnut|copper)"
_SIDE = r"(?P<value>(?:left|right) (?:arm|leg|hand|eye|foot|knee|shoulder|ear|ankle|wrist|cheek))"
_HURT = r"broken|missing|wounded|bandaged|injured|lame|crippled|burned|burnt|maimed|blind|sprained|amputated"
_NUMBER = r"(?P<value>\d{1,3}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
_PAST = r"(?:was|had always been|were|had been)"


def _of_colour(part: str, colour: str) -> tuple[str, ...]:
    noun = rf"(?:\w+ )?{part}"
    return (
        rf"\b{_OWNER} {noun} (?:was|were|had always been) {_SHADE}{colour}\b(?! with| from| and blue| of)",
        rf"\b{_OWNER} {_SHADE}{colour}(?:,? \w+)? {part}\b",
        rf"\b{_WHO} had (?:a pair of |the same |her mother[’']s |his father[’']s )?{_SHADE}{colour} {part}\b",
    )


_STATED: tuple[tuple[Kind, str, tuple[str, ...]], ...] = (
    ("eyes", "eye", (*_of_colour("eyes", _EYE), rf"\b{_EYE}-eyed (?P<who>{_NAME})", rf"\b{_WHO} was {_EYE}-eyed\b")),
    (
        "hair",
        "hair",
        (*_of_colour("hair", _HAIR), rf"\b{_HAIR}-haired (?P<who>{_NAME})", rf"\b{_WHO} was {_HAIR}-haired\b"),
    ),
    (
        "age",
        "",
        (
            rf"\b{_WHO} (?:was|had (?:just )?turned|turned) (?:only |just |now |already |barely )?{_NUMBER}"
            r"(?: years old| years of age)?(?=[,.;]|$)",
            rf"\b{_WHO}, (?:who was )?{_NUMBER}(?: years old| years of age)?,",
            rf"\b{_NUMBER}-year-old (?P<who>{_NAME})",
        ),
    ),
    ("birthplace", "born", (rf"\b{_WHO}(?:,| was| had been)(?: who was)? born (?:and raised )?in {_PLACE}",)),
    ("handedness", "-handed", (rf"\b{_WHO} (?:was|had always been) (?P<value>left|right)-handed\b",)),
    (
        "wound",
        "t ",
        (
            rf"\b{_WHO} (?:had )?(?:broke|broken|lost|injured|hurt|wounded|burned|burnt|sprained|crushed)"
            rf" (?:his|her) {_SIDE}\b",
            rf"\b{_OWNER} (?:{_HURT}) {_SIDE}\b",
        ),
    ),
    (
        "dead",
        "",
        (
            rf"\b{_WHO} (?:had )?(?:died|drowned|perished)\b(?! laughing| of laughter| inside| down| away| to )",
            rf"\b{_WHO} (?:was|lay) dead\b(?! (?:tired|set|certain|drunk|asleep|on|to|right|against))",
            rf"\b{_WHO} (?:was|had been) (?:killed|murdered|hanged|shot dead|executed)\b(?! by (?:work|curiosity))",
            rf"\b(?:killed|murdered) (?P<who>{_NAME})\b(?![’'])",
            rf"\b(?P<who>{_NAME})[’']s (?:corpse|funeral|grave)\b",
        ),
    ),
    ("alive", "", (rf"\b{_WHO} (?:was|were) (?:still )?alive\b", rf"\b{_WHO} had (?:survived|not died)\b")),
    (
        "place",
        "",
        (
            rf"\b{_WHO} (?:was|stood|sat|waited|stayed|lay|arrived) (?:still |alone |already )?"
            rf"(?:in|at) (?:the )?{_PLACE}",
        ),
    ),
    (
        "learns",
        "",
        (
            rf"\b{_WHO} (?:had )?(?:at last |finally |only then |only now )?(?:learned|learnt|discovered|found out)"
            r" (?:at last |only then |for the first time )?that (?P<value>[^;:]{8,160})",
        ),
    ),
    (
        "knows",
        "kn",
        (
            rf"\b{_WHO} (?:had )?(?:already |always |long |well )?(?:knew|known) "
            r"(?:already |well )?that (?P<value>[^;:]{8,160})",
        ),
    ),
    (
        "ignorant",
        "",
        (
            rf"\b{_WHO} (?:still )?(?:did not (?:yet )?know|didn[’']t (?:yet )?know|had no idea|never knew)"
            r" (?:yet )?that (?P<value>[^;:]{8,160})",
        ),
    ),
)
_PATTERNS = [(kind, hint, [re.compile(one) for one in patterns]) for kind, hint, patterns in _STATED]

_ACT = re.compile(rf"{_CLAUSE}(?P<who>{_NAME}) (?:\w+ly )?(?:{ACTS}|{SPEECH})\b|\b(?:{SPEECH}) (?P<said>{_NAME})")
_UNCERTAIN = re.compile(
    r"\b(?:if|would|could|might|may|almost|nearly|not|never|though|as if|thought|believed|feared|dream\w*|imagined|"
    r"wish\w*|wonder\w*|whether|unless|until|before|said|told|heard|rumou?r\w*|pretend\w*|supposed?|seemed|lest|perhaps|"
    r"maybe|when|wanted|like|whom?|cannot|should|half|swore|hoped?)\b|n[’']t\b",
    re.IGNORECASE,
)
_OTHER_TIME = re.compile(r"\b(?:if|would|when|as if|almost|nearly|had been|until|before|once|like)\b", re.IGNORECASE)
_DYED = re.compile(r"\b(?:dyed?|wig|contact lens\w*|lenses|disguise\w*|mask|painted)\b")

_MONTH = r"(?P<month>" + "|".join(MONTHS) + ")"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_WEEKDAY = r"(?P<weekday>" + "|".join(WEEKDAYS) + ")"
_YEAR = r"(?:,? (?P<year>1\d{3}|20\d{2}))?"
_DATES = tuple(
    re.compile(one)
    for one in (
        rf"\b(?:{_WEEKDAY},? )?(?:the )?{_DAY} (?:of )?{_MONTH}\b{_YEAR}",
        rf"\b(?:{_WEEKDAY},? )?{_MONTH} {_DAY}\b{_YEAR}",
        rf"\b(?:[Ii]t was|[Ii]n|[Oo]ne|[Tt]hat) "
        rf"(?:an? |the )?(?:early |late |mid-|middle of )?{_MONTH}\b(?! \d){_YEAR}",
    )
)
_ANOTHER_DATE = re.compile(
    r"\b(?:remember\w*|last|next|every|until|since|ago|before|after|would|will|by|had been|once)\b", re.I
)
_SEASON = re.compile(
    r"\b(?:[Ii]t was (?:\w+ )?|(?:the )?(?:depths|middle|dead|heart|height) of )"
    r"(?P<season>winter|summer|autumn|spring)\b"
    r"|\b[Tt]he (?P<of>winter|summer|autumn|spring) "
    r"(?:sun|wind|air|light|night|morning|evening|afternoon|cold|heat|rain|sky)\b"
    r"|\b(?P<snow>[Ss]now (?:fell|was falling|lay|covered|had fallen)|[Tt]he snow (?:fell|lay|covered))\b"
)
_TIME_OF_DAY = re.compile(r"\b[Aa]t (?P<time>noon|midnight|dawn|dusk|sunrise|sunset|(?:\w+|\d{1,2}) o[’']clock)\b")
_YEARS_PASS = re.compile(
    r"\b(?:(?:a|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|many|several|some|\d+) years? "
    r"(?:later|on|after|passed|had passed|went by)"
    r"|years (?:later|passed|went by)|the (?:next|following) year)\b",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"\b(?:remember(?:ed|ing)|recall(?:ed|ing)|(?:years|months|weeks) (?:ago|before|earlier)|long ago|"
    r"back (?:then|when)|"
    r"dream(?:s|ed|t|ing)?|in those days|flashback|ghosts?|memor(?:y|ies)|"
    r"photographs?|portraits?|used to|as an? (?:boy|girl|child)|"
    r"the year before|the summer before|the winter before)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(_NAME)


def statements(hidden: str, sentence: int) -> Iterator[Statement]:
    """What a sentence states, in whose `hidden` text speech is hidden."""
    uncertain, other, dyed = _UNCERTAIN.search(hidden), _OTHER_TIME.search(hidden), _DYED.search(hidden)
    for kind, hint, patterns in _PATTERNS:
        if hint and hint not in hidden:
            continue
        if (kind in ("dead", "alive", "learns") and uncertain) or (kind in ("age", "place") and other):
            continue
        if kind in ("eyes", "hair", "wound", "handedness") and (dyed or " not " in hidden or " if " in hidden):
            continue
        for pattern in patterns:
            for found in pattern.finditer(hidden):
                groups = found.groupdict()
                subject = THEY if groups.get("their") else called(groups.get("who") or "")
                value = _value(kind, groups.get("value") or "")
                if subject and value is not None:
                    yield Statement(kind=kind, sentence=sentence, subject=subject, value=value)
    for found in _ACT.finditer(hidden):
        if name := called(found["who"] or found["said"]):
            yield Statement(kind="acts", sentence=sentence, subject=name)
    yield from _times(hidden, sentence)


def _value(kind: Kind, value: str) -> str | None:
    if kind == "age":
        years = NUMBERS.get(value) or (int(value) if value.isdecimal() else 0)
        return str(years) if 2 <= years < 130 else None
    if kind == "eyes":
        return value.replace("gray", "grey")
    if kind == "hair":
        return {
            "blonde": "blond",
            "golden": "blond",
            "fair": "blond",
            "copper": "red",
            "ginger": "red",
            "auburn": "red",
            "chestnut": "brown",
        }.get(value, value)
    return value.rstrip(' .!?,’"')


def called(name: str) -> str:
    """The name without words that only begin the sentence; "" when nothing is left. `~` for he and she."""
    if name in ("He", "he", "She", "she"):
        return THEY
    words = name.split(" ")
    while words and words[0] in FIRST_WORDS:
        words = words[1:]
    if any(one in MONTHS or one in WEEKDAYS for one in words):
        return ""
    return " ".join(words)


def names(hidden: str) -> Iterator[str]:
    """What may be names in it, people's or others'."""
    for found in _NAMED.finditer(hidden):
        if name := called(found[0]):
            yield name


def tells_of_earlier(hidden: str) -> bool:
    return bool(_EARLIER.search(hidden))


def _times(hidden: str, sentence: int) -> Iterator[Statement]:
    if found := _TIME_OF_DAY.search(hidden):
        yield Statement(kind="time_of_day", sentence=sentence, value=found["time"])
    if _YEARS_PASS.search(hidden):
        yield Statement(kind="years_pass", sentence=sentence)
    if _ANOTHER_DATE.search(hidden):
        return
    for pattern in _DATES:
        if found := pattern.search(hidden):
            groups = found.groupdict()
            value = f"{MONTHS.index(found['month']) + 1:02}"
            if groups.get("day"):
                value += f"-{int(groups['day']):02}"
            if groups.get("year") and groups.get("day"):
                value = f"{groups['year']}-{value}"
            weekday = groups.get("weekday")
            yield Statement(
                kind="date", sentence=sentence, value=value, detail=str(WEEKDAYS.index(weekday)) if weekday else ""
            )
            break
    if found := _SEASON.search(hidden):
        season = found["season"] or found["of"] or "snow"
        yield Statement(kind="season", sentence=sentence, value=season)
