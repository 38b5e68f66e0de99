"""Brings stored events of older versions into the shape of the next: a payload in, a payload out, nothing else read."""

from typing import Any

from domain.aggregate import Upcaster, as_it_is

Payload = dict[str, Any]


def _cost_unknown(payload: Payload) -> Payload:
    """A failure says what it cost: of older ones nobody knows."""
    return {"usage": {}, "cost_usd": None, "price_source": None} | payload


def _first_lacks(payload: Payload) -> Payload:
    """What is missing is told of each proposal: it was told of the first."""
    missing, proposals = payload.get("missing"), payload.get("proposals")
    if not missing or not proposals:
        return payload
    return payload | {"incomplete": [{"proposal_id": proposals[0]["id"], "missing": missing}]}


def _as_adjustments_say(payload: Payload) -> Payload:
    """A change that a model proposed names it: older ones in their adjustments, as `model: why`; others have none."""
    said = payload["proposal"].get("adjustments") or ("",)
    return payload | {"proposed_by": said[0].partition(": ")[0]}


def _last_rounds_lack(payload: Payload) -> Payload:
    """The same of the records that a branch begins with."""
    return payload | {"stages": {stage: _lacking(record) for stage, record in payload["stages"].items()}}


def _lacking(record: Payload) -> Payload:
    last = record.get("last_round") or {}
    if not last.get("missing") or not last.get("proposal_id"):
        return record
    return record | {"incomplete": [{"proposal_id": last["proposal_id"], "missing": last["missing"]}]}


UPCASTERS: dict[tuple[str, int], Upcaster] = {
    # a stage's record says what was called otherwise before, and what was dismissed: of older ones nothing is known
    ("GenesisBranched", 1): as_it_is,
    ("GenesisBranched", 2): _last_rounds_lack,
    ("ContentCorrected", 1): _as_adjustments_say,
    ("GenerationFailed", 1): _cost_unknown,
    # notes have codes: older ones are sentences only
    ("ContentCorrected", 2): as_it_is,
    ("ContentEdited", 1): as_it_is,
    ("ContradictionsFound", 1): as_it_is,
    ("GenerationFailed", 2): as_it_is,
    ("GenesisBranched", 3): as_it_is,
    ("ProposalsRecorded", 2): as_it_is,
    ("GenerationRequested", 1): as_it_is,
    ("ProposalsRecorded", 1): _first_lacks,
}
