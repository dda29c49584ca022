"""Three routers in a line, A - B - C, with brokers and containers at B: what the tests of the gateway start from."""

import itertools
import re

from container import Container
from management import Agent, wait_for
from mesh import Mesh
from mesh_peer import MeshPeer
from router import section

ADDRESSES = (
    section("address", prefix="way", waypoint="yes"),
    section("address", prefix="closest", distribution="closest"),
    section("address", prefix="fall", enableFallback="yes"),
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

    def auto_link(self, address: str, direction: str, *, at: str = "B", **attributes) -> str:
        """Makes an auto link; its identity."""
        return self._create(at, AUTO_LINK, address=address, direction=direction, **attributes)

    def auto_links(self, address: str, **attributes) -> tuple[str, str]:
        """Makes auto links in both directions, to send messages through a broker's queue; their identities, in first."""
        return tuple(self.auto_link(address, direction, **attributes) for direction in ("in", "out"))

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
