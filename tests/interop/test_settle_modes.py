"""Sender and receiver settle modes: what is asked for is answered and kept."""

import pytest
from peer import ACCEPTED
from proton import Link

ECHOED = pytest.mark.differs(reason="qdrouterd answers every attach with the modes mixed and first")


def modes(link):
    return link.remote_snd_settle_mode, link.remote_rcv_settle_mode


@ECHOED
@pytest.mark.parametrize("rcv", [Link.RCV_FIRST, Link.RCV_SECOND], ids=["first", "second"])
@pytest.mark.parametrize("snd", [Link.SND_UNSETTLED, Link.SND_SETTLED, Link.SND_MIXED], ids=["unsettled", "settled", "mixed"])
def test_settle_modes_are_echoed_in_the_attach(peer, address, snd, rcv):
    connection = peer.connect()
    assert modes(connection.receiver(address, snd=snd, rcv=rcv).link) == (snd, rcv)
    assert modes(connection.sender(address, snd=snd, rcv=rcv).link) == (snd, rcv)


def test_presettled_message_arrives_settled(peer, address):
    receiver = peer.connect().receiver(address, credit=10)
    sender = peer.connect().sender(address, credit=True, snd=Link.SND_SETTLED)
    sender.send_all(range(10))
    arrivals = receiver.take(10)
    assert [arrival.body for arrival in arrivals] == list(range(10))
    assert all(arrival.peer_settled for arrival in arrivals)


def test_mixed_sender_settles_each_message_as_it_likes(peer, address):
    receiver = peer.connect().receiver(address, credit=10)
    sender = peer.connect().sender(address, credit=True, snd=Link.SND_MIXED)
    sent = [sender.send(number, settled=number % 2 == 0) for number in range(10)]
    arrivals = receiver.take(10)
    assert [arrival.peer_settled for arrival in arrivals] == [True, False] * 5
    for arrival in arrivals:
        arrival.accept()
    peer.wait(lambda: all(one.settled for one in sent[1::2]), "the outcomes of the unsettled ones")
    assert all(one.state == ACCEPTED for one in sent[1::2])


def test_consumer_that_wants_settled_messages_gets_them_settled_and_the_sender_accepted(peer, address):
    receiver = peer.connect().receiver(address, credit=1, snd=Link.SND_SETTLED)
    sent = peer.connect().sender(address, credit=True).send("m")
    assert receiver.take(1)[0].peer_settled
    peer.wait(lambda: sent.settled, "the outcome")
    assert sent.state == ACCEPTED


def test_presettled_message_without_consumer_vanishes_and_the_link_lives_on(peer, address):
    receiver = peer.connect().receiver(address, credit=1)
    sender = peer.connect().sender(address, credit=True)
    receiver.close()
    sender.send("lost", settled=True)
    sender.connection.barrier()
    assert sender.attached()
    again = peer.connect().receiver(address, credit=1)
    peer.wait(lambda: sender.credit > 0, "credit")
    sender.send("found", settled=True)
    assert again.take(1)[0].body == "found"
