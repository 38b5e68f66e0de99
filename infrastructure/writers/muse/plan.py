"""What one variant is about, decided before a word is written: from the seed, the spark and the writer's decisions."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.contents import texts
from infrastructure.writers.muse import forms, lexicon
from infrastructure.writers.muse.decisions import Decisions
from infrastructure.writers.muse.dice import Dice
from infrastructure.writers.muse.forms import Figure, Person, Place
from infrastructure.writers.muse.intents import IntentKind
from infrastructure.writers.muse.lexicon import columns, known, load
from infrastructure.writers.muse.spark import Spark, read_spark

ROLES = ("protagonist", "antagonist", "ally", "mentor", "love_interest", "foil", "supporting")
_FACTS = (("token", "tokens"), ("clock", "clocks"), ("secret", "secrets"), ("price", "prices"), ("post", "posts"))


@dataclass(frozen=True, slots=True)
class StoryPlan:
    """The decisions of one variant. `facts`: token, clock, secret, price, post and subject by name; `force`: a row."""

    language: str
    genre: str
    readers: str
    angle: str
    turn: int
    people: tuple[Person, ...]
    figure: Figure
    age: str
    stance: str
    place: Place
    time: str
    spark: Spark
    facts: Mapping[str, str]
    force: tuple[str, ...]
    decided: Decisions
    audience: str
    session: Dice
    confirmed: Mapping[GenesisStage, Content]

    def person(self, role: str) -> Person:
        return next(person for person in self.people if person.role == role)

    @property
    def words(self) -> Mapping[str, Any]:
        """The genre's part of the lexicon."""
        return lexicon.genre(self.language, self.genre)

    @property
    def told(self) -> Mapping[str, Any]:
        """The angle, in children's own terms where it has them."""
        angle: Mapping[str, Any] = load(f"{self.language}/angles")[self.angle]
        return {**angle, **angle.get("children", {})} if self.readers == "children" else angle

    def text(self, key: str) -> Any:
        """A row of the language's other texts."""
        return load(f"{self.language}/story")[key]

    def allowed(self, text: str) -> bool:
        return unwanted(self.language, self.decided.dropped).search(text) is None


@lru_cache(maxsize=128)
def unwanted(language: str, dropped: tuple[str, ...]) -> re.Pattern[str]:
    """What a text may not mention: the dropped elements, their plurals, and the words that belong to them."""
    related: Mapping[str, list[str]] = load("tones")["related"]
    words = {word.lower() for element in dropped for word in (element, *related.get(element.lower(), ()))}
    if not words:
        return re.compile(r"(?!)")
    escaped = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(escaped if language == "zh" else rf"\b(?:{escaped})(?:e?s)?\b", re.IGNORECASE)


def draw(request: WriterRequest, turn: int, decided: Decisions) -> StoryPlan:
    """The plan of variant `turn` (counted from 0 within the stage of concepts), as far as no stage is confirmed."""
    premise, session = request.premise, Dice(str(request.session_id))
    language = lexicon.language_of(premise.language)
    own_genre = lexicon.genre_key(premise.genre, premise.audience, premise.seed)
    genre = _genre(decided, own_genre)
    words = lexicon.genre(language, genre)
    spark = read_spark(language, premise.seed or premise.title)
    allowed = _allowed(language, decided)

    def pick(key: str, options: Sequence[str]) -> str:
        return session.pick(key, options, allowed, turn)

    person = spark.figures[0] if spark.figures and turn % 3 == 0 and allowed(spark.figures[0].a) else None
    figure = person or _figure(language, words, premise.seed, pick, turn)
    readers = _readers(language, premise.audience, genre)
    angle = _angle(language, genre, session, allowed, turn)
    stance = ("own" if person else "heir", "near", "outside")[turn % 3]
    people = _people(
        language, lexicon.genre(language, own_genre)["names"], session, turn, spark if not turn % 3 else None
    )
    facts = {name: pick(key, words[key]) for name, key in _FACTS}
    subjects = [one for one in spark.subjects if allowed(one) and not (person and one.split()[-1] in person.a)]
    facts["subject"] = subjects[turn % len(subjects)] if subjects else pick("subjects", words["subjects"])
    drawn = StoryPlan(
        language=language,
        genre=genre,
        readers=readers,
        angle=angle,
        turn=turn,
        people=people,
        figure=figure,
        age=_age(language, figure, readers, session, turn),
        stance=stance,
        place=_place(language, spark, pick("places", words["places"]), allowed),
        time=spark.time,
        spark=replace(spark, quote=spark.quote if allowed(spark.quote) else ""),
        facts=facts,
        force=tuple(columns(pick("forces", words["forces"]), 4)),
        decided=decided,
        audience=premise.audience,
        session=session,
        confirmed={},
    )
    return decide(drawn, decided)


