"""PLOT_OUTLINE: beats of the confirmed story's structure, and chapters that move its people through its places."""

from collections.abc import Mapping
from typing import Any

from genesis_types.enums import GenesisStage

from infrastructure.writers.muse import forms
from infrastructure.writers.muse.characters import character_id
from infrastructure.writers.muse.concept import fitting
from infrastructure.writers.muse.conception import target_words
from infrastructure.writers.muse.intents import IntentKind
from infrastructure.writers.muse.lexicon import columns, load
from infrastructure.writers.muse.plan import ROLES, StoryPlan
from infrastructure.writers.muse.realise import Json, additions, joined, table, tone_sentences
from infrastructure.writers.muse.template import Realiser

Row = Mapping[str, Any]

_WORDS_A_CHAPTER = 5_000
_OPTIONAL = {"love": "love_interest", "foil": "foil"}
_COPIED = ("purpose", "goal", "conflict", "turning_point", "outcome", "hook")


def outline(plan: StoryPlan, writer: Realiser) -> Json:
    story: Row = plan.confirmed.get(GenesisStage.STORY_CONCEPTION) or {}
    structure = plan.decided.of(IntentKind.STRUCTURE) or str(story.get("structure") or "three_act")
    preset, data = load("beats")[structure], plan.data("plot")
    cast: Row = plan.confirmed.get(GenesisStage.CHARACTERS) or {}
    confirmed = {str(one.get("role") or "supporting"): str(one["id"]) for one in reversed(cast.get("characters") or [])}
    ids = confirmed or {role: character_id(role) for role in ROLES[:4]}
    writer = _with_cast(plan, writer, ids)
    absent = ["{" + slot for slot, role in _OPTIONAL.items() if role not in ids]
    subplots, threads = (
        [row for row in data[key] if not any(slot in row.lower() for slot in absent)] for key in ("subplots", "threads")
    )
    acts = [
        {**table(plan, writer, [data["acts"][key]], "label", "purpose")[0], "start_pct": start, "end_pct": end}
        for key, start, end in preset["acts"]
    ]
    acts = [{"name": act.pop("label"), **act} for act in acts]
    return {
        "structure": structure,
        "acts": acts,
        "beats": _beats(plan, writer, preset["beats"], acts),
        "subplots": writer.some("subplots", subplots, 3),
        "threads": _threads(plan, writer, threads),
        "chapters": _chapters(plan, writer, ids, int(story.get("target_words") or 0) or target_words(plan)),
    }


def _with_cast(plan: StoryPlan, writer: Realiser, ids: Mapping[str, str]) -> Realiser:
    """Roles that the confirmed cast does not have are lent to somebody it has."""
    lent = plan.person(next((role for role in ROLES[1:] if role in ids), "protagonist"))
    missing = [role for role in ("antagonist", "ally", "mentor", "supporting") if role not in ids]
    slots = ["rival" if role == "antagonist" else role for role in missing]
    return writer.with_slots(**{slot: {**writer.slots[slot], **forms.person(plan.language, lent)} for slot in slots})


def _beats(plan: StoryPlan, writer: Realiser, preset: list[tuple[str, float]], acts: list[Json]) -> list[Json]:
    data, beats = plan.data("plot"), list[Json]()
    for key, pct in preset:
        label, summary = columns(data["beats"][key], 2)
        time = "early" if pct < 25 else "turn" if pct < 60 else "late" if pct < 88 else "end"
        last = tone_sentences(plan, writer, "plot") if key == preset[-1][0] else ""
        beats.append(
            {
                "key": key,
                "label": label,
                "target_pct": pct,
                "summary": joined(plan, writer.write(summary), last),
                "act": [act["name"] for act in acts if act["start_pct"] <= pct or act is acts[0]][-1],
                "character_change": writer.say(f"change:{time}", data["change"][time]),
            }
        )
    return beats


def _threads(plan: StoryPlan, writer: Realiser, rows: list[str]) -> list[Json]:
    chosen = writer.dice.sample("threads", rows, 4, writer.fits)
    threads = table(plan, writer, chosen, "setup", "planned_payoff")
    if added := additions(plan, writer, "add_plot"):
        threads.append({"setup": added, "planned_payoff": writer.write(plan.text("add_payoff"))})
    return threads


def _chapters(plan: StoryPlan, writer: Realiser, ids: Mapping[str, str], total: int) -> list[Json]:
    rows = _chosen(plan, writer, ids, total)
    world: Row = plan.confirmed.get(GenesisStage.WORLDVIEW) or {}
    places = [str(one["id"]) for one in world.get("locations") or [] if one.get("id") != "place"]
    parts = plan.data("plot")["parts"]
    hero = ids.get("protagonist") or next(iter(ids.values()))
    somebody = ids.get("ally") or ids.get("antagonist") or hero
    return [
        {
            "n": at,
            "title": writer.say(f"chapter:{row['at']}", _short(plan, writer, row["titles"])),
            "part": parts[0 if row["at"] < 25 else 1 if row["at"] < 75 else 2],
            "pov_character_id": hero,
            "summary": joined(plan, writer.write(row["summary"]), *map(writer.write, answers)),
            **{key: writer.write(row[key]) for key in _COPIED},
            "value_shift": dict(zip(("from", "to"), row["shift"], strict=True)),
            "location_ids": [places[row["place"] % len(places)]] if places else [],
            "character_ids": list(dict.fromkeys([hero, *(ids.get(role, somebody) for role in row["who"])])),
            "target_words": words,
        }
        for at, (row, answers, words) in enumerate(
            zip(rows, _answers(rows), _shares(writer, len(rows), total), strict=True), start=1
        )
    ]


def _short(plan: StoryPlan, writer: Realiser, options: list[str]) -> list[str]:
    return [option for option in options if fitting(plan, writer.write(option))] or options


def _chosen(plan: StoryPlan, writer: Realiser, ids: Mapping[str, str], total: int) -> list[Row]:
    """Twelve chapters or more: those that the story cannot do without, the others as length and cast allow."""
    rows: list[Row] = plan.data("plot")["chapters"]
    usual = round(total / _WORDS_A_CHAPTER / plan.text("words_a_word")) + writer.dice.number("chapters", -4, 2)
    asked = plan.decided.of(IntentKind.LENGTH, "chapters")
    count = max(12, min(len(rows), int(asked) if asked.isdigit() else usual))
    missing = {role for role in _OPTIONAL.values() if role not in ids}
    fitting = [
        row["at"]
        for row in rows
        if not row.get("always") and not missing & set(row["who"]) and plan.allowed(" ".join(map(str, row.values())))
    ]
    always = {row["at"] for row in rows if row.get("always")}
    chosen = always | set(writer.dice.sample("chapters", fitting, count - len(always)))
    return [row for row in rows if row["at"] in chosen]


def _answers(rows: list[Row]) -> list[list[str]]:
    """For each chapter the answers to earlier hooks: each in the later one of its list that has the fewest so far."""
    answers: dict[int, list[str]] = {row["at"]: [] for row in rows}
    for row in rows:
        if later := [at for at in row.get("answered_at", ()) if at in answers]:
            answers[min(later, key=lambda at: len(answers[at]))].append(row["answer"])
    return list(answers.values())


def _shares(writer: Realiser, count: int, total: int) -> list[int]:
    """Target words per chapter, to the hundred, adding up to `total`; no two neighbours alike."""
    weights = [100 + writer.dice.number(f"share:{index}", -15, 15) for index in range(count)]
    shares = [max(100, round(total * weight / sum(weights) / 100) * 100) for weight in weights]
    shares[-1] = max(0, shares[-1] + total - sum(shares))
    return shares
