"""The projections that there are. A new one: its file, a line here, a migration, and a rebuild."""

from projections.genesis_session import GENESIS_SESSION
from projections.novels import NOVELS
from projections.projection import Projection

PROJECTIONS: tuple[Projection, ...] = (GENESIS_SESSION, NOVELS)
BY_NAME: dict[str, Projection] = {projection.name: projection for projection in PROJECTIONS}
