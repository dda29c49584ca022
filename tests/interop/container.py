"""A container that a test plays: it connects to a router's listener for containers, and answers what the router attaches."""

from collections.abc import Callable

from peer import ACCEPTED, Connection, Peer, Receiver, Sender
from proton import Condition, Endpoint, Link, Terminus

CREDIT = 100


class Container:
    """A connection to a router whose attaches it answers, and the links that it then has.

    A link is refused if `refuses` has a condition for its address; links to `silent` addresses get no answer.
    """

    def __init__(
        self, peer: Peer, place: str, name: str, *,
        credit: int = CREDIT, outcome: int | None = ACCEPTED, refill: bool = True, answer: Callable[[Link], None] | None = None,
    ):
        """Producers get this credit, again and again with `refill`, and this outcome. `answer` may change an answering attach."""
        self.peer, self.place, self.name = peer, place, name
        self.refuses: dict[str, Condition] = {}
        self.silent: set[str] = set()
        self.attempts: list[Link] = []
        """All attaches that came, newest last."""
        self.senders: list[Sender] = []
        self.receivers: list[Receiver] = []
        self._credit, self._outcome, self._refill, self._answer = credit, outcome, refill, answer
        self.connection: Connection = None
        self.connect()

    def connect(self) -> None:
        """Connects, for the first time or again; links of an earlier connection are forgotten."""
        self.senders.clear()
        self.receivers.clear()
        self.connection = self.peer.open(self.place, container_id=self.name)
        self.connection.on_attach = self._attached
        self.peer.wait(self.connection.remote_open, "the router's open")

    def disconnect(self) -> None:
        self.connection.close()
        self.peer.wait(lambda: self.connection.lost, "the end of a container's connection")

    def sender(self, address: str) -> Sender:
        """The link on which this container sends from the address, when the router has attached it."""
        return self._find(self.senders, address, lambda link: link.source.address)

    def receiver(self, address: str) -> Receiver:
        """The link on which this container receives for the address, when the router has attached it."""
        return self._find(self.receivers, address, lambda link: link.target.address)

    def attempts_at(self, address: str) -> int:
        """How often the router has attached a link to the address."""
        return sum(address in (link.remote_source.address, link.remote_target.address) for link in self.attempts)

    def wait_for_attempts(self, address: str, count: int, seconds: float = 20) -> None:
        self.peer.wait(lambda: self.attempts_at(address) >= count, f"attach number {count} to {address}", seconds)

    def _find(self, links: list, address: str, address_of):
        def found():
            open_ones = [one for one in links if one.attached() and one.link.state & Endpoint.LOCAL_ACTIVE]
            return [one for one in open_ones if address_of(one.link) == address]

        self.peer.wait(found, f"a link for {address} at container {self.name}")
        return found()[-1]

    def _attached(self, link: Link) -> None:
        self.attempts.append(link)
        own, other = (link.source, link.target) if link.is_sender else (link.target, link.source)
        remote_own = link.remote_source if link.is_sender else link.remote_target
        remote_other = link.remote_target if link.is_sender else link.remote_source
        if remote_own.address in self.silent:
            return
        other.copy(remote_other)
        if remote_own.address in self.refuses:
            own.type = Terminus.UNSPECIFIED
            link.open()
            link.condition = self.refuses[remote_own.address]
            link.close()
            return
        own.copy(remote_own)
        link.snd_settle_mode, link.rcv_settle_mode = link.remote_snd_settle_mode, link.remote_rcv_settle_mode
        if self._answer:
            self._answer(link)
        if link.is_sender:
            self.senders.append(Sender(self.connection, link, None))
        else:
            receiver = Receiver(self.connection, link, None, self._credit, refill=self._refill, outcome=self._outcome)
            self.receivers.append(receiver)
