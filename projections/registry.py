"""The projections that there are. A new one: its file, a line here, a migration, and a rebuild."""

from projections.engine.projection import Projection
from projections.genesis.session import GENESIS_SESSION
from projections.novel.novels import NOVELS

PROJECTIONS: tuple[Projection, ...] = (GENESIS_SESSION, NOVELS)
BY_NAME: dict[str, Projection] = {projection.name: projection for projection in PROJECTIONS}
