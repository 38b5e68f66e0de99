"""Our own rules for texts, in both languages: each finds what LanguageTool passes. A rule that is not sure is silent.

A rule takes a `Text` and yields (start, end) of what is wrong in `Text.shown`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from tests.language.quoting import Own, sentences
from tests.language.wordlists import alternatives, any_of, words

Spans = Iterator[tuple[int, int]]


@dataclass(frozen=True)
class Text:
    """`shown`: the text with the writer's own quoted words masked; `whole`: as the muse gave it.

    `language`: en or zh; `names`: of the people of this story, whole and in parts; `title`: it names the book or a
    chapter, and `given`: the writer has said this title.
    """

    whole: str
    language: str = "en"
    own: Own = Own("")  # noqa: RUF009, frozen itself
    names: frozenset[str] = frozenset()
    title: bool = False

    @cached_property
    def shown(self) -> str:
        return self.own.masked(self.whole)


def _third(verb: str) -> str:
    if verb == "have":
        return "has"
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if re.search("[^aeiou]y$", verb) else f"{verb}s"


@cache
def _finite() -> str:
    """Third persons, and auxiliaries that stand before no other verb in them."""
    return "|".join(_third(verb) for verb in sorted(words("en", "verbs")))


def _found(pattern: str, text: str, flags: int = re.IGNORECASE) -> Spans:
    for match in re.finditer(pattern, text, flags):
        yield match.span()


# --- English ----------------------------------------------------------------------------------------------------------

_PREPOSITIONS = "of|about|with|for|against|without|from|between|by|into|despite|towards"
_AFTER = r"(?=\s*(?:$|[.,;:!?”’)…]|(?:and|or|but|is|are|was|were|has|had|must|can|will|who|which|that)\b))"


def doubled_word(text: Text) -> Spans:
    """ "the the"."""
    for start, end in _found(r"\b([a-z]+(?:['’][a-z]+)?) \1\b", text.shown):
        if text.shown[start:end].lower() not in ("had had", "that that", "very very"):
            yield start, end


def doubled_verb(text: Text) -> Spans:
    """Two finite verbs side by side, "keeps sees"; not "what she wants costs her", nor "the man he kills has a son"."""
    shown = text.shown
    for match in re.finditer(rf"\b({_finite()}) (?:{_finite()}|is|was)\b", shown):
        clause = re.split(r"[.,;:!?“”—]", shown[: match.start()])[-1].split()
        last = clause[-1] if clause else ""
        before = {word.lower() for word in clause[-6:]}
        relative = before & words("en", "relatives") or last in ("who", "which")
        inner = last in words("en", "subjects") or (last[:1].isupper() and len(clause) > 1)
        if clause and not relative and not inner and last.lower() not in words("en", "no_verb_after"):
            yield match.span()


def is_which(text: Text) -> Spans:
    """ "is which is": a relative clause where a predicate belongs."""
    yield from _found(r"\b(?:is|are|was|were) (?:which|who) (?:is|are|was|were|has|have|had|must)\b", text.shown)


def bare_adjective(text: Text) -> Spans:
    """ "spoke of dead", "The Book of Dead"; not "of dead men", nor "between sick and well"."""
    yield from _found(rf"\b(?:{_PREPOSITIONS}) (?:{alternatives('en', 'adjectives')}){_AFTER}", text.shown)


def article_before_name(text: Text) -> Spans:
    """ "the Ingrid is", "a Ingrid Harrow,"; not "the Harrow house"."""
    names = any_of(text.names)
    if text.language == "en":
        for start, end in _found(rf"\b(?:[Aa]n?|[Tt]he) (?:{names}){_AFTER}", text.shown, 0):
            if text.shown[start:end].casefold() not in {name.casefold() for name in text.names}:
                yield start, end


def article_alone(text: Text) -> Spans:
    """ "the what she meant", "a of": an article before what is no noun."""
    yield from _found(
        r"\b(?:an?|the) (?:an?|the|of|is|are|was|were|and|or|she|he|they|who|whom|must|can|to|what|when|if)\b(?![-’'])",
        text.shown,
    )


_AN = r"an (?!(?:hour|honest|heir|honou?r|X-|[FHLMNRSX]\b|\d|[AFHILMNORSX][A-Z]))[bcdfgjklmnpqrstvwxyz]\w*"
_A = r"a (?!(?:one|once|uni(?!n|m)|use|usu|usa|uti|eu|ewe|ouija|u-|ur[aeio]|U[A-Z]))[aeiou]\w+"


def a_or_an(text: Text) -> Spans:
    """ "a hour", "an key"."""
    yield from _found(rf"(?<![\w’'“‘.-])(?:{_AN}|{_A})", text.shown.replace("A ", "a ").replace("An ", "an "), 0)
    yield from _found(r"(?<![\w’'“‘.-])a (?:hour|honest|heir|honou?r)\w*\b", text.shown)


def doubled_preposition(text: Text) -> Spans:
    """ "in in the night", "the town of in Iceland"."""
    yield from _found(r"\b(in|of|at|with|about|for|by|to) \1\b", text.shown)
    yield from _found(r"\b(?<!instead )(?<!out )of (?:in|at|on) (?=[A-Z])", text.shown, 0)


def subject_after_preposition(text: Text) -> Spans:
    """ "The Weight of She": a clause where a noun belongs."""
    yield from _found(r"\b(?:of|with|about|without|into|between) (?:I|[Hh]e|[Ss]he|[Ww]e|[Tt]hey)\b", text.shown, 0)


def american(text: Text) -> Spans:
    """One variety of English, the British one."""
    yield from _found(rf"\b(?:{alternatives('en', 'american')})\b", text.shown)


def title(text: Text) -> Spans:
    """A title of at most eight words that is whole: nothing hangs, no clause, no adjective that stands for a noun."""
    if not text.title:
        return
    shown, told = text.shown, re.findall(r"[\w’'-]+", text.shown)
    parts = [part.split() for part in re.split(r"[:：—]", shown)]
    if text.language == "zh":
        length = len(re.sub(r"\W", "", shown))
        wrong = not 2 <= length <= 7 or re.search(r"^的|[的着和与在]$|[，。！；：]", shown) is not None
    else:
        wrong = (
            len(told) > 8
            or not told
            or any(not part or part[-1].lower() in words("en", "title_no_end") for part in parts)
            or re.search(r"[.;,!]$|[“”\"{}]", shown) is not None
            or not (told[0][:1].isupper() or told[0][:1].isdigit())
            or re.search(rf"(?i)\b(?:{_finite()}) (?:{alternatives('en', 'adjectives')})\??$", shown) is not None
            or re.search(rf"\b(?:Kept|Knew|Stole|Took|Found) (?i:{alternatives('en', 'adjectives')})\??$", shown)
            is not None
        )
    if wrong:
        yield 0, len(shown)


# --- both -------------------------------------------------------------------------------------------------------------


def spark_cut(text: Text) -> Spans:
    """The spark's words cut, or grafted into a sentence of ours (see Own.cuts; positions are those of `whole`)."""
    yield from text.own.cuts(text.whole)


