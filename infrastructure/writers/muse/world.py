"""WORLDVIEW: the genre's world, with the plan's place, object, power and people in it."""

from infrastructure.writers.muse.forms import capital
from infrastructure.writers.muse.intents import IntentKind
from infrastructure.writers.muse.plan import StoryPlan
from infrastructure.writers.muse.realise import Json, additions, joined, table, tone_line, tone_sentences
from infrastructure.writers.muse.template import Realiser

_KINDS = {"fantasy": "magic", "horror": "magic", "children": "magic", "science_fiction": "technology"}


def worldview(plan: StoryPlan, writer: Realiser) -> Json:
    words, data = plan.words, plan.data("world")
    writer = writer.with_slots(price=plan.facts["prices"])
    history = [*words["history"], data["home_history"]]
    terms = [data["term"], *words["terms"]]
    added = plan.decided.every(IntentKind.ADD)
    return {
        "setting": {
            "time": plan.time or words["time"],
            "place": capital(plan.place.name),
            "scale": words["scale"],
            "mood": tone_line(plan, words["mood"]),
        },
        "rules": _rules(plan, writer),
        "locations": _locations(plan, writer),
        "factions": _factions(plan, writer),
        "cultures": writer.some("cultures", words["cultures"], 3),
        "history": table(plan, writer, filter(writer.fits, history), "when", "event", "consequence_now"),
        "power_structure": joined(
            plan,
            writer.write(words["power"]),
            tone_sentences(plan, writer, "world"),
            additions(plan, writer, "add_world"),
        ),
        "economy": writer.write(words["economy"]),
        "taboos": writer.some("taboos", words["taboos"], 3),
        "technology_level": plan.text("technology_then") if plan.time else words["technology"],
        "motifs": list(
            dict.fromkeys([writer.write("{token.the}"), *writer.some("motifs", words["motifs"], 3), *added])
        ),
        "glossary": table(plan, writer, filter(writer.fits, terms), "term", "meaning"),
    }


def _rules(plan: StoryPlan, writer: Realiser) -> list[Json]:
    """Two that every world of the muse has, about this story's matter, and two or three of the genre's own."""
    keys = ("name", "kind", "statement", "cost", "limits", "loopholes")
    kind = _KINDS.get(plan.genre, "social") if plan.allowed(plan.text("magic")) else "social"
    own = writer.with_slots(kind=kind)
    prices = [price for price in plan.words["prices"] if price != plan.facts["prices"]]
    usual = writer.with_slots(price=writer.dice.pick("price", prices, plan.allowed))
    count = writer.dice.number("rules", 2, 3)
    rules = [
        *table(plan, own, writer.dice.sample("own_rules", plan.data("world")["rules"], 2, own.fits), *keys),
        *table(plan, usual, writer.dice.sample("rules", plan.words["rules"], count, usual.fits), *keys),
    ]
    return [{"id": f"rule-{at}", **rule} for at, rule in enumerate(rules, start=1)]


def _locations(plan: StoryPlan, writer: Realiser) -> list[Json]:
    """The place itself, the protagonist's home, five sites of the genre, and where it all comes to a head."""
    data = plan.data("world")
    sites = writer.dice.sample("sites", plan.words["sites"], 5, writer.fits)
    rows = ["{place} | {place.described} | {image}", data["hero_location"], *sites, data["heart_location"]]
    places = table(plan, writer, rows, "name", "description", "significance")
    ids = ["place", *(f"location-{at}" for at in range(1, len(places)))]
    parents = [None, *("place" for _ in ids[1:])]
    return [{"id": id_, "parent_id": up, **where} for id_, up, where in zip(ids, parents, places, strict=True)]


def _factions(plan: StoryPlan, writer: Realiser) -> list[Json]:
    """The opposing power first, then its rival from the lexicon, then the people around the protagonist."""
    force = plan.facts["forces"]
    other = writer.dice.pick("factions", [row for row in plan.words["forces"] if row != force], writer.fits)
    rows = [force, other, plan.data("world")["friends"]]
    factions = table(plan, writer, rows, "name", "goal", "resources", "internal_tension")
    names = [faction["name"] for faction in factions]
    return [
        {"id": f"faction-{at}", "rivals": names[1:] if at == 1 else names[:1], **faction}
        for at, faction in enumerate(factions, start=1)
    ]
