"""Real brokers behind the router in the middle: clients at the outer ones produce into their queues and consume from them."""

import itertools
import time

import pytest
from gateway import AUTO_LINK
from management import wait_for
from peer import ACCEPTED, MODIFIED, RELEASED
from proton import Message
from rabbitmq import START_SECONDS
from testbroker import TestBroker

BACK_SECONDS = 10
"""So long after a broker's return its auto links are back at the latest: the connector's pause, and one try of theirs."""


def durable(number) -> Message:
    return Message(number, durable=True)


class Producer:
    """A client that always has some messages under way, and keeps account of what came of them."""

    IN_FLIGHT = 20

    def __init__(self, gateway, place: str, address: str):
        self.gateway = gateway
        self.sender = gateway.peer.connect(place).sender(address, credit=True)
        self._numbers = itertools.count()
        self.sent: dict[int, object] = {}

    def work(self) -> None:
        """Sends as far as credit allows."""
        room = self.IN_FLIGHT - sum(not one.settled for one in self.sent.values())
        for _ in range(min(room, self.sender.credit)):
            number = next(self._numbers)
            self.sent[number] = self.sender.send(durable(number))

    def run(self, seconds: float) -> None:
        """Keeps at it for some time: there is nothing else to wait for while a broker is away."""
        end = time.monotonic() + seconds
        self.gateway.peer.wait(lambda: self.work() or time.monotonic() > end, "the end of a while", seconds + 5)

    def run_until_accepted(self, count: int) -> None:
        """Keeps at it until so many more messages have been accepted."""
        goal = len(self.accepted()) + count
        self.gateway.peer.wait(lambda: self.work() or len(self.accepted()) >= goal, f"{count} more acceptances")

    def finish(self) -> None:
        """Waits for the outcomes of all that was sent."""
        self.gateway.peer.wait(lambda: all(one.settled for one in self.sent.values()), "the last outcomes")

    def accepted(self) -> list[int]:
        return [number for number, one in self.sent.items() if one.settled and one.state == ACCEPTED]

    def others(self) -> set[int]:
        """The states of what was not accepted."""
        return {one.state for one in self.sent.values() if one.settled and one.state != ACCEPTED}


# ---- RabbitMQ --------------------------------------------------------------------------------------------------------


def test_messages_pass_a_rabbitmq_queue_between_two_routers(rabbit, rabbitmq):
    address = rabbit.address("way/")
    queue, = rabbitmq.declare(address)
    rabbit.auto_links(address, connection="rabbit", externalAddress=queue)
    sender = rabbit.peer.connect("A").sender(address, credit=True)
    sent = sender.send_all(durable(number) for number in range(100))
    rabbit.peer.wait(lambda: all(one.settled for one in sent), "the outcomes")
    assert {one.state for one in sent} == {ACCEPTED}
    assert rabbitmq.depths()[address] == 100
    receiver = rabbit.peer.connect("C").receiver(address, credit=10, refill=True, outcome=ACCEPTED)
    assert [arrival.body for arrival in receiver.take(100)] == list(range(100))
    wait_for("an empty queue", lambda: rabbit.peer.stay(0.05) or rabbitmq.depths()[address] == 0)


def test_a_released_message_is_in_the_rabbitmq_queue_again(rabbit, rabbitmq):
    address = rabbit.address("way/")
    queue, = rabbitmq.declare(address)
    rabbit.auto_links(address, connection="rabbit", externalAddress=queue)
    sender = rabbit.peer.connect("A").sender(address, credit=True)
    assert sender.outcome("m").state == ACCEPTED
    receiver = rabbit.peer.connect("C").receiver(address, credit=1)
    receiver.take(1)[0].release()
    receiver.flow(1)
    again, = receiver.take(1)
    assert again.body == "m"
    again.accept()


@pytest.mark.differs(reason="qdrouterd drains the link from the queue, for which RabbitMQ ends the session")
def test_the_producer_notices_nothing_when_the_consumer_leaves(rabbit, rabbitmq):
    address = rabbit.address("way/")
    queue, = rabbitmq.declare(address)
    links = rabbit.auto_links(address, connection="rabbit", externalAddress=queue)
    producer = Producer(rabbit, "A", address)
    for _ in range(3):
        receiver = rabbit.peer.connect("C").receiver(address, credit=10)
        producer.run_until_accepted(20)
        for arrival in receiver.take(10):
            arrival.accept()
        receiver.connection.barrier()
        receiver.close()
        producer.run_until_accepted(20)
    producer.finish()
    assert producer.others() == set()
    assert not producer.sender.detached()
    expected = len(producer.accepted()) - 30
    wait_for("all messages back in the queue", lambda: rabbit.peer.stay(0.05) or rabbitmq.depths()[address] == expected)
    assert [rabbit.row(link)["operStatus"] for link in links] == ["active"] * 2


