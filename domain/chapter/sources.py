"""The context manifest: what a writer was told when it wrote a scene, item by item, each with a digest of its text.

A scene rests on these items. What has become of them is found by comparing them with the book as it is (ADR 51).
"""

from hashlib import sha256
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.aggregate import DomainEvent

SourceKind = Literal["book", "bible", "rule", "style", "plan", "summary", "thread", "paragraph", "fact"]

LONGEST_SAID = 1_000
"""Characters of an item that are kept, so that a reader is shown what it said; its digest is of all of it."""


class Source(BaseModel):
    """One item of a prompt.

    `ref` names it within its kind: a field of the plan or of the book, `characters/<id>/<field>` of the bible, a
    thread, `kind/person/value/detail` of a fact. `chapter_id`: whose plan, summary, paragraph or fact it is. `block_id`
    with `version`: the paragraph, and the chapter's version that changed its meaning last. `said`: the words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: SourceKind
    ref: str = ""
    chapter_id: UUID | None = None
    block_id: UUID | None = None
    version: int = 0
    digest: str
    said: str

    @property
    def key(self) -> tuple[str, ...]:
        """The same for the same item of the book, whatever it says."""
        return (self.kind, self.ref, str(self.chapter_id or ""), str(self.block_id or ""))


def digest_of(text: str) -> str:
    """Sixteen hexadecimal digits."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def source(
    kind: SourceKind,
    text: str,
    ref: str = "",
    chapter_id: UUID | None = None,
    *,
    block_id: UUID | None = None,
    version: int = 0,
) -> Source:
    return Source(
        kind=kind,
        ref=ref,
        chapter_id=chapter_id,
        block_id=block_id,
        version=version,
        digest=digest_of(text),
        said=text[:LONGEST_SAID],
    )


class ChangesAcknowledged(DomainEvent):
    """The author has seen these changes of what the chapter rests on, and leaves it as it is. `reason` may be empty.

    A change's id is made of the item and of what it said then and now, so a later change is another.
    """

    change_ids: tuple[UUID, ...]
    reason: str
