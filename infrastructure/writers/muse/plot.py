"""PLOT_OUTLINE: beats of the confirmed story's structure, and chapters that move its people through its places."""

from collections.abc import Mapping
from typing import Any, cast

from genesis_types.enums import GenesisStage

from infrastructure.writers.muse import english
from infrastructure.writers.muse.bible import Bible
from infrastructure.writers.muse.cast import Person, confirmed_people, pronouns
from infrastructure.writers.muse.lexicon import columns, load
from infrastructure.writers.muse.people import character_id
from infrastructure.writers.muse.render import Pen
from infrastructure.writers.muse.story import target_words
from infrastructure.writers.muse.tone import joined, tone_sentences

Json = dict[str, Any]

_WORDS_A_CHAPTER = 4_200
_ESSENTIAL = (0, 3, 5, 11, 17, 18, 20, 23)


def outline(bible: Bible, pen: Pen) -> Json:
    story: Mapping[str, Any] = bible.confirmed.get(GenesisStage.STORY_CONCEPTION, {})
    structure = bible.wishes.last("structure") or str(
        story.get("structure") or bible.dice.pick("structure", ("three_act", "save_the_cat", "story_circle"))
    )
    pen = _with_story(bible, pen, story)
    preset = load("beats")[structure]
    acts = _acts(bible, pen, preset)
    people = confirmed_people(bible.confirmed.get(GenesisStage.CHARACTERS), bible.language) or list(bible.people[:4])
    pen = pen.with_slots(**_stand_ins(bible, people))
    return {
        "structure": structure,
        "acts": acts,
        "beats": _beats(bible, pen, preset, acts),
        "subplots": pen.some("subplots", _about(people, load(f"{bible.language}/plot")["subplots"]["all"]), 3),
        "threads": _threads(bible, pen, people),
        "chapters": _chapters(bible, pen, people, int(story.get("target_words") or 0) or target_words(bible)),
    }


def _with_story(bible: Bible, pen: Pen, story: Mapping[str, Any]) -> Pen:
    """The confirmed story's own sentences instead of the angle's."""
    paragraph = story.get("one_paragraph") or {}
    slots = {
        slot: str(paragraph[key])
        for slot, key in (
            ("setup", "setup"),
            ("d1", "disaster_1"),
            ("d2", "disaster_2"),
            ("d3", "disaster_3"),
            ("ending", "ending"),
        )
        if paragraph.get(key)
    }
    if story.get("theme_statement"):
        slots["theme"] = str(story["theme_statement"])
    hero: Json = next(
        (
            item
            for item in (bible.confirmed.get(GenesisStage.CHARACTERS) or {}).get("characters") or []
            if item.get("role") == "protagonist"
        ),
        {},
    )
    slots |= {key: str(hero[key]) for key in ("lie", "truth") if hero.get(key)}
    return pen.with_slots(**slots)


def _acts(bible: Bible, pen: Pen, preset: Mapping[str, Any]) -> list[Json]:
    labels = load(f"{bible.language}/plot")["acts"]
    acts: list[Json] = []
    for key, start, end in preset["acts"]:
        name, purpose = columns(labels[key], 2)
        acts.append({"name": name, "purpose": pen.write(purpose), "start_pct": start, "end_pct": end})
    return acts


def _act_at(acts: list[Json], pct: float) -> str:
    inside = [act for act in acts if cast(float, act["start_pct"]) <= pct]
    return str((inside or acts)[-1]["name"])


def _beats(bible: Bible, pen: Pen, preset: Mapping[str, Any], acts: list[Json]) -> list[Json]:
    data = load(f"{bible.language}/plot")
    beats: list[Json] = []
    for key, pct in preset["beats"]:
        label, summary = columns(data["beats"][key], 2)
        change = "early" if pct < 25 else "turn" if pct < 60 else "late" if pct < 88 else "end"
        beats.append(
            {
                "key": key,
                "label": label,
                "target_pct": pct,
                "summary": pen.write(summary),
                "act": _act_at(acts, pct),
                "character_change": pen.write(data["change"][change]),
            }
        )
    if bible.wishes.tones:
        beats[-1]["summary"] = joined(bible.language, str(beats[-1]["summary"]), tone_sentences(bible, pen, "plot"))
    return beats


def _about(people: list[Person], rows: list[str]) -> list[str]:
    """The rows whose people are in the confirmed cast."""
    present = {"love" if person.role == "love_interest" else person.role for person in people} | {"rival", "hero"}
    if "antagonist" not in present:
        present.discard("rival")
    return [row for row in rows if all(role in present for role in _roles_in(row))]


def _roles_in(row: str) -> set[str]:
    return {
        role
        for role in ("ally", "mentor", "love", "foil", "supporting", "rival")
        if f"{{{role}}}" in row or f"{{{role}_" in row
    }