def test_no_accepted_message_is_lost_when_rabbitmq_is_killed_and_comes_back(rabbit, rabbitmq):
    address = "way/filed"
    links = [row["identity"] for row in rabbit.agent().query(AUTO_LINK) if row["address"] == address]
    producer = Producer(rabbit, "A", address)
    consumer = rabbit.peer.connect("C").receiver(address, credit=10, refill=True, outcome=ACCEPTED)
    producer.run_until_accepted(200)
    rabbitmq.kill()
    producer.run(0.5)
    assert not producer.sender.detached()
    rabbitmq.begin_start()
    rabbit.peer.wait(lambda: producer.work() or rabbitmq.listens(), "RabbitMQ", START_SECONDS)
    back = time.monotonic()
    for link in links:
        rabbit.wait_for_status(link, "active")
    assert time.monotonic() - back < BACK_SECONDS
    producer.run_until_accepted(200)
    producer.finish()
    assert producer.others() <= {RELEASED, MODIFIED}
    assert not producer.sender.detached()
    accepted = set(producer.accepted())
    rabbit.peer.wait(lambda: accepted <= set(consumer.bodies()), "all that was accepted")
    wait_for("an empty queue", lambda: rabbit.peer.stay(0.05) or rabbitmq.depths()["filed"] == 0)


def test_consumers_that_come_one_after_the_other_get_each_message_once(rabbit, rabbitmq):
    address = rabbit.address("way/")
    queue, = rabbitmq.declare(address)
    rabbit.auto_links(address, connection="rabbit", externalAddress=queue)
    sender = rabbit.peer.connect("B").sender(address, credit=True)
    sent = sender.send_all(durable(number) for number in range(1_500))
    rabbit.peer.wait(lambda: all(one.settled for one in sent), "the outcomes")
    # Each of them is a grant of credit, and RabbitMQ counts wrongly when grants and deliveries cross.
    connections = [rabbit.peer.connect("B") for _ in range(50)]
    receivers = [
        connection.receiver(address, credit=4, refill=True, outcome=ACCEPTED, wait=False) for connection in connections
    ]
    rabbit.peer.wait(lambda: sum(len(receiver.arrivals) for receiver in receivers) >= 1_500, "all messages")
    wait_for("an empty queue", lambda: rabbit.peer.stay(0.05) or rabbitmq.depths()[address] == 0)
    bodies = [body for receiver in receivers for body in receiver.bodies()]
    assert sorted(bodies) == list(range(1_500))


# ---- other brokers ---------------------------------------------------------------------------------------------------


def test_auto_links_are_back_after_protons_broker_was_killed(gateway, proton_broker):
    address = gateway.address("way/")
    name = gateway.address("proton")
    gateway.connector(name, proton_broker)
    links = gateway.auto_links(address, connection=name)
    for link in links:
        gateway.wait_for_status(link, "active")
    producer = Producer(gateway, "A", address)
    consumer = gateway.peer.connect("C").receiver(address, credit=10, refill=True, outcome=ACCEPTED)
    producer.run_until_accepted(50)
    proton_broker.kill()
    producer.run(0.2)
    proton_broker.start()
    back = time.monotonic()
    for link in links:
        gateway.wait_for_status(link, "active")
    assert time.monotonic() - back < BACK_SECONDS
    count = len(consumer.arrivals)
    producer.run_until_accepted(50)
    producer.finish()
    assert producer.others() <= {RELEASED, MODIFIED}
    assert not producer.sender.detached()
    gateway.peer.wait(lambda: len(consumer.arrivals) >= count + 50, "messages after the return")


def test_links_that_a_broker_detaches_when_idle_are_there_again_when_needed(gateway, tmp_path):
    broker = TestBroker(tmp_path, "--idle-detach", "1", container=gateway.address("idler"))
    address = gateway.address("way/")
    gateway.connector(broker.container, broker)
    link_in, link_out = gateway.auto_links(address, containerId=broker.container)
    sender = gateway.peer.connect("A").sender(address, credit=True)
    receiver = gateway.peer.connect("C").receiver(address, credit=10, outcome=ACCEPTED)
    first = gateway.wait_for_status(link_out, "active")["linkRef"]
    assert sender.outcome("first").state == ACCEPTED
    receiver.take(1)
    wait_for("the detach", lambda: gateway.peer.stay(0.05) or gateway.row(link_out)["linkRef"] != first)
    gateway.peer.wait(
        lambda: sender.credit and sender.outcome("second").state == ACCEPTED, "an accepted message", BACK_SECONDS,
    )
    assert receiver.take(1)[0].body == "second"
    assert not sender.detached()
    broker.close()


def test_several_brokers_share_one_address(gateway, tmp_path):
    brokers = [TestBroker(tmp_path, container=gateway.address(f"broker{number}-")) for number in range(2)]
    address = gateway.address("way/")
    for broker in brokers:
        gateway.connector(broker.container, broker)
        for link in gateway.auto_links(address, containerId=broker.container):
            gateway.wait_for_status(link, "active")
    sender = gateway.peer.connect("A").sender(address, credit=True)
    sent = sender.send_all(range(100))
    gateway.peer.wait(lambda: all(one.settled for one in sent), "the outcomes")
    assert {one.state for one in sent} == {ACCEPTED}
    receiver = gateway.peer.connect("C").receiver(address, credit=10, refill=True, outcome=ACCEPTED)
    assert sorted(arrival.body for arrival in receiver.take(100)) == list(range(100))
    for broker in brokers:
        broker.close()
