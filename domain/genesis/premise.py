"""What a session is about from the start, as its writer said it: one value that events, state and rows carry."""

from typing import Any

from pydantic import BaseModel


class Premise(BaseModel, frozen=True):
    """Flat where it is stored: an event or a row that has a premise has these fields."""

    title: str
    seed: str
    genre: str
    audience: str
    language: str

    @classmethod
    def of(cls, holder: Any) -> "Premise":
        """The premise that `holder`, an event, a row or a command's body, carries."""
        return Premise.model_construct(**Premise.parts(holder))

    @classmethod
    def parts(cls, holder: Any) -> dict[str, Any]:
        """Its fields by name, to build another holder with."""
        return {name: getattr(holder, name) for name in Premise.model_fields}
