"""Fixtures that all tests share: real servers, started once per test process."""

import gc
import os
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from infrastructure.concurrency.garbage import no_cycle_collection
from infrastructure.observability.logging import redact
from tests.support.kafka import Broker, BrokerMissing
from tests.support.places import servers_folder
from tests.support.postgres import Cluster
from tests.support.prefect import PrefectServer, prefect_server
from tests.support.redis import RedisServer
from tests.support.require import unavailable

os.environ.pop("COLUMNS", None)  # what the command line prints is read as by a program, whose lines have no width

# shared machines are slow at times: how long an example takes says nothing about the code
settings.register_profile("genesis", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("genesis")

# structlog's default shows the locals of every frame of a traceback, which takes minutes for some
structlog.configure(processors=[structlog.stdlib.add_log_level, redact, structlog.processors.KeyValueRenderer()])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What six thousand tests import stays: no collection goes through it, neither meanwhile nor later."""
    with no_cycle_collection():
        collected = yield
    gc.freeze()
    return collected


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    # not below pytest's own folder, which another run beside this one may prune under the server
    with servers_folder("genesis-pg-") as folder:
        running = Cluster(Path(folder))
        yield running
        running.stop()


@pytest.fixture
def database_url(cluster: Cluster) -> Iterator[str]:
    """A fresh database with the real migrations applied."""
    with cluster.database() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with servers_folder("genesis-redis-") as folder:
        running = RedisServer(Path(folder))
        yield running.url
        running.stop()


@pytest.fixture(scope="session")
def prefect() -> Iterator[PrefectServer]:
    with servers_folder("genesis-prefect-") as folder, prefect_server(Path(folder)) as running:
        yield running


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker of our own, which a test may stop and start."""
    try:
        running = Broker(tmp_path_factory.mktemp("kafka")).start()
    except BrokerMissing as missing:
        unavailable("An Apache Kafka broker", str(missing))
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def what_kafka_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A client that lost its broker leaves a socket unclosed: it goes here, and is no failure of a later test."""
    yield
    if request.node.get_closest_marker("kafka") or "kafka_broker" in request.fixturenames:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@pytest.fixture(scope="session")
def kafka_bootstrap(request: pytest.FixtureRequest) -> str:
    """The address of a broker: GENESIS_TEST_KAFKA, or one of our own."""
    given = os.environ.get("GENESIS_TEST_KAFKA")
    if given:
        return given
    broker: Broker = request.getfixturevalue("kafka_broker")
    return broker.bootstrap