def unbalanced(text: Text) -> Spans:
    """A quotation mark or bracket without its other half, or with nothing in it."""
    shown = text.shown
    for opening, closing in ("“”", "「」", "『』", "《》", "«»", "()", "（）"):
        depth = 0
        if opening not in shown and closing not in shown:
            continue
        for at, character in enumerate(shown):
            depth += (character == opening) - (character == closing)
            if depth < 0:
                yield at, at + 1
                depth = 0
        if depth:
            yield shown.rindex(opening), len(shown)
    if shown.count('"') % 2:
        yield shown.index('"'), shown.index('"') + 1
    yield from _found(r"“”|「」|《》|‘’|\"\"", shown)


_TEMPLATE = (
    r"[{}<>|\[\]\\]|(?<=[\w,] )None\b|\bundefined\b|%s|  |[ \t][,.;:!?](?!\w)"
    r"|,,|(?<!\.)\.\.(?!\.)|[?!],|,\.|’s’s"
)


def template_mark(text: Text) -> Spans:
    """A slot, a doubled space, doubled punctuation: what a template leaves behind."""
    yield from _found(
        r"[{}<>|\[\]\\]|(?<=[\w,] )None\b|\bundefined\b|%s|  |[ \t][,.;:!?](?!\w)|,,|(?<!\.)\.\.(?!\.)|[?!],|,\.|’s’s",
        text.shown,
        0,
    )


# --- Chinese ----------------------------------------------------------------------------------------------------------


