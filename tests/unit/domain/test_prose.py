"""What reads as machine-made is found with its place, and plain prose is left alone."""

import pytest

from domain.prose.fingerprint import deviations, fingerprint
from domain.prose.machine import Flag, flags, per_thousand, worn_counts

PLAIN_EN = (
    "The clock in the tower had stopped at ten past four, and nobody in Marrow could say on which day. Ines climbed up"
    " with her tools. The stair was wet.",
    "“You will not mend it,” said Tom, who had followed her as far as the second landing and sat there, out of breath,"
    " with his hat on his knee. “My father tried. His father tried.”",
    "She did not answer. There was salt in the works: a grey crust over the great wheel, and below it the pinion, eaten"
    " half away. She scraped some into a tin and shut the lid.",
    "By evening the wind had gone round to the north. Boats came in early. On the quay the women counted them aloud, as"
    " they did every night, and stopped at eleven.",
    "“There were twelve,” said a child.",
    "Nobody corrected him. Ines looked up at the tower; from here one saw only the back of the dial, a pale disc with a"
    " rust stain running down from the axle to the sill like a beard.",
    "She went home by the lower road, where the sea had taken the wall two winters ago, and where one had to jump.",
)
PLAIN_ZH = (
    "塔上的钟停在四点十分，镇上没有人说得出是哪一天停的。伊内丝背着工具爬上去。楼梯是湿的。",
    "“你修不好的，”汤姆说。他跟到第二层就坐下了，帽子搁在膝盖上，喘得厉害。“我父亲试过，他父亲也试过。”",
    "她没有回答。机芯里全是盐：大轮上结了一层灰壳，下面的小齿轮已经被蚀掉一半。她刮了些装进铁盒，盖上盖子。",
    "傍晚风转了北。船早早回来，女人们照例在码头上大声数，数到十一就停了。",
    "没有人纠正那个孩子。伊内丝抬头看塔，从这里只能看见表盘的背面。",
)


def kinds(found: tuple[Flag, ...]) -> list[str]:
    return [flag.kind for flag in found]


@pytest.mark.parametrize(("paragraphs", "language"), [(PLAIN_EN, "en"), (PLAIN_ZH, "zh")])
def test_plain_prose_is_left_alone(paragraphs: tuple[str, ...], language: str) -> None:
    found = flags(paragraphs, language)
    assert per_thousand(found, paragraphs) < 2, found


PLANTED = [
    ("WORN_PHRASE", "The tower was a testament to the builders of the old town.", "a testament to"),
    ("WORN_PHRASE", "She let out a breath she didn't know she was holding.", "breath she didn't know"),
    ("WORN_PHRASE", "Shivers ran down her spine as the lamp went out.", "Shivers ran down her spine"),
    ("WORN_PHRASE", "His voice was barely a whisper when it came.", "voice was barely a whisper"),
    ("WORN_PHRASE", "Her knuckles turned white on the rail of the boat.", "knuckles turned white"),
    ("WORN_PHRASE", "Little did she know what the sea had kept.", "Little did she know"),
]


@pytest.mark.parametrize(("kind", "sentence", "about"), PLANTED)
@pytest.mark.parametrize("place", range(len(PLAIN_EN)))
def test_planted_phrases_are_found_with_their_place(kind: str, sentence: str, about: str, place: int) -> None:
    paragraphs = [f"{text} {sentence}" if at == place else text for at, text in enumerate(PLAIN_EN)]
    (flag,) = flags(paragraphs, "en")
    assert (flag.kind, flag.paragraph) == (kind, place)
    assert about in paragraphs[place][flag.start : flag.end]
    assert paragraphs[place][flag.start : flag.end] == flag.about


def test_planted_phrases_in_chinese_are_found() -> None:
    paragraphs = [*PLAIN_ZH, "他嘴角微微勾起一抹笑，眼中闪过一丝寒光。空气仿佛凝固了。命运的齿轮又转了一格。"]
    assert kinds(flags(paragraphs, "zh")) == ["WORN_PHRASE"] * 4


def test_people_may_speak_as_they_like_and_so_may_the_author() -> None:
    said = (*PLAIN_EN, "“It is a testament to you,” said Tom, “and a beacon of hope.”")
    assert flags(said, "en") == ()
    told = (*PLAIN_EN, "It was a testament to him.")
    assert kinds(flags(told, "en")) == ["WORN_PHRASE"]
    assert flags(told, "en", sample="Every stone is a testament to somebody's back.") == ()


def test_sentences_of_one_length_are_found_once() -> None:
    flat = " ".join(f"The {noun} stood near the old wall again." for noun in ("cart", "mule", "man", "boy", "dog") * 3)
    found = flags([*PLAIN_EN, flat], "en")
    assert kinds(found) == ["UNIFORM_SENTENCES"]
    assert found[0].count >= 10


@pytest.mark.parametrize(
    ("language", "ending"),
    [
        ("en", "She shut the door. She knew that nothing would ever be the same."),
        ("en", "He put the oar down, and somehow, that was enough."),
        ("zh", "她关上门。一切才刚刚开始。"),
    ],
)
def test_an_ending_that_sums_up_is_found_at_the_end_only(language: str, ending: str) -> None:
    plain = PLAIN_EN if language == "en" else PLAIN_ZH
    assert kinds(flags([*plain, ending], language)) == ["SUMMING_UP"]
    assert flags([ending, *plain], language) == ()


def test_the_same_opening_and_the_same_ending_twice_are_found() -> None:
    again = PLAIN_EN[3].replace("Boats came in early", "Nobody went out")
    assert kinds(flags([*PLAIN_EN, again], "en")) == ["SAME_OPENING", "SAME_ENDING"]


def test_contrasts_dashes_and_triads_are_flagged_when_they_are_a_habit() -> None:
    one = "It wasn't the sea. It was the salt."
    assert flags([*PLAIN_EN, one], "en") == ()
    assert kinds(flags([*PLAIN_EN, one, "It was not a bell; it was a clock."], "en")) == ["CONTRAST", "CONTRAST"]
    dashes = ["The rope — wet as ever — held, and the man — her brother — pulled; the boy — asleep — did not."]
    (flag,) = flags([*PLAIN_EN, *dashes], "en")
    assert (flag.kind, flag.count) == ("DASHES", 6)
    triads = ["It was cold, wet, and dark; " * 6 + "she went in."]
    assert "TRIADS" in kinds(flags([*PLAIN_EN, *triads], "en"))


def test_worn_phrases_are_counted_over_chapters() -> None:
    chapters = [["Little did she know."], ["Little did he know. Little did she know."], PLAIN_EN]
    assert worn_counts(chapters, "en") == {"little did she know": 2, "little did he know": 1}


def test_a_text_is_held_against_a_sample() -> None:
    sample = fingerprint(PLAIN_EN)
    assert sample is not None
    assert 8 < sample.sentence_words < 20
    assert 0.04 < sample.dialogue_share < 0.2
    assert deviations(sample, fingerprint(PLAIN_EN)) == ()
    short = fingerprint(["She ran. He fell. It hurt. They went."] * 60)
    found = {one.trait for one in deviations(sample, short)}
    assert {"SENTENCE_WORDS", "SENTENCE_SPREAD", "VOCABULARY"} <= found
    assert fingerprint(["Too short."]) is None
    assert deviations(None, sample) == deviations(sample, None) == ()
