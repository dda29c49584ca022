"""Qpid Proton clients for tests: a container that works while a test waits, with every protocol step in the test's hand.

Proton's own BlockingConnection hides settlement, credit and partial deliveries, and its MessagingHandler turns a test
inside out. Here a test reads from top to bottom, and nothing is granted, settled or answered that it did not ask for.
"""

import socket
import time
from collections.abc import Callable, Iterable

from proton import Condition, Delivery, Endpoint, Handler, Link, Message, Session, Terminus
from proton.reactor import Container

PATIENCE = 20
"""Seconds after which a condition that a test waits for counts as never coming true."""

ACCEPTED, REJECTED = Delivery.ACCEPTED, Delivery.REJECTED
RELEASED, MODIFIED = Delivery.RELEASED, Delivery.MODIFIED


class Peer:
    """A container with any number of connections. Events are handled only inside `wait`."""

    def __init__(self, url_of: Callable[[str], str]):
        self._url_of = url_of
        self._container = Container(_Recorder(self))
        self._container.start()
        # With neither connections nor timers Proton's loop would end for good.
        self._alive = self._container.schedule(3600, Handler())
        self.connections: list[Connection] = []
        self.turns = 0
        self.faults: list[str] = []

    def open(self, listener: str = "plain", **options) -> "Connection":
        """A new connection, without waiting for the router's open."""
        options.setdefault("reconnect", False)
        connection = Connection(self, self._container.connect(url=self._url_of(listener), **options), self._container)
        self.connections.append(connection)
        return connection

    def connect(self, listener: str = "plain", **options) -> "Connection":
        """A new connection that both sides have opened."""
        connection = self.open(listener, **options)
        self.wait(lambda: connection.remote_open() or connection.lost, "the router's open")
        assert connection.remote_open(), f"the connection was lost before the open: {connection.fault}"
        return connection

    def wait(self, condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Handles events until the condition holds; fails if it does not in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                faults = "; ".join(self.faults) or "none"
                raise AssertionError(f"waited {seconds} s in vain for {what} (transport faults: {faults})")
            self._container.timeout = min(left, 1)
            self.turns += 1
            self._container.process()

    def stay(self, seconds: float) -> None:
        """Handles events for as long as the rule under test is about time itself (heartbeats)."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._container.timeout = left
            self.turns += 1
            self._container.process()

    def close(self) -> None:
        """Closes what is still open, politely; every connection must get its answer."""
        for connection in self.connections:
            if not connection.lost:
                connection.close()
        for connection in self.connections:
            self.wait(lambda c=connection: c.lost, "the end of a connection")
        self._alive.cancel()
        self._container.timeout = 0
        self._container.stop()
        while self._container.process():
            pass


class Connection:
    """One connection to the router, and the links made on it."""

    def __init__(self, peer: Peer, endpoint, container: Container):
        self.peer = peer
        self.endpoint = endpoint
        self.lost = False
        self.fault_expected = False
        self.remote_closed = False
        self.condition: Condition | None = None
        """The condition of the router's close."""
        self.fault: Condition | None = None
        """What Proton or the router found wrong with the transport."""
        self.on_attach: Callable[[Link], None] | None = None
        """What answers links that the other side attaches. Without it they get no answer."""
        self._container = container
        self._names = 0
        endpoint.connection_of_test = self

    def remote_open(self) -> bool:
        return bool(self.endpoint.state & Endpoint.REMOTE_ACTIVE)

    def session(self) -> Session:
        """A further session."""
        session = self.endpoint.session()
        session.open()
        return session

    def sender(self, address: str | None, *, wait: bool = True, credit: bool = False, **options) -> "Sender":
        """A sender link; waits for the answering attach, and for credit if so asked. `prepare` may change Proton's link."""
        sender = Sender(self, self._link("sender", options), address, **options)
        if wait:
            self.peer.wait(sender.answered, f"the attach of a sender to {address}")
        if credit:
            self.peer.wait(lambda: sender.credit > 0, f"credit for {address}")
        return sender

    def receiver(self, address: str | None, credit: int = 0, *, wait: bool = True, **options) -> "Receiver":
        """A receiver link; waits for the answering attach."""
        receiver = Receiver(self, self._link("receiver", options), address, credit, **options)
        if wait:
            self.peer.wait(receiver.answered, f"the attach of a receiver from {address}")
        return receiver

    def barrier(self, other: "Connection | None" = None) -> None:
        """Returns when all that this connection sent before has been handled for the other one (or for itself).

        A message takes the same way through the router after it, and a router keeps order between two connections.
        """
        inbox = (other or self).receiver(None, credit=1, dynamic=True)
        outbox = self.sender(inbox.link.remote_source.address, credit=True)
        outbox.send("barrier")
        inbox.take(1)[0].accept()
        outbox.close()
        inbox.close()

    def close(self, condition: Condition | None = None) -> None:
        """Sends a close."""
        self.endpoint.condition = condition
        self.endpoint.close()

    def cut(self) -> None:
        """Ends the TCP connection without a close, as a process that died would."""
        self.fault_expected = True
        self.endpoint.transport._selectable.shutdown(socket.SHUT_RDWR)
        self.peer.wait(lambda: self.lost, "the end of a connection that was cut")

    def _link(self, kind: str, options: dict) -> Link:
        session = options.pop("session", None) or self._container._get_session(self.endpoint)
        self._names += 1
        name = options.pop("name", f"{kind}-{self._names}")
        return session.sender(name) if kind == "sender" else session.receiver(name)


class _Link:
    """What senders and receivers have in common."""

    def __init__(self, connection: Connection, link: Link, *, snd: int | None, rcv: int | None):
        self.connection = connection
        self.peer = connection.peer
        self.link = link
        self.link.link_of_test = self
        if snd is not None:
            link.snd_settle_mode = snd
        if rcv is not None:
            link.rcv_settle_mode = rcv

    @property
    def credit(self) -> int:
        return self.link.credit

    def answered(self) -> bool:
        return not self.link.state & Endpoint.REMOTE_UNINIT

    def attached(self) -> bool:
        return bool(self.link.state & Endpoint.REMOTE_ACTIVE)

    def detached(self) -> bool:
        return bool(self.link.state & Endpoint.REMOTE_CLOSED)

    def refusal(self) -> tuple[str, str] | None:
        """Waits for the router's detach; its condition and description."""
        self.peer.wait(self.detached, f"the detach of {self.link.name}")
        condition = self.link.remote_condition
        return condition and (condition.name, condition.description)

    def close(self, *, closed: bool = True) -> None:
        """Detaches and waits for the answer."""
        if closed:
            self.link.close()
        else:
            self.link._update_cond()  # Proton does that only for a close
            self.link.detach()
        self._answer = False
        self.peer.wait(lambda: self.detached() or self._answer, f"the answer to the detach of {self.link.name}")

    _answer = False
    closed_by_peer = detached_by_peer = False


class Sender(_Link):
    """A sender link."""

    def __init__(
        self, connection, link, address, *, snd=None, rcv=None, coordinator=False, capability=None, dynamic=False, prepare=None,
    ):
        super().__init__(connection, link, snd=snd, rcv=rcv)
        if address is not None:
            link.target.address = address
        if coordinator:
            link.target.type = Terminus.COORDINATOR
        if dynamic:
            link.target.dynamic = True
        if capability:
            link.target.capabilities.put_symbol(capability)
        self._tags = 0
        if prepare:
            prepare(link)
        link.open()

    def send(self, content: "Message | str | bytes | int", *, settled: bool = False, keep: bool = False) -> "Sent":
        """Sends one message, credit or not (Proton holds it back without).

        One that is to be kept is not settled here when the peer settles it, so that a second outcome would show.
        """
        sent = self.begin()
        sent.keep = keep
        sent.write(content)
        sent.finish(settled=settled)
        return sent

    def send_all(self, contents: Iterable, *, settled: bool = False) -> list["Sent"]:
        """Sends messages as fast as credit allows; returns when the last one has been handed to Proton."""
        sent = []
        for content in contents:
            if self.credit <= 0:
                self.peer.wait(lambda: self.credit > 0, f"credit after {len(sent)} messages")
            sent.append(self.send(content, settled=settled))
        return sent

    def outcome(self, content, **options) -> "Sent":
        """Sends one message and waits until it is settled."""
        sent = self.send(content, **options)
        self.peer.wait(lambda: sent.settled, "the outcome of a message")
        return sent

    def begin(self, tag: str | None = None) -> "Sent":
        """Starts a delivery that is sent piece by piece."""
        self._tags += 1
        return Sent(self, self.link.delivery(tag or str(self._tags)))


class Sent:
    """A delivery on its way to the router, and what has been said of it since."""

    def __init__(self, sender: Sender, delivery: Delivery):
        self.sender = sender
        self.delivery = delivery
        self.state = 0
        self.settled = False
        self.settlements = 0
        self._settled_in_turn: int | None = None
        self.keep = False
        self.condition: Condition | None = None
        self.failed = self.undeliverable = False
        self.annotations = None
        self.data = None
        """The fields of a state that Proton does not know, such as declared."""
        delivery.of_test = self

    def write(self, content: "Message | str | bytes | int") -> None:
        if isinstance(content, bytes):
            data = content
        else:
            data = (content if isinstance(content, Message) else Message(content)).encode()
        self.sender.link.stream(data)

    def finish(self, *, settled: bool = False) -> None:
        self.sender.link.advance()
        if settled or self.sender.link.snd_settle_mode == Link.SND_SETTLED:
            self.delivery.settle()

    def abort(self) -> None:
        self.delivery.abort()

    def settle(self) -> None:
        self.delivery.settle()

    def reason(self) -> tuple[str, str] | None:
        """Condition and description of a rejection."""
        return self.condition and (self.condition.name, self.condition.description)

    def _updated(self, delivery: Delivery) -> None:
        remote = delivery.remote
        self.state = delivery.remote_state
        if self.state == REJECTED:
            self.condition = remote.condition
        if self.state == MODIFIED:
            self.failed, self.undeliverable = bool(remote.failed), bool(remote.undeliverable)
            self.annotations = remote.annotations
        if self.state > MODIFIED:
            self.data = remote.data
        if delivery.settled and self._settled_in_turn != (turn := self.sender.peer.turns):
            # A disposition with and one without settlement in one turn look like two with it.
            self._settled_in_turn = turn
            self.settlements += 1
            self.settled = True
            if not self.keep:
                delivery.settle()


class Receiver(_Link):
    """A receiver link. It gives the credit that it is told to, and no more unless `refill` is set."""

    def __init__(
        self, connection, link, address, credit, *,
        snd=None, rcv=None, dynamic=False, refill=False, outcome=None, capability=None, prepare=None,
    ):
        super().__init__(connection, link, snd=snd, rcv=rcv)
        if address is not None:
            link.source.address = address
        if dynamic:
            link.source.dynamic = True
        if capability:
            link.source.capabilities.put_symbol(capability)
        self.refill = refill
        self.outcome = outcome
        self.arrivals: list[Arrival] = []
        self.partial: Arrival | None = None
        self._taken = 0
        if prepare:
            prepare(link)
        link.open()
        if credit:
            link.flow(credit)

    @property
    def address(self) -> str:
        """The address that it consumes, the router's choice if it left it the choice."""
        return self.link.source.address or self.link.remote_source.address

    def flow(self, credit: int) -> None:
        self.link.flow(credit)

    def take(self, count: int, seconds: float = PATIENCE) -> list["Arrival"]:
        """Waits for the next messages and returns them."""
        end = self._taken + count
        self.peer.wait(
            lambda: len(self.arrivals) >= end,
            f"{count} messages from {self.address}", seconds,
        )
        taken = self.arrivals[self._taken:end]
        self._taken = end
        return taken

    def drain(self, credit: int) -> None:
        """Drains with this much additional credit; returns when the router has used it or given it back."""
        self.link.drain(credit)
        self.peer.wait(lambda: not self.link.draining(), "the end of a drain")
        self.link.drain_mode = False

    def relay(self, sender: Sender) -> None:
        """Sends on all that came and was not taken, as a queue does."""
        for arrival in self.take(len(self.arrivals) - self._taken):
            sender.send(arrival.message)

    def bodies(self) -> list:
        return [arrival.message.body for arrival in self.arrivals]

    def _updated(self, delivery: Delivery) -> None:
        arrival = getattr(delivery, "of_test", None)
        if arrival is None:
            arrival = delivery.of_test = self.partial = Arrival(self, delivery)
        arrival.peer_settled = arrival.peer_settled or delivery.settled
        arrival.state = delivery.remote_state
        if delivery.aborted:
            if not arrival.aborted:
                arrival.aborted = True
                self.partial = None
                delivery.settle()
                if self.refill:
                    self.link.flow(1)
            return
        if arrival.complete or arrival.given_up:
            return
        if delivery.pending:
            arrival.data += self.link.recv(delivery.pending)
        if not delivery.partial:
            arrival.complete = True
            self.partial = None
            self.link.advance()
            self.arrivals.append(arrival)
            if self.outcome is not None:
                arrival.settle(self.outcome)
            if self.refill:
                self.link.flow(1)


class Arrival:
    """A delivery from the router, possibly still under way."""

    def __init__(self, receiver: Receiver, delivery: Delivery):
        self.receiver = receiver
        self.delivery = delivery
        self.data = bytearray()
        self.complete = False
        self.aborted = False
        self.given_up = False
        self.peer_settled = False
        self.state = 0

    @property
    def message(self) -> Message:
        message = Message()
        message.decode(bytes(self.data))
        if isinstance(message.body, memoryview):  # of memory that goes with the message
            message.body = bytes(message.body)
        return message

    @property
    def body(self):
        return self.message.body

    def update(self, state: int) -> None:
        """Tells the state without settling."""
        self.delivery.update(state)

    def settle(self, state: int | None = None) -> None:
        self.given_up = not self.complete
        if state is not None:
            self.delivery.update(state)
        self.delivery.settle()

    def accept(self) -> None:
        self.settle(ACCEPTED)

    def release(self) -> None:
        self.settle(RELEASED)

    def reject(self, name: str | None = None, description: str | None = None) -> None:
        if name:
            self.delivery.local.condition = Condition(name, description)
        self.settle(REJECTED)

    def modify(self, *, failed: bool = False, undeliverable: bool = False, annotations: dict | None = None) -> None:
        local = self.delivery.local
        local.failed, local.undeliverable = failed, undeliverable
        if annotations:
            local.annotations = annotations
        self.settle(MODIFIED)


class _Recorder(Handler):
    """Passes Proton's events to the objects above."""

    def __init__(self, peer: Peer):
        super().__init__()
        self._peer = peer

    def on_delivery(self, event) -> None:
        if event.link.is_sender:
            event.delivery.of_test._updated(event.delivery)
        else:
            event.link.link_of_test._updated(event.delivery)

    def on_session_remote_open(self, event) -> None:
        if event.session.state & Endpoint.LOCAL_UNINIT:
            event.session.open()

    def on_link_remote_open(self, event) -> None:
        answer = event.link.connection.connection_of_test.on_attach
        if answer and event.link.state & Endpoint.LOCAL_UNINIT:
            answer(event.link)

    def on_link_remote_close(self, event) -> None:
        if link := getattr(event.link, "link_of_test", None):
            link._answer = link.closed_by_peer = True
        event.link.close()

    def on_link_remote_detach(self, event) -> None:
        if link := getattr(event.link, "link_of_test", None):
            link._answer = link.detached_by_peer = True
        event.link.detach()

    def on_session_remote_close(self, event) -> None:
        event.session.close()

    def on_connection_remote_close(self, event) -> None:
        # Proton forgets the remote condition when it takes the transport from the connection.
        connection = event.connection.connection_of_test
        connection.remote_closed, connection.condition = True, event.connection.remote_condition
        event.connection.close()

    def on_transport_error(self, event) -> None:
        connection = getattr(event.connection, "connection_of_test", None)
        condition = event.transport.condition
        if connection is not None:
            connection.fault = condition
            if not connection.fault_expected:
                self._peer.faults.append(f"{condition}")

    def on_transport_closed(self, event) -> None:
        if event.connection is not None:
            event.connection.connection_of_test.lost = True
