"""A book of 60 chapters made by a script, with contradictions planted in it, and its clean twin, in two languages.

Each plant is a sentence that the book says early and two forms of a later one: one contradicts it, one agrees. The
clean twin has all that agree, so that both books are alike but for what is to be found.
"""

import random
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.continuity.facts import Chapter
from domain.continuity.paragraph import read
from domain.project.plan import ChapterPlan

CHAPTERS = 60
_BOOK = UUID("b7a4f5c2-8a59-4c56-9a35-6d4f5f0f6a11")


class Plant(NamedTuple):
    """In chapter `early` (from 1) the book says `said`; in chapter `late` `wrong`, in the twin `right`."""

    kind: str
    early: int
    said: str
    late: int
    wrong: str
    right: str


_PEOPLE = {
    "en": (
        "Ines Vale",
        "Tomas Reed",
        "Mara Linden",
        "Edmund Hale",
        "Katharina Brandt",
        "Jonas Pike",
        "Celia Marsh",
        "Anselm Ford",
        "Rosalind Quill",
        "Walter Stroud",
    ),
    "zh": ("林晓雨", "周海生", "沈若兰", "顾长风", "陆青禾", "程远山", "苏曼云", "韩立秋"),
}

PLANTS = {
    "en": (
        Plant(
            "eyes",
            1,
            "Ines Vale had clear blue eyes.",
            30,
            "Ines Vale’s eyes were green.",
            "Ines Vale’s eyes were blue.",
        ),
        Plant(
            "eyes",
            2,
            "Tomas Reed’s brown eyes followed the boats.",
            41,
            "Tomas Reed had pale blue eyes.",
            "Tomas Reed had brown eyes.",
        ),
        Plant(
            "eyes",
            3,
            "Mara Linden came in late. Her eyes were grey.",
            22,
            "The grey light suited Mara Linden. Her eyes were brown.",
            "The grey light suited Mara Linden. Her eyes were grey.",
        ),
        Plant(
            "eyes",
            4,
            "The green-eyed Celia Marsh counted the nets.",
            55,
            "Celia Marsh’s dark brown eyes narrowed.",
            "Celia Marsh’s green eyes narrowed.",
        ),
        Plant(
            "hair",
            1,
            "Ines Vale’s long black hair was wet.",
            18,
            "Ines Vale’s red hair hung loose.",
            "Ines Vale’s black hair hung loose.",
        ),
        Plant(
            "hair",
            5,
            "Edmund Hale had short red hair.",
            37,
            "Edmund Hale’s blond hair needed a comb.",
            "Edmund Hale’s red hair needed a comb.",
        ),
        Plant(
            "hair",
            6,
            "Rosalind Quill’s hair was golden.",
            44,
            "Rosalind Quill’s hair was black.",
            "Rosalind Quill’s hair was blonde.",
        ),
        Plant(
            "handedness",
            3,
            "Jonas Pike was left-handed.",
            29,
            "Jonas Pike was right-handed.",
            "Jonas Pike was left-handed.",
        ),
        Plant(
            "handedness",
            7,
            "Mara Linden was right-handed.",
            51,
            "Mara Linden had always been left-handed.",
            "Mara Linden had always been right-handed.",
        ),
        Plant(
            "wound",
            8,
            "Tomas Reed had broken his left leg.",
            19,
            "Tomas Reed’s broken right leg ached.",
            "Tomas Reed’s broken left leg ached.",
        ),
        Plant(
            "wound",
            9,
            "Anselm Ford had lost his right eye.",
            36,
            "Anselm Ford’s missing left eye watered in the wind.",
            "Anselm Ford’s missing right eye watered in the wind.",
        ),
        Plant(
            "wound",
            10,
            "Celia Marsh burned her left hand.",
            26,
            "Celia Marsh’s bandaged right hand shook.",
            "Celia Marsh’s bandaged left hand shook.",
        ),
        Plant(
            "birthplace",
            2,
            "Edmund Hale was born in Harrow.",
            48,
            "Edmund Hale had been born in Lisbon.",
            "Edmund Hale had been born in Harrow.",
        ),
        Plant(
            "birthplace",
            5,
            "Katharina Brandt, who was born in Bremen, missed the trams.",
            33,
            "Katharina Brandt was born in Vienna.",
            "Katharina Brandt was born in Bremen.",
        ),
        Plant(
            "birthplace",
            11,
            "Walter Stroud was born and raised in Kelso.",
            58,
            "Walter Stroud was born in Dundee.",
            "Walter Stroud was born in Kelso.",
        ),
        Plant(
            "age",
            1,
            "Ines Vale was nineteen.",
            40,
            "Ines Vale was twenty-six years old.",
            "Ines Vale was nineteen years old.",
        ),
        Plant(
            "age", 4, "Jonas Pike, fifty-two, ran the yard.", 23, "Jonas Pike was forty.", "Jonas Pike was fifty-two."
        ),
        Plant(
            "age",
            6,
            "The thirty-year-old Celia Marsh laughed at that.",
            46,
            "Celia Marsh was twenty-two years old.",
            "Celia Marsh was thirty years old.",
        ),
        Plant(
            "dead_acts",
            20,
            "Walter Stroud died in the night.",
            34,
            "Walter Stroud opened the door and nodded.",
            "Jonas Pike opened the door and nodded.",
        ),
        Plant(
            "dead_acts",
            27,
            "Anselm Ford was killed by the falling mast.",
            43,
            "“Not today,” said Anselm Ford.",
            "“Not today,” said Tomas Reed.",
        ),
        Plant(
            "dead_acts",
            31,
            "Rosalind Quill drowned off the point.",
            52,
            "Then Rosalind Quill walked along the quay.",
            "Then Ines Vale walked along the quay.",
        ),
        Plant(
            "dead_acts",
            35,
            "Edmund Hale lay dead in the boathouse.",
            57,
            "Edmund Hale lifted the lamp.",
            "Mara Linden lifted the lamp.",
        ),
        Plant("season", 12, "It was July.", 12, "Snow fell on the harbour.", "The summer wind was warm."),
        Plant("season", 24, "It was early January.", 24, "It was high summer.", "It was deep winter."),
        Plant(
            "season",
            39,
            "On the 9th of August the ferry was late.",
            39,
            "It was the dead of winter.",
            "It was high summer.",
        ),
        Plant(
            "season",
            49,
            "It was the middle of December.",
            49,
            "The summer heat lay on the roofs.",
            "The winter cold lay on the roofs.",
        ),
        Plant(
            "weekday",
            13,
            "On Monday, 4 May, the clerk began a new page.",
            14,
            "On Friday, 5 May, the clerk signed it.",
            "On Tuesday, 5 May, the clerk signed it.",
        ),
        Plant(
            "weekday",
            21,
            "On Saturday, 14 October, they met at the mill.",
            25,
            "On Sunday, 14 October, they met there already.",
            "On Saturday, 14 October, they met there already.",
        ),
        Plant(
            "weekday",
            45,
            "It was Thursday, March 3, 1921.",
            47,
            "It was Thursday, March 11, 1921.",
            "It was Friday, March 11, 1921.",
        ),
        Plant(
            "two_places",
            15,
            "On 2 June, at noon, Ines Vale was in Harrow.",
            16,
            "On 2 June, at noon, Ines Vale stood in Lisbon.",
            "On 2 June, at noon, Ines Vale stood in Harrow.",
        ),
        Plant(
            "two_places",
            28,
            "On 17 September, at midnight, Mara Linden waited at Saltmarsh.",
            32,
            "On 17 September, at midnight, Mara Linden sat in Kelso.",
            "On 18 September, at midnight, Mara Linden sat in Kelso.",
        ),
        Plant(
            "two_places",
            50,
            "On 6 April, at dawn, Tomas Reed arrived in Bremen.",
            53,
            "On 6 April, at dawn, Tomas Reed was in Dundee.",
            "On 6 April, at dusk, Tomas Reed was in Dundee.",
        ),
        Plant(
            "knew_before",
            10,
            "Mara Linden already knew that the bell had been melted down.",
            38,
            "Mara Linden learned that the bell had been melted down.",
            "Jonas Pike learned that the bell had been melted down.",
        ),
        Plant(
            "knew_before",
            14,
            "Tomas Reed knew that the ledger was forged.",
            42,
            "Tomas Reed discovered that the ledger was forged.",
            "Celia Marsh discovered that the ledger was forged.",
        ),
        Plant(
            "knew_before",
            17,
            "Ines Vale had always known that the lighthouse keeper was her uncle.",
            54,
            "Only then did the fog lift. Ines Vale found out that the lighthouse keeper was her uncle.",
            "Only then did the fog lift. Ines Vale found out that the harbour master was her cousin.",
        ),
        Plant(
            "knew_after",
            11,
            "Celia Marsh learned that the harbour was sold.",
            56,
            "Celia Marsh did not know that the harbour was sold.",
            "Katharina Brandt did not know that the harbour was sold.",
        ),
        Plant(
            "knew_after",
            16,
            "Jonas Pike knew that the well was poisoned.",
            59,
            "Jonas Pike had no idea that the well was poisoned.",
            "Tomas Reed had no idea that the well was poisoned.",
        ),
        Plant("spelling", 5, "Katharina Brandt smiled.", 45, "Katarina Brandt smiled.", "Katharina Brandt smiled."),
        Plant("spelling", 9, "Celia Marsh nodded.", 17, "Celia Marhs nodded.", "Celia Marsh nodded."),
        Plant("spelling", 7, "Mara Linden waved.", 60, "Mara Lindon waved.", "Mara Linden waved."),
    ),
    "zh": (
        Plant("eyes", 1, "林晓雨的眼睛是蓝色的。", 30, "林晓雨有一双绿色的眼睛。", "林晓雨有一双蓝色的眼睛。"),
        Plant(
            "eyes",
            3,
            "沈若兰走进来。她的眼睛是黑色的。",
            22,
            "沈若兰的灰色眼睛望着海面。",
            "沈若兰的黑色眼睛望着海面。",
        ),
        Plant("hair", 5, "顾长风留着黑色的短发。", 37, "顾长风的头发是红色的。", "顾长风的头发是黑色的。"),
        Plant("wound", 8, "周海生摔断了左腿。", 19, "周海生的右腿断了。", "周海生的左腿断了。"),
        Plant("birthplace", 2, "程远山出生在苏州。", 48, "程远山出生于大连。", "程远山出生于苏州。"),
        Plant("age", 1, "林晓雨今年十九岁。", 40, "林晓雨已经二十六岁了。", "林晓雨已经十九岁了。"),
        Plant("age", 4, "陆青禾刚满五十二岁。", 23, "陆青禾今年四十岁。", "陆青禾今年五十二岁。"),
        Plant("dead_acts", 20, "韩立秋在夜里死了。", 34, "韩立秋推开门，走进院子。", "周海生推开门，走进院子。"),
        Plant("dead_acts", 27, "苏曼云去世了。", 43, "“今天不行。”苏曼云轻声说。", "“今天不行。”沈若兰轻声说。"),
        Plant("season", 12, "那是七月里的一天。", 12, "外面大雪纷飞。", "正是盛夏。"),
        Plant("season", 24, "一月十二日，船没有来。", 24, "正是盛夏。", "正是隆冬。"),
        Plant(
            "weekday",
            13,
            "五月四日，星期一，账房换了新的一页。",
            14,
            "五月五日，星期五，账房签了字。",
            "五月五日，星期二，账房签了字。",
        ),
        Plant(
            "two_places",
            15,
            "六月二日正午，林晓雨站在钟楼上。",
            16,
            "六月二日正午，林晓雨坐在码头上。",
            "六月三日正午，林晓雨坐在码头上。",
        ),
        Plant(
            "knew_before",
            10,
            "沈若兰早就知道大钟已经被熔掉了。",
            38,
            "沈若兰才知道大钟已经被熔掉了。",
            "陆青禾才知道大钟已经被熔掉了。",
        ),
        Plant(
            "knew_after",
            16,
            "周海生早已知道那口井被人下了毒。",
            59,
            "周海生并不知道那口井被人下了毒。",
            "顾长风并不知道那口井被人下了毒。",
        ),
        Plant("spelling", 5, "林晓雨点了点头。", 45, "林小雨点了点头。", "林晓雨点了点头。"),
    ),
}

