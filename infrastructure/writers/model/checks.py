"""What a model's answer must also be: in the right language, with the preset's beats and with ids that exist."""

import re
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.contents import texts
from infrastructure.writers.muse.lexicon import load


def complaint(request: WriterRequest, contents: list[Content]) -> str | None:
    """A sentence for the model when its answer has to be done again."""
    for content in contents:
        language = request.premise.language
        if _wrong_language(language, content):
            return f"Every value has to be written in the language {language}. Answer again in that language."
        if request.work.stage is GenesisStage.PLOT_OUTLINE and (unknown := _unknown_beats(content)):
            return f"These beat keys are not in the preset of “{content.get('structure')}”: {', '.join(unknown)}."
    return None


def _wrong_language(language: str, content: Content) -> bool:
    """Only where it can be told surely: Chinese without Chinese characters, or English full of them."""
    text = "".join(part for part in texts(content) if len(part) > 12)
    if len(text) < 80:
        return False
    han = len(re.findall(r"[\u3400-\u9fff]", text)) / len(text)
    primary = language.lower().split("-")[0]
    return (primary == "zh" and han < 0.2) or (primary == "en" and han > 0.3)


def _unknown_beats(content: Content) -> list[str]:
    structure = str(content.get("structure"))
    preset = load("beats").get(structure)
    if structure == "custom" or preset is None:
        return []
    known = {key for key, _ in preset["beats"]}
    beats: Any = content.get("beats") or []
    return [str(beat["key"]) for beat in beats if beat["key"] not in known]


def mended(request: WriterRequest, content: Content) -> Content:
    """References to nobody and nowhere taken out; locked values put back."""
    if request.work.stage is GenesisStage.CHARACTERS:
        _mend_relations(content)
    elif request.work.stage is GenesisStage.PLOT_OUTLINE:
        _mend_chapters(request, content)
    return request.record.with_locks_kept(content)


def _mend_relations(content: Content) -> None:
    people: Any = content["characters"]
    ids = {person["id"] for person in people}
    for person in people:
        person["relations"] = [relation for relation in person["relations"] if relation["target_id"] in ids]


def _mend_chapters(request: WriterRequest, content: Content) -> None:
    people = _ids(request, GenesisStage.CHARACTERS, "characters")
    places = _ids(request, GenesisStage.WORLDVIEW, "locations")
    chapters: Any = content["chapters"]
    for chapter in chapters:
        if people:
            chapter["character_ids"] = [one for one in chapter["character_ids"] if one in people]
            if chapter["pov_character_id"] not in people:
                chapter["pov_character_id"] = None
        if places:
            chapter["location_ids"] = [one for one in chapter["location_ids"] if one in places]


def _ids(request: WriterRequest, stage: GenesisStage, key: str) -> set[str]:
    items: Any = (request.confirmed.get(stage) or {}).get(key) or []
    return {str(item["id"]) for item in items if isinstance(item, dict) and "id" in item}
