"""Fallback destinations: where messages go that nobody else takes."""

from peer import ACCEPTED


def test_a_fallback_auto_link_gets_what_nobody_else_takes(gateway):
    address = gateway.fallback_address()
    container = gateway.container()
    gateway.auto_link(address, "out", containerId=container.name, fallback=True)
    gateway.auto_link(address, "in", containerId=container.name, fallback=True)
    spill, refill = container.receiver(address), container.sender(address)
    sender = gateway.peer.connect("A").sender(address, credit=True)
    assert sender.outcome("spilled").state == ACCEPTED
    assert spill.bodies() == ["spilled"]
    receiver = gateway.peer.connect("B").receiver(address, credit=10, outcome=ACCEPTED)
    gateway.peer.wait(lambda: refill.credit > 0, "credit for what was spilled")
    spill.relay(refill)
    assert [arrival.body for arrival in receiver.take(1)] == ["spilled"]
    near = gateway.peer.connect("B").sender(address, credit=True)
    assert near.outcome("direct").state == ACCEPTED
    assert receiver.bodies() == ["spilled", "direct"]
    receiver.close()
    assert near.outcome("spilled again").state == ACCEPTED
    assert spill.bodies() == ["spilled", "spilled again"]
