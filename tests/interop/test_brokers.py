"""The brokers that other tests put behind routers, spoken to directly: they do what those tests rely on."""

import pytest
from peer import ACCEPTED, Peer


def peer_of(broker):
    """A peer of a broker. RabbitMQ answers a detach that closes with one that does not, so links are left to their connection."""
    return Peer(lambda _: broker.url)


@pytest.mark.parametrize(
    "login",
    [{"allowed_mechs": "PLAIN", "user": "guest", "password": "guest"}, {"allowed_mechs": "ANONYMOUS"}],
    ids=["plain", "anonymous"],
)
def test_rabbitmq_queues_and_delivers(rabbitmq, address, login):
    queue, = rabbitmq.declare(address)
    peer = peer_of(rabbitmq)
    connection = peer.connect(**login)
    assert connection.sender(queue, credit=True).outcome("m").state == ACCEPTED
    arrival, = connection.receiver(queue, credit=1).take(1)
    assert arrival.body == "m"
    arrival.accept()
    peer.close()


def test_the_proton_broker_keeps_messages_until_a_consumer_comes(proton_broker, address):
    peer = peer_of(proton_broker)
    connection = peer.connect()
    outcomes = [connection.sender(address, credit=True).outcome(number) for number in range(3)]
    assert [sent.state for sent in outcomes] == [ACCEPTED] * 3
    assert [arrival.body for arrival in connection.receiver(address, credit=10).take(3)] == [0, 1, 2]
    peer.close()
