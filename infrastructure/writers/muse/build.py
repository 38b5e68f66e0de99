"""From a request to a Bible: what is confirmed is kept, what the writer asked for is obeyed, the rest is drawn."""

import re
from collections.abc import Mapping
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.stages import STAGE_ORDER
from infrastructure.writers.muse import carry, chinese, english, lexicon
from infrastructure.writers.muse.bible import Bible, angles, read_spark
from infrastructure.writers.muse.dice import Dice
from infrastructure.writers.muse.people_draw import people
from infrastructure.writers.muse.sources import Sources, StagedWishes
from infrastructure.writers.muse.spark import Spark
from infrastructure.writers.muse.wishes import Wishes, is_chinese


def language_of(tag: str) -> str:
    """Chinese for every kind of it, otherwise English."""
    return "zh" if tag.lower().split("-")[0] in ("zh", "cmn", "yue") else "en"


def build(request: WriterRequest, staged: StagedWishes, turn: int) -> Bible:
    """The Bible of variant `turn` (counted from 0 within the stage)."""
    stage, language = request.work.stage, language_of(request.premise.language)
    wishes = Wishes(tuple(wish for _, wish in staged))
    session = Dice(str(request.session_id))
    confirmed = {key: request.confirmed[key] for key in STAGE_ORDER if key in request.confirmed and key != stage}
    genre = lexicon.genre_key(request.premise.genre, request.premise.audience, request.premise.seed)
    sources = Sources(
        language=language,
        genre=genre,
        words=lexicon.genre(language, genre),
        spark=read_spark(request.premise.seed or request.premise.title).without(wishes.allowed),
        staged=staged,
        wishes=wishes,
        confirmed=confirmed,
        corpus=" ".join(text for content in confirmed.values() for text in carry.texts(content)),
        dice=session,
        # A concept varies everything it may; what is built on it varies only what no earlier stage has settled.
        spin=turn if stage is GenesisStage.CONCEPT_SELECTION else 0,
    )
    facts = _facts(sources)
    place, place_desc = _place(sources)
    angle_key = _angle(sources)
    young = _young(request.premise.audience, genre)
    return Bible(
        language=language,
        genre=genre,
        lexicon=sources.words,
        angle_key=angle_key,
        angle=_for_readers(angles(language)[angle_key], young),
        spark=sources.spark,
        trade=_trade(sources),
        people=people(sources),
        place=place,
        place_desc=place_desc,
        facts=facts,
        matter=_matter(language, sources.spark, facts["token"]),
        wishes=wishes,
        dice=session.child(stage.value).turned(turn),
        audience=request.premise.audience,
        young=young,
        confirmed=confirmed,
    )


_FACTS = (("token", "tokens"), ("clock", "clocks"), ("secret", "secrets"), ("price", "prices"), ("post", "posts"))


def _facts(sources: Sources) -> dict[str, str]:
    """The lexicon's choices; one that a confirmed text mentions stays."""
    facts: dict[str, str] = {}
    for slot, key in _FACTS:
        options = list(sources.words[key])
        bare = chinese.bare if sources.language == "zh" else english.bare
        seen = carry.first_seen(sources.corpus, [bare(option) for option in options])
        match = next((option for option in options if seen and option.endswith(seen)), None)
        facts[slot] = match if match and sources.wishes.allowed(match) else sources.pick(key, options)
    rows = [lexicon.columns(row, 4) for row in sources.words["forces"]]
    seen = carry.first_seen(sources.corpus, [english.bare(row[0]) for row in rows])
    row = next((row for row in rows if seen and row[0].endswith(seen)), None)
    if row is None or not sources.wishes.allowed(" ".join(row)):
        row = lexicon.columns(sources.pick("forces", list(sources.words["forces"])), 4)
    return facts | {"force": row[0], "force_goal": row[1], "force_resources": row[2], "force_tension": row[3]}


def _matter(language: str, spark: Spark, token: str) -> str:
    if spark.matter and (language == "zh") == is_chinese(spark.matter):
        return spark.matter
    return english.definite(token) if language == "en" else chinese.bare(token)


