"""Why a command is refused: a code for programs, a sentence for people. No status codes: the HTTP edge knows those."""

WORK_NOT_ACTIVE = "WORK_NOT_ACTIVE"
"""An outcome came, or was asked for, of work that has ended or never was."""


class Rejection(Exception):
    """A decision against a command. Nothing was written."""

    code = "REJECTED"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(Rejection):
    """No such thing, or not this account's: the answer is the same on purpose."""

    code = "NOT_FOUND"

    def __init__(self, name: str = "thing") -> None:
        super().__init__(f"There is no such {name}.")


class Refused(Rejection):
    """A rule of the domain says no. `about`: the name of what it is about, for sentences in other languages."""

    def __init__(self, code: str, message: str, *, about: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.about = about


class CommandActive(Rejection):
    """Work of this kind is under way already."""

    code = "COMMAND_ACTIVE"

    def __init__(
        self, message: str = "A generation is still running in this session. Wait for it, or stop it first."
    ) -> None:
        super().__init__(message)
