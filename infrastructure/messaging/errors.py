"""Names what can be wrong with a bus as a whole; what is wrong with one message is an answer, not an error."""


class BusUnreachable(Exception):
    """The broker cannot be reached now. No message is to blame, and none is counted as tried."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
