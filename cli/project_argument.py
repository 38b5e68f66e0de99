"""The argument that names a project."""

from typing import Annotated
from uuid import UUID

import typer

from cli.ids import id_from

Project = Annotated[
    UUID,
    typer.Argument(parser=id_from("projects list"), help="The project's id; it stands in its address on the page."),
]