def measure_word(text: Text) -> Spans:
    """一女人: a numeral straight before a noun that wants a measure word."""
    yield from _found(rf"(?<![第唯之万统专不])[一两三四五六七八九十几](?:{alternatives('zh', 'nouns')})", text.shown)


def doubled_character(text: Text) -> Spans:
    """的的, 已经已经, doubled punctuation."""
    yield from _found(
        r"的的|(?<!不)了了(?!之)|得得|是是(?!非)|把把|被被|和和(?!气)|与与|，，|。。|、、|，。|。，|、，|：：",
        text.shown,
    )
    for start, end in _found(r"([\u3400-\u9fff]{2,6})\1", text.shown):
        half = text.shown[start : start + (end - start) // 2]
        if len(set(half)) > 1 and not re.search("一|.着$|很久|好久|研究|商量|收拾|打听|多少|挨", half):
            yield start, end


def particle(text: Text) -> Spans:
    """地 and 得 where 的 is written, and the other way round, where a list is sure."""
    adverbs, verbs, degrees = alternatives("zh", "adverbs"), alternatives("zh", "verbs"), alternatives("zh", "degrees")
    yield from _found(rf"(?:{adverbs})[的得](?:{verbs})", text.shown)
    yield from _found(
        rf"(?:说|跑|走|写|做|睡|变|来|长|过|笑|哭|活)[的地](?:{degrees})(?:快|慢|好|早|晚|多|少|远|久|大声|开心)",
        text.shown,
    )


def ascii_punctuation(text: Text) -> Spans:
    """Half-width punctuation in Chinese."""
    yield from _found(
        r"(?<=[\u3400-\u9fff”」》])\s?[,;:!?()\"'](?!\w)|[\u3400-\u9fff]\.(?!\d)|\.\.\."
        r"|[,;:!?()\"](?=[\u3400-\u9fff“「《])",
        text.shown,
    )


def space_between(text: Text) -> Spans:
    """A space between Chinese characters."""
    yield from _found(
        r"(?<=[\u3400-\u9fff，。！？；：、”」》])[ \t]+(?=[\u3400-\u9fff，。！？；：、“「《])", text.shown
    )


def english_word(text: Text) -> Spans:
    """Latin words in Chinese text that the writer has not brought."""
    own = " ".join((text.own.spark, *text.own.said)).casefold()
    for start, end in _found(r"[A-Za-z]{3,}", text.shown):
        word = text.shown[start:end].casefold()
        if word not in own and word != "hello":
            yield start, end


Rule = Callable[[Text], Spans]
_ENGLISH: dict[str, tuple[Rule, ...]] = {
    "grammar": (doubled_verb, is_which, bare_adjective, subject_after_preposition),
    "articles": (article_before_name, article_alone, a_or_an),
    "doubled words": (doubled_word, doubled_preposition),
    "American English": (american,),
}
_CHINESE: dict[str, tuple[Rule, ...]] = {
    "grammar": (measure_word, particle),
    "doubled words": (doubled_character,),
    "punctuation": (ascii_punctuation, space_between),
    "English in Chinese": (english_word,),
}
_BOTH: dict[str, tuple[Rule, ...]] = {
    "titles": (title,),
    "the spark's words": (spark_cut,),
    "marks": (unbalanced, template_mark),
}
CATEGORY: dict[Rule, str] = {
    rule: category for part in (_ENGLISH, _CHINESE, _BOTH) for category, group in part.items() for rule in group
}
OF: dict[str, tuple[Rule, ...]] = {
    language: tuple(rule for group in (*own.values(), *_BOTH.values()) for rule in group)
    for language, own in (("en", _ENGLISH), ("zh", _CHINESE))
}
NAMES = frozenset({rule.__name__ for rule in CATEGORY} | {"repeated", "broken"})


def repeated(texts: Iterable[str]) -> Iterator[str]:
    """Whole sentences that stand twice in one proposal; short ones, below four words or eight characters, may."""
    seen: set[str] = set()
    for text in texts:
        for sentence in sentences(text):
            long = len(sentence) >= 8 if re.search(r"[\u3400-\u9fff]", sentence) else len(sentence.split()) >= 4
            if long and sentence in seen and re.search("[.!?。！？…][”’」』]?$", sentence):
                yield sentence
            seen.add(sentence)
