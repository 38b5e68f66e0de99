"""Lists what a stage names (people, places, groups, terms, where and when it all happens) and what it named before."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from domain.genesis.proposals import Content, FormerName

PERSON, PLACE, GROUP, TERM = "characters", "locations", "factions", "glossary"
SETTING, TIME = "place", "time"
"""Where and when it all happens: one of each, without an id."""

_MOST_FORMER = 400


class Named(NamedTuple):
    """Something with a name. `kind` and `key` stay when the name changes; `path` is the JSON pointer of the name."""

    kind: str
    key: str
    name: str
    aliases: tuple[str, ...]
    path: str


def named(content: Content) -> Iterator[Named]:
    """All that `content` names, whichever stage's it is. Nothing is taken for granted about its shape."""
    for kind in (PERSON, PLACE, GROUP):
        for item in _items(content, kind):
            key = _text(item.get("id"))
            if key and _text(item.get("name")):
                yield Named(kind, key, _text(item["name"]), _aliases(item), pointer(kind, key, "name"))
    for index, item in enumerate(_items(content, TERM)):
        # a term has no id: it is the same one while it means the same
        meaning, term = _text(item.get("meaning")), _text(item.get("term"))
        if meaning and term:
            key = hashlib.sha256(meaning.encode()).hexdigest()[:16]
            yield Named(TERM, key, term, _aliases(item), pointer(TERM, str(index), "term"))
    setting = content.get("setting")
    for kind in (SETTING, TIME):
        name = _text(setting.get(kind)) if isinstance(setting, dict) else ""
        if name:
            yield Named(kind, "setting", name, (), pointer("setting", kind))


def former_names(known: tuple[FormerName, ...], earlier: Iterable[Content], now: Content) -> tuple[FormerName, ...]:
    """`known`, and the names of `earlier` contents (the oldest first) that their items do not have `now`."""
    found = dict.fromkeys(known)
    old_contents = list(earlier)
    present = {(one.kind, one.key): one for one in named(now)} if old_contents else {}
    for content in old_contents:
        for old in named(content):
            new = present.get((old.kind, old.key))
            if new is None or old.name != new.name:
                found[FormerName(kind=old.kind, key=old.key, name=old.name)] = None
            # an alias that was taken away may have been true; one that stands in another's place is a rename
            if new is not None and len(old.aliases) == len(new.aliases):
                for index, alias in enumerate(old.aliases):
                    if alias and alias not in new.aliases:
                        found[FormerName(kind=old.kind, key=old.key, name=alias, alias=index)] = None
    return tuple(found)[-_MOST_FORMER:]


def pointer(*parts: str) -> str:
    """A JSON pointer (RFC 6901) of keys, indexes and ids of items."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def _items(content: Content, kind: str) -> Sequence[Mapping[str, Any]]:
    listed = content.get(kind)
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list | tuple) else []


def _aliases(item: Mapping[str, Any]) -> tuple[str, ...]:
    listed = item.get("aliases")
    return tuple(map(_text, listed)) if isinstance(listed, list | tuple) else ()


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
