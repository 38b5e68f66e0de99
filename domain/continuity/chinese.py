"""What a Chinese sentence states, by patterns that would rather miss than mistake. Speech is hidden in what they read.

Names have no spaces around them: a statement's subject is the clause as far as its verb, in which people.py finds who
is meant once it knows who is in the book.
"""

import re
from collections.abc import Iterator

from domain.continuity.reading import THEY, Kind, Statement
from domain.continuity.sentences import HIDDEN
from domain.genesis.chinese_words import ADDRESSES, COMPOUND, SURNAMES, WORDS

_CLAUSE = re.compile(f"[^，。；：！？、…—,;:!?{HIDDEN}“”「」《》]+")
_DIGITS = {one: value for value, one in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_NUMBER = "[0-9零〇一二两三四五六七八九十百]{1,4}"
_HAN = "\u3400-\u9fff"

_SIDE = "(?P<value>[左右](?:臂|手|腿|眼|脚|膝|肩|耳|胳膊|手臂|脚踝))"
_EYE = "(?P<value>蓝|碧蓝|湛蓝|绿|碧绿|褐|棕|灰|琥珀|紫|黑)"
_HAIR = "(?P<value>黑|乌黑|棕|褐|金|金黄|红)"
_WHO = "^(?P<who>.{1,12}?)"

_STATED: tuple[tuple[Kind, str, tuple[str, ...]], ...] = (
    (
        "eyes",
        "眼睛 眼眸 双眼 眼珠 瞳",
        (
            rf"{_WHO}(?:的|那双|那对)(?:一双)?(?:眼睛|眼眸|双眼|眼珠|瞳孔)(?:是|呈|一直是)?{_EYE}色?的?$",
            rf"{_WHO}(?:有|长着|生着|生了|睁着|睁开)(?:一双|一对|那双)?{_EYE}(?:色)?的?(?:大|小)?(?:眼睛|眼眸|眼珠|瞳孔)",
            rf"{_WHO}(?:的|那双|那对){_EYE}(?:色)?的?(?:大|小)?(?:眼睛|眼眸|眼珠|瞳孔)",
        ),
    ),
    (
        "hair",
        "头发 长发 短发 卷发",
        (
            rf"{_WHO}的(?:头发|长发|短发|卷发)(?:是|呈)?{_HAIR}色?的?$",
            rf"{_WHO}(?:有|留着|长着)(?:一头)?{_HAIR}(?:色)?的?(?:头发|长发|短发|卷发)",
            rf"{_WHO}的?(?:一头|那头){_HAIR}(?:色)?的?(?:头发|长发|短发|卷发)",
        ),
    ),
    ("age", "岁", (rf"{_WHO}(?:今年|已经|刚满|刚|才|年方|正好|就是|是|满)*(?P<value>{_NUMBER})岁(?:了|整)?$",)),
    ("birthplace", "生", (rf"{_WHO}(?:出生在|出生于|生于|生在)(?P<value>[{_HAN}]{{2,6}}?)(?:的?一个|的|$)",)),
    (
        "wound",
        "左 右",
        (
            rf"{_WHO}(?:摔断|折断|弄断|失去|断|伤|瘸|烧伤|砸伤|扭伤|瞎)了{_SIDE}",
            rf"{_WHO}的{_SIDE}(?:受了伤|断了|瘸了|瞎了|被砍断了|摔断了|烧伤了)",
            rf"{_WHO}那(?:条|只|个)?(?:受伤|断了|瘸了|残废|瞎了)的{_SIDE}",
        ),
    ),
    (
        "dead",
        "死 世 气 害 牲 杀",
        (
            rf"{_WHO}(?:就|便|终于|已经|已|当场|也|在.{{1,8}})*(?:死了|死去了|去世了|过世了|断了气|咽了气|咽了最后一口气|遇害了|牺牲了|淹死了|病死了|被杀了|被人杀了|战死了)$",
        ),
    ),
    ("alive", "活", (rf"{_WHO}(?:还|竟然|竟|原来)*(?:活着|活了下来|没有死)$",)),
    (
        "place",
        "在",
        (rf"{_WHO}(?:正|就|还|一直|独自)*(?:在|站在|坐在|待在|身在|守在)(?P<value>[{_HAN}]{{2,6}}?)(?:里|上|中|等|$)",),
    ),
    (
        "learns",
        "知 得 发",
        (rf"{_WHO}(?:才|终于|这才|头一次|第一次)(?:知道|得知|发现|晓得)了?(?P<value>.{{4,40}})$",),
    ),
    ("knows", "知", (rf"{_WHO}(?:早就|早已|已经|一直|原本就|本来就)(?:知道|晓得|清楚)了?(?P<value>.{{4,40}})$",)),
    ("ignorant", "知", (rf"{_WHO}(?:还|并|仍|仍然|一直|从来)*(?:不知道|不晓得)(?P<value>.{{4,40}})$",)),
)
_PATTERNS = [(kind, hints.split(), [re.compile(one) for one in patterns]) for kind, hints, patterns in _STATED]
_DOES = (
    "说道|说|问道|问|答道|回答|喊道|笑道|叹道|笑了|笑着|点点头|点了点头|点头|摇摇头|摇了摇头|摇头|走进|走到|走出|走来|走过|站起|站在|坐下|坐在|"
    "推开|推门|拿起|拿出|转过身|转身|抬起头|抬头|看着|望着|跑|接过|递给|打开|关上|放下|端起|举起|拉住|拉开|停下"
)
_ACT = re.compile(rf"^(?P<who>.{{1,10}}?)(?:{_DOES})")
_UNCERTAIN = re.compile(
    "打谅|打量|只道|只当|误|如果|要是|假如|倘若|以为|仿佛|好像|似乎|差点|几乎|听说|据说|传说|害怕|只怕|恐怕|梦见|梦里|做梦|会不会|也许|或许|可能|要死|没死|不死|若是|假若|万一|除非|当年|想到|吓|累|笑死|之前|的时候|时$"
)
_OTHER_TIME = re.compile(
    "打谅|打量|只道|只当|误|如果|要是|假如|的时候|那年|当年|时$|以前|之前|小时候|仿佛|好像|似乎|当时"
)
_DYED = re.compile("染|假发|面具|化妆|隐形眼镜")
_DATE = re.compile(rf"(?:(?P<year>[12]\d{{3}})年)?(?<![{_HAN}\d])?(?P<month>{_NUMBER})月(?:(?P<day>{_NUMBER})[日号])?")
_WEEKDAY = re.compile("(?:星期|礼拜|周)([一二三四五六日天])")
_ANOTHER_DATE = re.compile(
    "去年|前年|明年|上个月|下个月|以前|之前|以后|之后|记得|想起|到了.月就|每年|农历|阴历|直到|等到|个月|后天|岁月|将在|将于"
)
_SEASON = re.compile(
    "(?:正是|时值|正值|已是|已经是|到了|是|正)(?:一年中最.{1,2}的)?(?P<season>隆冬|寒冬|严冬|深冬|冬天|冬季|盛夏|夏天|夏季|酷暑|秋天|深秋|秋季|春天|初春|春季)|(?P<snow>下着(?:大|鹅毛大)?雪|大雪纷飞|雪花飘|雪还在下|积雪)"
)
_SEASONS = {"冬": "winter", "夏": "summer", "暑": "summer", "秋": "autumn", "春": "spring"}
_TIME_OF_DAY = re.compile(f"正午|中午|午夜|半夜|黎明|黄昏|清晨|傍晚|{_NUMBER}点(?:钟|整)?")
_YEARS_PASS = re.compile(f"(?:{_NUMBER}|几|多|数|许多)年(?:后|之后|以后|过去|过去了)|第二年|次年|转年|翌年")
_EARLIER = re.compile(
    "回忆|想起|记得|当年|那年|从前|年前|小时候|梦里|梦见|梦中|曾经|往事|亡魂|鬼魂|幽灵|照片|画像|遗像|回想"
)
_FAMILIES = "".join(sorted(SURNAMES - set("向和时程万东西史")))
_SPEAKER = re.compile(
    rf"(?:^|[，。；：！？\s{HIDDEN}])(?P<name>(?:{'|'.join(sorted(COMPOUND))}|[{_FAMILIES}])[{_HAN}]{{1,2}}?)"
    r"(?=说|道|问|答|笑|喊|叫|点|摇|走|站|坐|看|拿|推|转|抬|低|没|的|是|已|和|把|在|接|望|叹)"
)
_WORDS_THEMSELVES = "高白黄金马江云水方石花田温安平红明文"
"""Surnames that are words as often."""

_NO_NAME = re.compile(
    "[们了着的是在不有这那个么时后前上下里说道来去想会要能没得也都就还才又再便忙等冷听先因陪知却应见声喝笑哭叫只早连自跟与]|[大低高正轻急]$"
)
"""What no given name has, or none ends with: so ends the name, and what it does begins."""


def statements(hidden: str, sentence: int) -> Iterator[Statement]:
    """What a sentence states, in whose `hidden` text speech is hidden."""
    uncertain, other, dyed = _UNCERTAIN.search(hidden), _OTHER_TIME.search(hidden), _DYED.search(hidden)
    for clause in _CLAUSE.findall(hidden):
        for kind, hints, patterns in _PATTERNS:
            if not any(hint in clause for hint in hints):
                continue
            if (kind in ("dead", "alive", "learns") and uncertain) or (kind in ("age", "place") and other) or dyed:
                continue
            for pattern in patterns:
                found = pattern.search(clause)
                if found is not None and (value := _value(kind, found.groupdict().get("value") or "")) is not None:
                    yield Statement(kind=kind, sentence=sentence, subject=_subject(found["who"]), value=value)
                    break
        if found := _ACT.search(clause):
            yield Statement(kind="acts", sentence=sentence, subject=_subject(found["who"]))
    yield from _times(hidden, sentence)


def names(hidden: str) -> Iterator[str]:
    """What may be people's names in it: after a surname, and before what people do."""
    for found in _SPEAKER.finditer(hidden):
        name = found["name"]
        given = name[2:] if name[:2] in COMPOUND else name[1:]
        doubtful = given in WORDS and name[0] in _WORDS_THEMSELVES
        if name not in WORDS and given not in ADDRESSES and not doubtful and not _NO_NAME.search(given):
            yield name


def tells_of_earlier(hidden: str) -> bool:
    return bool(_EARLIER.search(hidden))


def _subject(clause: str) -> str:
    return (
        THEY
        if clause in ("他", "她") or re.fullmatch("(?:这时|此时|于是|忽然|突然)?[他她](?:的|那)?", clause)
        else clause
    )


def _value(kind: Kind, value: str) -> str | None:
    if kind == "age":
        years = _number(value)
        return str(years) if years is not None and 2 <= years < 130 else None
    if kind == "eyes":
        return value[-1] if value != "琥珀" else value
    if kind == "hair":
        return {"乌黑": "黑", "金黄": "金", "褐": "棕"}.get(value, value)
    if kind == "wound":
        return (
            value[0]
            + value[1:].removeprefix("手臂").removeprefix("胳膊").removeprefix("臂")
            + ("臂" if "臂" in value or "胳膊" in value else "")
        )
    return value


def _number(text: str) -> int | None:
    """Up to 999, in either way of writing; None for what is no number."""
    if text.isdecimal():
        return int(text)
    total, last = 0, 0
    for one in text:
        if one == "百":
            total, last = total + (last or 1) * 100, 0
        elif one == "十":
            total, last = total + (last or 1) * 10, 0
        elif one in _DIGITS:
            last = _DIGITS[one]
        else:
            return None
    return total + last


def _times(hidden: str, sentence: int) -> Iterator[Statement]:
    if found := _TIME_OF_DAY.search(hidden):
        yield Statement(kind="time_of_day", sentence=sentence, value=found[0])
    if _YEARS_PASS.search(hidden):
        yield Statement(kind="years_pass", sentence=sentence)
    if _ANOTHER_DATE.search(hidden):
        return
    if found := _DATE.search(hidden):
        month, day = _number(found["month"]), _number(found["day"] or "")
        weekday = _WEEKDAY.search(hidden)
        if month is not None and 1 <= month <= 12 and not hidden[: found.start()].endswith(("正", "腊", "闰")):
            value = f"{month:02}" + (f"-{day:02}" if found["day"] and day is not None else "")
            if found["year"] and "-" in value:
                value = f"{found['year']}-{value}"
            detail = "" if weekday is None else str("一二三四五六日".index(weekday[1].replace("天", "日")))
            yield Statement(kind="date", sentence=sentence, value=value, detail=detail)
    if found := _SEASON.search(hidden):
        season = "snow" if found["snow"] else next(value for mark, value in _SEASONS.items() if mark in found["season"])
        yield Statement(kind="season", sentence=sentence, value=season)
