"""Builds what a writer is given, from the folded session: for the work itself, and for its price before it begins."""

import json
from hashlib import sha256

from application.writers import WriterRequest
from domain.genesis.events import GenerationRequested
from domain.genesis.session import Session
from domain.genesis.stages import STAGE_ORDER


def writer_request(session: Session, work: GenerationRequested) -> WriterRequest:
    """Everything a writer may know, from the folded stream: a repeated run asks the same."""
    record = session.stages[work.stage]
    return WriterRequest(
        work=work,
        premise=session.premise,
        confirmed={
            stage: confirmed
            for stage in STAGE_ORDER
            if (stage != work.stage or work.kind == "agreement")
            and (confirmed := session.stages[stage].confirmed) is not None
        },
        record=record,
        target=record.proposal(work.proposal_id) if work.proposal_id else None,
        feedback=tuple((stage, said) for stage in STAGE_ORDER for said in session.stages[stage].feedback),
        session_id=session.session_id,
        user_id=session.user_id,
        stale=tuple(stage for stage in STAGE_ORDER if session.stages[stage].stale),
    )


def material_hash(request: WriterRequest) -> str:
    """A hash of what a writer is given, but for the ids of the work: the same again, and parts that came still fit."""
    work, record = request.work, request.record
    given = {
        "stage": work.stage,
        "asked": [work.kind, work.count, work.instructions, work.fewer_details, str(work.rest_of), str(work.writer)],
        "premise": request.premise.model_dump(mode="json"),
        "confirmed": {stage.value: content for stage, content in request.confirmed.items()},
        "locked": [list(record.locked_paths), record.lock_base],
        "proposals": [str(one.id) for one in record.proposals],
        "feedback": [[stage.value, str(said.id)] for stage, said in request.feedback],
    }
    return sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