_FILLER = {
    "en": (
        "{a} carried the {x} past the {y} and said nothing about the {z}.",
        "The {x} smelled of {y}, and somewhere a {z} was being mended.",
        "“You might have brought the {x},” said {a}, “and left the {y} where it was.”",
        "{a} looked at {b} across the {x} and thought of the {y}.",
        "Nobody touched the {z} until the {x} had been moved beside the {y}.",
        "There was a {x} under the {y}, and {b} asked whose {z} it was.",
    ),
    "zh": (
        "{a}提着{x}走过{y}，没有提起{z}。",
        "{x}有一股{y}的气味，不知什么地方有人在修{z}。",
        "“你该把{x}带来，”{a}说，“{y}就留在那里。”",
        "{a}隔着{x}望了望{b}，心里想着{y}。",
        "没有人去碰{z}，后来{x}被搬到了{y}旁边。",
        "{y}下面压着{x}，{b}问那是谁的{z}。",
    ),
}
_THINGS = {
    "en": [
        "lantern",
        "rope",
        "kettle",
        "ledger",
        "barrel",
        "shutter",
        "anchor",
        "basket",
        "oar",
        "coat",
        "chair",
        "hammer",
        "sail",
        "bucket",
        "plank",
        "mirror",
        "crate",
        "cable",
        "drawer",
        "candle",
        "stove",
        "ladder",
        "saddle",
        "compass",
        "tarpaulin",
        "bolt",
        "fender",
        "winch",
        "spade",
        "bench",
        "trunk",
        "jug",
        "net",
        "hinge",
        "apron",
        "pulley",
        "gate",
        "wheel",
        "chart",
        "bell-rope",
    ],
    "zh": [
        "灯笼",
        "缆绳",
        "水壶",
        "账本",
        "木桶",
        "窗板",
        "铁锚",
        "竹篮",
        "船桨",
        "外衣",
        "椅子",
        "锤子",
        "帆布",
        "水桶",
        "木板",
        "镜子",
        "箱子",
        "铁链",
        "抽屉",
        "蜡烛",
        "炉子",
        "梯子",
        "马鞍",
        "罗盘",
        "油布",
        "门闩",
        "绞盘",
        "铁锹",
        "长凳",
        "酒壶",
        "渔网",
        "围裙",
        "滑轮",
        "闸门",
        "车轮",
        "海图",
    ],
}


