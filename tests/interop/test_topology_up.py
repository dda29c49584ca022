"""The topology iot-gateway, run by `crossdock topology up`: a message of each pattern passes, also without an interior router."""

import itertools
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from peer import ACCEPTED, Peer
from proton import Message
from router import STOP_SECONDS
from testbroker import program

FILE = Path(__file__).parents[2] / "topologies" / "iot-gateway.yaml"

RECOVERY_SECONDS = 30
"""More than the mesh needs to find other ways, to routers and to queues."""


class Gateway:
    """The mesh, running."""

    def __init__(self, *options: str):
        self._process = subprocess.Popen(
            [program(), "topology", "up", "--free-ports", "--ready", *options, str(FILE)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        line = self._process.stdout.readline()
        assert line, self._process.stderr.read().decode()
        self.ready = json.loads(line)
        print(f"ready in {self.ready['ready']} s")

    def url(self, router: str) -> str:
        return "amqp://" + self.ready["routers"][router]["listeners"]["devices" if router.startswith("edge") else "services"]

    def kill(self, router: str) -> None:
        os.kill(self.ready["routers"][router]["pid"], signal.SIGKILL)

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=STOP_SECONDS)
        return self._process.returncode


@pytest.fixture
def gateway():
    gateway = Gateway()
    yield gateway
    gateway.stop()


@pytest.fixture
def gateway_in_one_process():
    gateway = Gateway("--in-process")
    yield gateway
    assert gateway.stop() == 0


class Clients:
    """A device and a service at their routers, and what they do. Each pair has addresses of its own: of consumers that went
    away, other routers hear later."""

    _numbers = itertools.count()

    def __init__(self, gateway: Gateway, device: str, service: str):
        self.peer = Peer(gateway.url)
        self.name = f"{next(self._numbers)}"
        self.device = self.peer.connect(device)
        self.service = self.peer.connect(service)

    def telemetry(self) -> None:
        """Sent settled: at most once, so more than one may be needed."""
        self._through(self.device, f"telemetry/{self.name}", self.service, settled=True)

    def event(self) -> None:
        """Through the queues of three brokers, spread by key."""
        sender = self.device.sender("event", credit=True)
        receiver = self.service.receiver("event", credit=1000, outcome=ACCEPTED)
        keys = [f"{self.name} {number}" for number in range(30)]
        for key in keys:
            self._deliver(sender, Message(key, group_id=key))
        self.peer.wait(lambda: set(keys) <= set(receiver.bodies()), "events", RECOVERY_SECONDS)
        sender.close()
        receiver.close()

    def command(self) -> None:
        """To one device."""
        self._through(self.service, f"command/{self.name}", self.device)

    def enquiry(self) -> None:
        """Answered to the device's own address."""
        answers = self.device.receiver(None, credit=1, dynamic=True, outcome=ACCEPTED)
        requests = self.service.receiver(f"enquiry/{self.name}", credit=1, outcome=ACCEPTED)
        sender = self.device.sender(f"enquiry/{self.name}", credit=True)
        question = Message("rain?", reply_to=answers.link.remote_source.address, correlation_id="1")
        self._deliver(sender, question)
        asked = requests.take(1)[0].message
        answerer = self.service.sender(asked.reply_to, credit=True)
        self._deliver(answerer, Message("no", correlation_id=asked.correlation_id))
        assert answers.take(1)[0].message.body == "no"
        for link in (answers, requests, sender, answerer):
            link.close()

    def notification(self) -> None:
        """To all that listen."""
        self._through(self.service, f"notification/{self.name}", self.device)

    def all(self) -> None:
        for pattern in (self.telemetry, self.event, self.command, self.enquiry, self.notification):
            pattern()

    def _deliver(self, sender, message) -> None:
        """Sends it until it is accepted. Routers learn of consumers one after the other: what comes too early is released."""
        self.peer.wait(lambda: sender.outcome(message).state == ACCEPTED, "an accepted message", RECOVERY_SECONDS)

    def _through(self, source, address, target, settled=False) -> None:
        """Sends until something arrives. What is settled, or for all that listen, and comes too early is for nobody."""
        receiver = target.receiver(address, credit=1000, outcome=ACCEPTED)
        sender = source.sender(address, credit=True)

        def arrives() -> bool:
            if settled:
                sender.send("message", settled=True)
                self.peer.stay(0.05)
            else:
                sender.outcome("message")
            return bool(receiver.arrivals)

        self.peer.wait(arrives, f"a message to {address}", RECOVERY_SECONDS)
        assert receiver.arrivals[0].message.body == "message"
        sender.close()
        receiver.close()


def test_a_message_of_each_pattern_passes(gateway):
    Clients(gateway, "edge-1", "core-2").all()


def test_a_message_of_each_pattern_passes_in_one_process(gateway_in_one_process):
    Clients(gateway_in_one_process, "edge-1", "core-2").all()


@pytest.mark.parametrize("lost", ["core-1", "core-2", "core-3"])
def test_without_any_one_interior_router_each_pattern_passes(gateway, lost):
    others = [core for core in ("core-1", "core-2", "core-3") if core != lost]
    Clients(gateway, "edge-1", others[0]).all()
    gateway.kill(lost)
    for edge in ("edge-1", "edge-2", "edge-3"):
        Clients(gateway, edge, others[1]).all()
