"""What can be wrong with a bus as a whole; what is wrong with one message is an answer, not an error."""


class BusUnreachable(Exception):
    """The broker cannot be reached now. No message is to blame, and none is counted as tried."""
