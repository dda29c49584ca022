"""Which of several routers' consumers get a message, and what the sender hears of several outcomes."""

import pytest
from peer import ACCEPTED, MODIFIED, REJECTED, RELEASED
from proton import Message


def arrived(receivers) -> list[int]:
    return [len(receiver.arrivals) for receiver in receivers]


@pytest.mark.mixed
def test_closest_prefers_a_consumer_of_its_own_then_the_nearest_router(line):
    here, next_door, far = line.consumers("ABC", "closest/", credit=300, outcome=ACCEPTED)
    sender = line.connect("A").sender(here.address, credit=True)
    for expected in ([10, 0, 0], [0, 10, 0], [0, 0, 10]):
        for number in range(10):
            assert sender.outcome(number).state == ACCEPTED
        assert arrived([here, next_door, far]) == expected
        for receiver in (here, next_door, far):
            receiver.arrivals.clear()
        nearest = next(receiver for receiver in (here, next_door, far) if not receiver.detached())
        nearest.close()
        line.learn()


@pytest.mark.mixed
def test_closest_takes_turns_between_routers_of_equal_cost(line):
    receivers = line.consumers("AC", "closest/", credit=300, outcome=ACCEPTED)
    sender = line.connect("B").sender(receivers[0].address, credit=True)
    for number in range(10):
        assert sender.outcome(number).state == ACCEPTED
    assert arrived(receivers) == [5, 5]


@pytest.mark.mixed
def test_closest_follows_the_cost_not_the_number_of_hops(detour):
    """From A to C it is one hop of cost 10, or two of cost 1."""
    direct, = detour.consumers("C", "closest/", credit=300, outcome=ACCEPTED)
    sender = detour.connect("A").sender(direct.address, credit=True)
    assert sender.outcome("m").state == ACCEPTED
    next_door = detour.connect("B").receiver(direct.address, credit=300, outcome=ACCEPTED)
    detour.learn()
    for number in range(5):
        assert sender.outcome(number).state == ACCEPTED
    assert arrived([direct, next_door]) == [1, 5]


@pytest.mark.mixed
@pytest.mark.parametrize("prefix", ["balanced/", ""], ids=["configured", "by-default"])
def test_balanced_stays_here_until_more_is_unsettled_than_the_way_costs(line, prefix):
    """The cost of the way counts as that many messages under way: with none settled, A keeps one and two more than B and C."""
    receivers = line.consumers("ABC", prefix, credit=300)
    sender = line.connect("A").sender(receivers[0].address, credit=True)
    for number in range(30):
        sender.send(number)
        line.wait(lambda n=number: sum(arrived(receivers)) == n + 1, "the message")
    here, next_door, far = arrived(receivers)
    assert here >= next_door >= far > 0, (here, next_door, far)


@pytest.mark.mixed
def test_balanced_spreads_over_routers_of_equal_cost(line):
    receivers = line.consumers("AC", "balanced/", credit=300)
    sender = line.connect("B").sender(receivers[0].address, credit=True)
    sender.send_all(range(40))
    line.wait(lambda: sum(arrived(receivers)) == 40, "all messages")
    assert all(18 <= count <= 22 for count in arrived(receivers)), arrived(receivers)


@pytest.mark.mixed
def test_balanced_returns_to_the_router_whose_consumer_settles(line):
    idle, busy = line.consumers("AC", "balanced/", credit=300)
    busy.outcome = ACCEPTED
    sender = line.connect("B").sender(idle.address, credit=True)
    for number in range(20):
        sent = sender.send(number)
        line.wait(lambda n=number: sum(arrived([idle, busy])) == n + 1, "the message")
        if busy.arrivals and busy.arrivals[-1].body == number:
            line.wait(lambda s=sent: s.settled, "the outcome")
    assert len(busy.arrivals) >= 17, arrived([idle, busy])


@pytest.mark.mixed
def test_anycast_message_goes_to_one_consumer_only(triangle):
    receivers = triangle.consumers("ABC", credit=300, outcome=ACCEPTED)
    sender = triangle.connect("A").sender(receivers[0].address, credit=True)
    for number in range(10):
        assert sender.outcome(number).state == ACCEPTED
    for receiver in receivers:
        sender.connection.barrier(receiver.connection)
    assert sum(arrived(receivers)) == 10


