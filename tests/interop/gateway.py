"""Three routers in a line, A - B - C, with brokers and containers at B: what the tests of the gateway start from."""

import itertools
import re
import subprocess

from container import Container
from management import CREATED, NO_CONTENT, Agent, wait_for
from mesh import Mesh
from mesh_peer import MeshPeer
from peer import PATIENCE
from router import section
from testbroker import program

ADDRESSES = (
    section("address", prefix="way", waypoint="yes"),
    section("address", prefix="closest", distribution="closest"),
)

LISTENERS = {"container": {"role": "route-container", "idleTimeoutSeconds": 0}}
"""Where containers connect to any router."""

AUTO_LINK, LINK_ROUTE = "router.config.autoLink", "router.config.linkRoute"

CONTAINERS = "B.container"


def connector(name: str, broker, **attributes) -> str:
    """A router's connector to a broker."""
    return section("connector", name=name, role="route-container", host="127.0.0.1", port=broker.port, **attributes)


LOGIN = {"saslMechanisms": "PLAIN", "saslUsername": "guest", "saslPassword": "guest"}


class Gateway:
    """One test's hold of the mesh: a peer, clients of management, and what it made at B, which it takes away again."""

    _numbers = itertools.count()

    def __init__(self, mesh: Mesh, test: str):
        self.mesh = mesh
        self.peer = MeshPeer(mesh)
        self.name = re.sub(r"\W+", "-", test).strip("-").removeprefix("test_")[:60]
        self._agents: dict[str, Agent] = {}
        self._made: list[tuple[str, str, str]] = []

    def address(self, prefix: str = "") -> str:
        """An address that no other test uses."""
        return f"{prefix}{self.name}.{next(self._numbers)}"

    def agent(self, router: str = "B") -> Agent:
        if router not in self._agents:
            self._agents[router] = Agent(self.mesh.url(f"{router}.patient"))
        return self._agents[router]

    def container(self, place: str = CONTAINERS, name: str | None = None, **options) -> Container:
        """A container of a name that no other test uses, played by the test."""
        return Container(self.peer, place, name or self.address("container."), **options)

    def connector(self, name: str, broker, **attributes) -> None:
        """Has B connect to a broker, whose auto links and link routes can say `connection=name`."""
        attributes = {"role": "route-container", "host": "127.0.0.1", "port": str(broker.port), **attributes}
        self.agent().do("CREATE", {"name": name, **attributes}, of="connector", name=name, status=CREATED)
        self._made.append(("B", "connector", name))

    def auto_link(self, address: str, direction: str, *, at: str = "B", **attributes) -> str:
        """Makes an auto link; its identity."""
        return self._create(at, AUTO_LINK, address=address, direction=direction, **attributes)

    def auto_links(self, address: str, **attributes) -> tuple[str, str]:
        """Makes auto links in both directions, to send messages through a broker's queue; their identities, in first."""
        return tuple(self.auto_link(address, direction, **attributes) for direction in ("in", "out"))

    def fallback_address(self) -> str:
        """An address with a fallback, configured at all routers."""
        prefix = f"fall{next(self._numbers)}"
        for router in self.mesh.routers:
            self._create(router, "router.config.address", prefix=prefix, distribution="balanced", fallback=True)
        return f"{prefix}/x"

    def link_route(self, direction: str, *, at: str = "B", **attributes) -> str:
        """Makes a link route, for links that come in or go out from the network's view; its identity."""
        return self._create(at, LINK_ROUTE, direction=direction, **attributes)

    def link_routes(self, **attributes) -> tuple[str, str]:
        """Makes link routes in both directions; their identities, in first."""
        return tuple(self.link_route(direction, **attributes) for direction in ("in", "out"))

    def delete(self, kind: str, identity: str, at: str = "B") -> None:
        self._made.remove((at, kind, identity))
        self.agent(at).delete(kind, identity)

    def row(self, identity: str, kind: str = AUTO_LINK, at: str = "B") -> dict:
        """An entity's attributes as a query shows them."""
        return next(row for row in self.agent(at).query(kind) if row["identity"] == identity)

    def stat(self, view: str) -> list[list[str]]:
        """The words in each line of what `crossdock stat` prints of B."""
        done = subprocess.run(
            [program(), "stat", view, "-b", self.mesh.url("B").removeprefix("amqp://")],
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )
        assert done.returncode == 0, done.stderr
        return [line.split() for line in done.stdout.splitlines()]

    def wait_for_status(self, identity: str, status: str, kind: str = AUTO_LINK, at: str = "B") -> dict:
        """Waits until an auto link or a link route has this operStatus; its row then."""

        def reached():
            self.peer.wait(lambda: True, "nothing")
            self.peer.stay(0.02)
            row = self.row(identity, kind, at)
            return row if row["operStatus"] == status else None

        return wait_for(f"operStatus {status} of {kind} {identity}", reached)

    def wait_for_route(self, key: str, at: str = "A") -> None:
        """Waits until a router knows the address with this key, such as `Corders` of a link route, at another router."""

        def known():
            self.peer.stay(0.02)
            rows = self.agent(at).query("router.address", "identity", "key", "remoteCount", "containerCount")
            return any(key in (row["key"], row["identity"]) and (row["remoteCount"] or row["containerCount"]) for row in rows)

        wait_for(f"address {key} at {at}", known)

    def close(self) -> None:
        """Takes away what was made, closes everything; nothing may have been wrong on the wire."""
        for at, kind, identity in reversed(self._made):
            if kind == "connector":
                self.agent(at).do("DELETE", of=kind, name=identity, status=NO_CONTENT)
            else:
                self.agent(at).delete(kind, identity)
        for agent in self._agents.values():
            agent.close()
        self.peer.close()
        assert not self.peer.faults, f"faults on the wire: {self.peer.faults}"
        gone = [name for name, router in self.mesh.routers.items() if not router.running()]
        assert not gone, f"routers are gone: {gone}"

    def _create(self, at: str, kind: str, **attributes) -> str:
        identity = self.agent(at).create(kind, **attributes)
        self._made.append((at, kind, identity))
        return identity


class RouteStock:
    """Prefixes with link routes in both directions at C that A knows already, for a container that never answers.

    It takes routers up to a second to tell each other about a route; this way many tests share one such second.
    """

    BATCH = 24
    HOLDER = "holder"

    def __init__(self, mesh: Mesh):
        self._numbers = itertools.count()
        self._gateway = Gateway(mesh, "stock")
        self._holder = self._gateway.container("C.container", self.HOLDER)
        self._kept: list[tuple[str, tuple[str, str]]] = []

    def take(self):
        """A prefix, and what is to be called when there are routes for another container."""
        if not self._kept:
            for _ in range(self.BATCH):
                prefix = f"kept{next(self._numbers)}"
                self._kept.append((prefix, self._gateway.link_routes(at="C", prefix=prefix, containerId=self.HOLDER)))
            for prefix, _ in self._kept:
                self._gateway.wait_for_route(f"C{prefix}")
                self._gateway.wait_for_route(f"D{prefix}")
        prefix, routes = self._kept.pop()

        def release() -> None:
            for route in routes:
                self._gateway.delete(LINK_ROUTE, route, "C")

        return prefix, release

    def close(self) -> None:
        self._gateway.close()
