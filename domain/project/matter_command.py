"""The command about what stands before and after a book's text."""

from typing import ClassVar

from genesis_types.enums import ProjectCommandType

from domain.aggregate import Body
from domain.project.matter import BookMatter


class DescribeBook(Body):
    """The whole matter: a field that is left out becomes empty."""

    command_type: ClassVar = ProjectCommandType.DESCRIBE_BOOK
    matter: BookMatter
