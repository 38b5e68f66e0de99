"""Saying what changed, in the writer's language and concretely."""

from infrastructure.writers.muse.english import capital
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.wishes import Wish

_LIMIT = 160


def adjustment(language: str, wish: Wish) -> str:
    """One sentence for one wish that was carried out."""
    data = load(f"{language}/weave")
    said = data["adjust"]
    value = wish.value if len(wish.value) <= _LIMIT else wish.value[:_LIMIT].rstrip() + "…"
    if wish.kind == "tone":
        return str(said[f"tone_{wish.value}"])
    if wish.kind == "retake":
        part = data["fields"].get(wish.value)
        return str(said["retake_all"]) if wish.value == "all" or not part else str(said["retake"]).format(value=part)
    if wish.kind == "structure":
        value = data["structures"].get(wish.value, wish.value)
    template = said[f"gender_{wish.value}"] if wish.kind == "gender" else said[wish.kind]
    return capital(template.format(role=data["roles"][wish.role], value=value, old=wish.old))


def nothing_else(language: str, wish: Wish) -> str:
    """A part that could not be written otherwise: said, not glossed over."""
    data = load(f"{language}/weave")
    part = data["fields"].get(wish.value, data["fields"]["all"])
    return capital(str(data["adjust"]["retake_failed"]).format(value=part))


def kept_out(language: str, value: str) -> str:
    """What was rejected and was not there in the first place."""
    return str(load(f"{language}/weave")["adjust"]["kept_out"]).format(value=value)


def language_note(language: str, tag: str) -> str:
    return str(load(f"{language}/weave")["adjust"]["language"]).format(value=tag)


def earlier(language: str, wishes: list[Wish]) -> str:
    """One line that earlier wishes still hold."""
    said = load(f"{language}/weave")["adjust"]
    parts = dict.fromkeys(adjustment(language, wish).rstrip(".。") for wish in wishes if wish.kind != "note")
    return str(said["earlier"]).format(value=said["list_join"].join(parts)) if parts else ""


def path_note(language: str, path: str, note: str) -> str:
    said = load(f"{language}/weave")["adjust"]
    return str(said["path_note"]).format(value=path.removeprefix("/"), note=note[:_LIMIT])


def only_field(language: str, path: str) -> str:
    return str(load(f"{language}/weave")["adjust"]["path"]).format(value=path.removeprefix("/"))


def kept(language: str) -> str:
    return str(load(f"{language}/weave")["adjust"]["kept"])


def phase_message(language: str, phase: str) -> str:
    return str(load(f"{language}/weave")["phases"][phase])
