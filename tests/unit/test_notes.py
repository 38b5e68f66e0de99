"""What is noted of rounds and texts bears its codes, so that the page can say it in its reader's language."""

from typing import Any

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from application.notes import Note, note_codes
from domain.genesis.commands import GenerateInspiration, RecordProposals, StartGenesis
from domain.genesis.proposals import NoteCode
from infrastructure.writers.model import wording
from infrastructure.writers.model.quality.finding import finding
from infrastructure.writers.note_catalog import catalog
from projections.genesis.session_view import _stage
from scripts.notes import CATALOG, text
from tests.support.genesis import CONTENT, Story

CONCEPT = GenesisStage.CONCEPT_SELECTION
VALUES: dict[str, Any] = {
    "seen": "fr", "wanted": "zh", "number": 2, "other": 1, "count": 3, "example": "a <b> {x}", "first": "/hook",
    "what": "abyss", "structure": "three_act", "unknown": "x", "known": "y", "most": "25 words",
}  # fmt: skip


def every_note(language: str) -> list[str]:
    """At least one note of each kind that writers make."""
    found = [code.partition(".")[2] for code in catalog() if code.startswith("finding.")]
    return [
        *(finding(code, 0, "/title", language, **VALUES).sentence for code in found),
        *(wording.instead_note(language, "one", why, "two") for why in ("KEY_REFUSED", "never heard of")),
        *wording.left_out_notes(language, ("proposals", "notes", "confirmed")),
        wording.parts_note(language, ("/characters/1",)),
        wording.parts_note(language, ("/chapters/8", "/chapters/9")),
        wording.parts_note(language, ("/locations", "/history")),
        wording.unchanged_note(language, ("Ines", "Tom")),
        wording.failed_model_note("one"),
        wording.failed_next_note(),
    ]


def said(note: dict[str, Any], language: str) -> str:
    """As the page says it (ui/src/shared/i18n/notes.ts)."""

    def shown(value: Any) -> str:
        if isinstance(value, list):
            return {"en": ", ", "zh": "、"}[language].join(map(shown, value))
        return said(value, language) if isinstance(value, dict) else str(value)

    return catalog()[note["code"]][language].format(**{name: shown(value) for name, value in note["values"].items()})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_notes_code_says_what_its_sentence_says(language: str) -> None:
    notes = [note for note in every_note(language) if not note.startswith(("“one”:", "The next"))]
    for note, code in zip(notes, note_codes(notes), strict=True):
        assert said(code.model_dump(), language) == note


def test_the_page_has_the_same_sentences() -> None:
    assert CATALOG.read_text(encoding="utf-8") == text(), "run python -m scripts.notes"
    assert all(set(sentences) == {"en", "zh"} for sentences in catalog().values())


def test_a_sentence_without_a_code_keeps_its_place() -> None:
    assert note_codes(["As it is.", Note("Said.", "why.EMPTY")]) == (NoteCode(code=""), NoteCode(code="why.EMPTY"))
    (clean,) = note_codes([Note("x", "finding.BANNED", what="a\x00b")])
    assert "\x00" not in str(clean.values["what"])


def test_codes_come_with_the_notes_to_whoever_reads_the_session() -> None:
    story = Story()
    story.when(StartGenesis(mode=GenesisMode.FREE_FORM, seed="a bell"))
    story.when(GenerateInspiration(stage=CONCEPT, count=1))
    assert story.state.pending is not None
    round_, own = wording.instead_note("en", "one", "EMPTY", "two"), finding("BANNED", 0, "/hook", "en", what="abyss")
    body = RecordProposals(
        correlation_id=story.state.pending.correlation_id,
        contents=(CONTENT[CONCEPT],),
        writer="model",
        model="m-1",
        prompt_version="7",
        notes=(round_,),
        note_codes=note_codes((round_,)),
        item_notes=((own.sentence,),),
        item_note_codes=(note_codes((own.sentence,)),),
    )
    story.when(body, by=None)
    view = _stage(CONCEPT, "Concept", "概念", story.state.stages[CONCEPT])
    assert view.last_round is not None
    assert [one.code for one in view.last_round.note_codes] == ["instead"]
    assert [one.code for one in view.proposals[0].note_codes] == ["finding.BANNED"]
    assert len(view.proposals[0].note_codes) == len(view.proposals[0].notes)
