"""Several routers as real processes, connected as a drawing says, and clients that may connect to each of them.

A drawing is a line of text: in `A>B B>C` the routers A and B connect, B and C listen; `A>C:5` is a connection of cost 5.
"""

import heapq
import itertools
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path

from peer import ACCEPTED, Peer, Receiver, Sender
from proton import Message, symbol
from relay import Relay
from router import Router, section

CONVERGENCE_SECONDS = 30
"""More than two routers ever need to find each other again: the connector's pause, two HELLOs, an update of links."""

TRACE = symbol("x-opt-qd.trace")

LISTENERS = {"plain": {}, "raw": {"stripAnnotations": "no"}, "patient": {"idleTimeoutSeconds": 0}}
"""What every router of a mesh offers to clients: the usual, one whose clients see the annotations for routers, and one whose
clients may be silent."""


def qdrouterd() -> list[str] | None:
    """The command line of the qdrouterd that meshes are mixed with, if there is one."""
    program = os.environ.get("QDROUTERD")
    return [program] if program else None


@dataclass(frozen=True)
class Wire:
    """A connection between two routers."""

    connects: str
    listens: str
    cost: int = 1

    @property
    def name(self) -> str:
        return f"{self.connects}{self.listens}"


@dataclass(frozen=True)
class Topology:
    """Routers and the connections between them."""

    wires: tuple[Wire, ...]

    @classmethod
    def parse(cls, drawing: str) -> "Topology":
        wires = []
        for text in drawing.split():
            connects, listens, cost = re.fullmatch(r"(\w+)>(\w+)(?::(\d+))?", text).groups()
            wires.append(Wire(connects, listens, int(cost or 1)))
        return cls(tuple(wires))

    @property
    def routers(self) -> list[str]:
        return sorted({end for wire in self.wires for end in (wire.connects, wire.listens)})

    def cost(self, path: list[str]) -> int | None:
        """The cost of a path, or None if there is a gap in it."""
        edges = self._edges()
        costs = [edges.get(hop) for hop in zip(path, path[1:])]
        return None if None in costs else sum(costs)

    def least_cost(self, start: str, end: str) -> int:
        edges, done, ahead = self._edges(), set(), [(0, start)]
        while ahead:
            cost, here = heapq.heappop(ahead)
            if here == end:
                return cost
            if here not in done:
                done.add(here)
                for (one, other), step in edges.items():
                    if one == here:
                        heapq.heappush(ahead, (cost + step, other))
        raise ValueError(f"no way from {start} to {end}")

    def _edges(self) -> dict[tuple[str, str], int]:
        edges = {}
        for wire in self.wires:
            for ends in ((wire.connects, wire.listens), (wire.listens, wire.connects)):
                edges[ends] = min(wire.cost, edges.get(ends, wire.cost))
        return edges


