"""Contents to be looked at as pictures: a story of an ordinary size, and one with everything that breaks a layout."""

from typing import Any

from genesis_types.enums import GenesisStage

from domain.genesis.proposals import Content

LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
EMOJI = "🐋🌊🕯️👩‍👩‍👧‍👦🗝️"
RTL = "الحارسة التي تجمع أصوات الغرقى في المنارة القديمة"
CHINESE = "灯塔看守人收集溺水水手的声音"
MARKUP = "<img src=x onerror='window.ran = 1'><script>window.ran = 1</script><b>&amp;</b> {{ran}} ${window.ran = 1}"
"""Whatever of it is not shown as text sets `window.ran`, or is missing from the text."""

_BEATS = (
    *(("Opening image", 0), ("Theme stated", 5), ("Set-up", 8), ("Catalyst", 10), ("Debate", 15)),
    *(("Break into two", 20), ("B story", 22), ("Fun and games", 35), ("Midpoint", 50), ("Bad guys close in", 62)),
    *(("All is lost", 75), ("Dark night of the soul", 78), ("Break into three", 80), ("Finale", 90)),
    ("Final image", 100),
)
_ACTS = (("Act one: the tide goes out", 0, 20), ("Act two", 20, 80), ("Act three: high water", 80, 100))
_CHAPTERS = (
    *(("The drowned bell", 3_200), ("What the ledger says", 4_100), ("Ines lies to the harbour master", 5_000)),
    *(("Fog", 2_500), ("The second voice", 4_800), ("A debt of oil", 3_900), ("Low water", 6_000)),
    *(("The widow", 4_400), ("What Tomas kept", 5_200), ("The lamp goes out", 3_000), ("All the names", 7_000)),
    ("Morning", 2_000),
)


def plot() -> Content:
    threads = [
        ("A key turns up in chapter 2", "It opens the lamp room in chapter 11", "paid"),
        ("The bell rings once", "It rings again at the midpoint", "advanced"),
        ("The harbour master owes somebody a favour", "", "planted"),
    ]
    return {
        "structure": "save_the_cat",
        "acts": [
            {"name": name, "purpose": f"What {name} is for.", "start_pct": start, "end_pct": end}
            for name, start, end in _ACTS
        ],
        "beats": [
            {"key": f"beat-{at}-{n}", "label": label, "target_pct": at, "summary": f"{label}: the tide turns."}
            for n, (label, at) in enumerate(_BEATS)
        ],
        "threads": [{"setup": a, "planned_payoff": b, "status": status} for a, b, status in threads],
        "chapters": [
            {"n": n, "title": title, "summary": f"{title}, told from the quay.", "target_words": words}
            for n, (title, words) in enumerate(_CHAPTERS, 1)
        ],
    }


def _person(key: str, name: str, role: str, **more: Any) -> Content:
    return {"id": key, "name": name, "role": role, "one_line_storyline": f"{name} wants the light to burn.", **more}


def _tie(target: str, surface: str, hidden: str = "") -> Content:
    return {"target_id": target, "surface": surface, "hidden_tension": hidden}


def people() -> Content:
    return {
        "characters": [
            _person(
                "ines",
                "Ines Varga",
                "protagonist",
                relations=[
                    _tie("tomas", "Old friends from the lifeboat", "She knows what he did in the storm"),
                    _tie("harbour", "Pays his fees on time"),
                ],
            ),
            _person("tomas", "Tomas", "ally", relations=[_tie("ines", "Would follow her anywhere", "Is paid to")]),
            _person(
                "harbour",
                "The harbour master Alberich von Trostlingen",
                "antagonist",
                relations=[_tie("ines", "Polite", "Fears her ledger"), _tie("widow", "Her landlord", "Owes her")],
            ),
            _person("widow", "Widow Brandt", "mentor", relations=[_tie("ines", "Taught her to listen")]),
            _person("child", "Pim", "supporting"),
        ]
    }


def world() -> Content:
    places = [
        ("coast", "The Salt Coast", None, "Forty miles of wrecks."),
        ("town", "Brackwater", "coast", "A town that sells what the sea brings."),
        ("quay", "The old quay", "town", "Nobody lands here any more."),
        ("tower", "The lighthouse", "coast", "Its lamp has not gone out in a century."),
        ("lamp", "The lamp room", "tower", "Where the voices are kept."),
        ("cellar", "The cellar", "tower", "It fills at spring tide."),
        ("capital", "The capital", None, "Far off, and never seen."),
    ]
    return {
        "setting": {"time": "1890", "place": "A coast"},
        "locations": [
            {"id": key, "name": name, "parent_id": parent, "description": text, "significance": f"{name} matters."}
            for key, name, parent, text in places
        ],
        "factions": [{"id": "pilots", "name": "The pilots", "rivals": ["The customs"]}],
    }


def ordinary() -> dict[GenesisStage, Content]:
    """By stage, what a writer may well have."""
    return {GenesisStage.CHARACTERS: people(), GenesisStage.WORLDVIEW: world(), GenesisStage.PLOT_OUTLINE: plot()}


def hostile() -> dict[GenesisStage, Content]:
    """By stage: long words, emoji only, right to left, markup, sixty of each, circles and what does not exist."""
    names = [LONG_WORD[:380], EMOJI, RTL, CHINESE, MARKUP, *(f"Somebody of a middling name {n}" for n in range(35))]
    cast: list[Any] = [
        _person(
            f"p{n}",
            name,
            "supporting",
            relations=[_tie(f"p{(n * 7 + 1) % 40}", name[:300], EMOJI), _tie("nobody", "Looks for them")],
        )
        for n, name in enumerate(names)
    ]
    places: list[Any] = [
        {"id": f"l{n}", "name": name[:400], "parent_id": f"l{n - 1}" if n else None, "description": name}
        for n, name in enumerate([*names, *names[:20]])
    ]
    circle: list[Any] = [
        {"id": "x", "name": "The inner yard", "parent_id": "y"},
        {"id": "y", "name": "The outer yard", "parent_id": "x"},
        {"id": "z", "name": "An island", "parent_id": "atlantis"},
    ]
    beats: list[Any] = [
        {"key": f"b{n}", "label": name[:400], "target_pct": (n * 61) % 101, "summary": name}
        for n, name in enumerate([*names, *names[:20]])
    ]
    chapters: list[Any] = [
        {"n": n, "title": names[n % 40][:400], "summary": names[n % 40], "target_words": 1_000 + 300 * (n % 7)}
        for n in range(1, 61)
    ]
    return {
        GenesisStage.CHARACTERS: {"characters": cast},
        GenesisStage.WORLDVIEW: {"setting": {"place": LONG_WORD[:300]}, "locations": places + circle},
        GenesisStage.PLOT_OUTLINE: {"beats": beats, "chapters": chapters, "acts": plot()["acts"]},
    }


def hostile_words() -> dict[GenesisStage, Content]:
    """By stage, what is read as text: a word without an end, emoji only, right to left, markup and script."""
    concept: Content = {
        "title": LONG_WORD[:300],
        "logline": EMOJI,
        "premise_question": RTL,
        "central_conflict": f"{MARKUP} {LONG_WORD * 20}",
    }
    story: Content = {
        "working_title": RTL,
        "premise_sentence": LONG_WORD * 10,
        "theme_statement": EMOJI,
        "tone": f"{LONG_WORD} {MARKUP}",
    }
    return {GenesisStage.CONCEPT_SELECTION: concept, GenesisStage.STORY_CONCEPTION: story, **hostile()}
