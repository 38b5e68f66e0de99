"""What sets the style of a project, and the decision on it."""

from datetime import datetime
from typing import ClassVar

from genesis_types.enums import ProjectCommandType

from domain.aggregate import Body
from domain.project.style import Style, StyleSet


class SetStyle(Body):
    """The whole style: a field that is left out becomes empty. Part of every chapter that is asked for from now on."""

    command_type: ClassVar = ProjectCommandType.SET_STYLE
    style: Style


def style_set(body: SetStyle, before: Style, now: datetime) -> tuple[StyleSet, ...]:
    return () if body.style == before else (StyleSet(occurred_at=now, style=body.style),)
