"""Stops listening to an answer that is far too long, or that goes round in circles."""

from infrastructure.writers.model.chapter import judging, planning


class Stop:
    """Ends an answer that is far too long, or that goes round in circles (`circled`)."""

    def __init__(self, words: float) -> None:
        self._most = words
        self._looked = 0
        self.circled = False

    def __call__(self, text: str) -> bool:
        if len(text) < self._looked:
            self._looked = 0
        if len(text) < self._looked + 120:
            return False
        self._looked = len(text)
        self.circled = judging.loops(text) is not None
        return self.circled or planning.written_words((text,)) > self._most
