"""`crossdock test-broker`: what demos and tests rely on when they put it behind a router."""

import itertools

import pytest
from peer import ACCEPTED, REJECTED, Peer
from proton import Link, Message
from testbroker import TestBroker
from transactions import Controller


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    broker = TestBroker(tmp_path_factory.mktemp("broker"), "--queue", "declared")
    yield broker
    broker.close()


@pytest.fixture
def client(broker):
    """A peer of the broker; afterwards nothing may have been wrong on the wire."""
    yield from client_of(broker)


def client_of(broker):
    peer = Peer(lambda _: broker.url)
    yield peer
    peer.close()
    assert not peer.faults, f"faults on the wire: {peer.faults}"


def send(connection, queue, *contents):
    sender = connection.sender(queue, credit=True)
    states = [sender.outcome(content).state for content in contents]
    assert states == [ACCEPTED] * len(contents)
    return sender


def test_the_open_tells_the_container_id(broker, client):
    assert client.connect().endpoint.remote_container == broker.container


def test_messages_wait_for_a_consumer_and_come_in_order(client, address):
    connection = client.connect()
    send(connection, address, *range(20))
    receiver = connection.receiver(address, credit=20)
    assert [arrival.body for arrival in receiver.take(20)] == list(range(20))


def test_presettled_messages_are_queued_and_delivered_settled_to_those_who_ask_for_that(client, address):
    connection = client.connect()
    connection.sender(address, credit=True, snd=Link.SND_SETTLED).send("m")
    arrival, = connection.receiver(address, credit=1, snd=Link.SND_SETTLED).take(1)
    assert arrival.body == "m"
    assert arrival.peer_settled


def test_consumers_get_no_more_than_their_credit_and_take_turns(client, address):
    connection = client.connect()
    one, other = (connection.receiver(address, credit=2) for _ in range(2))
    send(connection, address, *range(5))
    assert sorted(arrival.body for arrival in one.take(2) + other.take(2)) == [0, 1, 2, 3]
    assert {one.arrivals[0].body, other.arrivals[0].body} == {0, 1}
    one.flow(1)
    assert one.take(1)[0].body == 4


@pytest.mark.parametrize("state", [ACCEPTED, REJECTED], ids=["accepted", "rejected"])
def test_what_was_consumed_does_not_come_again(client, address, state):
    connection = client.connect()
    sender = send(connection, address, "first", "second")
    receiver = connection.receiver(address, credit=1)
    receiver.take(1)[0].settle(state)
    connection.close()
    client.wait(lambda: connection.lost, "the end of the connection")
    assert client.connect().receiver(address, credit=2).take(1)[0].body == "second"


def test_a_released_message_keeps_its_place(client, address):
    connection = client.connect()
    send(connection, address, "first", "second")
    one = connection.receiver(address, credit=1)
    first, = one.take(1)
    first.release()
    one.close()
    assert [arrival.body for arrival in connection.receiver(address, credit=2).take(2)] == ["first", "second"]


def test_a_message_that_cannot_be_delivered_here_goes_to_another(client, address):
    connection = client.connect()
    one = connection.receiver(address, credit=10)
    send(connection, address, "m")
    one.take(1)[0].modify(failed=True, undeliverable=True)
    other = connection.receiver(address, credit=10)
    assert other.take(1)[0].body == "m"
    assert len(one.arrivals) == 1


@pytest.mark.parametrize("how", ["detach", "close", "cut"])
def test_what_a_consumer_leaves_unsettled_comes_again(client, address, how):
    connection = client.connect()
    send(connection, address, *range(3))
    holder = client.connect()
    receiver = holder.receiver(address, credit=3)
    receiver.take(3)[1].accept()
    if how == "detach":
        receiver.close()
    elif how == "close":
        holder.close()
    else:
        holder.barrier()  # the acceptance has arrived
        holder.cut()
        client.faults.clear()
    assert [arrival.body for arrival in connection.receiver(address, credit=3).take(2)] == [0, 2]


def test_a_drain_is_answered_after_all_there_is(client, address):
    connection = client.connect()
    send(connection, address, *range(3))
    receiver = connection.receiver(address)
    receiver.drain(10)
    assert receiver.bodies() == [0, 1, 2]
    assert receiver.credit == 0
    receiver.drain(10)
    assert receiver.bodies() == [0, 1, 2]


