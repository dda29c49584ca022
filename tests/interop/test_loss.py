"""What becomes of messages under way when a consumer or a producer goes."""

import pytest
from peer import ACCEPTED, MODIFIED, RELEASED
from proton import Condition


def detach(receiver):
    receiver.close(closed=False)


def close_link(receiver):
    receiver.close()


def close_link_with_error(receiver):
    receiver.link.condition = Condition("test:tired", "no more")
    receiver.close()


def end_session(receiver):
    receiver.link.session.close()


def close_connection(receiver):
    receiver.connection.close()


def cut_connection(receiver):
    receiver.connection.cut()


LEAVING = [detach, close_link, close_link_with_error, end_session, close_connection, cut_connection]


@pytest.mark.parametrize("leave", LEAVING)
def test_consumer_gone_means_sent_ones_are_modified_and_queued_ones_released(peer, address, leave):
    receiver = peer.connect().receiver(address, credit=3)
    sender = peer.connect().sender(address, credit=True)
    sent = sender.send_all(range(5))
    receiver.take(3)
    sender.connection.barrier(receiver.connection)
    leave(receiver)
    peer.wait(lambda: all(one.settled for one in sent), "all outcomes")
    assert [one.state for one in sent] == [MODIFIED] * 3 + [RELEASED] * 2
    assert all(one.failed for one in sent[:3])


@pytest.mark.parametrize("leave", LEAVING)
def test_sender_finds_another_consumer_after_one_is_gone(peer, address, leave):
    receiver = peer.connect().receiver(address, credit=1)
    sender = peer.connect().sender(address, credit=True)
    sent = sender.send("first")
    receiver.take(1)
    leave(receiver)
    peer.wait(lambda: sent.settled, "the outcome")
    again = peer.connect().receiver(address, credit=1, outcome=ACCEPTED)
    peer.wait(lambda: sender.credit > 0, "credit")
    assert sender.outcome("second").state == ACCEPTED
    assert again.bodies() == ["second"]


def test_messages_settled_by_a_consumer_before_it_went_keep_their_outcome(peer, address):
    receiver = peer.connect().receiver(address, credit=2)
    sender = peer.connect().sender(address, credit=True)
    sent = sender.send_all(range(2))
    first, _ = receiver.take(2)
    first.accept()
    receiver.close()
    peer.wait(lambda: all(one.settled for one in sent), "all outcomes")
    assert [one.state for one in sent] == [ACCEPTED, MODIFIED]


@pytest.mark.parametrize("leave", LEAVING)
def test_messages_of_a_producer_that_is_gone_still_arrive(peer, address, leave):
    receiver = peer.connect().receiver(address)
    sender = peer.connect().sender(address, credit=True)
    sender.send_all(range(5))
    sender.connection.barrier(receiver.connection)
    leave(sender)
    receiver.flow(5)
    arrivals = receiver.take(5)
    assert [arrival.body for arrival in arrivals] == list(range(5))
    for arrival in arrivals:
        arrival.accept()
    # Outcomes that nobody waits for any more do no harm.
    receiver.flow(1)
    other = peer.connect().sender(address, credit=True)
    sent = other.send("next")
    receiver.take(1)[0].accept()
    peer.wait(lambda: sent.settled, "the outcome")
    assert sent.state == ACCEPTED


def test_anycast_goes_on_with_the_consumers_that_are_left(peer, address):
    stays = peer.connect().receiver(address, credit=50, outcome=ACCEPTED)
    leaves = peer.connect().receiver(address, credit=50, outcome=ACCEPTED)
    sender = peer.connect().sender(address, credit=True)
    for number in range(10):
        assert sender.outcome(number).state == ACCEPTED
    leaves.close()
    before = len(stays.arrivals)
    for number in range(10):
        assert sender.outcome(number).state == ACCEPTED
    assert len(stays.arrivals) == before + 10


def test_link_of_the_same_name_can_be_attached_again(peer, address):
    connection = peer.connect()
    sender = peer.connect().sender(address)
    for number in range(5):
        receiver = connection.receiver(address, credit=1, name="same", outcome=ACCEPTED)
        peer.wait(lambda: sender.credit > 0, "credit")
        assert sender.outcome(number).state == ACCEPTED
        assert receiver.bodies() == [number]
        receiver.close()
