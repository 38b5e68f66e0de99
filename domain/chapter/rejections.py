"""Why a chapter's command is refused: the codes, and the conflict that shows both texts."""

from dataclasses import dataclass
from uuid import UUID

from domain.rejections import Rejection

BLOCK_ID_TAKEN = "BLOCK_ID_TAKEN"
UNKNOWN_BLOCK = "UNKNOWN_BLOCK"
BLOCK_LOCKED = "BLOCK_LOCKED"
NOT_A_CHAPTER = "NOT_A_CHAPTER"
CHAPTER_TOO_LONG = "CHAPTER_TOO_LONG"
CHAPTER_REMOVED = "CHAPTER_REMOVED"
NO_DRAFT = "NO_DRAFT"
NOTHING_TO_GO_ON_FROM = "NOTHING_TO_GO_ON_FROM"
NOTHING_TO_ACCEPT = "NOTHING_TO_ACCEPT"
UNKNOWN_SCENE = "UNKNOWN_SCENE"
DRAFT_WAITS = "DRAFT_WAITS"
NOTHING_TO_REWRITE = "NOTHING_TO_REWRITE"


@dataclass(frozen=True, slots=True)
class ConflictingBlock:
    """`mine`: the text that the refused edit would have given it, None when it was to be deleted or moved.
    `current`: its text as it is, None when it was deleted; `version`: of the block, or of the chapter then."""

    block_id: UUID
    mine: str | None
    current: str | None
    version: int


class BlockConflict(Rejection):
    """Blocks have changed since the writer saw them. Nothing was written; other blocks' edits can be sent again."""

    code = "BLOCK_CONFLICT"

    def __init__(self, version: int, blocks: tuple[ConflictingBlock, ...]) -> None:
        count = "One paragraph has" if len(blocks) == 1 else f"{len(blocks)} paragraphs have"
        super().__init__(f"{count} changed meanwhile. Both texts are here: choose one, or make one of both.")
        self.version = version
        self.blocks = blocks
