"""Pre-settled messages are held back by credit and never dropped."""

import pytest
from peer import ACCEPTED
from proton import Link, Message

HELD_BACK = pytest.mark.differs(reason="qdrouterd gives credit for a pre-settled message back at once and drops what piles up")


@HELD_BACK
def test_presettled_flood_at_a_slow_consumer_loses_nothing_and_keeps_order(peer, address):
    """Each time the consumer has credit for 500 more, the producer has long sent all it may."""
    count = 20_000
    receiver = peer.connect().receiver(address)
    sender = peer.connect().sender(address, credit=True, snd=Link.SND_SETTLED)
    produced = 0
    while len(receiver.arrivals) < count:
        while sender.credit > 0 and produced < count:
            sender.send(produced)
            produced += 1
        if receiver.credit == 0:
            receiver.flow(500)
        before = len(receiver.arrivals), sender.credit
        peer.wait(lambda: (len(receiver.arrivals), sender.credit) != before, "anything to move")
    assert receiver.bodies() == list(range(count))


@HELD_BACK
def test_credit_for_presettled_messages_returns_only_when_they_have_left(peer, address):
    receiver = peer.connect().receiver(address)
    sender = peer.connect("small").sender(address, credit=True, snd=Link.SND_SETTLED)
    sender.send_all(range(10))
    sender.connection.barrier(receiver.connection)
    assert sender.credit == 0
    receiver.flow(6)
    receiver.take(6)
    peer.wait(lambda: sender.credit > 0, "credit for messages that left")
    sender.connection.barrier(receiver.connection)
    assert sender.credit <= 6


def test_presettled_flood_at_a_quick_consumer_loses_nothing_and_keeps_order(peer, address):
    receiver = peer.connect().receiver(address, credit=5000, outcome=ACCEPTED)
    sender = peer.connect().sender(address, credit=True, snd=Link.SND_SETTLED)
    sender.send_all(Message(number) for number in range(5000))
    receiver.take(5000)
    assert receiver.bodies() == list(range(5000))
