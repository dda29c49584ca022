"""Attaches that are refused, with what, and that nothing else suffers."""

import pytest
from proton import Message

COORDINATOR = (
    "The router can't coordinate transactions by itself, a linkRoute to a coordinator must be configured to use transactions."
)


def goes_on(peer, connection, address) -> None:
    """After a refusal the session carries other links as before."""
    receiver = connection.receiver(address, credit=1)
    connection.sender(address, credit=True).send(Message("after"))
    assert receiver.take(1)[0].body == "after"


def test_sender_to_an_unavailable_address_is_refused(peer, address):
    connection = peer.connect()
    sender = connection.sender("unavailable/x")
    assert sender.link.remote_target.address is None
    assert sender.refusal() == ("amqp:not-found", "Node not found")
    goes_on(peer, connection, address)


def test_receiver_from_an_unavailable_address_is_refused(peer, address):
    connection = peer.connect()
    receiver = connection.receiver("unavailable/x", credit=5)
    assert receiver.link.remote_source.address is None
    assert receiver.refusal() == ("amqp:not-found", "Node not found")
    goes_on(peer, connection, address)


def test_transaction_coordinator_is_refused(peer, address):
    connection = peer.connect()
    assert connection.sender(None, coordinator=True).refusal() == ("amqp:precondition-failed", COORDINATOR)
    goes_on(peer, connection, address)


def test_receiver_without_source_address_is_refused(peer, address):
    connection = peer.connect()
    assert connection.receiver(None).refusal() == ("qd:no-route-to-dest", "No route to the destination node")
    goes_on(peer, connection, address)


@pytest.mark.parametrize("capability", ["qd.router", "qd.router-data"])
def test_router_links_are_forbidden_on_an_ordinary_connection(peer, address, capability):
    connection = peer.connect()
    assert connection.sender("x", capability=capability).refusal() == (
        "qd:forbidden", "Connectivity to the node is forbidden",
    )
    assert connection.receiver("x", capability=capability).refusal() == (
        "qd:forbidden", "Connectivity to the node is forbidden",
    )
    goes_on(peer, connection, address)


def test_one_hundred_refusals_leave_nothing_behind(peer, address):
    connection = peer.connect()
    links = [connection.sender("unavailable/x", wait=False) for _ in range(100)]
    peer.wait(lambda: all(link.detached() for link in links), "the detaches")
    goes_on(peer, connection, address)
