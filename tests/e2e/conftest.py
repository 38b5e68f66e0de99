"""One running studio for all end-to-end tests, as `make run` starts it."""

from collections.abc import Iterator

import pytest

from tests.support.studio import Studio, running_studio


@pytest.fixture(scope="session")
def studio() -> Iterator[Studio]:
    with running_studio(GENESIS_MUSE_PACE_SECONDS="0.05") as running:
        yield running