@pytest.mark.parametrize("size", [100_000, 5_000_000])
def test_large_messages_come_whole(client, address, size):
    connection = client.connect()
    content = bytes(itertools.islice(itertools.cycle(range(251)), size))
    send(connection, address, Message(content, inferred=True))
    arrival, = connection.receiver(address, credit=1).take(1)
    assert arrival.body == content


def test_a_dynamic_source_is_a_queue_that_goes_with_its_link(client):
    connection = client.connect()
    receiver = connection.receiver(None, credit=1, dynamic=True)
    send(connection, receiver.address, "m")
    receiver.take(1)[0].accept()


def test_only_declared_queues_are_there_if_so_asked(tmp_path):
    broker = TestBroker(tmp_path, "--queue", "one", "--queue", "two", "--only-declared")
    for peer in client_of(broker):
        connection = peer.connect()
        send(connection, "one", "m")
        send(connection, "two", "m")
        name, description = connection.sender("three").refusal()
        assert name == "amqp:not-found"
        assert "three" in description
    broker.close()


def test_idle_links_are_detached_and_can_be_attached_again(tmp_path):
    broker = TestBroker(tmp_path, "--idle-detach", "1")
    for peer in client_of(broker):
        connection = peer.connect()
        sender = send(connection, "q", "m")
        receiver = connection.receiver("q", credit=1)
        receiver.take(1)
        assert receiver.refusal()[0] == "amqp:link:detach-forced"
        assert sender.refusal()[0] == "amqp:link:detach-forced"
        # It was not settled.
        assert connection.receiver("q", credit=1).take(1)[0].body == "m"
    broker.close()


def test_a_committed_transaction_queues_what_was_sent_in_it(client, address):
    connection = client.connect()
    receiver = connection.receiver(address, credit=10)
    sender = connection.sender(address, credit=True)
    transaction = Controller(connection).declare()
    for number in range(3):
        transaction.send(sender, number)
    connection.barrier()
    assert receiver.bodies() == []
    transaction.commit()
    assert [arrival.body for arrival in receiver.take(3)] == [0, 1, 2]


def test_a_transaction_that_is_rolled_back_leaves_nothing(client, address):
    connection = client.connect()
    receiver = connection.receiver(address, credit=10)
    sender = connection.sender(address, credit=True)
    transaction = Controller(connection).declare()
    transaction.send(sender, "never")
    transaction.rollback()
    sender.outcome("m")
    assert [arrival.body for arrival in receiver.take(1)] == ["m"]
    connection.barrier()
    assert receiver.bodies() == ["m"]


def test_messages_accepted_in_a_transaction_are_gone_when_that_commits_and_only_then(client, address):
    connection = client.connect()
    send(connection, address, "committed", "rolled back")
    controller = Controller(connection)
    receiver = connection.receiver(address, credit=2)
    committed, rolled_back = receiver.take(2)
    transaction = controller.declare()
    transaction.accept(committed)
    other_transaction = controller.declare()
    other_transaction.accept(rolled_back)
    other_transaction.rollback()
    transaction.commit()
    client.wait(lambda: committed.peer_settled, "the settlement")
    assert not rolled_back.peer_settled
    receiver.close()
    other = connection.receiver(address)
    other.drain(2)
    assert other.bodies() == ["rolled back"]


def test_a_transaction_goes_with_its_coordinator_link(client, address):
    connection = client.connect()
    sender = connection.sender(address, credit=True)
    controller = Controller(connection)
    identity = controller.declare().identity
    controller.sender.close()
    sent = Controller(connection).discharge(identity, False)
    assert sent.state == REJECTED
    assert sent.reason()[0] == "amqp:transaction:unknown-id"


def test_sigterm_closes_connections(tmp_path):
    broker = TestBroker(tmp_path)
    for peer in client_of(broker):
        connection = peer.connect()
        broker.stop()
        peer.wait(lambda: connection.lost, "the end of the connection")
        assert connection.condition.name == "amqp:connection:forced"
