"""What a writer was asked and by which attempts, as facts of an outcome: parts by their hashes, never their text."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

WriterChoice = Literal["muse"]
"""A writer that a command may ask for instead of the configured one."""


class SentPart(BaseModel):
    """One part of what was sent, in its order. `hash`: SHA-256 of its text in UTF-8, as hex digits.

    `role`: whose message it is part of; `schema` is the form of the answer, which is sent beside the messages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["system", "user", "schema"]
    name: str
    hash: str


class AttemptMade(BaseModel):
    """One request to a model. `cause`: the code of what was wrong with its answer, None for the one that was taken.

    Tokens are None where the server did not report them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    cause: str | None = None
    parameters: dict[str, JsonValue] = {}
    parts: tuple[SentPart, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None


class Asked(BaseModel):
    """All requests of one generation. `left_out`: what of the material was told in short, by stable words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attempts: tuple[AttemptMade, ...] = ()
    left_out: tuple[str, ...] = ()

    def after(self, earlier: "Asked | None") -> "Asked":
        """These attempts numbered on from `earlier` ones."""
        if earlier is None or not earlier.attempts:
            return self
        start = len(earlier.attempts)
        later = tuple(one.model_copy(update={"number": start + one.number}) for one in self.attempts)
        return Asked(attempts=earlier.attempts + later, left_out=self.left_out or earlier.left_out)
