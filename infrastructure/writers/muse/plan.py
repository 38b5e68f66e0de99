"""What one variant is about, decided before a word is written: from the seed, the spark and the writer's decisions."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisStage

from domain.genesis.premise import Premise
from infrastructure.writers.contents import texts
from infrastructure.writers.muse import forms, lexicon
from infrastructure.writers.muse.decisions import Decisions
from infrastructure.writers.muse.dice import Dice
from infrastructure.writers.muse.forms import Figure, Person, Place
from infrastructure.writers.muse.intents import IntentKind
from infrastructure.writers.muse.lexicon import columns, known, load
from infrastructure.writers.muse.spark import Spark, read_spark

ROLES = ("protagonist", "antagonist", "ally", "mentor", "love_interest", "foil", "supporting")
_FACTS = ("tokens", "clocks", "secrets", "prices", "posts", "forces", "places")
_AGES = {"children": "child", "young": "young"}


@dataclass(frozen=True, slots=True)
class StoryPlan:
    """The decisions of one variant. `facts`: what was drawn from the genre's lists, by their names, and the subject."""

    language: str
    genre: str
    readers: str
    angle: str
    turn: int
    people: tuple[Person, ...]
    figure: Figure
    age: int
    stance: str
    place: Place
    time: str
    spark: Spark
    facts: Mapping[str, str]
    decided: Decisions
    audience: str
    session: Dice
    confirmed: Mapping[GenesisStage, Any]
    dropped: tuple[str, ...]

    def person(self, role: str) -> Person:
        return next(person for person in self.people if person.role == role)

    def data(self, name: str) -> Mapping[str, Any]:
        """One of the language's data files."""
        return load(f"{self.language}/{name}")

    def text(self, key: str) -> Any:
        return self.data("story")[key]

    @property
    def words(self) -> Mapping[str, Any]:
        """The genre's part of the lexicon."""
        return self.data(f"genres/{self.genre}")

    @property
    def told(self) -> Mapping[str, Any]:
        """The angle, in children's own terms where it has them."""
        angle: Mapping[str, Any] = self.data("angles")[self.angle]
        return {**angle, **angle.get("children", {})} if self.readers == "children" else angle

    @property
    def tones(self) -> tuple[str, ...]:
        return self.decided.every(IntentKind.TONE)

    def decisions(self) -> "StoryPlan":
        """The plan without the words that led to it: equal where the same things are decided."""
        return replace(self, decided=Decisions(), dropped=())

    def allowed(self, text: str) -> bool:
        return unwanted(self.language, self.dropped).search(text) is None


@lru_cache(maxsize=128)
def unwanted(language: str, dropped: tuple[str, ...]) -> re.Pattern[str]:
    """What a text may not mention: the dropped elements, their plurals, and the words that belong to them."""
    related: Mapping[str, list[str]] = load("tones")["related"]
    words = {word.lower() for element in dropped for word in (element, *related.get(element.lower(), ()))}
    words |= {lexicon.singular(word) for word in words}
    escaped = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    spaced = load(f"{language}/grammar")["spaced"]
    return re.compile(rf"\b(?:{escaped})(?:e?s)?\b" if words and spaced else escaped or "(?!)", re.IGNORECASE)


