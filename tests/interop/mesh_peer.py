"""Proton peers that connect to any router of a mesh, and what they need to know of its routers' knowledge of each other."""

import itertools

from mesh import Mesh
from peer import ACCEPTED, Arrival, Peer, Receiver, Sender
from proton import Message, symbol

CONVERGENCE_SECONDS = 30
"""More than routers ever need to find each other again: the connector's pause, two HELLOs, an update of links."""

TRACE = symbol("x-opt-qd.trace")


class MeshPeer(Peer):
    """A Proton peer that names the router it connects to: `peer.connect("A")`, `peer.connect("A.raw")`."""

    _numbers = itertools.count()

    def __init__(self, mesh: Mesh, stock: "Stock | None" = None):
        super().__init__(mesh.url)
        self.mesh = mesh
        self._stock = stock

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

    def converge(self, seconds: float = CONVERGENCE_SECONDS) -> None:
        """Returns when a message from each running router reaches each other one by a path of least cost."""
        Probes(self.mesh).wait(seconds)

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
        if self._stock is None:
            address = f"{prefix}new/{next(self._numbers)}"
            receivers = [self.connect(f"{place}.{listener}").receiver(address, **options) for place in places]
            self.learn()
            return receivers
        address, release = self._stock.take(places, prefix)
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


class Probes:
    """Messages between all running routers of a mesh, sent until they take paths of least cost."""

    ROUNDS = 3
    """So many in a row must be good, so that what was learnt with the last change has got around."""

    def __init__(self, mesh: Mesh):
        self._mesh = mesh
        self._peer = peer = MeshPeer(mesh)
        places = sorted(mesh.routers)
        self._inboxes = {
            place: peer.connect(f"{place}.raw").receiver(None, credit=10_000, dynamic=True, outcome=ACCEPTED) for place in places
        }
        self._outboxes = {place: peer.connect(place).sender(None, credit=True) for place in places}
        self._pairs = list(itertools.permutations(places, 2))
        self._last: dict = {}

    def wait(self, seconds: float) -> None:
        good = 0

        def converged() -> bool:
            nonlocal good
            good = good + 1 if self._round(seconds) else 0
            if good == 0:
                self._peer.stay(0.02)
            return good == self.ROUNDS

        try:
            self._peer.wait(converged, "a mesh that has found its paths", seconds)
        except AssertionError as problem:
            logs = "\n".join(f"--- {name}\n{router.log_tail(most=40)}" for name, router in sorted(self._mesh.routers.items()))
            raise AssertionError(f"{problem}; paths or states of the last probes: {self._last}\n{logs}") from None
        self._peer.close()

    def _round(self, seconds: float) -> bool:
        before = {place: len(inbox.arrivals) for place, inbox in self._inboxes.items()}
        sent = {
            (start, end): self._outboxes[start].send(Message(start, address=self._inboxes[end].address))
            for start, end in self._pairs
        }
        self._peer.wait(lambda: all(one.settled for one in sent.values()), "the outcomes of probes", seconds)
        paths = {
            (arrival.message.body, end): path(arrival)
            for end, inbox in self._inboxes.items()
            for arrival in inbox.arrivals[before[end]:]
        }
        self._last = {pair: paths.get(pair, sent[pair].state) for pair in self._pairs}
        topology = self._mesh.topology
        if self._mesh.routers.keys() != set(topology.routers):
            return all(one.state == ACCEPTED for one in sent.values())
        return all(pair in paths and topology.cost(paths[pair]) == topology.least_cost(*pair) for pair in self._pairs)


def path(arrival: Arrival) -> str:
    """The routers that a message has passed, by its annotations: `ABC`. Seen only by clients of the listener `raw`."""
    return "".join(hop.split("/")[1] for hop in arrival.message.annotations[TRACE])
