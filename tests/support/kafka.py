"""A real Apache Kafka broker in KRaft mode for tests: one per test process, its jars from Maven Central, kept once."""

import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from tests.support.maven import Missing, jars, java
from tests.support.studio import free_port

POM = Path(__file__).with_name("kafka_broker") / "pom.xml"
_START_SECONDS = 60.0


class BrokerMissing(Missing):
    """No broker can be had here; the text says why."""


class Broker:
    """One broker with its own data folder. `stop` and `start` make an outage: ports and data stay the same."""

    def __init__(self, folder: Path) -> None:
        try:
            self._java = java()
            self._jars = jars(POM, "kafka-broker", "kafka.version")
        except Missing as missing:
            raise BrokerMissing(str(missing)) from missing
        self._folder = folder
        port, controller = free_port(), free_port()
        self.bootstrap = f"127.0.0.1:{port}"
        self._properties = folder / "server.properties"
        self._properties.write_text(_PROPERTIES.format(port=port, controller=controller, data=folder / "data"))
        self._process: subprocess.Popen[bytes] | None = None
        self._tool("kafka.tools.StorageTool", "format", "-t", "Z2VuZXNpcy1zdHVkaW8tMQ", "-c", str(self._properties))

    def start(self) -> "Broker":
        """Returns when a message has gone in and come out again."""
        with (self._folder / "broker.log").open("ab") as said:
            command = [*self._command("-Xms128m", "-Xmx512m"), "kafka.Kafka", str(self._properties)]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        deadline = time.monotonic() + _START_SECONDS
        while not self._passes_a_message():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise BrokerMissing(f"it did not start: {(self._folder / 'broker.log').read_text()[-500:]}")
            time.sleep(0.1)
        return self

    @property
    def running(self) -> bool:
        return self._process is not None

    def stop(self) -> None:
        """As a crash: at once, with nothing said to anybody."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            process.wait(10)

    def set(self, **settings: str) -> None:
        """From the next start on; with _ for the dots in their names."""
        with self._properties.open("a") as properties:  # the last one wins
            properties.writelines(f"{name.replace('_', '.')}={value}\n" for name, value in settings.items())

    def hang(self) -> None:
        """It answers nobody any more, and its connections stay open. `wake` ends that; so does `stop`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def create(self, topic: str) -> None:
        """A topic with one partition."""
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
        admin.close()

    def _command(self, *options: str) -> list[str]:
        return [self._java, *options, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{self._jars}/*"]

    def _tool(self, *arguments: str) -> None:
        done = subprocess.run([*self._command(), *arguments], capture_output=True, text=True, check=False, timeout=60)
        if done.returncode != 0:
            raise BrokerMissing(f"its storage could not be made: {(done.stdout + done.stderr)[-500:]}")

    def _listens(self) -> bool:
        host, port = self.bootstrap.split(":")
        with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return True
        return False

    def _passes_a_message(self) -> bool:
        if not self._listens():  # the client leaves its sockets open when nobody answers
            return False
        group, options = f"ready-{uuid4().hex}", {"bootstrap_servers": self.bootstrap, "bootstrap_timeout_ms": 5000}
        try:
            producer = KafkaProducer(**options, max_block_ms=2000, metrics_enabled=False)
            try:
                producer.send("ready", b"ready").get(timeout=5)
            finally:
                producer.close(timeout=1)
            consumer = KafkaConsumer("ready", **options, group_id=group, auto_offset_reset="earliest")
            try:
                return bool(consumer.poll(timeout_ms=5000))
            finally:
                consumer.close(autocommit=False, timeout_ms=1000)
        except (KafkaError, OSError):
            return False


# One node that is broker and controller. SerialGC, C1 and small pools: it shares its machine with the tests.
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
num.partitions=3
num.network.threads=2
num.io.threads=2
auto.create.topics.enable=true
offsets.topic.replication.factor=1
offsets.topic.num.partitions=2
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.dedupe.buffer.size=2097152
"""
