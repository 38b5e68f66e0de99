"""Lists the projections of this build, each at its version. A new one: its folder, and a line here."""

from projections.engine.projection import Projection
from projections.genesis.session import GENESIS_SESSION
from projections.novel.novels import NOVELS

PROJECTIONS: tuple[Projection, ...] = (GENESIS_SESSION, NOVELS)
BY_NAME: dict[str, Projection] = {projection.name: projection for projection in PROJECTIONS}