def decide(plan: StoryPlan, decided: Decisions) -> StoryPlan:
    """The plan as the writer wants it; last, so that one new name moves no other."""
    people = tuple(_as_decided(plan, person, decided) for person in plan.people)
    where = decided.of(IntentKind.PLACE)
    place = (
        Place(where, decided.before.get(IntentKind.PLACE) or forms.preposition(plan.language, where))
        if where
        else plan.place
    )
    figure, age = plan.figure, plan.age
    if trade := decided.of(IntentKind.TRADE, "protagonist"):
        row = known(plan.language, "persons", trade)
        alone = row and trade.lower() in lexicon.index(plan.language, "persons")
        figure = forms.figure(plan.language, columns(row[0] if alone else trade, 5))
        figure = figure if alone else replace(figure, title="")
    if wanted := decided.of(IntentKind.AGE, "protagonist"):
        age = _aged(plan, wanted)
    time = decided.of(IntentKind.TIME) or plan.time
    return replace(plan, people=people, place=place, figure=figure, age=age, time=time)


def _allowed(language: str, decided: Decisions) -> Callable[[str], bool]:
    pattern = unwanted(language, decided.dropped)
    return lambda text: pattern.search(text) is None


def _genre(decided: Decisions, own: str) -> str:
    """The genre that was asked for, or the spark's; one that lives from what was dropped gives way to its neighbour."""
    genre = decided.of(IntentKind.GENRE) or own
    neighbour: Mapping[str, Mapping[str, str]] = load("genres")["without"]
    return next((neighbour[one][genre] for one in decided.dropped if genre in neighbour.get(one.lower(), {})), genre)


def _figure(
    language: str, words: Mapping[str, Any], seed: str, pick: Callable[[str, Sequence[str]], str], turn: int
) -> Figure:
    """A trade that goes with the spark's words, twice in three; otherwise one of the genre's."""
    fitting: list[str] = []
    for row in known(language, "trades", seed):
        fitting += re.split(r", |、", row.split(" = ")[1])
    trade = pick("fitting", fitting) if fitting and turn % 3 < 2 else pick("trades", words["trades"])
    return forms.figure(language, columns(trade, 5))


def _angle(language: str, genre: str, session: Dice, allowed: Callable[[str], bool], turn: int) -> str:
    """Two that suit the genre, one that surprises, and so on: a round shows what is expected and what is not."""
    table = load(f"{language}/angles")
    suited: list[str] = load("genres")["angles"][genre]
    first = session.order("suited", suited)
    others = session.order("angles", [key for key in table if key not in suited])
    order: list[str] = [] if len(suited) <= len(others) else [*first, *others]
    while first and not len(suited) > len(others) + len(order):
        order += [*first[:2], *others[:1]]
        first, others = first[2:], others[1:]
    order += [key for key in (*first, *others) if key not in order]
    fit = [key for key in order if allowed(" ".join(texts(table[key]["logline"])))] or order
    return fit[turn % len(fit)]


