"""Working free text in: what no pattern understood is still in the story, in the writer's own words."""

import re

from genesis_types.enums import GenesisStage

from domain.genesis.proposals import Content, pointer_parts, resolve
from infrastructure.writers.muse import english, english_words, spark_zh
from infrastructure.writers.muse.bible import Bible, grammar
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.people import extra_character
from infrastructure.writers.muse.render import Pen
from infrastructure.writers.muse.tone import joined
from infrastructure.writers.muse.wishes import Wish, is_chinese

_LIMIT = 220
_SHOULD = re.compile(
    r"^(?P<who>she|he|they|it|(?:the |her |his |[A-Z])[\w’ -]{1,40}?)\s+(?:should|must|needs to|has to|ought to)\s+"
    r"(?P<no>not |never )?(?P<verb>[a-z]+)(?P<rest>.*)$",
    re.IGNORECASE,
)
# Where a note is most at home in each stage.
HOMES: dict[GenesisStage, str] = {
    GenesisStage.CONCEPT_SELECTION: "/hook",
    GenesisStage.STORY_CONCEPTION: "/one_paragraph/setup",
    GenesisStage.CHARACTERS: "/characters/0/background",
    GenesisStage.WORLDVIEW: "/power_structure",
    GenesisStage.PLOT_OUTLINE: "/beats/0/summary",
}


def sentence(bible: Bible, pen: Pen, wish: Wish) -> str:
    """A wish as a sentence of the story."""
    data = load(f"{bible.language}/weave")
    text = _short(wish.value.strip(" .。!！?？"))
    writer = pen.with_slots(note=text, note_cap=english.capital(text))
    if is_chinese(text) != (bible.language == "zh"):
        return writer.write(data["quoted"])
    if wish.kind == "add":
        return writer.write(data["add"])
    plain = _indicative_zh(text, bible.hero.first) if bible.language == "zh" else _indicative(text, bible)
    if plain:
        return writer.with_slots(note=plain, note_cap=english.capital(plain)).write(data["fact"])
    return writer.write(data["quoted"])


def _short(text: str) -> str:
    if len(text) <= _LIMIT:
        return text
    cut = text[:_LIMIT]
    return (cut if is_chinese(cut) else cut.rsplit(" ", 1)[0]).rstrip(" ,，;；") + "…"


def _indicative(text: str, bible: Bible) -> str:
    """ "She should hate the sea" -> "Mara hates the sea"; "" when it is not that kind of sentence."""
    found = _SHOULD.match(text)
    if not found:
        return ""
    who = found["who"]
    who = (
        bible.hero.first
        if who.lower() in ("she", "he", "they", "the protagonist", "the hero", "the heroine", "the main character")
        else who
    )
    verb, no = found["verb"], (found["no"] or "").strip()
    if no == "not":
        return f"{who} is not{found['rest']}" if verb == "be" else f"{who} does not {verb}{found['rest']}"
    never = "never " if no else ""
    return f"{who} {never}{english_words.third_person(verb)}{found['rest']}"


def _indicative_zh(text: str, hero: str) -> str:
    found = re.match(r"^(?P<who>.{1,12}?)(?:应该|应当|应|要|得|必须)(?P<rest>.{2,})$", text)
    if not found or found["who"].startswith(("我", "希望", "请")):
        return ""
    who = hero if found["who"] in ("她", "他", "主角", "主人公", "女主角", "男主角", "女主", "男主") else found["who"]
    return who + found["rest"]


def add_to(content: Content, path: str, text: str, language: str) -> bool:
    """Put a sentence at the end of the passage at `path`. False when there is no passage."""
    found, value = resolve(content, path)
    if not found or not isinstance(value, str) or not text:
        return False
    if len(value) + len(text) > 7_500:
        return False
    put(content, path, joined(language, value, text) if value else text)
    return True


def put(content: Content, path: str, value: str) -> None:
    node: object = content
    parts = pointer_parts(path)
    for part in parts[:-1]:
        if isinstance(node, dict):
            node = node[part]
        elif isinstance(node, list):
            node = (
                next((item for item in node if isinstance(item, dict) and item.get("id") == part), None)
                or node[int(part)]
            )
    if isinstance(node, dict):
        node[parts[-1]] = value
    elif isinstance(node, list):
        node[int(parts[-1])] = value


def work_in(bible: Bible, pen: Pen, stage: GenesisStage, content: Content, wish: Wish) -> None:
    """One wish, worked into `content` where its stage has room for it."""
    text = sentence(bible, pen, wish)
    words = wish.value.strip(" .。")
    zh = bible.language == "zh"
    same = is_chinese(words) == zh
    person = (
        spark_zh.is_person(words)
        if zh
        else english_words.is_person(re.split(r"\s(?:who|that|with|from|in|named|called)\s", words)[0])
    ) and same
    if stage is GenesisStage.CHARACTERS and wish.kind == "add" and person and not _plural(words):
        people = content["characters"]
        assert isinstance(people, list)
        if not any(isinstance(one, dict) and words in str(one.get("one_line_storyline")) for one in people):
            people.append(extra_character(bible, pen, _short(words), len(people) + 1))
        return
    if stage is GenesisStage.PLOT_OUTLINE:
        threads = content["threads"]
        assert isinstance(threads, list)
        data = load(f"{bible.language}/weave")
        if not any(isinstance(one, dict) and words in str(one.get("setup")) for one in threads):
            threads.append({"setup": text, "planned_payoff": pen.write(data["payoff"]), "status": "planted"})
    if stage is GenesisStage.WORLDVIEW and wish.kind == "add" and same:
        motifs = content["motifs"]
        assert isinstance(motifs, list)
        if words not in motifs and len(words) < 120:
            motifs.append(words)
    found, value = resolve(content, HOMES[stage])
    if found and isinstance(value, str) and text not in value:
        add_to(content, HOMES[stage], grammar(bible.language).polish(text), bible.language)


def _plural(words: str) -> bool:
    return bool(re.match(r"(?:some|more|two|three|several|a few|many)\b|几|一群|两|多", words))
