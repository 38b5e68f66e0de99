"""The analytics projection: figures of sessions, stages, texts, generations and responses, which SQL adds up."""

from pathlib import Path

from projections.analytics.confirmed_texts import TEXT_EVENTS, AnalyticsTextRow, apply_texts, text_keys
from projections.analytics.generations import WORK, AnalyticsGenerationRow, apply_generation, generation_keys
from projections.analytics.responses import RESPONSES, AnalyticsResponseRow, apply_response, response_keys
from projections.analytics.sessions import SESSION_EVENTS, AnalyticsSessionRow, apply_session, session_keys
from projections.analytics.stages import AnalyticsStageRow, apply_stage, stage_keys
from projections.engine.projection import Projection, Table

_SESSION = ("session_id", "uuid")
_STAGE = ("stage", "public.genesis_stage")

# an event that is not among these says nothing that is counted; one of a newer build is passed over
_READ = frozenset(
    (
        *("GenesisStarted", "GenesisBranched", "StageEntered", "SessionExtended", "SessionPaused"),
        *("GenesisCompleted", "GenesisAbandoned", "StageConfirmed"),
        *("GenerationRequested", "ProposalsRecorded", "ContradictionsFound"),
        *("GenerationFailed", "GenerationCancelled"),
        *("FeedbackGiven", "ConceptsShortlisted", "ContentEdited", "LocksChanged"),
        *("ContentCorrected", "ContradictionsDismissed"),
    )
)

ANALYTICS = Projection(
    name="analytics",
    version=2,
    reads={"genesis_session": _READ},
    sql=Path(__file__).with_name("analytics.sql"),
    tables=(
        Table(
            "analytics_sessions",
            AnalyticsSessionRow,
            (_SESSION,),
            "session_id",
            apply_session,
            session_keys,
            SESSION_EVENTS,
        ),
        Table("analytics_stages", AnalyticsStageRow, (_SESSION, _STAGE), "session_id", apply_stage, stage_keys),
        Table(
            "analytics_texts", AnalyticsTextRow, (_SESSION, _STAGE), "session_id", apply_texts, text_keys, TEXT_EVENTS
        ),
        Table(
            "analytics_generations",
            AnalyticsGenerationRow,
            (_SESSION, ("correlation_id", "uuid")),
            "session_id",
            apply_generation,
            generation_keys,
            WORK,
        ),
        Table(
            "analytics_responses",
            AnalyticsResponseRow,
            (_SESSION, ("version", "integer")),
            "session_id",
            apply_response,
            response_keys,
            RESPONSES,
        ),
    ),
)
