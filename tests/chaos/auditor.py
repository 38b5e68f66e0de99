"""The auditor: `python -m tests.chaos.auditor --database-url …`. It trusts SQL, the broker and Prefect only.

It imports nothing of the product. One check lets the product speak: `genesis projections verify` builds the shadow that
the read tables are compared with; beside it plain SQL holds the timeline against the log.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.chaos import audit_bus, audit_credits, audit_log, audit_reading, audit_waits
from tests.chaos.evidence import Evidence, Finding, read_journal

CHECKS = (*audit_log.CHECKS, *audit_bus.CHECKS, *audit_reading.CHECKS, *audit_waits.CHECKS, *audit_credits.CHECKS)


def audit(facts: Evidence, without: Sequence[str] = ()) -> list[Finding]:
    """Every invariant, but those whose function is named in `without`."""
    return [check(facts) for check in CHECKS if check.__name__ not in without]


def report(findings: Sequence[Finding]) -> str:
    lines = [line for finding in findings for line in finding.lines()]
    checked = sum(finding.checked for finding in findings)
    broken = sum(len(finding.violations) for finding in findings)
    return "\n".join([*lines, f"  {len(findings)} invariants, {checked} facts checked, {broken} violations"])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--journal", type=Path, help="what clients were answered and shown, as JSON lines")
    parser.add_argument("--kafka", help="bootstrap address; without it the outbox is the bus")
    parser.add_argument("--topic", default="genesis.events")
    parser.add_argument("--prefect", help="Prefect's API, http://…/api")
    parser.add_argument("--logs", type=Path, action="append", default=[], help="a folder of logs, or one file")
    parser.add_argument("--planted", action="append", default=[], help="a word that no log may show")
    names = [check.__name__ for check in CHECKS]
    parser.add_argument("--without", action="append", default=[], choices=names, help="an invariant to leave out")
    given = parser.parse_args(arguments)
    files = [path for place in given.logs for path in (sorted(place.iterdir()) if place.is_dir() else [place])]
    facts = Evidence(
        given.database_url,
        read_journal(given.journal) if given.journal else [],
        given.kafka,
        given.topic,
        given.prefect,
        [path for path in files if path.is_file()],
        tuple(given.planted),
    )
    findings = audit(facts, given.without)
    print(report(findings))
    return 1 if any(finding.violations for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
