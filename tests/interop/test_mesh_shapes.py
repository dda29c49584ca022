"""Networks of other shapes: full meshes, rings, trees, and more hops."""

import itertools

import pytest
from mesh_peer import path
from peer import ACCEPTED, MODIFIED, RELEASED

FULL = "A>B A>C A>D B>C B>D C>D"
RING = "A>B B>C C>D D>E A>E"
TREE = "A>B A>C B>D B>E C>F"
CHAIN = "A>B B>C C>D D>E E>F"


@pytest.mark.differs(reason="qdrouterd sends multicast around every cycle, and consumers get it once from each side")
@pytest.mark.parametrize(
    "places",
    [
        pytest.param("ABCD", marks=pytest.mark.breaks(FULL), id="full"),
        pytest.param("ABCDE", marks=pytest.mark.breaks(RING), id="ring"),
        pytest.param("ABCDEF", marks=pytest.mark.breaks(TREE), id="tree"),
    ],
)
def test_multicast_from_everywhere_reaches_everyone_once_and_in_order(own, places):
    receivers = own.consumers(places, "multicast/", credit=1_000, outcome=ACCEPTED)
    senders = {place: own.connect(place).sender(receivers[0].address, credit=True) for place in places}
    sent = [sender.send(f"{place}{number}") for number in range(50) for place, sender in senders.items()]
    for receiver in receivers:
        receiver.take(len(sent))
    own.wait(lambda: all(one.settled for one in sent), "the outcomes")
    assert {one.state for one in sent} == {ACCEPTED}
    for through, receiver in itertools.product(places, receivers):  # what took another way would be here by then
        own.connect(through).barrier(receiver.connection)
    for receiver in receivers:
        assert len(receiver.arrivals) == len(sent)
        for place in places:
            assert [body for body in receiver.bodies() if body[0] == place] == [f"{place}{number}" for number in range(50)]


@pytest.mark.breaks(CHAIN)
def test_messages_pass_six_routers(own):
    sender, receiver = own.lane("A", "F", listener="raw", outcome=ACCEPTED, credit=300)
    sent = sender.send_all(range(200))
    own.wait(lambda: all(one.settled for one in sent), "the outcomes")
    assert {one.state for one in sent} == {ACCEPTED}
    assert receiver.bodies() == list(range(200))
    assert path(receiver.arrivals[-1]) == "ABCDEF"


@pytest.mark.breaks(RING)
def test_ring_goes_the_other_way_around_when_a_router_dies(own):
    pairs = ("AC", "CA", "BD", "EC", "DA")
    receivers = {pair: own.connect(pair[1]).receiver(f"t/{pair}", credit=10, outcome=ACCEPTED) for pair in pairs}
    own.learn()
    lanes = {pair: (own.connect(pair[0]).sender(f"t/{pair}", credit=True), receivers[pair]) for pair in pairs}
    for sender, _ in lanes.values():
        assert sender.outcome("before").state == ACCEPTED
    own.kill("B")
    own.converge()
    own.learn()
    for pair, (sender, receiver) in lanes.items():
        if "B" not in pair:
            sent = sender.send("after")
            own.wait(lambda: sent.settled, f"an outcome from {pair}")
            assert sent.state == ACCEPTED, pair
            assert receiver.bodies()[-1] == "after"


@pytest.mark.breaks("A>B B>C")
def test_network_that_falls_apart_goes_on_in_its_parts_and_grows_together_again(own):
    """B dies: A and C are alone, each with its own clients. What was known of the other side is known again when B is back."""
    sender, receiver = own.lane("A", "C", outcome=ACCEPTED)
    local_sender, _ = own.lane("A", "A", outcome=ACCEPTED)
    assert sender.outcome("together").state == ACCEPTED
    own.kill("B")
    assert local_sender.outcome("alone").state == ACCEPTED
    cut_off = sender.outcome("cut off")
    assert cut_off.state in (RELEASED, MODIFIED)
    here = own.connect("A").receiver(receiver.address, credit=10, outcome=ACCEPTED)
    own.wait(lambda: sender.credit > 0, "credit for a consumer of the own part")
    assert sender.outcome("here").state == ACCEPTED
    assert here.bodies() == ["here"]
    here.close()
    own.mesh.start("B")
    own.converge()
    own.learn()
    own.wait(lambda: sender.credit > 0, "credit for a consumer of the other part")
    assert sender.outcome("together again").state == ACCEPTED
    assert receiver.bodies() == ["together", "together again"]
