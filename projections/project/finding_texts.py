"""Says in English what was found in contents, and what would mend it; the page has sentences of its own."""

from collections.abc import Mapping

from domain.project.analysis.finding import Finding, FindingKind

_SAID: Mapping[FindingKind, tuple[str, str]] = {
    FindingKind.PERSON_VANISHES: (
        "{who} is in nothing after chapter {n}; {after} planned chapters follow.",
        "Let {who} come back, or let this chapter be seen to be the last of them.",
    ),
    FindingKind.THREAD_NEVER_PAID: (
        "“{thread}” is planted here and paid in no chapter.",
        "Name it under “pays” in a later chapter, or do not plant it.",
    ),
    FindingKind.THREAD_NEVER_PLANTED: (
        "“{thread}” is paid here and planted in no chapter.",
        "Name it under “plants” in an earlier chapter.",
    ),
    FindingKind.THREAD_PAID_TOO_EARLY: (
        "“{thread}” is paid here, before chapter {n} plants it.",
        "Plant it in an earlier chapter, or pay it in a later one.",
    ),
    FindingKind.VIEW_ONLY_ONCE: (
        "Only this chapter is seen by {who}.",
        "Give it to somebody whose view the book has elsewhere, or give {who} another chapter.",
    ),
    FindingKind.NO_GOAL: (
        "Nobody wants anything in this chapter.",
        "Say in its plan who wants what, and from whom.",
    ),
    FindingKind.NO_TURN: (
        "Nothing turns in this chapter.",
        "Say in its plan what is different at its end, and what turns it.",
    ),
    FindingKind.TOO_LONG: (
        "It is to have {words} words; half of the chapters have {usual} or fewer.",
        "Plan about {usual} words, or split it.",
    ),
    FindingKind.TOO_SHORT: (
        "It is to have {words} words; half of the chapters have {usual} or more.",
        "Plan about {usual} words, or make it part of a neighbour.",
    ),
    FindingKind.BEAT_OUT_OF_PLACE: (
        "The beat “{beat}” belongs at {percent} percent of the book and is told at {is} percent.",
        "Move this chapter, or change where the plot wants the beat.",
    ),
    FindingKind.SAME_PURPOSE: (
        "It is for the same as chapter {n}, “{other}”.",
        "Give it a purpose of its own, or leave out one of them.",
    ),
    FindingKind.FLAT_TENSION: (
        "{count} chapters up to chapter {n} have the same tension, {tension}.",
        "Let one of them cost more than the one before, or let the reader breathe in one.",
    ),
}


def said(finding: Finding) -> str:
    return _SAID[finding.kind][0].format(**finding.facts)


def change(finding: Finding) -> str:
    return _SAID[finding.kind][1].format(**finding.facts)
