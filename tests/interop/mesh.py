"""Several routers as real processes, connected as a drawing says."""

import os
import socket
from pathlib import Path

from relay import Relay
from router import Router, section
from topology import Topology, Wire

LISTENERS = {"plain": {}, "raw": {"stripAnnotations": "no"}, "patient": {"idleTimeoutSeconds": 0}}
"""What every router of a mesh offers to clients: the usual, one whose clients see the annotations for routers, and one whose
clients may be silent."""


def qdrouterd() -> list[str] | None:
    """The command line of the qdrouterd that meshes are mixed with, if there is one."""
    program = os.environ.get("QDROUTERD")
    return [program] if program else None


class Mesh:
    """The routers of a topology, started but perhaps not yet connected.

    Each can be ended, killed and started again; listeners between routers keep their ports.
    """

    def __init__(
        self, directory: Path, drawing: str, *sections: str,
        programs: dict[str, list[str]] | None = None, relays: str = "", patient: bool = False,
        listeners: dict[str, dict] | None = None, local: dict[str, list[str]] | None = None,
    ):
        """With `relays` (the names of wires, `"AB BC"`) these connections pass through a relay that can cut them.

        Routers of a `patient` mesh do not give each other up when a busy machine holds them up for some seconds. All routers
        have the further `listeners`; `local` has sections for single ones, by router.
        """
        self._listeners = {**LISTENERS, **(listeners or {})}
        self._local = local or {}
        self._attributes = {"helloMaxAgeSeconds": 20} if patient else {}
        self.topology = Topology.parse(drawing)
        self.programs = programs or {}
        self.routers: dict[str, Router] = {}
        self.relays: dict[str, Relay] = {}
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
        listeners, connectors = dict(self._listeners), []
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
            directory, listeners, *connectors, *self._sections, *self._local.get(name, []),
            router_id=name, mode="interior", program=self.programs.get(name), attributes=self._attributes,
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

    def _port(self, wire: Wire) -> int:
        return self._reserved[wire.name].getsockname()[1]