def _place(sources: Sources) -> tuple[str, str]:
    """The latest word on where it happens: this stage's feedback, then each earlier stage backwards, then the spark."""
    language, allowed = sources.language, sources.wishes.allowed
    rows = [lexicon.columns(row, 2) for row in sources.words["places"]]
    for stage in reversed(STAGE_ORDER):
        asked = next(
            (wish.value for key, wish in reversed(sources.staged) if wish.kind == "place" and key == stage), None
        )
        content = sources.confirmed.get(stage)
        if content is None:
            if asked:
                return asked, _described(sources, asked)
            continue
        text = " ".join(carry.texts(content))
        stated = str((content.get("setting") or {}).get("place") or "")
        name = re.split(r"，|, ", stated)[0] or (asked if asked and asked in text else None)
        name = name or carry.first_seen(text, [row[0] for row in rows])
        if name:
            known = next((row for row in rows if row[0].casefold() == name.casefold()), None)
            return (known[0], known[1]) if known else (name, _described(sources, name))
    spark = sources.spark
    asked = sources.wishes.last("place")
    if asked:
        return asked, _described(sources, asked)
    if spark.place and (language == "zh") == is_chinese(spark.place) and allowed(spark.place):
        place = english.definite(spark.place) if re.match(r"an? ", spark.place) else spark.place
        return place, _described(sources, place)
    drawn = lexicon.columns(sources.pick("places", list(sources.words["places"])), 2)
    return drawn[0], drawn[1]


def _described(sources: Sources, place: str) -> str:
    """A description that fits any place, since we know nothing of this one but its name."""
    options: list[str] = lexicon.load(f"{sources.language}/story")["place_descriptions"]
    return sources.dice.pick(f"described:{place}", options, sources.wishes.allowed)


def _angle(sources: Sources) -> str:
    table = angles(sources.language)
    concept = sources.confirmed.get(GenesisStage.CONCEPT_SELECTION)
    said = str((concept or {}).get("unique_angle") or "")
    for key, angle in table.items():
        if said.startswith(angle["label"]):
            return key
    order = _angle_order(list(table), lexicon.load("genres")["angles"][sources.genre], sources.dice)
    fit = [key for key in order if sources.wishes.allowed(" ".join(carry.texts(table[key]["predicate"])))] or order
    return fit[sources.spin % len(fit)]


def _for_readers(angle: Mapping[str, Any], young: str) -> Mapping[str, Any]:
    """The angle, in children's own terms where it has them."""
    return {**angle, **angle.get("children", {})} if young == "children" else angle


def _angle_order(every: list[str], suited: list[str], dice: Dice) -> list[str]:
    """Two that suit the genre, one that surprises, and so on: a round shows what is expected and what is not."""
    first = dice.order("suited", suited)
    others = dice.order("angles", [key for key in every if key not in suited])
    if len(suited) > len(others):  # the other angles are not for these readers, unless they ask for very many
        return first + others
    order: list[str] = []
    while first or others:
        order += first[:2]
        order += others[:1]
        first, others = first[2:], others[1:]
    return order


def _trade(sources: Sources) -> str:
    """What the protagonist does, when the spark does not say."""
    head = sources.spark.head
    if head and (sources.language == "zh") == is_chinese(head):
        return ""
    fitting = [] if sources.genre == "children" else _fitting_trades(sources.language, sources.spark)
    usual: list[str] = list(sources.words["trades"])
    seen = carry.first_seen(sources.corpus, [*fitting, *usual])
    if seen and sources.wishes.allowed(seen):
        return seen
    if fitting and sources.spin % 3 < 2:  # two in three know the spark's own business; the third comes from outside
        return sources.pick("fitting", fitting)
    return sources.pick("trades", usual)


def _fitting_trades(language: str, spark: Spark) -> list[str]:
    """Trades that go with what the spark is about, by its words."""
    text = f" {spark.text.lower()} "
    rows = [lexicon.columns(row, 2) for row in lexicon.load(f"{language}/trades")["by_word"]]
    separator = ", " if language == "en" else "、"
    found = [trades.split(separator) for words, trades in rows if any(word in text for word in words.split(","))]
    return list(dict.fromkeys(trade for trades in found for trade in trades))


def _young(audience: str, genre: str) -> str:
    lowered = audience.lower()
    if genre == "children" or re.search(r"\bchild|\bkids?\b|middle|picture|儿童|少儿|小学|孩子", lowered):
        return "children"
    return "young" if re.search(r"\byoung adult|\bya\b|\bteen|青少年|青春", lowered) else "adult"
