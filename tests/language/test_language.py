"""What the muse writes, for sparks of every form and after feedback of every kind, before judges that are not ours."""

import pytest

from tests.language import rules
from tests.language.accepted import Accepted, accepted, sorted_out
from tests.language.corpus import sparks
from tests.language.examining import Examined, Finding, by_languagetool, examine, new_to_the_judge
from tests.support.maven import Missing
from tests.support.require import unavailable


@pytest.fixture(scope="module")
def examined() -> Examined:
    return examine([*sparks("en"), *sparks("zh")])


def test_our_own_rules_find_nothing(examined: Examined) -> None:
    entries = tuple(entry for entry in accepted() if entry.rule in rules.NAMES)
    holds(examined.findings, entries)


def test_languagetool_finds_nothing(examined: Examined) -> None:
    entries = tuple(entry for entry in accepted() if entry.rule not in rules.NAMES)
    try:
        findings = by_languagetool(new_to_the_judge(examined.sentences.values()))
    except Missing as missing:
        unavailable("LanguageTool", str(missing))
    holds(findings, entries)


def holds(findings: list[Finding], entries: tuple[Accepted, ...]) -> None:
    left, idle = sorted_out(findings, entries)
    said = [f"{found.rule}: {found.sentence!r}, at {found.part!r}, in {found.where}" for found in left[:30]]
    if left:
        said.insert(0, f"{len(left)} findings (python -m tests.language shows them all), such as")
    said += [f"accepted, but does not occur any more: {entry.rule} {entry.text!r}" for entry in idle]
    if said:
        pytest.fail("\n".join(said), pytrace=False)
