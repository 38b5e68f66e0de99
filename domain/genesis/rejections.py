"""Why a command to a session is refused: the codes, and the refusals that carry more than a sentence."""

from uuid import UUID

from domain.rejections import NotFound, Refused, Rejection


class SessionNotFound(NotFound):
    """No such session, or not this account's: the answer is the same on purpose."""

    def __init__(self) -> None:
        super().__init__("session")


class InvalidContent(Rejection):
    """Content that does not have its stage's shape. `errors` name each field."""

    code = "INVALID_REQUEST"

    def __init__(self, errors: tuple[tuple[str, str], ...]) -> None:
        super().__init__("The content does not have the shape of its stage.")
        self.errors = errors


def unknown_proposal(proposal_id: UUID) -> Refused:
    return Refused("UNKNOWN_PROPOSAL", f"There is no proposal {proposal_id} in this stage.")


SESSION_ENDED = "SESSION_ENDED"
SESSION_PAUSED = "SESSION_PAUSED"
SESSION_EXISTS = "SESSION_EXISTS"
STAGE_LOCKED = "STAGE_NOT_OPEN"
STAGE_EMPTY = "STAGE_EMPTY"
NOT_READY = "NOT_READY"
NOTHING_TO_CANCEL = "NOTHING_TO_CANCEL"
UNKNOWN_PATH = "UNKNOWN_PATH"
UNKNOWN_VERSION = "UNKNOWN_VERSION"
EMPTY_EDIT = "EMPTY_EDIT"
WRONG_STAGE = "WRONG_STAGE"
WAIT_OVER = "WAIT_OVER"
CONTRADICTION_GONE = "CONTRADICTION_GONE"
NOTHING_PROPOSED = "NOTHING_PROPOSED"
LOCKED = "LOCKED"
ALREADY_THERE = "ALREADY_THERE"
NOTHING_MISSING = "NOTHING_MISSING"
NOTHING_TO_COMPARE = "NOTHING_TO_COMPARE"
MODEL_NEEDED = "MODEL_NEEDED"