def _people(language: str, flavour: str, session: Dice, turn: int, spark: Spark | None) -> tuple[Person, ...]:
    """One person for every role, no name twice; `spark`: the one whose own person the protagonist is."""
    pool: Mapping[str, list[str]] = load(f"{language}/names")[flavour]
    drawn: list[Person] = []
    for role in ROLES:
        own = spark if role == "protagonist" else None
        sex = (own.sex if own else "") or session.child(turn).pick(f"sex:{role}", ["f", "m"])
        taken = " ".join(person.name for person in drawn)
        free = {key: [name for name in names if name not in taken] for key, names in pool.items()}
        given = session.pick(f"name:{role}", free[sex], None, turn)
        family = session.pick(f"surname:{role}", free["surnames"], None, turn)
        given = own.name if own and own.name else given
        drawn.append(Person(role, family + given if language == "zh" else f"{given} {family}", sex))
    return tuple(drawn)


def _as_decided(plan: StoryPlan, person: Person, decided: Decisions) -> Person:
    """A new name keeps the surname where only a given name was said; a new sex brings a name of its own."""
    name = decided.of(IntentKind.RENAME, person.role)
    sex = decided.of(IntentKind.SEX, person.role)
    if not name and sex in ("f", "m") and sex != person.sex:
        pools = list(load(f"{plan.language}/names").values())
        own = next(
            (
                pool
                for pool in pools
                if any(person.name.endswith(family) or person.name.startswith(family) for family in pool["surnames"])
            ),
            pools[0],
        )
        name = plan.session.pick(f"other:{person.role}", own[sex], None, plan.turn)
        name = person.name[:1] + name if plan.language == "zh" else name
    sex = sex or (sex_of_name(plan.language, name) if name else "") or person.sex
    return replace(person, name=renamed(plan.language, person.name, name) if name else person.name, sex=sex)


def renamed(language: str, current: str, wanted: str) -> str:
    """`wanted`, with the rest of the current name where it is a given name only."""
    if language == "zh" or " " in wanted or " " not in current:
        return wanted
    return f"{wanted} {current.split(' ', 1)[1]}"


def sex_of_name(language: str, name: str) -> str:
    """By the lists of names; "" for a name that is in none."""
    pools = [*load(f"{language}/names").values(), load(f"{language}/lexicon")["names"]]
    for sex in ("f", "m"):
        if any(
            name.endswith(given) if language == "zh" else name.split(maxsplit=1)[0] == given
            for pool in pools
            for given in pool[sex]
        ):
            return sex
    return ""


def _place(language: str, spark: Spark, row: str, allowed: Callable[[str], bool]) -> Place:
    if spark.place and allowed(spark.place.name):
        return spark.place
    name, description, *own = columns(row, 2)
    return Place(name, own[0] if own and own[0] else forms.preposition(language, name), description)


def _readers(language: str, audience: str, genre: str) -> str:
    patterns = load(f"{language}/lexicon")["readers"]
    if genre == "children" or re.search(patterns["children"], audience.lower()):
        return "children"
    return "young" if re.search(patterns["young"], audience.lower()) else "adult"


def _age(language: str, figure: Figure, readers: str, session: Dice, turn: int) -> str:
    """In words, from the range that fits the person and the readers."""
    ranges: Mapping[str, list[int]] = load("genres")["ages"]
    low, high = ranges[{"children": "child", "young": "young"}.get(readers) or figure.age or "adult"]
    return forms.number_word(language, session.child(turn).number("age", low, high))


def _aged(plan: StoryPlan, wanted: str) -> str:
    """The age that was asked for: a number, a time of life, or twenty years more or less than it was."""
    numbers = {forms.number_word(plan.language, number): number for number in range(1, 100)}
    if wanted.isdigit():
        return forms.number_word(plan.language, min(99, max(1, int(wanted))))
    if wanted in ("older", "younger"):
        return forms.number_word(plan.language, min(91, max(9, numbers[plan.age] + (20 if wanted == "older" else -20))))
    low, high = load("genres")["ages"][wanted]
    return forms.number_word(plan.language, plan.session.number("aged", low, high))
