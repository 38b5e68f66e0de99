"""The fact about what stands before and after a book's text."""

from domain.aggregate import DomainEvent
from domain.project.matter import BookMatter


class BookDescribed(DomainEvent):
    """`matter` takes the place of the one before."""

    matter: BookMatter
