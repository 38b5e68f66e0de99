"""Lists the projections of this build, each at its version. A new one: its folder, and a line here."""

from projections.account.credits import CREDITS
from projections.analytics.projection import ANALYTICS
from projections.audit.reads import READS
from projections.engine.projection import Projection
from projections.genesis.session import GENESIS_SESSION
from projections.novel.novels import NOVELS
from projections.project.chapters import CHAPTERS
from projections.project.concepts import BOOK_CONCEPTS
from projections.project.continuity import CONTINUITY
from projections.project.projects import PROJECTS

PROJECTIONS: tuple[Projection, ...] = (
    GENESIS_SESSION,
    NOVELS,
    CREDITS,
    READS,
    ANALYTICS,
    PROJECTS,
    CHAPTERS,
    CONTINUITY,
    BOOK_CONCEPTS,
)
BY_NAME: dict[str, Projection] = {projection.name: projection for projection in PROJECTIONS}
VERSIONS: dict[str, int] = {projection.name: projection.version for projection in PROJECTIONS}


def search_path() -> str:
    """Where a connection of this build looks for tables: the write side's, then each projection's own version."""
    return ",".join(("public", *(projection.schema for projection in PROJECTIONS)))
