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

    def __init__(self):
        self._process = subprocess.Popen(
            [program(), "topology", "up", "--free-ports", "--ready", str(FILE)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
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
        """Sent settled: at most once."""
        self._through(self.device, f"telemetry/{self.name}", self.service, settled=True)

    def event(self) -> None:
        """Through the queues of three brokers, spread by key; each exactly once."""
        sender = self.device.sender("event", credit=True)
        receiver = self.service.receiver("event", credit=1000, outcome=ACCEPTED)
        keys = [f"device-{number}" for number in range(30)]
        sent = [sender.send(Message(key, group_id=key)) for key in keys]
        self.peer.wait(lambda: all(one.settled for one in sent), "the outcomes of events")
        assert [one.state for one in sent] == [ACCEPTED] * len(keys)
        receiver.take(len(keys))
        assert sorted(receiver.bodies()) == sorted(keys)
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
        assert sender.outcome(question).state == ACCEPTED
        asked = requests.take(1)[0].message
        answerer = self.service.sender(asked.reply_to, credit=True)
        assert answerer.outcome(Message("no", correlation_id=asked.correlation_id)).state == ACCEPTED
        assert answers.take(1)[0].message.body == "no"
        for link in (answers, requests, sender, answerer):
            link.close()

    def notification(self) -> None:
        """To all that listen, once their routers have told the others; what is sent before is for nobody."""
        receiver = self.device.receiver(f"notification/{self.name}", credit=1000, outcome=ACCEPTED)
        sender = self.service.sender(f"notification/{self.name}", credit=True)

        def arrives() -> bool:
            sender.outcome("message")
            return bool(receiver.arrivals)

        self.peer.wait(arrives, "a notification", RECOVERY_SECONDS)
        sender.close()
        receiver.close()

    def all(self) -> None:
        for pattern in (self.telemetry, self.event, self.command, self.enquiry, self.notification):
            pattern()

    def _through(self, source, address, target, settled=False) -> None:
        receiver = target.receiver(address, credit=10, outcome=ACCEPTED)
        sender = source.sender(address, credit=True)
        sent = sender.send("message", settled=settled)
        assert receiver.take(1)[0].message.body == "message"
        if not settled:
            self.peer.wait(lambda: sent.settled, f"the outcome of a message to {address}")
            assert sent.state == ACCEPTED
        sender.close()
        receiver.close()


def test_a_message_of_each_pattern_passes(gateway):
    Clients(gateway, "edge-1", "core-2").all()


@pytest.mark.parametrize("lost", ["core-1", "core-2", "core-3"])
def test_without_any_one_interior_router_each_pattern_passes(gateway, lost):
    others = [core for core in ("core-1", "core-2", "core-3") if core != lost]
    for edge in ("edge-1", "edge-2", "edge-3"):
        Clients(gateway, edge, others[0]).all()
    gateway.kill(lost)
    for edge in ("edge-1", "edge-2", "edge-3"):
        for core in others:
            Clients(gateway, edge, core).all()
