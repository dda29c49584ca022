"""A sender without a target address: each message says where it goes."""

import pytest
from peer import ACCEPTED, REJECTED, RELEASED
from proton import Message


@pytest.fixture
def anonymous(peer):
    return peer.connect().sender(None)


def test_anonymous_sender_gets_credit_at_once(peer, anonymous):
    peer.wait(lambda: anonymous.credit == 250, "credit")


def test_router_offers_anonymous_relay(anonymous):
    assert "ANONYMOUS-RELAY" in anonymous.connection.endpoint.remote_offered_capabilities


def test_message_goes_where_its_to_says(peer, anonymous, address):
    receivers = [peer.connect().receiver(f"{address}/{n}", credit=10, outcome=ACCEPTED) for n in range(3)]
    sent = [anonymous.send(Message(n, address=f"{address}/{n % 3}")) for n in range(9)]
    for n, receiver in enumerate(receivers):
        assert [arrival.body for arrival in receiver.take(3)] == [n, n + 3, n + 6]
    peer.wait(lambda: all(one.state == ACCEPTED for one in sent), "the outcomes")


def test_message_without_consumer_is_released(anonymous, address):
    assert anonymous.outcome(Message("m", address=address)).state == RELEASED


def test_message_without_to_is_rejected(anonymous):
    sent = anonymous.outcome(Message("m"))
    assert sent.state == REJECTED
    assert sent.reason() == ("amqp:precondition-failed", "Routing failure: no address present")


def test_message_to_an_unavailable_address_is_rejected(anonymous):
    sent = anonymous.outcome(Message("m", address="unavailable/x"))
    assert sent.state == REJECTED
    assert sent.reason() == ("amqp:not-found", "Deliveries cannot be sent to an unavailable address")


def test_credit_survives_undeliverable_messages(peer, anonymous, address):
    for _ in range(300):
        assert anonymous.outcome(Message("m", address=address)).state == RELEASED
    anonymous.send(Message("m", address=address), settled=True)
    anonymous.connection.barrier()
    peer.wait(lambda: anonymous.credit == 250, "all credit back")


def test_large_anonymous_message_goes_where_its_to_says(peer, anonymous, address):
    receiver = peer.connect().receiver(address, credit=1)
    anonymous.send(Message(b"x" * 1_000_000, address=address, inferred=True))
    assert receiver.take(1)[0].body == b"x" * 1_000_000


def test_unreadable_message_is_rejected_and_the_link_goes_on(peer, anonymous, address):
    receiver = peer.connect().receiver(address, credit=1)
    sent = anonymous.outcome(b"\x00\x53\x73\xc0\xff\x01 not a message")
    assert sent.state == REJECTED
    assert sent.reason()[0] == "amqp:decode-error"
    anonymous.send(Message("good", address=address))
    assert receiver.take(1)[0].body == "good"
