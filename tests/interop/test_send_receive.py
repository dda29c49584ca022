"""Messages get through whole, once and in order, as far as credit reaches."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from peer import ACCEPTED, PATIENCE, RELEASED
from proton import Message, int32, symbol, timestamp, ulong
from proton.handlers import MessagingHandler
from proton.reactor import Container
from proton.utils import BlockingConnection


@pytest.mark.parametrize("count", [1, 1000])
def test_blocking_clients_pass_messages_in_order(router, address, count):
    """The sender of Proton's blocking API goes on only after each message's outcome."""

    def send_all() -> None:
        connection = BlockingConnection(router.url(), timeout=PATIENCE)
        try:
            sender = connection.create_sender(address)
            for number in range(count):
                assert sender.send(Message(number)).remote_state == ACCEPTED
        finally:
            connection.close()

    connection = BlockingConnection(router.url(), timeout=PATIENCE)
    try:
        receiver = connection.create_receiver(address, credit=10)
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(send_all)
            for number in range(count):
                assert receiver.receive().body == number
                receiver.accept()
            # The blocking API sends what is due, like this last outcome, only when it is called again.
            receiver.close()
            sending.result()
    finally:
        connection.close()


class _Traffic(MessagingHandler):
    """Sends `count` messages to itself over two connections, as an ordinary event-driven program would."""

    def __init__(self, url: str, address: str, count: int):
        super().__init__(prefetch=100)
        self.url, self.address, self.count = url, address, count
        self.sent = 0
        self.accepted = 0
        self.received: list[int] = []

    def on_start(self, event) -> None:
        self.deadline = event.container.schedule(PATIENCE, self)
        self.receiving = event.container.connect(self.url, reconnect=False)
        self.sending = event.container.connect(self.url, reconnect=False)
        event.container.create_receiver(self.receiving, self.address)
        event.container.create_sender(self.sending, self.address)

    def on_sendable(self, event) -> None:
        while event.sender.credit and self.sent < self.count:
            event.sender.send(Message(self.sent))
            self.sent += 1

    def on_message(self, event) -> None:
        self.received.append(event.message.body)

    def on_accepted(self, event) -> None:
        self.accepted += 1
        if self.accepted == self.count:
            self._end()

    def on_timer_task(self, event) -> None:
        self._end()

    def _end(self) -> None:
        self.deadline.cancel()
        self.receiving.close()
        self.sending.close()


@pytest.mark.parametrize("count", [1, 1000, 10_000])
def test_event_driven_clients_pass_messages_in_order(router, address, count):
    traffic = _Traffic(router.url(), address, count)
    Container(traffic).run()
    assert traffic.received == list(range(count))
    assert traffic.accepted == count


@pytest.mark.parametrize("credit", [1, 10, 1000])
def test_consumer_gets_as_many_messages_as_it_gave_credit_for(peer, address, credit):
    receiver = peer.connect().receiver(address, credit=credit, outcome=ACCEPTED)
    sender = peer.connect().sender(address, credit=True)
    sent = sender.send_all(range(credit + 50))
    receiver.take(credit)
    sender.connection.barrier(receiver.connection)
    assert len(receiver.arrivals) == credit and receiver.credit == 0
    receiver.flow(50)
    receiver.take(50)
    assert receiver.bodies() == list(range(credit + 50))
    peer.wait(lambda: all(one.state == ACCEPTED for one in sent), "all outcomes")


@pytest.mark.parametrize("credit", [1, 10, 1000])
def test_consumer_that_renews_its_credit_gets_everything_in_order(peer, address, credit):
    receiver = peer.connect().receiver(address, credit=credit, outcome=ACCEPTED, refill=True)
    sender = peer.connect().sender(address, credit=True)
    sent = sender.send_all(range(1500))
    receiver.take(1500)
    assert receiver.bodies() == list(range(1500))
    peer.wait(lambda: all(one.state == ACCEPTED for one in sent), "all outcomes")


def test_message_without_credit_waits_for_it(peer, address):
    receiver = peer.connect().receiver(address)
    sender = peer.connect().sender(address, credit=True)
    sent = sender.send("patience")
    sender.connection.barrier(receiver.connection)
    assert receiver.arrivals == [] and not sent.settled
    receiver.flow(1)
    arrival, = receiver.take(1)
    assert arrival.body == "patience"
    arrival.accept()
    peer.wait(lambda: sent.state == ACCEPTED, "the outcome")


def test_sender_gets_no_credit_until_a_consumer_appears(peer, address):
    sender = peer.connect().sender(address)
    sender.connection.barrier()
    assert sender.attached() and sender.credit == 0
    receiver = peer.connect().receiver(address, credit=1)
    peer.wait(lambda: sender.credit > 0, "credit once there is a consumer")
    sender.send("at last")
    assert receiver.take(1)[0].body == "at last"


def test_sender_gets_the_credit_that_the_listener_is_configured_for(peer, address):
    peer.connect().receiver(address)
    usual = peer.connect().sender(address, credit=True)
    small = peer.connect("small").sender(address, credit=True)
    assert (usual.credit, small.credit) == (250, 10)


def test_sender_gets_credit_back_as_its_messages_are_settled(peer, address):
    receiver = peer.connect().receiver(address, credit=10)
    sender = peer.connect("small").sender(address, credit=True)
    sender.send_all(range(10))
    arrivals = receiver.take(10)
    sender.connection.barrier()
    assert sender.credit == 0
    for arrival in arrivals[:4]:
        arrival.accept()
    peer.wait(lambda: sender.credit == 4, "credit for four settled messages")


def test_last_consumer_gone_means_next_message_is_released_and_a_drain(peer, address):
    receiver = peer.connect().receiver(address, credit=10, outcome=ACCEPTED)
    sender = peer.connect().sender(address, credit=True)
    assert sender.outcome("taken").state == ACCEPTED
    receiver.close()
    sent = sender.send("too late")
    peer.wait(lambda: sent.settled and sender.link.drain_mode, "the release and the drain")
    assert sent.state == RELEASED
    # Proton answers a drain only when asked to; then the router knows that no credit is left ...
    sender.link.drained()
    assert sender.credit == 0
    # ... and grants some again when there is a consumer.
    again = peer.connect().receiver(address, credit=10, outcome=ACCEPTED)
    peer.wait(lambda: sender.credit > 0, "credit from a new consumer")
    assert sender.outcome("taken again").state == ACCEPTED
    assert again.bodies() == ["taken again"]


def test_each_message_without_consumer_is_released(peer, address):
    receiver = peer.connect().receiver(address, credit=1)
    sender = peer.connect().sender(address, credit=True)
    receiver.close()
    assert [sender.outcome(number).state for number in range(3)] == [RELEASED] * 3


def test_every_section_of_a_message_arrives_as_it_was_sent(peer, address):
    receiver = peer.connect().receiver(address, credit=1)
    sender = peer.connect().sender(address, credit=True)
    message = Message(
        body={"n": 1, "list": [1, 2.5, None, "x"], "bytes": b"\x00\xff"},
        durable=True, priority=7, ttl=30.0, first_acquirer=True, delivery_count=3,
        id="id-1", user_id=b"somebody", address="elsewhere", subject="subject", reply_to="reply",
        correlation_id=ulong(77), content_type=symbol("text/plain"), content_encoding=symbol("identity"),
        expiry_time=4_000_000_000, creation_time=1_500_000_000, group_id="group", group_sequence=9, reply_to_group_id="other",
        properties={"text": "x", "number": int32(-5), "when": timestamp(1_500_000_000_000), "none": None},
        annotations={symbol("x-opt-user"): "mine"}, instructions={symbol("x-opt-instruction"): 5},
    )
    sender.send(message)
    arrival, = receiver.take(1)
    arrived = arrival.message
    header = ("durable", "priority", "ttl", "first_acquirer", "delivery_count")
    assert {name: getattr(arrived, name) for name in header} == {name: getattr(message, name) for name in header}
    assert (arrived.annotations, arrived.instructions) == (message.annotations, message.instructions)
    # From the properties on it is the bare message, of which not an octet may change.
    assert bytes(arrival.data).endswith(bare_message(message))


def bare_message(message: Message) -> bytes:
    data = bytes(message.encode())
    return data[data.index(b"\x00\x53\x73"):]


@pytest.mark.parametrize("priority", range(10))
def test_priority_passes_unchanged(peer, address, priority):
    receiver = peer.connect().receiver(address, credit=1)
    peer.connect().sender(address, credit=True).send(Message("m", priority=priority))
    assert receiver.take(1)[0].message.priority == priority


def test_messages_of_all_priorities_arrive(peer, address):
    receiver = peer.connect().receiver(address, credit=30)
    sender = peer.connect().sender(address, credit=True)
    sender.send_all(Message(number, priority=number % 10) for number in range(30))
    assert sorted(arrival.body for arrival in receiver.take(30)) == list(range(30))


def test_empty_body_and_empty_binary_arrive(peer, address):
    receiver = peer.connect().receiver(address, credit=2)
    sender = peer.connect().sender(address, credit=True)
    sender.send(Message(None))
    sender.send(Message(b"", inferred=True))
    assert [arrival.body for arrival in receiver.take(2)] == [None, b""]