@lru_cache(maxsize=512)  # a later stage draws the concept's plan many times over, to find out which it was
def draw(session_id: UUID, premise: Premise, turn: int, decided: Decisions) -> StoryPlan:
    """The plan of variant `turn` (counted from 0 within the stage of concepts), as far as no stage is confirmed."""
    session = Dice(str(session_id))
    language = lexicon.language_of(premise.language)
    own_genre = lexicon.genre_key(premise.genre, premise.audience, premise.seed)
    genre = _genre(decided, own_genre)
    words = lexicon.genre(language, genre)
    spark = read_spark(language, premise.seed or premise.title)
    dropped = decided.every(IntentKind.DROP)
    pattern = unwanted(language, dropped)

    def allowed(text: str) -> bool:
        return pattern.search(text) is None

    def pick(key: str, options: Sequence[str]) -> str:
        return session.pick(key, options, allowed, turn)

    own = spark.figures[0] if spark.figures and turn % 3 == 0 and allowed(spark.figures[0].a) else None
    figure = own or _figure(language, words["trades"], premise.seed, pick, turn)
    facts = {key: pick(key, words[key]) for key in _FACTS}
    subjects = [one for one in spark.subjects if allowed(one) and not (own and one.split()[-1] in own.a)]
    facts["subject"] = subjects[turn % len(subjects)] if subjects else pick("subjects", words["subjects"])
    readers = _readers(language, premise.audience, genre)
    names: Mapping[str, Mapping[str, list[str]]] = load(f"{language}/names")
    flavour = names[_region(language, spark) or lexicon.genre(language, own_genre)["names"]]
    return decide(
        StoryPlan(
            language=language,
            genre=genre,
            readers=readers,
            angle=_angle(language, genre if genre == "children" else own_genre, session, allowed, turn),
            turn=turn,
            people=_people(language, flavour, session, turn, spark),
            figure=figure,
            age=_age(language, figure, readers, session.child(turn)),
            stance=("own" if own else "heir", "near", "outside")[turn % 3],
            place=_place(language, spark, facts["places"], allowed),
            time=spark.time,
            spark=replace(spark, quote=spark.quote if allowed(spark.quote) else ""),
            facts=facts,
            decided=decided,
            audience=premise.audience,
            session=session,
            confirmed={},
            dropped=dropped,
        )
    )


def decide(plan: StoryPlan) -> StoryPlan:
    """The plan as the writer wants it; last, so that one new name moves no other."""
    decided, language, figure, age = plan.decided, plan.language, plan.figure, plan.age
    where = decided.said(IntentKind.PLACE)
    if where:
        place = Place(where.value, where.target or forms.preposition(language, where.value))
        plan = replace(plan, place=place)
    if trade := decided.of(IntentKind.TRADE, "protagonist"):
        row = columns(lexicon.index(language, "persons").get(trade.lower(), ""), 5)
        figure = forms.figure(language, [trade, "", "", *row[3:]])
    if wanted := decided.of(IntentKind.AGE, "protagonist"):
        age = _aged(plan, wanted)
    people = tuple(_as_decided(plan, person) for person in plan.people)
    people = tuple(_told_apart(plan, person, people) for person in people)
    time = decided.of(IntentKind.TIME) or plan.time
    return replace(plan, people=people, figure=figure, age=age, time=time)


def _genre(decided: Decisions, own: str) -> str:
    """The genre that was asked for, or the spark's; one that lives from what was dropped gives way to its neighbour."""
    genre, dropped = decided.of(IntentKind.GENRE) or own, decided.every(IntentKind.DROP)
    without: Mapping[str, Mapping[str, str]] = load("genres")["without"]
    return next((without[one][genre] for one in map(str.lower, dropped) if genre in without.get(one, {})), genre)


def _figure(
    language: str, trades: Sequence[str], seed: str, pick: Callable[[str, Sequence[str]], str], turn: int
) -> Figure:
    """A trade that goes with the spark's words, twice in three; otherwise one of the genre's."""
    own = " ".join(known(language, "persons", seed))
    rows = (row.split(" = ")[1] for row in known(language, "trades", seed))
    fitting = [one for row in rows for one in re.split(r", |、", row) if one not in own]
    trade = pick("fitting", fitting) if fitting and turn % 3 < 2 else pick("trades", trades)
    return forms.figure(language, columns(trade, 5))


def _angle(language: str, genre: str, session: Dice, allowed: Callable[[str], bool], turn: int) -> str:
    """Two that suit the genre, one that surprises, then the rest; children's stories do without the surprise."""
    table: Mapping[str, Any] = load(f"{language}/angles")
    suits: list[str] = load("genres")["angles"][genre]
    suited, others = session.order("suited", suits), session.order("angles", [key for key in table if key not in suits])
    first = 2 if len(suited) <= len(others) else len(suited)
    order = [*suited[:first], *others[:1], *suited[first:], *others[1:]]
    fit = [key for key in order if allowed(" ".join(texts(table[key]["logline"])))] or order
    return fit[turn % len(fit)]


def _region(language: str, spark: Spark) -> str:
    """The pool of names that goes with the spark's place, or ""."""
    regions: Mapping[str, list[str]] = load(f"{language}/lexicon")["regions"]
    return next((pool for pool, places in regions.items() if spark.place and spark.place.name in places), "")


