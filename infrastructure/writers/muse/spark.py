"""What a spark is made of: somebody, something that happens, a "what if", a thing, or a line to be quoted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["figure", "event", "whatif", "matter", "line"]
Gender = Literal["f", "m", "x"]


@dataclass(frozen=True, slots=True)
class Spark:
    """A spark, taken apart as far as its language can be read without guessing.

    figure: the person with everything said of them ("a lighthouse keeper who collects lost voices").
    head: the person alone, without article ("lighthouse keeper"). clause: what happens, without capital and full stop.
    matter: what it is about, as a phrase that can stand as an object ("lost voices").
    """

    text: str
    kind: Kind
    quote: str
    figure: str = ""
    head: str = ""
    clause: str = ""
    matter: str = ""
    place: str = ""
    era: str = ""
    name: str = ""
    gender: Gender | None = None
    plural: bool = False
    subject_is_person: bool = False
    keywords: tuple[str, ...] = ()

    def without(self, allowed: Callable[[str], bool]) -> "Spark":
        """The spark with whatever the writer has since rejected left out."""
        if allowed(self.text):
            return self
        keep = {
            name: value
            for name in ("figure", "head", "clause", "matter", "place")
            if allowed(value := getattr(self, name))
        }
        words = tuple(word for word in self.keywords if allowed(word))
        if self.kind == "figure" and keep.get("head"):
            return replace(
                self, text="", quote="", figure=keep.get("figure", ""), matter=keep.get("matter", ""), keywords=words
            )
        matter = keep.get("matter", "")
        return Spark(text="", kind="matter", quote="", matter=matter, place=keep.get("place", ""), keywords=words)
