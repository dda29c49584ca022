"""Which consumers get a message, and what the sender hears of several outcomes."""

import pytest
from peer import ACCEPTED, MODIFIED, REJECTED, RELEASED
from proton import Link, Message


def consumers(peer, address, count, **options):
    return [peer.connect().receiver(address, **options) for _ in range(count)]


def arrived(receivers) -> int:
    return sum(len(receiver.arrivals) for receiver in receivers)


def test_closest_takes_turns_among_local_consumers(peer, address):
    receivers = consumers(peer, f"closest/{address}", 3, credit=100, outcome=ACCEPTED)
    sender = peer.connect().sender(f"closest/{address}", credit=True)
    for number in range(9):
        assert sender.outcome(number).state == ACCEPTED
    assert [len(receiver.arrivals) for receiver in receivers] == [3, 3, 3]


def test_closest_takes_turns_with_presettled_messages_too(peer, address):
    receivers = consumers(peer, f"closest/{address}", 3, credit=100)
    sender = peer.connect().sender(f"closest/{address}", credit=True, snd=Link.SND_SETTLED)
    sender.send_all(range(30))
    peer.wait(lambda: arrived(receivers) == 30, "all messages")
    assert [len(receiver.arrivals) for receiver in receivers] == [10, 10, 10]


@pytest.mark.parametrize("prefix", ["balanced/", ""], ids=["configured", "by-default"])
def test_balanced_evens_out_what_consumers_have_not_settled(peer, address, prefix):
    receivers = consumers(peer, prefix + address, 3, credit=100)
    sender = peer.connect().sender(prefix + address, credit=True)
    sender.send_all(range(30))
    peer.wait(lambda: arrived(receivers) == 30, "all messages")
    counts = [len(receiver.arrivals) for receiver in receivers]
    assert all(8 <= count <= 12 for count in counts), counts


def test_balanced_spares_a_consumer_that_does_not_settle(peer, address):
    idle, = consumers(peer, f"balanced/{address}", 1, credit=100)
    busy, = consumers(peer, f"balanced/{address}", 1, credit=100, outcome=ACCEPTED)
    sender = peer.connect().sender(f"balanced/{address}", credit=True)
    for number in range(20):
        sent = sender.send(number)
        peer.wait(lambda n=number: arrived([idle, busy]) == n + 1, "the message")
        if len(busy.arrivals) and busy.arrivals[-1].body == number:
            peer.wait(lambda s=sent: s.settled, "the outcome")
    assert len(busy.arrivals) >= 17


def test_anycast_message_goes_to_one_consumer_only(peer, address):
    receivers = consumers(peer, address, 3, credit=10, outcome=ACCEPTED)
    sender = peer.connect().sender(address, credit=True)
    assert sender.outcome("m").state == ACCEPTED
    sender.connection.barrier()
    assert arrived(receivers) == 1


@pytest.mark.parametrize("settled", [False, True], ids=["unsettled", "presettled"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_multicast_reaches_every_consumer_once_and_in_order(peer, address, count, settled):
    receivers = consumers(peer, f"multicast/{address}", count, credit=300, outcome=ACCEPTED)
    sender = peer.connect().sender(f"multicast/{address}", credit=True)
    sender.send_all(range(300), settled=settled)
    for receiver in receivers:
        receiver.take(300)
        assert receiver.bodies() == list(range(300))


STATES = {"accepted": ACCEPTED, "rejected": REJECTED, "released": RELEASED, "modified": MODIFIED}
ANSWERS = {
    "accepted": lambda arrival: arrival.accept(),
    "rejected": lambda arrival: arrival.reject("test:no", "error of one consumer"),
    "released": lambda arrival: arrival.release(),
    "modified": lambda arrival: arrival.modify(failed=True),
}


@pytest.mark.parametrize(
    ("answers", "combined"),
    [
        ("accepted accepted", "accepted"),
        ("accepted rejected", "rejected"),
        ("released rejected", "rejected"),
        ("modified rejected accepted", "rejected"),
        ("accepted modified", "accepted"),
        ("released accepted", "accepted"),
        ("released modified accepted", "accepted"),
        ("modified released", "modified"),
        ("released released", "released"),
        ("modified modified", "modified"),
    ],
)
def test_multicast_outcome_is_rejected_before_accepted_before_modified_before_released(peer, address, answers, combined):
    answers = answers.split()
    receivers = consumers(peer, f"multicast/{address}", len(answers), credit=1)
    sender = peer.connect().sender(f"multicast/{address}", credit=True)
    sent = sender.send("m")
    arrivals = [receiver.take(1)[0] for receiver in receivers]
    for arrival, answer in zip(arrivals[:-1], answers):
        ANSWERS[answer](arrival)
        arrival.receiver.connection.barrier(sender.connection)
        assert not sent.settled, "settled before the last consumer's answer"
    ANSWERS[answers[-1]](arrivals[-1])
    peer.wait(lambda: sent.settled, "the combined outcome")
    assert sent.state == STATES[combined]
    assert sent.reason() is None


def test_multicast_without_consumers_is_released(peer, address):
    sender = peer.connect().sender(None, credit=True)
    assert sender.outcome(Message("m", address=f"multicast/{address}")).state == RELEASED


def test_multicast_goes_on_without_a_consumer_that_leaves_unsettled(peer, address):
    stays, leaves = consumers(peer, f"multicast/{address}", 2, credit=10)
    sender = peer.connect().sender(f"multicast/{address}", credit=True)
    sent = sender.send("m")
    stays.take(1)[0].accept()
    leaves.take(1)
    leaves.connection.cut()
    peer.wait(lambda: sent.settled, "the combined outcome")
    assert sent.state == ACCEPTED
    sender.send("next")
    assert stays.take(1)[0].body == "next"


def test_multicast_to_a_consumer_without_credit_waits_for_it_alone(peer, address):
    """One slow consumer holds back its own copies, not those of the others."""
    ready, slow = peer.connect().receiver(f"multicast/{address}", credit=10), peer.connect().receiver(f"multicast/{address}")
    sender = peer.connect().sender(f"multicast/{address}", credit=True)
    sender.send_all(range(5))
    assert [arrival.body for arrival in ready.take(5)] == list(range(5))
    assert slow.arrivals == []
    slow.flow(5)
    assert [arrival.body for arrival in slow.take(5)] == list(range(5))
