"""Findings that are accepted, each with a reason: tests/language/accepted.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.language.examining import Finding

_FILE = Path(__file__).with_name("accepted.toml")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding of `rule` in a sentence where `text` stands, on what is found or around it; "": anywhere."""

    rule: str
    text: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        if finding.rule != self.rule:
            return False
        return self.text in finding.sentence and (finding.part in self.text or self.text in finding.part)


def accepted() -> tuple[Accepted, ...]:
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    whole = (Accepted(entry["rule"], "", entry["reason"]) for entry in data["not_used"])
    return (*whole, *(Accepted(**entry) for entry in data["accepted"]))


def sorted_out(findings: list[Finding], entries: tuple[Accepted, ...]) -> tuple[list[Finding], list[Accepted]]:
    """(findings that no entry covers, entries that cover none)"""
    left = [finding for finding in findings if not any(entry.covers(finding) for entry in entries)]
    idle = [entry for entry in entries if not any(entry.covers(finding) for finding in findings)]
    return left, idle
