"""A drain uses credit up or gives it back, and the link goes on afterwards."""

from peer import ACCEPTED


def test_drain_without_messages_gives_all_credit_back(peer, address):
    receiver = peer.connect().receiver(address, credit=5)
    receiver.drain(10)
    assert receiver.credit == 0 and receiver.arrivals == []


def test_drain_with_fewer_messages_than_credit_sends_them_and_gives_the_rest_back(peer, address):
    receiver = peer.connect().receiver(address)
    sender = peer.connect().sender(address, credit=True)
    sender.send_all(range(3))
    sender.connection.barrier(receiver.connection)
    receiver.drain(10)
    assert receiver.bodies() == [0, 1, 2] and receiver.credit == 0


def test_drain_with_more_messages_than_credit_sends_as_many_as_allowed(peer, address):
    receiver = peer.connect().receiver(address)
    sender = peer.connect().sender(address, credit=True)
    sent = sender.send_all(range(6))
    sender.connection.barrier(receiver.connection)
    receiver.drain(4)
    assert receiver.bodies() == [0, 1, 2, 3] and receiver.credit == 0
    receiver.flow(2)
    receiver.take(6)
    for arrival in receiver.arrivals:
        arrival.accept()
    peer.wait(lambda: all(one.state == ACCEPTED for one in sent), "all outcomes")


def test_link_goes_on_after_many_drains(peer, address):
    receiver = peer.connect().receiver(address)
    sender = peer.connect().sender(address, credit=True)
    for number in range(20):
        receiver.drain(3)
        assert receiver.credit == 0
        receiver.flow(1)
        sender.send(number)
        receiver.take(1)[0].accept()
    assert receiver.bodies() == list(range(20))
