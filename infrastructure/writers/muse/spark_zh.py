"""Taking a Chinese spark apart by its particles and measure words; what cannot be read surely is quoted."""

import re
from dataclasses import replace

from infrastructure.writers.muse.spark import Gender, Spark

_HAN = r"[\u3400-\u9fff]"
_LEAD = re.compile(r"^(?:我想写|我要写|写|想写)?(?:一个|一部|一本)?(?:关于|讲述|讲)(?=.)")
_TAIL = re.compile(r"的(?:故事|小说|传说|爱情故事|奇幻故事)$")
_WHAT_IF = re.compile(r"^(?:如果说|如果|假如|要是|倘若|假设|设想|万一)(.+)$")
_MEASURE = re.compile(
    r"^((?:一|两|三|四|五|六|七|几|那|这|每)?(?:个|位|名|群|对|只|条|头|座|家|间|本|把|艘|支|张|封|扇|棵|颗|双|场|部|台|块|枚|幅|杯|辆|匹|盏|颗)|最后一?(?:个|位|名|座|家|间|条|只)?)"
)
_PERSON_END = re.compile(
    r"(?:奶奶|爷爷|外婆|外公|姥姥|老太|阿姨|叔叔|婆婆|人|者|师|员|家|匠|女|孩|孩子|长|手|工|兵|生|客|夫|妇|母亲|父亲|妈妈|爸爸|姐妹|兄弟|姐姐|妹妹|哥哥|弟弟|女儿|儿子|公主|王子|国王|女王|皇帝|"
    r"骑士|侦探|医生|护士|警察|杀手|刺客|间谍|少年|少女|姑娘|老头|老太太|老人|寡妇|孤儿|妖|仙|鬼|龙|狐|狐狸|猫|魔|神|使者|机器人|店主|老板|学徒|徒弟|船长|"
    r"将军|士兵|僧|尼姑|和尚|道士|郎中|掌柜|裁缝|厨子|司机|法官|律师|教授|作家|诗人|画家|歌手|演员|翻译|法医|记者|编辑|邮差|快递员|宇航员|守夜人)$"
)
_NOT_PERSON_END = re.compile(
    r"(?:国家|大家|人家|学生证|机场|工厂|神庙|鬼屋|花生|人生|一生|长城|发生|陌生|产生|医院|龙虾|高手段)$"
)
_VERBS = (
    "收集|寻找|守护|守着|贩卖|出售|修理|修补|记录|偷走|偷|能听见|能看见|能听懂|听得见|看得见|听见|看见|听懂|埋葬|拥有|失去|继承|制造|制作|翻译|驯养|"
    "养着|养|追捕|追查|调查|害怕|忘记|遗忘|记得|讲述|扮演|害死|救下|救|爱上|杀死|保管|看守|经营|打捞|缝补|临摹|雕刻|倒卖|走私|研究|书写|写|唱|种|卖|"
    "等待|等|拒绝|复活|召唤|画|做|弹|替人写|替死者写|为死者写|替|为"
)
_OBJECT = re.compile(
    rf"^(?:只|总是|专门|专|常年|一直|每天|每晚|每年|世代|靠|以)?(?:{_VERBS})(?:了|着|过|起)?(?P<object>.{{1,8}}?)(?:为生|度日)?$"
)
_EVENT = re.compile(
    r"了|发现|继承|醒来|得知|回到|爱上|决定|必须|被|消失|成为|出现|变成|开始|失踪|来到|遇见|收到|相遇|死于|重逢|逃离|约定|"
    r"不得不|打开|捡到|停止|不再|闯入|来临|降临|爆发|替|卷入|失去"
)
_SUBJECT = re.compile(
    r"^(.{1,14}?)(?=在|于|发现|继承|醒来|得知|回到|爱上|决定|必须|被|消失|成为|出现|变成|开始|失踪|来到|遇见|收到|逃离|不得不|打开|捡到|停止|闯入|忽然|突然|每|"
    r"失去|带着|替|卷入|.了|为了|把|将|向|给|从|和|与)"
)
_PLACE = re.compile(
    rf"(?:在|到|来到|回到)((?:\d{{3,4}}年代?的?|[一二三]?[十百]?年代的?|民国的?|战时的?|未来的?|沦陷的?)?"
    rf"(?:上海|北京|南京|重庆|广州|香港|台北|成都|西安|长安|洛阳|杭州|苏州|维也纳|巴黎|伦敦|东京|纽约|威尼斯|里斯本|火星|月球|江南|敦煌|哈尔滨|{_HAN}{{1,5}}(?:城|镇|村|岛|山|港|州|县|国|星)))"
)
_FEMALE = re.compile(r"她|女|奶奶|外婆|姥姥|阿姨|老太|姐|妹|母|妈|妻|婆|姑娘|公主|寡妇|妇|尼姑")
_MALE = re.compile(r"(?<!其)他(?!人|们|的人)|男|爷爷|外公|叔叔|父|爸|哥|弟|王子|国王|和尚|老头|僧|将军|丈夫")
_ERA_LEAD = re.compile(r"^(?:\d{3,4}年代?|[一二三]?[十百]?年代|民国|战时|未来|沦陷)的?")
_TRIM = "，。！？；：、… \n\t“”\"'「」"


