"""How a wanted tone shows: in the words for it, and in a sentence of its own."""

from infrastructure.writers.muse.bible import Bible
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.render import Pen


def tone_line(bible: Bible, own: str) -> str:
    """The tone of a variant, with what the writer asked for in front."""
    words = load(f"{bible.language}/story")["tone_words"]
    asked = [words[tone] for tone in bible.wishes.tones]
    separator = "；" if bible.language == "zh" else "; "
    return separator.join([*reversed(asked), own]) if asked else own


def tone_sentences(bible: Bible, pen: Pen, key: str) -> str:
    """One sentence for each wanted tone; `key` varies which one."""
    data = load(f"{bible.language}/story")
    lines = [pen.say(f"{key}:{tone}", data[f"line_{tone}"]) for tone in bible.wishes.tones]
    return joined(bible.language, *lines)


def joined(language: str, *sentences: str) -> str:
    """Sentences after one another, as the language spaces them."""
    return ("" if language == "zh" else " ").join(sentence for sentence in sentences if sentence)


def listed(language: str, items: list[str]) -> str:
    return "、".join(items) if language == "zh" else ", ".join(items)
