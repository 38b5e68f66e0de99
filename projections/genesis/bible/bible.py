"""Builds the story bible: everything that a session has confirmed at one moment, as a document for readers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid5

from genesis_types.enums import GenesisStage, StageStatus

from projections.documents.tree import Block, Document, FrontMatter, Paragraph, Part, Text, run, said
from projections.genesis.bible.fields import Fields, Writer
from projections.genesis.bible.labels import Labels
from projections.genesis.bible.people_and_world import people, world
from projections.genesis.bible.story_and_plot import concept, plot, story
from projections.genesis.views import SessionState, StageView


class NothingConfirmed(Exception):
    """There is nothing to make a document of. The message is a sentence for the writer."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing is confirmed in this session yet. Confirm a stage first: its content makes the bible."
        )


def bible(state: SessionState, recorded_at: datetime) -> Document:
    """Of a state as it was shown at any moment; `recorded_at`: the time of its last event.

    Equal states give equal documents. Stages stand in the order of the work, those that are not confirmed are left out;
    notes to the writer about a revision (`adjustments_made`) are no part of it. Raises NothingConfirmed.
    """
    labels = Labels(state.language)
    write = Writer(labels)
    parts = tuple(
        _part(stage, state.confirmed_data, write) for stage in state.stages if state.confirmed_data.get(stage.stage)
    )
    if not parts:
        raise NothingConfirmed
    moment = recorded_at.astimezone(UTC)
    confirmed: Fields = state.confirmed_data.get(GenesisStage.CONCEPT_SELECTION, {})
    as_of = labels("as_of", date=labels.date(moment), version=state.version)
    facts: tuple[Text, ...] = (
        run(labels.comma.join(filter(None, (said(state.genre), said(state.audience))))),
        run(as_of, language=labels.language),
    )
    front = FrontMatter(
        title=said(state.title) or labels("bible"),
        subtitle=labels("bible"),
        facts=tuple(fact for fact in facts if fact),
        contents=write.label("contents"),
        description=said(confirmed.get("logline", "")),
        language=state.language or "en",
        identifier=uuid5(state.session_id, f"bible:{state.version}").urn,
        date=moment,
    )
    return Document(front, parts)


def _part(stage: StageView, confirmed: Mapping[GenesisStage, Fields], write: Writer) -> Part:
    content = confirmed[stage.stage]
    title = run(stage.label_zh if write.labels.chinese else stage.label, language=write.labels.language)
    match stage.stage:
        case GenesisStage.CONCEPT_SELECTION:
            made = concept(content, title, write)
        case GenesisStage.STORY_CONCEPTION:
            made = story(content, title, write)
        case GenesisStage.CHARACTERS:
            made = people(content, title, write)
        case GenesisStage.WORLDVIEW:
            made = world(content, title, write)
        case GenesisStage.PLOT_OUTLINE | GenesisStage.FINISHED:
            people_known, world_known = (
                confirmed.get(GenesisStage.CHARACTERS, {}),
                confirmed.get(GenesisStage.WORLDVIEW, {}),
            )
            made = plot(content, title, write, people_known, world_known)
    if stage.status is StageStatus.STALE:
        note: Block = Paragraph(run(write.labels("stale"), emphasis=True, language=write.labels.language))
        return Part(made.title, (note, *made.blocks), made.chapters, made.language)
    return made
