"""The head that is read from the files is the one that Alembic finds."""

from pathlib import Path

from alembic.script import ScriptDirectory

import migrations
from migrations.head import head


def test_the_head_is_alembics_head() -> None:
    assert head() == ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head()