@pytest.mark.mixed
@pytest.mark.parametrize("settled", [False, True], ids=["unsettled", "presettled"])
@pytest.mark.parametrize("start", "AB")
def test_multicast_reaches_every_consumer_of_a_line_once_and_in_order(line, start, settled):
    receivers = line.consumers("AABBCC", "multicast/", credit=300, outcome=ACCEPTED)
    sender = line.connect(start).sender(receivers[0].address, credit=True)
    sender.send_all(range(200), settled=settled)
    for receiver in receivers:
        receiver.take(200)
        sender.connection.barrier(receiver.connection)
        assert receiver.bodies() == list(range(200))


@pytest.mark.mixed
def test_multicast_passes_routers_without_consumers(line):
    receiver, = line.consumers("C", "multicast/", credit=300, outcome=ACCEPTED)
    sender = line.connect("A").sender(receiver.address, credit=True)
    assert sender.outcome("m").state == ACCEPTED
    sender.connection.barrier(receiver.connection)
    assert receiver.bodies() == ["m"]


@pytest.mark.differs(reason="qdrouterd sends multicast around every cycle, and consumers get it once from each side")
@pytest.mark.parametrize("settled", [False, True], ids=["unsettled", "presettled"])
@pytest.mark.parametrize("start", "ABC")
def test_multicast_reaches_every_consumer_of_a_triangle_once_and_in_order(triangle, start, settled):
    receivers = triangle.consumers("ABC", "multicast/", credit=300, outcome=ACCEPTED)
    sender = triangle.connect(start).sender(receivers[0].address, credit=True)
    sender.send_all(range(100), settled=settled)
    for receiver in receivers:
        receiver.take(100)
    for through in "ABC":  # what took another way would be here by then
        for receiver in receivers:
            triangle.connect(through).barrier(receiver.connection)
    for receiver in receivers:
        assert receiver.bodies() == list(range(100))


@pytest.mark.mixed
def test_multicast_reaches_every_consumer_of_a_triangle(triangle):
    receivers = triangle.consumers("ABC", "multicast/", credit=300, outcome=ACCEPTED)
    sender = triangle.connect("A").sender(receivers[0].address, credit=True)
    assert sender.outcome("m").state == ACCEPTED
    assert [receiver.take(1)[0].body for receiver in receivers] == ["m"] * 3


ANSWERS = {
    "accepted": lambda arrival: arrival.accept(),
    "rejected": lambda arrival: arrival.reject("test:no", "error of one consumer"),
    "released": lambda arrival: arrival.release(),
    "modified": lambda arrival: arrival.modify(failed=True),
}
STATES = {"accepted": ACCEPTED, "rejected": REJECTED, "released": RELEASED, "modified": MODIFIED}


@pytest.mark.mixed
@pytest.mark.parametrize(
    "cases",
    [
        {
            "accepted accepted accepted": "accepted",
            "accepted modified rejected": "rejected",
            "rejected accepted released": "rejected",
            "released accepted modified": "accepted",
            "released released modified": "modified",
            "modified released released": "modified",
            "released released released": "released",
        }
    ],
    ids=["all"],
)
def test_multicast_outcome_is_rejected_before_accepted_before_modified_before_released(line, cases):
    """Also when the combination is made at two routers: B combines its consumer's outcome with that of C, A with that of B."""
    receivers = line.consumers("ABC", "multicast/", credit=300)
    sender = line.connect("A").sender(receivers[0].address, credit=True)
    for answers, combined in cases.items():
        sent = sender.send(answers)
        arrivals = [receiver.take(1)[0] for receiver in receivers]
        order = [2, 0, 1]
        for place in order[:-1]:
            ANSWERS[answers.split()[place]](arrivals[place])
            arrivals[place].receiver.connection.barrier(sender.connection)
            assert not sent.settled, f"{answers}: settled before the last consumer's answer"
        ANSWERS[answers.split()[order[-1]]](arrivals[order[-1]])
        line.wait(lambda: sent.settled, f"the combined outcome of {answers}")
        assert sent.state == STATES[combined], answers


@pytest.mark.mixed
def test_multicast_goes_on_without_a_consumer_that_leaves_unsettled(line):
    here, _, leaves = line.consumers("ABC", "multicast/", credit=300, outcome=ACCEPTED)
    leaves.outcome = None
    sender = line.connect("A").sender(here.address, credit=True)
    sent = sender.send("m")
    leaves.take(1)
    assert not sent.settled
    leaves.connection.cut()
    line.wait(lambda: sent.settled, "the combined outcome")
    assert sent.state == ACCEPTED
    sender.send("next")
    here.take(1)
    assert here.take(1)[0].body == "next"


@pytest.mark.mixed
def test_multicast_without_consumers_is_released(line, address):
    sender = line.connect("A").sender(None, credit=True)
    assert sender.outcome(Message("m", address=f"multicast/{address}")).state == RELEASED
