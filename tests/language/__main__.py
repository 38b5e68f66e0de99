"""`python -m tests.language`: what is wrong with the muse's language, counted, and every finding with its sentence."""

import argparse
import sys
import time
from collections import Counter

from tests.language.accepted import accepted, sorted_out
from tests.language.corpus import sparks
from tests.language.examining import Examined, Finding, by_languagetool, examine, new_to_the_judge
from tests.support.maven import Missing


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.language", description=__doc__)
    parser.add_argument("--sparks", type=int, help="so many of each language, spread over all forms (default: all)")
    parser.add_argument("--everywhere", action="store_true", help="two rounds of feedback in each stage, not in one")
    parser.add_argument("--language", choices=("en", "zh"), help="only this one")
    parser.add_argument("--rule", help="only findings of this rule")
    parser.add_argument("--each", type=int, default=5, help="how many findings of a rule are shown (default 5)")
    parser.add_argument("--no-java", action="store_true", help="our own rules only")
    given = parser.parse_args()
    began = time.monotonic()
    languages = [given.language] if given.language else ["en", "zh"]
    chosen = [spark for language in languages for spark in sparks(language, given.sparks)]
    examined = examine(chosen, everywhere=given.everywhere)
    middle = time.monotonic()
    print(f"{examined.proposals} proposals with {examined.texts} texts, {middle - began:.0f} s")
    findings = examined.findings + ([] if given.no_java else _languagetool(examined))
    left, idle = sorted_out(findings, accepted())
    shown = [finding for finding in left if given.rule in (None, finding.rule)]
    show(shown, given.each)
    print(f"\n{len(findings) - len(left)} more are accepted; {time.monotonic() - began:.0f} s in all")
    if given.sparks is None and not (given.language or given.no_java or given.everywhere):
        for entry in idle:
            print(f"accepted, but does not occur: {entry.rule} “{entry.text}”")
    return 1 if left else 0


def _languagetool(examined: Examined) -> list[Finding]:
    chosen = new_to_the_judge(examined.sentences.values())
    began = time.monotonic()
    try:
        findings = by_languagetool(chosen)
    except Missing as missing:
        print(f"LanguageTool cannot be had here: {missing}")
        return []
    print(
        f"LanguageTool: {len(chosen)} of {len(examined.sentences)} sentences are new to it, "
        f"{time.monotonic() - began:.0f} s"
    )
    return findings


def show(findings: list[Finding], each: int) -> None:
    """Counts by category, then by rule, the commonest first, and with every rule some of its findings."""
    for (language, source, category), count in Counter(
        (finding.language, finding.source, finding.category) for finding in findings
    ).most_common():
        print(f"{count:6}  {language} {source} {category}")
    by_rule: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault((finding.language, finding.source, finding.rule), []).append(finding)
    for (language, source, rule), group in sorted(by_rule.items(), key=lambda pair: -len(pair[1])):
        print(f"\n{len(group):6}  {language} {source} {rule}: {group[0].message}")
        distinct = {(one.sentence, one.start): one for one in reversed(group)}
        for finding in list(reversed(distinct.values()))[:each]:
            before, after = finding.sentence[: finding.start], finding.sentence[finding.start + len(finding.part) :]
            print(f"        {before}⟦{finding.part}⟧{after}\n            {finding.where}")


if __name__ == "__main__":
    sys.exit(main())
