"""`genesis migrate`: bring the schema of this studio's database to the newest revision."""

import typer

from infrastructure.embedded.runtime import connected
from infrastructure.settings import Settings
from migrations.run import upgrade


def migrate() -> None:
    """Idempotent; run it once per release before the processes of that release start."""
    with connected(Settings()) as settings:
        if settings.database_url is not None:
            upgrade(settings.database_url.get_secret_value())
    typer.echo("The schema is at the newest revision.")
