"""Routers and the connections between them as a line of text: in `A>B B>C` the routers A and B connect, B and C listen;
`A>C:5` is a connection of cost 5."""

import heapq
import re
from dataclasses import dataclass


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
            connects, listens, cost = re.fullmatch(r"(\w)>(\w)(?::(\d+))?", text).groups()
            wires.append(Wire(connects, listens, int(cost or 1)))
        return cls(tuple(wires))

    @property
    def routers(self) -> list[str]:
        return sorted({end for wire in self.wires for end in (wire.connects, wire.listens)})

    def cost(self, path: str) -> int | None:
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