def text_of(language: str, *, planted: bool) -> list[list[str]]:
    """The paragraphs of each chapter."""
    chance = random.Random(f"{language}:book")
    book = [[_paragraph(language, chance) for _ in range(8)] for _ in range(CHAPTERS)]
    for plant in PLANTS[language]:
        book[plant.early - 1].insert(2, plant.said)
    for plant in PLANTS[language]:
        book[plant.late - 1].insert(-2, plant.wrong if planted else plant.right)
    return book


def _paragraph(language: str, chance: random.Random) -> str:
    living = _PEOPLE[language][:3] if language == "en" else (_PEOPLE[language][0], *_PEOPLE[language][2:4])
    sentences = []
    for _ in range(chance.randint(2, 4)):
        x, y, z = chance.sample(_THINGS[language], 3)
        a, b = chance.sample(living, 2)
        sentences.append(chance.choice(_FILLER[language]).format(a=a, b=b, x=x, y=y, z=z))
    return ("" if language == "zh" else " ").join(sentences)


def chapters_of(book: list[list[str]], language: str, first: int = 1) -> list[Chapter]:
    plan = ChapterPlan(who=_PEOPLE[language])
    found = []
    for number, paragraphs in enumerate(book, first):
        chapter_id = uuid5(_BOOK, str(number))
        blocks = [(uuid5(chapter_id, str(index)), read(text)) for index, text in enumerate(paragraphs)]
        found.append(Chapter(chapter_id, f"Chapter {number}", plan, blocks))
    return found
