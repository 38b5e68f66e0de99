"""WORLDVIEW: the genre's world, bent around this spark, these people and this place."""

from typing import Any

from infrastructure.writers.muse import english
from infrastructure.writers.muse.bible import Bible
from infrastructure.writers.muse.lexicon import columns, load
from infrastructure.writers.muse.render import Pen
from infrastructure.writers.muse.tone import joined, tone_line, tone_sentences
from infrastructure.writers.muse.wishes import is_chinese

Json = dict[str, Any]


def worldview(bible: Bible, pen: Pen) -> Json:
    words, language = bible.lexicon, bible.language
    data = load(f"{language}/world")
    pen = pen.with_slots(kind=_kind(bible))
    return {
        "setting": {
            "time": _time(bible, pen),
            "place": f"{bible.place}，{bible.place_desc}"
            if language == "zh"
            else f"{english.capital(bible.place)}, {bible.place_desc}",
            "scale": pen.phrase(words["scale"]),
            "mood": tone_line(bible, pen.phrase(words["mood"])),
        },
        "rules": _rules(bible, pen, [*data["rules"], *words["rules"]]),
        "locations": _locations(bible, pen),
        "factions": _factions(bible, pen),
        "cultures": pen.some("cultures", words["cultures"], 3),
        "history": _history(bible, pen),
        "power_structure": joined(language, pen.write(words["power"]), tone_sentences(bible, pen, "world")),
        "economy": pen.write(words["economy"]),
        "taboos": pen.some("taboos", words["taboos"], 3),
        "technology_level": pen.phrase(words["technology"]),
        "motifs": list(dict.fromkeys([pen.phrase(data["motif_token"]), *pen.some("motifs", words["motifs"], 3)])),
        "glossary": _glossary(bible, pen),
    }


def _time(bible: Bible, pen: Pen) -> str:
    usual, era = pen.phrase(bible.lexicon["time"]), bible.spark.era
    if not era or (bible.language == "zh") != is_chinese(bible.spark.text):
        return usual
    return f"{era}：{usual}" if bible.language == "zh" else f"{era}: {usual}"


def _kind(bible: Bible) -> str:
    """What sort of rule the spark's own is, in this genre."""
    if not bible.wishes.allowed("magic") or not bible.wishes.allowed("魔法"):
        return "social"
    return {"fantasy": "magic", "horror": "magic", "children": "magic", "science_fiction": "technology"}.get(
        bible.genre, "social"
    )


def _rules(bible: Bible, pen: Pen, rows: list[str]) -> list[Json]:
    """Two rules that grow out of the spark, two or three of the genre's own."""
    own, usual = rows[:3], rows[3:]
    prices = list(bible.lexicon["prices"])
    second = pen.dice.pick("prices", [price for price in prices if price != bible.facts["price"]], bible.wishes.allowed)
    chosen = [
        *pen.dice.sample("own_rules", own, 2, bible.wishes.allowed),
        *pen.dice.sample("rules", usual, pen.dice.number("rules", 2, 3), bible.wishes.allowed),
    ]
    rules: list[Json] = []
    for row in chosen:
        name, kind, statement, cost, limits, loopholes = columns(row, 6)
        if row in usual:
            cost = cost.replace("{price}", second)
        kind = pen.phrase(kind)
        rules.append(
            {
                "id": f"rule-{len(rules) + 1}",
                "name": _named(bible, pen.write(name)),
                "kind": kind
                if kind in ("magic", "technology", "physical", "social") and bible.wishes.allowed(kind)
                else "social",
                "statement": pen.write(statement),
                "cost": _sentence(bible, pen.write(cost)),
                "limits": pen.write(limits),
                "loopholes": pen.write(loopholes),
            }
        )
    return rules


def _sentence(bible: Bible, text: str) -> str:
    """A bare price ("a year of remembered summers") ends like a sentence."""
    end = "。" if bible.language == "zh" else "."
    text = english.capital(text)
    return text if not text or text.endswith((".", "!", "?", "。", "！", "？", "”")) else text + end


def _named(bible: Bible, name: str) -> str:
    return name if bible.language == "zh" else english.title_case(name)


def _locations(bible: Bible, pen: Pen) -> list[Json]:
    data = load(f"{bible.language}/world")
    sites = pen.dice.sample("sites", list(bible.lexicon["sites"]), 5, bible.wishes.allowed)
    locations: list[Json] = [
        {
            "id": "place",
            "name": english.capital(bible.place) if bible.language == "en" else bible.place,
            "description": _sentence(bible, english.capital(bible.place_desc)),
            "parent_id": None,
            "significance": pen.slots["image"],
        }
    ]
    for index, row in enumerate([data["hero_location"], *sites, data["heart_location"]], start=1):
        name, description, significance = columns(row, 3)
        locations.append(
            {
                "id": f"location-{index}",
                "name": _named(bible, pen.phrase(name)),
                "description": _sentence(bible, pen.write(description)),
                "parent_id": "place",
                "significance": _sentence(bible, pen.write(significance)),
            }
        )
    return locations


def _factions(bible: Bible, pen: Pen) -> list[Json]:
    """The opposing power first, then its rival from the lexicon, then the people around the protagonist."""
    data = load(f"{bible.language}/world")
    force = bible.facts["force"]
    others = [row for row in bible.lexicon["forces"] if columns(row, 1)[0] != force]
    second = columns(pen.dice.pick("factions", others, bible.wishes.allowed), 4)
    friends = [pen.write(cell) for cell in columns(data["faction_people"], 4)]
    first = [force, bible.facts["force_goal"], bible.facts["force_resources"], bible.facts["force_tension"]]
    rows = [first, second, friends]
    names = [english.capital(pen.phrase(row[0])) for row in rows]
    return [
        {
            "id": f"faction-{index + 1}",
            "name": names[index],
            "goal": _sentence(bible, pen.write(row[1])),
            "resources": _sentence(bible, pen.write(row[2])),
            "rivals": names[1:] if index == 0 else names[:1],
            "internal_tension": _sentence(bible, pen.write(row[3])),
        }
        for index, row in enumerate(rows)
    ]


def _history(bible: Bible, pen: Pen) -> list[Json]:
    rows = [*bible.lexicon["history"], load(f"{bible.language}/world")["home_history"]]
    events: list[Json] = []
    for row in rows:
        when, event, consequence = (pen.write(cell) for cell in columns(row, 3))
        if bible.wishes.allowed(event + consequence):
            events.append({"when": when, "event": event, "consequence_now": consequence})
    return events


def _glossary(bible: Bible, pen: Pen) -> list[Json]:
    rows = [load(f"{bible.language}/world")["term_matter"], *bible.lexicon["terms"]]
    return [
        {
            "term": pen.phrase(columns(row, 2)[0]),
            "aliases": [],
            "meaning": _sentence(bible, pen.write(columns(row, 2)[1])),
        }
        for row in rows
        if bible.wishes.allowed(row)
    ]
