"""All sparks through the muse, all texts through our rules and LanguageTool: what is wrong, and where it stands."""

import os
import re
import traceback
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context

from genesis_types.enums import GenesisStage

from tests.language import rules
from tests.language.corpus import Spark, journey
from tests.language.judge import judged
from tests.language.quoting import Own, sentences
from tests.language.wordlists import any_of, words

# LanguageTool's rules look at a few neighbouring words: a sentence with no new run of so many has been judged before
_RUN = {"en": 4, "zh": 8}
_TITLES = re.compile(r"/title$|/working_title$|/alternative_titles/\d+$")
_NAMES = re.compile(r"^/characters/\d+/name$|^/characters/\d+/aliases/\d+$")
_PLACES = re.compile(r"^/setting/place$|^/(?:locations|factions)/\d+/name$")
_SAID = "/adjustments_made"


@dataclass(frozen=True, slots=True)
class Finding:
    """`source`: LanguageTool or ours; `sentence`: the writer's quoted words are masked; `part`: what of it is wrong."""

    source: str
    language: str
    category: str
    rule: str
    message: str
    sentence: str
    part: str
    start: int
    """Where the part stands in the sentence."""
    where: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence to be judged. `key`: the same without the names that are drawn for each story."""

    language: str
    text: str
    key: str
    where: str
    phrase: bool
    """It is all of a field and has no full stop: it needs no capital."""
    names: tuple[str, ...] = ()
    """Chinese names in it, whole and given: to LanguageTool they are common words."""


@dataclass
class Examined:
    """What came of some sparks. `texts`: how many texts the muse wrote."""

    findings: list[Finding] = field(default_factory=list)
    sentences: dict[str, Sentence] = field(default_factory=dict)
    proposals: int = 0
    texts: int = 0

    def add(self, other: "Examined") -> None:
        self.findings += other.findings
        for key, sentence in other.sentences.items():
            self.sentences.setdefault(key, sentence)
        self.proposals += other.proposals
        self.texts += other.texts


def examine(sparks: Sequence[Spark], *, everywhere: bool = False) -> Examined:
    """Every spark's whole way, by our own rules: in two processes, for the muse takes its time. See `journey`."""
    whole = Examined()
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        for one in pool.map(partial(examine_one, everywhere=everywhere), sparks, chunksize=5):
            whole.add(one)
    return whole


def examine_one(spark: Spark, *, everywhere: bool = False) -> Examined:
    """A muse that breaks down is a finding as well, so that one spark does not hide what comes of the others."""
    try:
        pieces = list(journey(spark, everywhere=everywhere))
    except Exception as broken:
        told = "".join(traceback.format_exception(broken)[-2:])
        return Examined([Finding("ours", spark.language, "broken", "broken", told, spark.text, "", 0, str(spark))])
    texts = [(piece, path, text) for piece in pieces for path, text in piece.texts()]
    people = {text for _, path, text in texts if _NAMES.search(path)}
    places = {text for _, path, text in texts if _PLACES.search(path)}
    names = frozenset(people | {part for name in people for part in name.split() if part[:1].isupper()})
    without = _without(people | places, spark.language)
    result = Examined(proposals=len(pieces), texts=len(texts))
    seen: set[tuple[str, bool]] = set()
    twice: set[tuple[GenesisStage, str]] = set()
    for piece in pieces:
        where = f"{spark.form} {spark.number} “{spark.text[:60]}”, {piece.stage}, round {piece.round}"
        own = Own(spark.text, piece.said)
        for sentence in rules.repeated(text for path, text in piece.texts() if not path.startswith(_SAID)):
            if (piece.stage, sentence) not in twice:
                twice.add((piece.stage, sentence))
                result.findings.append(
                    Finding(
                        "ours", spark.language, "repetition", "repeated", "stands twice", sentence, sentence, 0, where
                    )
                )
        for path, whole in piece.texts():
            title = _TITLES.search(path) is not None and not own.names(whole)
            if (whole, title) in seen:
                continue
            seen.add((whole, title))
            text = rules.Text(whole, spark.language, own, names, title)
            result.findings += _by_our_rules(text, f"{where}, {path}")
            for to_judge in _sentences(text, f"{where}, {path}", without):
                result.sentences.setdefault(to_judge.text, to_judge)
    return result


def _by_our_rules(text: rules.Text, where: str) -> Iterable[Finding]:
    for rule in rules.OF[text.language]:
        shown = text.whole if rule is rules.spark_cut else text.shown
        for start, end in rule(text):
            said = (rule.__doc__ or "").strip().split("\n")[0]
            yield Finding(
                "ours", text.language, rules.CATEGORY[rule], rule.__name__, said, shown, shown[start:end], start, where
            )


def _sentences(text: rules.Text, where: str, without: re.Pattern[str]) -> Iterable[Sentence]:
    found = sentences(text.shown)
    for sentence in found:
        if not text.own.is_own(sentence):
            phrase = len(found) == 1 and sentence[-1] not in ".!?。！？"
            names = tuple(sorted(set(without.findall(sentence)))) if text.language == "zh" else ()
            yield Sentence(text.language, sentence, without.sub("N", sentence), where, phrase, names)


def _without(names: set[str], language: str) -> re.Pattern[str]:
    parts = set(names)
    if language == "en":
        small = words("en", "small")
        parts |= {part for name in names for part in name.split() if part[:1].isupper() and part.lower() not in small}
        return re.compile(rf"\b(?:{any_of(frozenset(parts))})\b")
    parts |= {name[1:] for name in names if len(name) == 3}
    return re.compile(any_of(frozenset(parts)))


def new_to_the_judge(sentences: Iterable[Sentence]) -> list[Sentence]:
    """Those that have a run of words no sentence before them had, whatever the names in it."""
    chosen: list[Sentence] = []
    seen: set[tuple[str, ...]] = set()
    for sentence in sentences:
        tokens = re.findall(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+|[^\w\s]", sentence.key)
        tokens = [sentence.language, *tokens, ""]
        run = _RUN[sentence.language]
        runs = {tuple(tokens[at : at + run]) for at in range(max(1, len(tokens) - run + 1))}
        if not runs <= seen:
            seen |= runs
            chosen.append(sentence)
    return chosen


def by_languagetool(sentences: Sequence[Sentence]) -> list[Finding]:
    """Raises maven.Missing where LanguageTool cannot be had."""
    findings = []
    answers = judged([(sentence.language, sentence.text) for sentence in sentences])
    for sentence, judgements in zip(sentences, answers, strict=True):
        for judgement in judgements:
            part = sentence.text[judgement.start : judgement.end]
            if part.strip().casefold() in ("hello", "你好"):
                continue  # what stands for the writer's own words
            if sentence.phrase and judgement.rule == "UPPERCASE_SENTENCE_START":
                continue
            named = (name for text in sentence.names for name in re.finditer(re.escape(text), sentence.text))
            if any(judgement.start < name.end() and name.start() < judgement.end for name in named):
                continue
            findings.append(
                Finding(
                    "LanguageTool", sentence.language, judgement.category, judgement.rule, judgement.message,
                    sentence.text, part, judgement.start, sentence.where,
                )
            )  # fmt: skip
    return findings
