"""A book with two contradictions that only a reader can see, and what models say of it."""

import json
from dataclasses import replace
from typing import Any

from genesis_types.enums import CommandType, GenesisStage

from application.writers import WriterRequest
from tests.support.genesis import CONTENT
from tests.support.model_answers import any_answer, told
from tests.support.writers import request

CHARACTERS, PLOT, WORLD = GenesisStage.CHARACTERS, GenesisStage.PLOT_OUTLINE, GenesisStage.WORLDVIEW

THEN = "Mara is nineteen and has never left the harbour."
NOW = "At thirty-four, Mara keeps the light alone."
YOUNGER = "At nineteen, Mara keeps the light alone."
DEAD = "Her brother drowned before the war."
ALIVE = "Her brother rows in with the post."

CONFIRMED: dict[GenesisStage, dict[str, Any]] = {
    **CONTENT,
    CHARACTERS: {
        "characters": [
            {"id": "mara", "name": "Mara Venn", "one_line_storyline": "Learns.", "background": f"{THEN} {DEAD}"}
        ]
    },
    PLOT: {
        "beats": CONTENT[PLOT]["beats"],
        "chapters": [{"n": 1, "title": "The Lamp", "summary": f"Rain. {NOW} {ALIVE}", "character_ids": ["mara"]}],
    },
}

AGE = {"quote": NOW, "other_quote": THEN, "why": "Nineteen or thirty-four?", "change": YOUNGER}
BROTHER = {"quote": ALIVE, "other_quote": DEAD, "why": "He has drowned.", "change": None}
INVENTED = {
    "quote": "Mara is a hundred years old.",
    "other_quote": THEN,
    "why": "Her age.",
    "change": "She is nineteen.",
}


def search(language: str = "en") -> WriterRequest:
    """What a writer is given who is to look for contradictions in that book."""
    asked = request(GenesisStage.CONCEPT_SELECTION, count=1, language=language, confirmed=dict(CONFIRMED))
    update = {"kind": "agreement", "command_type": CommandType.FIND_CONTRADICTIONS}
    return replace(asked, work=asked.work.model_copy(update=update))


def findings(*pairs: dict[str, Any]) -> str:
    return json.dumps({"contradictions": list(pairs)}, ensure_ascii=False)


def is_search(body: dict[str, Any]) -> bool:
    return "for continuity" in told(body)[0]


def reading_answer(body: dict[str, Any]) -> str:
    """A model that writes, and finds both contradictions where it is asked for them."""
    return findings(AGE, BROTHER, INVENTED) if is_search(body) else any_answer(body)