def _people(language: str, pool: Mapping[str, list[str]], session: Dice, turn: int, spark: Spark) -> tuple[Person, ...]:
    """One person for every role, no name twice; every third protagonist is the spark's own person."""
    drawn: list[Person] = []
    for role in ROLES:
        own = role == "protagonist" and turn % 3 == 0
        sex = (spark.sex if own else "") or session.child(turn).pick(f"sex:{role}", ["f", "m"])
        taken = " ".join(person.name for person in drawn)
        free = {key: [name for name in names if name not in taken] for key, names in pool.items()}
        given = (spark.name if own else "") or session.pick(f"name:{role}", free[sex], None, turn)
        family = session.pick(f"surname:{role}", free["surnames"], None, turn)
        drawn.append(Person(role, forms.full_name(language, given, family), sex))
    return tuple(drawn)


def _as_decided(plan: StoryPlan, person: Person) -> Person:
    """A new name keeps the surname where only a given name was said; a new sex brings a name of its own."""
    name, sex = (plan.decided.of(kind, person.role) for kind in (IntentKind.RENAME, IntentKind.SEX))
    if not name and sex in ("f", "m") and sex != person.sex:
        pools: list[Mapping[str, list[str]]] = list(plan.data("names").values())
        pool = next((one for one in pools if any(family in person.name for family in one["surnames"])), pools[0])
        name = plan.session.pick(f"other:{person.role}", pool[sex], None, plan.turn)
        name = forms.with_given(plan.language, person.name, name)
    elif name and " " not in name and " " in person.name:
        name = forms.with_given(plan.language, person.name, name)
    return replace(person, name=name or person.name, sex=sex or sex_of_name(plan.language, name) or person.sex)


def _told_apart(plan: StoryPlan, person: Person, people: Sequence[Person]) -> Person:
    """Nobody keeps a given name that the writer has just given to somebody else."""
    named = {one.first for one in people if plan.decided.of(IntentKind.RENAME, one.role) and one.role != person.role}
    if person.first not in named or plan.decided.of(IntentKind.RENAME, person.role):
        return person
    pools: list[Mapping[str, list[str]]] = list(plan.data("names").values())
    pool = next((pool for pool in pools if person.first in (*pool["f"], *pool["m"])), pools[0])
    taken = " ".join(one.name for one in people)
    free = [given for given in pool["m" if person.sex == "m" else "f"] if given not in taken]
    given = plan.session.pick(f"apart:{person.role}", free)
    return replace(person, name=forms.with_given(plan.language, person.name, given))


@lru_cache(maxsize=512)
def sex_of_name(language: str, name: str) -> str:
    """By the lists of names; "" for a name that is in none."""
    pools = [*load(f"{language}/names").values(), load(f"{language}/lexicon")["names"]]
    family_first = load(f"{language}/grammar")["family_first"]
    given = {one: sex for pool in pools for sex in ("f", "m") for one in pool[sex]}
    found = (sex for one, sex in given.items() if family_first and name.partition("·")[0].endswith(one))
    return next(found, "") if family_first else given.get(name.partition(" ")[0], "")


def _place(language: str, spark: Spark, row: str, allowed: Callable[[str], bool]) -> Place:
    if spark.place and allowed(spark.place.name):
        return spark.place
    name, description = columns(row, 2)
    return Place(name, forms.preposition(language, name), description)


def _readers(language: str, audience: str, genre: str) -> str:
    patterns: Mapping[str, str] = load(f"{language}/lexicon")["readers"]
    found = next((readers for readers, pattern in patterns.items() if re.search(pattern, audience.lower())), "adult")
    return "children" if genre == "children" else found


def _age(language: str, figure: Figure, readers: str, dice: Dice) -> int:
    """From the range that fits the readers and the person."""
    patterns: Mapping[str, str] = load(f"{language}/lexicon")["figure_ages"]
    trade = next((age for age, pattern in patterns.items() if re.search(pattern, figure.a)), "adult")
    low, high = load("genres")["ages"][_AGES.get(readers) or figure.age or trade]
    return dice.number("age", low, high)


def _aged(plan: StoryPlan, wanted: str) -> int:
    """The age that was asked for: a number, a time of life, or twenty years more or less than it was."""
    if wanted in ("older", "younger"):
        return min(91, max(9, plan.age + (20 if wanted == "older" else -20)))
    if wanted.isdigit():
        return min(99, max(1, int(wanted[:2])))
    low, high = load("genres")["ages"][wanted]
    return plan.session.number("aged", low, high)
