"""WORLDVIEW: the genre's world, with the plan's place, object, power and people in it."""

from infrastructure.writers.muse.forms import capital
from infrastructure.writers.muse.lexicon import columns, load
from infrastructure.writers.muse.plan import StoryPlan
from infrastructure.writers.muse.realise import Json, additions, joined, row, tone_line, tone_sentences
from infrastructure.writers.muse.template import Realiser

_KINDS = {"fantasy": "magic", "horror": "magic", "children": "magic", "science_fiction": "technology"}


def worldview(plan: StoryPlan, writer: Realiser) -> Json:
    words, data = plan.words, load(f"{plan.language}/world")
    writer = writer.with_slots(price=plan.facts["price"])
    other = [price for price in words["prices"] if price != plan.facts["price"] and plan.allowed(price)]
    motifs = [writer.write("{token.the}"), *writer.some("motifs", words["motifs"], 3), *plan.decided.additions]
    return {
        "setting": {
            "time": plan.time or words["time"],
            "place": capital(plan.place.name),
            "scale": words["scale"],
            "mood": tone_line(plan, words["mood"]),
        },
        "rules": _rules(
            plan, writer, [*data["rules"], *words["rules"]], writer.dice.pick("price", other or [plan.facts["price"]])
        ),
        "locations": _locations(plan, writer),
        "factions": _factions(plan, writer),
        "cultures": writer.some("cultures", words["cultures"], 3),
        "history": _history(plan, writer),
        "power_structure": joined(
            plan,
            writer.write(words["power"]),
            tone_sentences(plan, writer, "world"),
            additions(plan, writer, plan.text("add_world")),
        ),
        "economy": "" if not plan.allowed(words["economy"]) else writer.write(words["economy"]),
        "taboos": writer.some("taboos", words["taboos"], 3),
        "technology_level": plan.text("technology_then") if plan.time else words["technology"],
        "motifs": list(dict.fromkeys(motifs)),
        "glossary": [
            {"term": term, "meaning": meaning}
            for term, meaning in (
                row(writer, plan, text, 2) for text in [data["term"], *words["terms"]] if writer.fits(text)
            )
        ],
    }


def _rules(plan: StoryPlan, writer: Realiser, rows: list[str], second: str) -> list[Json]:
    """Two that every world of the muse has, about this story's matter, and two or three of the genre's own."""
    own, usual = rows[:3], rows[3:]
    count = writer.dice.number("rules", 2, 3)
    chosen = [
        *writer.dice.sample("own_rules", own, 2, writer.with_slots(kind="").fits),
        *writer.dice.sample("rules", usual, count, writer.fits),
    ]
    magic = plan.text("magic")
    kind = _KINDS.get(plan.genre, "social") if plan.allowed(magic) else "social"
    rules: list[Json] = []
    for text in chosen:
        pen = writer.with_slots(kind=kind) if text in own else writer.with_slots(price=second)
        name, _, *cells = row(pen, plan, text, 6)
        rules.append(
            {
                "id": f"rule-{len(rules) + 1}",
                "name": capital(name),
                "kind": pen.write(columns(text, 2)[1]),
                **dict(zip(("statement", "cost", "limits", "loopholes"), cells, strict=True)),
            }
        )
    return rules


def _locations(plan: StoryPlan, writer: Realiser) -> list[Json]:
    data = load(f"{plan.language}/world")
    sites = writer.dice.sample("sites", list(plan.words["sites"]), 5, writer.fits)
    town = {
        "id": "place",
        "name": capital(plan.place.name),
        "description": writer.write("{place.described}"),
        "parent_id": None,
        "significance": writer.write("{Image}"),
    }
    rows = [row(writer, plan, text, 3) for text in [data["hero_location"], *sites, data["heart_location"]]]
    return [
        town,
        *(
            {
                "id": f"location-{at}",
                "name": capital(name),
                "description": about,
                "parent_id": "place",
                "significance": why,
            }
            for at, (name, about, why) in enumerate(rows, start=1)
        ),
    ]


def _factions(plan: StoryPlan, writer: Realiser) -> list[Json]:
    """The opposing power first, then its rival from the lexicon, then the people around the protagonist."""
    others = [text for text in plan.words["forces"] if columns(text, 1)[0] != plan.force[0]]
    texts = [
        " | ".join(plan.force),
        writer.dice.pick("factions", others, writer.fits),
        load(f"{plan.language}/world")["friends"],
    ]
    rows = [row(writer, plan, text, 4) for text in texts]
    names = [capital(name) for name, *_ in rows]
    return [
        {
            "id": f"faction-{at + 1}",
            "name": names[at],
            "goal": goal,
            "resources": resources,
            "rivals": names[1:] if at == 0 else names[:1],
            "internal_tension": tension,
        }
        for at, (_, goal, resources, tension) in enumerate(rows)
    ]


def _history(plan: StoryPlan, writer: Realiser) -> list[Json]:
    rows = [
        row(writer, plan, text, 3) for text in [*plan.words["history"], load(f"{plan.language}/world")["home_history"]]
    ]
    return [
        {"when": when, "event": event, "consequence_now": now} for when, event, now in rows if plan.allowed(event + now)
    ]