_LONGEST_QUOTE = 32


def _quote(body: str) -> str:
    """The spark, or the clauses it begins with: never cut inside one if there is any place to cut before."""
    if len(body) <= _LONGEST_QUOTE:
        return body
    start = body[:_LONGEST_QUOTE]
    ends = [found.start() for found in re.finditer(r"[，。！？；：、…—]", start)]
    whole = start[: ends[-1]] if ends and ends[-1] >= _LONGEST_QUOTE // 4 else start[:-1]
    return whole.rstrip(_TRIM) + "…"


def parse(text: str) -> Spark:
    """`text` as a Spark."""
    whole = re.sub(r"\s+", " ", text).strip().strip("“”\"'「」").strip()
    body = whole.strip(_TRIM)
    base = Spark(
        text=whole,
        kind="line",
        quote=_quote(body),
        place=_place(whole),
        era=_era(whole),
        gender=_gender(whole),
        keywords=_keywords(body),
    )
    if not re.search(_HAN, body):
        return base
    found = _WHAT_IF.match(body)
    if found:
        return _what_if(base, found[1])
    body = _LEAD.sub("", body)
    body = _TAIL.sub("", body) or body
    pieces = re.split(r"[，。！？；：—…]", body)
    first = pieces[0]
    if (
        len(pieces) > 1
        and len(first) <= 6
        and re.search(r"上海|北京|江南|民国|年代|未来|火星|深夜|冬天|夏天|城$|镇$|村$", first)
    ):
        first, base = pieces[1], replace(base, place=_ERA_LEAD.sub("", base.place or first) or first)
    figure = _figure(base, first)
    if figure:
        return figure
    if first.startswith(("我", "你", "咱")):
        return base
    if _EVENT.search(first) and 5 <= len(first) <= 30:
        return _event(base, first)
    if len(first) <= 14:
        return replace(base, kind="matter", matter=_unmeasured(first))
    return base


def is_person(phrase: str) -> bool:
    return bool(_PERSON_END.search(phrase)) and not _NOT_PERSON_END.search(phrase)


def _what_if(base: Spark, rest: str) -> Spark:
    clause = re.split(r"[，。！？；]", rest)[0]
    clause = re.sub(r"(?:会怎样|会怎么样|会如何|怎么办|会发生什么|呢|的话)+$", "", clause).strip(_TRIM)
    if not 2 <= len(clause) <= 26:
        return base
    subject = re.match(
        rf"^({_HAN}{{1,6}}?)(?=可以|能|会|必须|都|被|不|没|变|是|有|突然|忽然|再也|其实|开始|停)", clause
    )
    vague = r"我|你|他|她|人们|^所|大家|人人|每个|没有|谁"
    matter = subject[1] if subject and not re.search(vague, subject[1]) else ""
    return replace(base, kind="whatif", clause=clause, matter=_unmeasured(matter))