def _threads(bible: Bible, pen: Pen, people: list[Person]) -> list[Json]:
    rows = _about(people, load(f"{bible.language}/plot")["threads"]["all"])
    chosen = pen.dice.sample("threads", rows, 4, bible.wishes.allowed)
    return [
        {
            "setup": english.capital(pen.write(columns(row, 2)[0])),
            "planned_payoff": pen.write(columns(row, 2)[1]),
            "status": "planted",
        }
        for row in chosen
    ]


def _chapters(bible: Bible, pen: Pen, people: list[Person], total: int) -> list[Json]:
    rows = _chosen_rows(bible, total, people)
    places = [
        str(item["id"])
        for item in (bible.confirmed.get(GenesisStage.WORLDVIEW) or {}).get("locations") or []
        if item.get("id") != "place"
    ]
    ids = {person.role: person.id or character_id(person.role) for person in reversed(people)}
    hero_id = ids.get("protagonist") or next(iter(ids.values()))
    stand_in = {
        role: ids.get(role) or ids.get("ally") or ids.get("antagonist") or hero_id
        for role in ("ally", "mentor", "love_interest", "foil", "supporting", "antagonist", "protagonist")
    }
    words = _shares(bible, len(rows), total)
    chapters: list[Json] = []
    for index, row in enumerate(rows):
        cells = columns(row, 12)
        pct, titles, roles, at = float(cells[0]), cells[1].split("~"), cells[2].split(","), int(cells[3])
        purpose, summary, goal, conflict, turning, outcome, shift = (pen.write(cell) for cell in cells[4:11])
        before, _, after = shift.partition(">")
        title = pen.say(f"chapter:{cells[0]}", titles)
        chapters.append(
            {
                "n": index + 1,
                "title": title if bible.language == "zh" else english.title_case(title),
                "part": _part(bible, pct),
                "pov_character_id": hero_id,
                "purpose": purpose,
                "summary": summary,
                "goal": goal,
                "conflict": conflict,
                "turning_point": turning,
                "outcome": outcome,
                "value_shift": {"from": before.strip().lower(), "to": after.strip()},
                "location_ids": [places[at % len(places)]] if places else [],
                "character_ids": list(dict.fromkeys([hero_id, *(stand_in[role] for role in roles)])),
                "hook": pen.say(f"hook:{cells[0]}", cells[11].split("~")),
                "target_words": words[index],
                "sections": [],
            }
        )
    return chapters


def _part(bible: Bible, pct: float) -> str:
    names = load(f"{bible.language}/plot")["parts"]["names"]
    position = 0 if pct < 25 else 1 if pct < 75 else 2
    return str(names[position])


def _chosen_rows(bible: Bible, total: int, people: list[Person]) -> list[str]:
    """Twelve chapters or more: the essential ones always, the others as the length and the cast allow."""
    rows: list[str] = load(f"{bible.language}/plot")["chapters"]["all"]
    asked = bible.wishes.last("chapters")
    count = int(asked) if asked else round(total / _WORDS_A_CHAPTER) + bible.dice.number("chapters", -4, 2)
    count = max(12, min(len(rows), count))
    castable = set(_about(people, rows))
    order = bible.dice.order("chapters", [index for index in range(len(rows)) if index not in _ESSENTIAL])
    order = [index for index in order if rows[index] in castable and bible.wishes.allowed(rows[index])]
    return [rows[index] for index in sorted((*_ESSENTIAL, *order[: count - len(_ESSENTIAL)]))]


def _stand_ins(bible: Bible, people: list[Person]) -> dict[str, str]:
    """Name slots of roles that the confirmed cast does not have, lent to somebody it has."""
    present = {person.role: person for person in reversed(people)}
    spare = [person for person in people if person.role != "protagonist"] or people
    slots: dict[str, str] = {}
    for role in ("ally", "mentor", "supporting", "antagonist"):
        if role in present:
            continue
        lent = spare[0]
        slots |= {role: lent.name, f"{role}_first": lent.first}
        slots |= pronouns(bible.language, lent.gender, f"{role}_")
        if role == "antagonist":
            slots |= {"rival": lent.name, "rival_first": lent.first}
    return slots


def _shares(bible: Bible, count: int, total: int) -> list[int]:
    """Target words per chapter, to the hundred, adding up to `total`; no two neighbours alike."""
    weights = [100 + bible.dice.number(f"share:{index}", -15, 15) for index in range(count)]
    shares = [max(100, round(total * weight / sum(weights) / 100) * 100) for weight in weights]
    shares[-1] = max(0, shares[-1] + total - sum(shares))
    return shares