class Mesh:
    """The routers of a topology, started but perhaps not yet connected.

    Each can be ended, killed and started again; listeners between routers keep their ports.
    """

    def __init__(self, directory: Path, drawing: str, *sections: str, programs: dict[str, list[str]] | None = None, relays: str = ""):
        """With `relays` (the names of wires, `"AB BC"`) these connections pass through a relay that can cut them."""
        self.topology = Topology.parse(drawing)
        self.programs = programs or {}
        self.routers: dict[str, Router] = {}
        self.relays: dict[str, Relay] = {}
        self.stock: Stock | None = None
        self._directory = directory
        self._sections = sections
        # A port is ours for as long as this socket is bound; a router can listen on it since both reuse addresses and
        # this one never listens.
        self._reserved: dict[str, socket.socket] = {}
        for wire in self.topology.wires:
            reserved = socket.socket()
            reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            reserved.bind(("127.0.0.1", 0))
            self._reserved[wire.name] = reserved
            if wire.name in relays.split():
                self.relays[wire.name] = Relay(self._port(wire))
        # Who listens starts first, as drawings go from left to right: a connector that found nobody pauses.
        try:
            for router in reversed(self.topology.routers):
                self.start(router)
        except BaseException:
            for router in self.routers.values():
                router.kill()
            raise

    def start(self, name: str) -> None:
        """Starts a router, for the first time or again with the same id."""
        listeners, connectors = dict(LISTENERS), []
        for wire in self.topology.wires:
            attributes = {"role": "inter-router", "port": self._port(wire)}
            if wire.cost != 1:
                attributes["cost"] = wire.cost
            if wire.listens == name:
                listeners[f"inter{wire.name}"] = attributes
            if wire.connects == name:
                attributes["port"] = self.relays[wire.name].port if wire.name in self.relays else self._port(wire)
                connectors.append(section("connector", name=f"to{wire.name}", host="127.0.0.1", **attributes))
        directory = self._directory / name
        directory.mkdir(exist_ok=True)
        self.routers[name] = Router(
            directory, listeners, *connectors, *self._sections,
            router_id=name, mode="interior", program=self.programs.get(name),
        )

    def kill(self, name: str) -> None:
        """Ends a router with SIGKILL."""
        self.routers.pop(name).kill()

    def stop(self, name: str) -> None:
        """Ends a router in good order."""
        self.routers.pop(name).stop()

    def close(self) -> None:
        """Ends all routers; each must end well."""
        problems = []
        if self.stock:
            self.stock.close()
        for name in list(self.routers):
            try:
                self.stop(name)
            except AssertionError as problem:
                problems.append(f"{name}: {problem}")
        for relay in self.relays.values():
            relay.close()
        for reserved in self._reserved.values():
            reserved.close()
        assert not problems, "\n".join(problems)

    def url(self, place: str) -> str:
        """The address of a router's listener, as in `"A"` (the one named plain) or `"A.raw"`."""
        name, _, listener = place.partition(".")
        return self.routers[name].url(listener or "plain")

    def wait_until_connected(self, seconds: float = CONVERGENCE_SECONDS) -> None:
        """Returns when a message from each running router reaches each other one by a path of least cost.

        Three times in a row, so that what was learnt with the last change has got around.
        """
        peer = MeshPeer(self)
        places = sorted(self.routers)
        inboxes = {place: peer.connect(f"{place}.raw").receiver(None, credit=10_000, dynamic=True, outcome=ACCEPTED) for place in places}
        outboxes = {place: peer.connect(place).sender(None, credit=True) for place in places}
        pairs = [(start, end) for start in places for end in places if start != end]
        good = 0
        last = {}

        def round_of_probes() -> bool:
            sent = {}
            before = {place: len(inbox.arrivals) for place, inbox in inboxes.items()}
            for start, end in pairs:
                to = inboxes[end].address
                sent[start, end] = outboxes[start].send(Message(f"{start}", address=to))
            peer.wait(lambda: all(one.settled for one in sent.values()), f"the outcomes of probes; so far {last}", seconds)
            paths = {
                (arrival.message.body, end): [hop.split("/")[1] for hop in arrival.message.annotations[TRACE]]
                for end, inbox in inboxes.items()
                for arrival in inbox.arrivals[before[end]:]
            }
            last.clear()
            last.update({pair: paths.get(pair, sent[pair].state) for pair in pairs})
            if len(places) < len(self.topology.routers):
                return all(one.state == ACCEPTED for one in sent.values())
            return all(
                pair in paths and self.topology.cost(paths[pair]) == self.topology.least_cost(*pair) for pair in pairs
            )

        def converged() -> bool:
            nonlocal good
            good = good + 1 if round_of_probes() else 0
            if good == 0:
                peer.stay(0.02)
            return good == 3

        try:
            peer.wait(converged, "a mesh that has found its paths", seconds)
        except AssertionError as problem:
            logs = "\n".join(f"--- {name}\n{router.log_tail(most=40)}" for name, router in sorted(self.routers.items()))
            raise AssertionError(f"{problem}; paths or states of the last probes: {last}\n{logs}") from None
        peer.close()

    def _port(self, wire: Wire) -> int:
        return self._reserved[wire.name].getsockname()[1]


