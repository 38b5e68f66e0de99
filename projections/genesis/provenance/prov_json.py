"""Writes provenance as W3C PROV-JSON, for tools that read it. Source: https://www.w3.org/submissions/prov-json/ (2013).

Events are activities, versions and feedback entities, people and writers agents. Texts are left out: identifiers lead
to them, and are the same in every document, so that several can be joined.
"""

from collections import defaultdict
from typing import Any
from urllib.parse import quote
from uuid import UUID

from projections.genesis.provenance.views import ProvenanceStep, SessionProvenance

_PREFIXES = {"genesis": "urn:genesis-studio:", "prov": "http://www.w3.org/ns/prov#"}


class _Document:
    def __init__(self) -> None:
        self.parts: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)

    def add(self, part: str, name: str, **facts: Any) -> str:
        self.parts[part].setdefault(name, {}).update({key.replace("__", ":"): fact for key, fact in facts.items()})
        return name

    def relate(self, part: str, **facts: Any) -> None:
        self.add(part, f"_:{part}{len(self.parts[part]) + 1}", **facts)


def prov_json(found: SessionProvenance) -> dict[str, Any]:
    """A PROV-JSON document of the steps that `found` names."""
    document = _Document()
    person = document.add("agent", f"genesis:person/{found.owner_id}", prov__type=_type("prov:Person"))
    for step in found.steps:
        activity = document.add(
            "activity",
            f"genesis:event/{step.session_id}/{step.version}",
            prov__type=_type(f"genesis:{step.kind}"),
            prov__endTime=step.at.isoformat(),
        )
        agent = _agent(document, step) or person
        document.relate("wasAssociatedWith", prov__activity=activity, prov__agent=agent)
        if step.kind == "corrected" and agent != person:
            document.relate("wasAssociatedWith", prov__activity=activity, prov__agent=person)  # who accepted it
        for entity in _made(document, step):
            document.relate("wasGeneratedBy", prov__entity=entity, prov__activity=activity)
            document.relate("wasAttributedTo", prov__entity=entity, prov__agent=agent)
            if step.revision_of is not None:
                base = _proposal(document, step.revision_of)
                document.relate("used", prov__activity=activity, prov__entity=base)
                document.relate(
                    "wasDerivedFrom",
                    prov__generatedEntity=entity,
                    prov__usedEntity=base,
                    prov__activity=activity,
                    prov__type=_type("prov:Revision"),
                )
        if step.answers is not None:
            feedback = f"genesis:feedback/{step.answers}"
            document.add("entity", feedback, prov__type=_type("genesis:Feedback"))
            document.relate("used", prov__activity=activity, prov__entity=feedback)
    for stage in found.stages:
        entity = document.add(
            "entity",
            f"genesis:confirmed/{found.session_id}/{stage.stage.value}",
            prov__type=_type("genesis:ConfirmedContent"),
            genesis__charactersOfAI=stage.shares.ai + stage.shares.edited.ai,
            genesis__charactersOfMuse=stage.shares.muse + stage.shares.edited.muse,
            genesis__charactersOfPerson=stage.shares.person + stage.shares.edited.person,
        )
        document.relate("wasAttributedTo", prov__entity=entity, prov__agent=person)
        if stage.proposal_id is not None:
            base = _proposal(document, stage.proposal_id)
            document.relate("wasDerivedFrom", prov__generatedEntity=entity, prov__usedEntity=base)
    return {"prefix": _PREFIXES, **document.parts}


def _type(name: str) -> dict[str, str]:
    return {"$": name, "type": "xsd:QName"}


def _proposal(document: _Document, proposal_id: UUID) -> str:
    return document.add("entity", f"genesis:proposal/{proposal_id}", prov__type=_type("genesis:Proposal"))


def _agent(document: _Document, step: ProvenanceStep) -> str | None:
    """Who wrote it, where it was no person."""
    if (made := step.generation) is None:
        return None
    return document.add(
        "agent",
        f"genesis:writer/{quote(made.writer)}/{quote(made.model)}",  # a model may be called anything
        prov__type=_type("prov:SoftwareAgent"),
        genesis__model=made.model,
    )


def _made(document: _Document, step: ProvenanceStep) -> list[str]:
    if step.kind == "feedback" and step.feedback_id is not None:
        name = f"genesis:feedback/{step.feedback_id}"
        return [document.add("entity", name, prov__type=_type("genesis:Feedback"))]
    return [_proposal(document, proposal) for proposal in step.made]
