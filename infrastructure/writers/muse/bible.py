"""Everything one generation writes from: spark, genre, angle, people, place, and what is settled already."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from genesis_types.enums import GenesisStage

from infrastructure.writers.muse import chinese, english, spark_en, spark_zh
from infrastructure.writers.muse.cast import Person, pronouns
from infrastructure.writers.muse.dice import Dice
from infrastructure.writers.muse.lexicon import columns, load
from infrastructure.writers.muse.render import Grammar, Pen
from infrastructure.writers.muse.spark import Spark
from infrastructure.writers.muse.wishes import Wishes, is_chinese


def read_spark(text: str) -> Spark:
    return spark_zh.parse(text) if is_chinese(text) else spark_en.parse(text)


def grammar(language: str) -> Grammar:
    return chinese.GRAMMAR if language == "zh" else english.GRAMMAR


@dataclass(frozen=True, slots=True)
class Bible:
    """The settled choices of one variant. `facts`: force, token, clock, secret, price, post, by slot name."""

    language: str
    genre: str
    lexicon: Mapping[str, Any]
    angle_key: str
    angle: Mapping[str, Any]
    spark: Spark
    trade: str
    people: tuple[Person, ...]
    place: str
    place_desc: str
    facts: Mapping[str, str]
    matter: str
    wishes: Wishes
    dice: Dice
    audience: str = ""
    young: str = "adult"
    confirmed: Mapping[GenesisStage, Any] = field(default_factory=dict)

    def person(self, role: str) -> Person:
        return next(person for person in self.people if person.role == role)

    @property
    def hero(self) -> Person:
        return self.person("protagonist")

    @property
    def plural(self) -> bool:
        return self.spark.plural and not self.trade and not self.wishes.last("trade")

    def figure_slots(self) -> dict[str, str]:
        """How the protagonist is spoken of before they have a name."""
        spark, language = self.spark, self.language
        wanted = self.wishes.last("trade")
        head, figure = spark.head, spark.figure
        if wanted or self.trade:
            figure = head = ""
        bare = english.bare(wanted or self.trade) if language == "en" else (wanted or self.trade)
        head = head or (_without_measure(bare) if language == "zh" else bare)
        if language == "en":
            number = (
                figure.split()[0].lower()
                if figure
                else (spark.clause.split()[0].lower() if self.plural and spark.clause else "")
            )
            many = number if number in ("two", "three", "four", "five", "six", "seven") else ""
            short = (
                f"{many} {head}".strip()
                if self.plural
                else (
                    english.definite(figure)
                    if figure.startswith("the ") and len(figure.split()) < 7
                    else english.indefinite(head)
                )
            )
            the = english.definite(head)
        else:
            counted = figure if figure and len(figure) <= 12 and "的" not in figure[:-1].replace(head, "") else ""
            short = counted or (head if head.startswith(("最后", "两", "三", "一")) or self.plural else f"一个{head}")
            the = head if self.plural or head.startswith(("最后", "两")) else f"这个{head}"
        pair = (
            re.match(r"^(an? .+? and an? [\w’'-]+(?: [\w’'-]+)?)\b", figure)
            if self.plural and language == "en"
            else None
        )
        if pair:
            short = re.split(r"\s(?:who|that|in|on|at|with|from|trapped|stuck|living)\s", pair[1])[0]
            the = re.sub(r"\b(?:an?) ", "the ", short)
        figure = figure or short
        if pair:
            who = english.indefinite(head)
        elif self.plural:
            who = f"{the}之一" if language == "zh" else f"one of {english.definite(short)}"
        else:
            who = figure if language == "zh" or len(figure.split()) <= 9 else short
            who = re.sub(r" (?:named|called) [A-Z]\S+", "", who)  # "Tom Hargreave, a boy who …"
        return {"figure": figure, "a_hero": short, "hero": the, "head": head, "who": who}

    def slots(self) -> dict[str, str]:
        """Every slot that templates may use."""
        language, hero, rival = self.language, self.hero, self.person("antagonist")
        slots: dict[str, str] = {}
        for person in self.people:
            key = "love" if person.role == "love_interest" else person.role
            slots |= {key: person.name, f"{key}_first": person.first}
            slots |= pronouns(language, person.gender, f"{key}_")
        slots |= {"name": hero.name, "first": hero.first, "rival": rival.name, "rival_first": rival.first}
        slots |= {
            "hero_first": hero.first,
            "rival_last": rival.last,
            "hero_them": pronouns(language, hero.gender)["them"],
        }
        slots |= pronouns(language, hero.gender)
        slots |= pronouns(language, hero.gender, "h", plural=self.plural)
        slots |= pronouns(language, rival.gender, "r")
        slots |= {f"{key}2": value for key, value in pronouns(language, rival.gender).items()}
        slots |= {f"P{key}": value[:1].upper() + value[1:] for key, value in pronouns(language, hero.gender).items()}
        slots |= {
            "place": self.place,
            "place_desc": self.place_desc,
            "matter": self.matter,
            "the_matter": _definite_matter(self),
            **self.facts,
            **self.figure_slots(),
        }
        slots |= {"rival_post": self.facts["post"], "quote": self.spark.quote, "clause": self.spark.clause}
        return slots

    def pen(self) -> Pen:
        return self.finished(Pen(self.slots(), self.dice, grammar(self.language), self.wishes.allowed, self.plural))

    def finished(self, pen: Pen) -> Pen:
        """The pen with the slots that are themselves sentences: an image, and the angle's own turns."""
        extra: dict[str, str] = {"image": pen.say("image", self.lexicon["images"])}
        for key in ("goal", "consequence", "lie", "truth", "fear", "theme", "midpoint", "setup", "d1", "d2", "d3"):
            source = self.angle["theme_statement"] if key == "theme" else self.angle[key]
            current = pen.with_slots(**extra)
            extra[key] = current.phrase(source) if key in ("goal", "consequence") else current.say(key, source)
        extra["fear"] = extra["fear"][:1].lower() + extra["fear"][1:]
        they = self.slots()["they"]
        own = self.facts["price"].replace("one’s", self.slots()["their"])
        extra["own_price"] = own.replace(" one loved", f" {they} loved")
        extra["ending"] = pen.with_slots(**extra).say("ending", self.ending_templates())
        extra["motif"] = pen.dice.pick("motif", list(self.lexicon["motifs"]), self.wishes.allowed)
        return pen.with_slots(**extra)

    def ending_templates(self) -> Sequence[str]:
        return [self.angle["dark_ending"]] if {"dark", "sad"} & set(self.wishes.tones) else self.angle["ending"]

    def rows(self, key: str, width: int) -> list[list[str]]:
        return [columns(row, width) for row in self.lexicon[key]]

    def allowed_rows(self, key: str, width: int) -> list[list[str]]:
        return [columns(row, width) for row in self.lexicon[key] if self.wishes.allowed(row)]


def _definite_matter(bible: Bible) -> str:
    """What it is about, spoken of again; a bare "grief" or "memory" takes no article."""
    if bible.language != "en" or " " not in bible.matter:
        return bible.matter
    return english.definite(bible.matter)


def _without_measure(phrase: str) -> str:
    for lead in ("一个", "一位", "一名"):
        phrase = phrase.removeprefix(lead)
    return phrase


def angles(language: str) -> Mapping[str, Mapping[str, Any]]:
    return load(f"{language}/angles")
