"""PLOT_OUTLINE: beats of the confirmed story's structure, and chapters that move its people through its places."""

from collections.abc import Mapping
from typing import Any, cast

from genesis_types.enums import GenesisStage

from infrastructure.writers.muse import forms
from infrastructure.writers.muse.characters import character_id
from infrastructure.writers.muse.conception import target_words
from infrastructure.writers.muse.forms import Person
from infrastructure.writers.muse.intents import IntentKind
from infrastructure.writers.muse.lexicon import columns, load
from infrastructure.writers.muse.plan import ROLES, StoryPlan
from infrastructure.writers.muse.realise import Json, additions, joined, sentence, tone_sentences
from infrastructure.writers.muse.template import Realiser

_WORDS_A_CHAPTER = 4_200


def outline(plan: StoryPlan, writer: Realiser) -> Json:
    story: Mapping[str, Any] = plan.confirmed.get(GenesisStage.STORY_CONCEPTION, {})
    structure = plan.decided.of(IntentKind.STRUCTURE) or str(story.get("structure") or "three_act")
    preset = load("beats")[structure]
    cast_ids = _cast(plan)
    writer = _with_cast(plan, writer, cast_ids)
    data = load(f"{plan.language}/plot")
    acts = [
        {"name": name, "purpose": writer.write(purpose), "start_pct": start, "end_pct": end}
        for key, start, end in preset["acts"]
        for name, purpose in [columns(data["acts"][key], 2)]
    ]
    return {
        "structure": structure,
        "acts": acts,
        "beats": _beats(plan, writer, preset, acts),
        "subplots": writer.some("subplots", _about(cast_ids, data["subplots"]), 3),
        "threads": _threads(plan, writer, cast_ids),
        "chapters": _chapters(plan, writer, cast_ids, int(story.get("target_words") or 0) or target_words(plan)),
    }


def _cast(plan: StoryPlan) -> dict[str, str]:
    """The ids of the confirmed people by role, or of those who are always there."""
    confirmed: Any = (plan.confirmed.get(GenesisStage.CHARACTERS) or {}).get("characters") or []
    ids = {str(item.get("role") or "supporting"): str(item["id"]) for item in reversed(confirmed)}
    return ids or {role: character_id(role) for role in ROLES[:4]}


def _with_cast(plan: StoryPlan, writer: Realiser, ids: Mapping[str, str]) -> Realiser:
    """Roles that the confirmed cast does not have are lent to somebody it has."""
    spare = next((role for role in ROLES[1:] if role in ids), next(iter(ids)))
    lent: Person = plan.person(spare) if spare in ROLES else plan.people[0]
    missing = [role for role in ("antagonist", "ally", "mentor", "supporting") if role not in ids]
    slots = {("rival" if role == "antagonist" else role): forms.person(plan.language, lent) for role in missing}
    return writer.with_slots(**{key: {**writer.slots[key], **value} for key, value in slots.items()})


def _about(ids: Mapping[str, str], rows: list[str]) -> list[str]:
    """The rows that name nobody whom the cast does not have and no one can be lent for."""
    absent = {slot for slot, role in (("love", "love_interest"), ("foil", "foil")) if role not in ids}
    return [text for text in rows if not any("{" + slot in text.lower() for slot in absent)]


def _beats(plan: StoryPlan, writer: Realiser, preset: Mapping[str, Any], acts: list[Json]) -> list[Json]:
    data = load(f"{plan.language}/plot")
    beats: list[Json] = []
    for key, pct in preset["beats"]:
        label, summary = columns(data["beats"][key], 2)
        time = "early" if pct < 25 else "turn" if pct < 60 else "late" if pct < 88 else "end"
        inside = [act for act in acts if cast(float, act["start_pct"]) <= pct]
        beats.append(
            {
                "key": key,
                "label": label,
                "target_pct": pct,
                "summary": writer.write(summary),
                "act": (inside or acts)[-1]["name"],
                "character_change": writer.say(f"change:{time}", data["change"][time]),
            }
        )
    last = beats[-1]
    last["summary"] = joined(plan, str(last["summary"]), tone_sentences(plan, writer, "plot"))
    return beats


