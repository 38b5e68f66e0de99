"""LanguageTool, as one Java process over all texts: its jars from Maven Central, its rules as they are.

Everything that is accepted of what it finds stands in accepted.toml.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.maven import jars, java

_FOLDER = Path(__file__).with_name("languagetool")
# the Chinese rules' own categories: words, idioms, content words, function words, sentences
CATEGORIES = (
    "GRAMMAR", "PUNCTUATION", "CASING", "CONFUSED_WORDS", "TYPOGRAPHY", "AMERICAN_ENGLISH",
    "CAT1", "CAT2", "CAT3", "CAT4", "CAT5",
)  # fmt: skip
# typography that is a matter of taste, and takes a tenth of the time
_NOT_USED = ("EN_DASH_RULE", "EN_QUOTES", "UNIT_SPACE", "MULTIPLICATION_SIGN")
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}
# C1 alone: the process ends before C2 would have paid for itself
_OPTIONS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx1g", "-Dfile.encoding=UTF-8")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One thing that LanguageTool finds in a sentence, and where."""

    rule: str
    category: str
    message: str
    start: int
    end: int


def judged(texts: Sequence[tuple[str, str]]) -> list[list[Judgement]]:
    """For every (language, text), what is wrong in it. Raises maven.Missing where Java or the jars cannot be had."""
    folder = jars(_FOLDER / "pom.xml", "languagetool", "languagetool.version")
    command = [java(), *_OPTIONS, "-cp", f"{folder}/*", str(_FOLDER / "Judge.java"), *CATEGORIES]
    command += [f"-{rule}" for rule in _NOT_USED]
    lines = (json.dumps({"language": LANGUAGES[language], "text": text}) for language, text in texts)
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise RuntimeError(f"LanguageTool ended with {done.returncode}: {done.stderr[-2000:]}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(texts), done.stderr[-2000:]
    findings: list[list[Judgement]] = [[] for _ in texts]
    for answer in answers:
        text = texts[answer["line"]][1]
        for found in answer["findings"]:
            start, end = (_index(text, found[key]) for key in ("from", "to"))
            judgement = Judgement(found["rule"], found["category"], found["message"], start, end)
            findings[answer["line"]].append(judgement)
    return findings


def _index(text: str, units: int) -> int:
    """Java counts UTF-16 units, Python characters."""
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore"))
