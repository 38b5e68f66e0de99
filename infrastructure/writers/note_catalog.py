"""Every sentence that notes are made of, by code and language. The page has the same, as scripts/notes.py writes it."""

from infrastructure.writers.model import wording
from infrastructure.writers.model.quality import finding


def catalog() -> dict[str, dict[str, str]]:
    """Code -> language -> the sentence, with the names of its values in braces."""
    return dict(sorted({**finding.catalog(), **wording.catalog()}.items()))