class MeshPeer(Peer):
    """A Proton peer that names the router it connects to: `peer.connect("A")`, `peer.connect("A.raw")`."""

    _numbers = itertools.count()

    def __init__(self, mesh: Mesh):
        super().__init__(mesh.url)
        self.mesh = mesh

    def open(self, listener: str = "A", **options):
        connection = super().open(listener, **options)
        connection.router = listener.split(".")[0]
        return connection

    def kill(self, router: str) -> None:
        """Ends a router with SIGKILL; returns when the clients connected to it have noticed."""
        self._end(router, self.mesh.kill)

    def stop(self, router: str) -> None:
        """Ends a router in good order; returns when the clients connected to it have noticed."""
        self._end(router, self.mesh.stop)

    def _end(self, router: str, end) -> None:
        for connection in self.connections:
            connection.fault_expected = connection.fault_expected or connection.router == router
        end(router)
        self.wait(lambda: all(c.lost for c in self.connections if c.router == router), f"the end of all connections to {router}")

    def learn(self) -> None:
        """Returns when each router knows the addresses that the others have, and have no more, consumers for by now.

        Changes travel in order, so it is enough to see that of a new address.
        """
        markers = {name: f"marker/{next(self._numbers)}" for name in self.mesh.routers}
        links = [self.connect(name).receiver(marker) for name, marker in markers.items()]
        senders = [
            (at, of, self.connect(at).sender(marker)) for at in self.mesh.routers for of, marker in markers.items() if at != of
        ]
        for at, of, sender in senders:
            self.wait(lambda: sender.credit > 0, f"the arrival of what {of} consumes at {at}")
        for link in (*links, *(sender for _, _, sender in senders)):
            link.connection.close()

    def consumers(self, places: str, prefix: str = "", *, listener: str = "plain", **options) -> list[Receiver]:
        """A consumer at each of these routers for one new address with this prefix, which all routers know already.

        It takes routers up to a second to tell each other about an address. A mesh that tests share keeps some known ones.
        """
        if self.mesh.stock is None:
            address = f"{prefix}new/{next(self._numbers)}"
            receivers = [self.connect(f"{place}.{listener}").receiver(address, **options) for place in places]
            self.learn()
            return receivers
        address, release = self.mesh.stock.take(places, prefix)
        receivers = [self.connect(f"{place}.{listener}").receiver(address, **options) for place in places]
        release()
        return receivers

    def lane(self, start: str, end: str, prefix: str = "", *, credit: int = 100, **options) -> tuple[Sender, Receiver]:
        """A sender at one router with credit, and the one consumer of its address at another router."""
        receiver, = self.consumers(end, prefix, credit=credit, **options)
        return self.connect(start).sender(receiver.address, credit=True), receiver


class Stock:
    """Addresses that all routers of a mesh know, each kept known by consumers that never give credit."""

    BATCH = 12

    def __init__(self, mesh: Mesh):
        self._peer = MeshPeer(mesh)
        self._connections = {name: self._peer.connect(f"{name}.patient") for name in mesh.routers}
        self._kept: dict[tuple[str, str], list] = {}

    def take(self, places: str, prefix: str):
        """An address, and what is to be called when others consume it."""
        places = "".join(sorted(set(places)))
        kept = self._kept.setdefault((places, prefix), [])
        if not kept:
            addresses = [f"{prefix}kept/{next(MeshPeer._numbers)}" for _ in range(self.BATCH)]
            for address in addresses:
                kept.append((address, [self._connections[place].receiver(address) for place in places]))
            self._peer.learn()
        address, receivers = kept.pop()

        def release() -> None:
            for receiver in receivers:
                receiver.close()

        return address, release

    def close(self) -> None:
        self._peer.close()
