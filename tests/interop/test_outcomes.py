"""Outcomes and settlement pass from the consumer to the sender, and settlement by the sender to the consumer."""

import pytest
from peer import ACCEPTED, MODIFIED, REJECTED, RELEASED
from proton import Delivery, Link, symbol


@pytest.fixture
def pair(peer, address):
    """A sender and a receiver on connections of their own, ready for use."""
    receiver = peer.connect().receiver(address, credit=100)
    return peer.connect().sender(address, credit=True), receiver


def passed(pair, content="m"):
    """A message that has arrived: the sender's view of it, and the receiver's."""
    sender, receiver = pair
    sent = sender.send(content)
    arrival, = receiver.take(1)
    return sent, arrival


def settled(peer, sent):
    peer.wait(lambda: sent.settled, "the outcome at the sender")
    return sent


def test_accepted_arrives_at_the_sender(peer, pair):
    sent, arrival = passed(pair)
    arrival.accept()
    assert settled(peer, sent).state == ACCEPTED


def test_rejected_arrives_with_condition_and_description(peer, pair):
    sent, arrival = passed(pair)
    arrival.reject("test:bad-message", "cannot read this")
    assert settled(peer, sent).state == REJECTED
    assert sent.reason() == ("test:bad-message", "cannot read this")


def test_rejected_without_error_arrives_without_one(peer, pair):
    sent, arrival = passed(pair)
    arrival.reject()
    assert settled(peer, sent).state == REJECTED
    assert sent.reason() is None


def test_released_arrives_at_the_sender(peer, pair):
    sent, arrival = passed(pair)
    arrival.release()
    assert settled(peer, sent).state == RELEASED


def test_modified_arrives_with_flags_and_annotations(peer, pair):
    sent, arrival = passed(pair)
    arrival.modify(failed=True, undeliverable=True, annotations={symbol("x-opt-why"): "full", symbol("x-opt-n"): 3})
    assert settled(peer, sent).state == MODIFIED
    assert (sent.failed, sent.undeliverable) == (True, True)
    assert sent.annotations == {symbol("x-opt-why"): "full", symbol("x-opt-n"): 3}


def test_modified_without_undeliverable_here_stays_so(peer, pair):
    sent, arrival = passed(pair)
    arrival.modify(failed=True)
    assert settled(peer, sent).state == MODIFIED
    assert (sent.failed, sent.undeliverable) == (True, False)


def test_settling_without_a_state_settles_at_the_sender_without_a_state(peer, pair):
    sent, arrival = passed(pair)
    arrival.settle()
    assert settled(peer, sent).state == 0


def test_outcome_without_settlement_arrives_unsettled_and_later_settlement_follows(peer, pair):
    sent, arrival = passed(pair)
    arrival.update(ACCEPTED)
    peer.wait(lambda: sent.state == ACCEPTED, "the accepted state")
    arrival.receiver.connection.barrier(sent.sender.connection)
    assert not sent.settled
    arrival.settle()
    settled(peer, sent)


def test_received_state_passes_with_section_and_offset(peer, pair):
    sent, arrival = passed(pair)
    arrival.delivery.local.section_number = 2
    arrival.delivery.local.section_offset = 17
    arrival.update(Delivery.RECEIVED)
    peer.wait(lambda: sent.state == Delivery.RECEIVED, "the received state")
    remote = sent.delivery.remote
    assert (remote.section_number, remote.section_offset, sent.settled) == (2, 17, False)
    arrival.accept()
    assert settled(peer, sent).state == ACCEPTED


def test_receiver_settle_mode_second_lets_the_sender_settle_first(peer, address):
    receiver = peer.connect().receiver(address, credit=1, rcv=Link.RCV_SECOND)
    sender = peer.connect().sender(address, credit=True, rcv=Link.RCV_SECOND)
    sent, arrival = passed((sender, receiver))
    arrival.update(ACCEPTED)
    peer.wait(lambda: sent.state == ACCEPTED, "the accepted state")
    assert not sent.settled and not arrival.peer_settled
    sent.settle()
    peer.wait(lambda: arrival.peer_settled, "the sender's settlement at the receiver")
    arrival.settle()


def test_sender_may_settle_before_any_outcome(peer, pair):
    sent, arrival = passed(pair)
    assert not arrival.peer_settled
    sent.settle()
    peer.wait(lambda: arrival.peer_settled, "the sender's settlement at the receiver")
    arrival.settle()
    # The link is as good as before.
    other, again = passed(pair, "next")
    again.accept()
    assert settled(peer, other).state == ACCEPTED


def test_outcomes_in_another_order_reach_the_right_messages(peer, pair):
    sender, receiver = pair
    sent = sender.send_all(range(20))
    arrivals = receiver.take(20)
    for arrival in reversed(arrivals):
        arrival.accept() if arrival.body % 2 else arrival.release()
    peer.wait(lambda: all(one.settled for one in sent), "all outcomes")
    assert [one.state for one in sent] == [RELEASED, ACCEPTED] * 10


def test_one_hundred_outcomes_of_all_kinds_are_not_mixed_up(peer, pair):
    sender, receiver = pair
    sent = sender.send_all(range(100))
    answer = [lambda a: a.accept(), lambda a: a.reject("test:n", str(a.body)), lambda a: a.release(), lambda a: a.modify()]
    for arrival in receiver.take(100):
        answer[arrival.body * 7 % 4](arrival)
    peer.wait(lambda: all(one.settled for one in sent), "all outcomes")
    kinds = [ACCEPTED, REJECTED, RELEASED, MODIFIED]
    assert [one.state for one in sent] == [kinds[number * 7 % 4] for number in range(100)]
    assert all(one.reason() == ("test:n", str(number)) for number, one in enumerate(sent) if one.state == REJECTED)