def _threads(plan: StoryPlan, writer: Realiser, ids: Mapping[str, str]) -> list[Json]:
    rows = _about(ids, load(f"{plan.language}/plot")["threads"])
    chosen = writer.dice.sample("threads", rows, 4, writer.fits)
    pairs = [[writer.write(cell) for cell in columns(text, 2)] for text in chosen]
    pairs += (
        [[additions(plan, writer, plan.text("add_plot")), writer.write(plan.text("add_payoff"))]]
        if plan.decided.additions
        else []
    )
    return [{"setup": setup, "planned_payoff": payoff, "status": "planted"} for setup, payoff in pairs]


def _chapters(plan: StoryPlan, writer: Realiser, ids: Mapping[str, str], total: int) -> list[Json]:
    data = load(f"{plan.language}/plot")
    rows = _chosen(plan, writer, ids, total)
    answers = _answers(rows)
    locations: Any = (plan.confirmed.get(GenesisStage.WORLDVIEW) or {}).get("locations") or []
    places = [str(item["id"]) for item in locations if item.get("id") != "place"]
    hero = ids.get("protagonist") or next(iter(ids.values()))
    words = _shares(writer, len(rows), total)
    chapters: list[Json] = []
    for at, cells in enumerate(rows):
        pct, roles = float(cells["at"]), cells["who"]
        before, after = cells["shift"]
        present = [ids.get(role) or ids.get("ally") or ids.get("antagonist") or hero for role in roles]
        answered = [writer.write(text) for text in answers[at]]
        chapters.append(
            {
                "n": at + 1,
                "title": writer.say(f"chapter:{pct}", cells["titles"]),
                "part": data["parts"][0 if pct < 25 else 1 if pct < 75 else 2],
                "pov_character_id": hero,
                **{
                    key: writer.write(cells[key]) for key in ("purpose", "goal", "conflict", "turning_point", "outcome")
                },
                "summary": joined(plan, writer.write(cells["summary"]), *answered),
                "value_shift": {"from": before, "to": after},
                "location_ids": [places[cells["place"] % len(places)]] if places else [],
                "character_ids": list(dict.fromkeys([hero, *present])),
                "hook": sentence(plan, writer.write(cells["hook"])),
                "target_words": words[at],
            }
        )
    return chapters


def _chosen(plan: StoryPlan, writer: Realiser, ids: Mapping[str, str], total: int) -> list[Mapping[str, Any]]:
    """Twelve chapters or more: those that the story cannot do without, the others as length and cast allow."""
    rows: list[Mapping[str, Any]] = load(f"{plan.language}/plot")["chapters"]
    asked = plan.decided.of(IntentKind.LENGTH, "chapters")
    count = (
        int(asked)
        if asked.isdigit()
        else round(total / _WORDS_A_CHAPTER / plan.text("words_a_word")) + writer.dice.number("chapters", -4, 2)
    )
    count = max(12, min(len(rows), count))
    missing = {role for role in ("love_interest", "foil") if role not in ids}
    optional = [row for row in rows if not row.get("always") and not missing & set(row["who"])]
    fitting = [row for row in optional if plan.allowed(" ".join(str(value) for value in row.values()))]
    always = {row["at"] for row in rows if row.get("always")}
    drawn = writer.dice.order("chapters", [row["at"] for row in fitting])[: count - len(always)]
    chosen = always | set(drawn)
    return [row for row in rows if row["at"] in chosen]


def _answers(rows: list[Mapping[str, Any]]) -> list[list[str]]:
    """For each chapter the answers to earlier hooks: each in the later one of its list that has the fewest so far."""
    answers: list[list[str]] = [[] for _ in rows]
    places = {row["at"]: at for at, row in enumerate(rows)}
    for row in rows:
        later = [places[at] for at in row.get("answered_at", ()) if at in places]
        if later:
            answers[min(later, key=lambda at: len(answers[at]))].append(row["answer"])
    return answers


def _shares(writer: Realiser, count: int, total: int) -> list[int]:
    """Target words per chapter, to the hundred, adding up to `total`; no two neighbours alike."""
    weights = [100 + writer.dice.number(f"share:{index}", -15, 15) for index in range(count)]
    shares = [max(100, round(total * weight / sum(weights) / 100) * 100) for weight in weights]
    shares[-1] = max(0, shares[-1] + total - sum(shares))
    return shares
