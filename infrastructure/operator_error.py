"""Tells a person at a terminal that something cannot be done: one sentence, and the remedy."""


class OperatorError(Exception):
    """Shown as two plain lines, never as a traceback. `code` is the exit code."""

    def __init__(self, message: str, remedy: str = "", *, code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.code = code