def _figure(base: Spark, phrase: str) -> Spark | None:
    """ "一个收集失落声音的守灯塔人": measure word, what they do, 的, who they are."""
    if "的" in phrase:
        said, _, head = phrase.rpartition("的")
        if not head or not is_person(head) or len(head) > 9 or _EVENT.search(head):
            return None
        if re.search(r"(?:是|了|被|叫做|成为)(?:一个|一名|一位)?[^的]*$", said) and not _MEASURE.match(said):
            return None
        measure = _MEASURE.match(said)
        deed = said[measure.end() :] if measure else said
        matter = _object(deed)
        figure = phrase if len(phrase) <= 26 else f"一个{head}"
        if not measure and not phrase.startswith(("最后", "唯一", "那")):
            figure = f"一个{figure}"
        many = _many(phrase)
        head = deed + "的" + head if len(head) == 1 and len(deed) <= 8 else head
        return replace(base, kind="figure", figure=figure, head=_unmeasured(head), matter=matter, plural=many)
    if is_person(phrase) and len(phrase) <= 10 and not _EVENT.search(phrase):
        head = _unmeasured(phrase)
        if len(head) < 2:
            return None
        figure = phrase if phrase != head or phrase.startswith("最后") else f"一个{phrase}"
        return replace(base, kind="figure", figure=figure, head=head, plural=_many(phrase))
    return None


def _event(base: Spark, clause: str) -> Spark:
    found = _SUBJECT.match(clause)
    subject = _actor(clause) or (found[1] if found else "")
    if clause[0] in "她他":  # somebody who is not named yet
        subject = ""
    person = clause[0] in "她他" or (
        bool(subject) and (is_person(subject) or bool(re.search(r"姐妹|兄弟|夫妻|母女|父子", subject)))
    )
    thing = "" if person or not subject else _unmeasured(subject.removesuffix("里").removesuffix("上"))
    taken = re.search(r"(?:(?:继承|发现|捡到|收到|打开|得到|买下|收养|开)了?|了)((?:一|那|这)?[^了]{2,13})$", clause)
    matter = _unmeasured(taken[1]) if taken else thing
    matter = matter.removeprefix("自己的")
    if re.search(r"自己|他们|她们|了", matter) or (re.search(r"是|在|会|能|正", matter) and "的" not in matter):
        matter = thing
    return replace(
        base,
        kind="event",
        clause=clause,
        figure=subject if person and _MEASURE.match(subject) else "",
        head=_unmeasured(subject) if person else "",
        matter=matter,
        subject_is_person=person,
        plural=person and _many(subject),
    )


def _actor(clause: str) -> str:
    """The longest beginning of a clause, before its verb, that is somebody."""
    found = _SUBJECT.match(clause)
    limit = len(found[1]) + 1 if found else len(clause)
    ends = [
        end
        for end in range(2, min(len(clause), limit, 14))
        if is_person(clause[:end]) and clause[end] not in "的们家者员"
    ]
    if not ends or clause.startswith(("所有", "每个", "没有", "人人")):
        return ""
    return clause[: ends[-1]]


def _object(deed: str) -> str:
    found = _OBJECT.match(deed)
    if not found:
        return ""
    matter = found["object"].strip(_TRIM).removesuffix("说话")
    matter = re.sub(r"^(失落|遗失|破碎|死去|消失|古老|陌生|被遗忘)(?=[^的])", r"\1的", matter)
    return "" if len(matter) < 2 or re.search(r"自己|别人|他|她|我|你|什么|为|当|去|来", matter) else matter


def _unmeasured(phrase: str) -> str:
    found = _MEASURE.match(phrase)
    if not found or phrase.startswith("最后"):
        return phrase
    return phrase[found.end() :] or phrase


def _many(phrase: str) -> bool:
    return bool(re.match(r"两|三|四|五|六|七|几|一群|一对|一双", phrase)) or bool(re.search(r"们$|姐妹$|兄弟$", phrase))


def _place(text: str) -> str:
    found = _PLACE.search(text)
    return _ERA_LEAD.sub("", found[1]) if found else ""


def _era(text: str) -> str:
    found = re.search(r"\d{3,4}年代?|[二三四五六七八九]十年代|民国|唐朝|宋朝|明朝|清朝|清末|战国", text)
    return found[0] if found else ""


def _gender(text: str) -> Gender | None:
    female, male = len(_FEMALE.findall(text)), len(_MALE.findall(text))
    if female == male:
        return None
    return "f" if female > male else "m"


def _keywords(text: str) -> tuple[str, ...]:
    parts = re.split(r"[，。！？；：、…—\s“”「」的了在和与]|一个|一名|一位|如果|可以|能够|会怎样", text)
    return tuple(dict.fromkeys(part for part in parts if 2 <= len(part) <= 8))[:10]
