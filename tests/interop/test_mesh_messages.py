"""What of a message changes on its way across routers, and what must not: annotations, octets, priorities."""

import pytest
from peer import ACCEPTED, RELEASED
from proton import Message, int32, symbol

pytestmark = pytest.mark.mixed

TO, INGRESS, TRACE = symbol("x-opt-qd.to"), symbol("x-opt-qd.ingress"), symbol("x-opt-qd.trace")

HEADER = b"\x00\x53\x70\xd0\x00\x00\x00\x0e\x00\x00\x00\x05\x41\x50\x07\x70\x00\x01\x86\xa0\x42\x43"
"""Durable, priority 7, 100 s to live, not acquired before, delivered 0 times; in a list wider than need be."""

DELIVERY_ANNOTATIONS = b"\x00\x53\x71\xc1\x0a\x02\xa3\x05x-opt\x54\x05"
PROPERTIES = b"\x00\x53\x73\xd0\x00\x00\x00\x10\x00\x00\x00\x04\x80\x00\x00\x00\x00\x00\x00\x00\x2a\x40\x40\x40"
APPLICATION_PROPERTIES = b"\x00\x80\x00\x00\x00\x00\x00\x00\x00\x74\xc1\x0b\x02\xa1\x03key\x71\x00\x00\x00\x01"
BODY = b"\x00\x53\x75\xb0\x00\x00\x00\x05hello\x00\x53\x75\xa0\x05world"
FOOTER = b"\x00\x53\x78\xc1\x09\x02\xa3\x04\x66\x6f\x6f\x74\x54\x01"

BEFORE, AFTER = HEADER + DELIVERY_ANNOTATIONS, PROPERTIES + APPLICATION_PROPERTIES + BODY + FOOTER

USER = {symbol("x-opt-mine"): "kept", symbol("x-opt-number"): int32(7), symbol("plain"): ["a", 1, True]}


def with_user_annotations() -> bytes:
    annotations = Message(annotations=USER)
    return BEFORE + section_of(annotations) + AFTER


def section_of(annotated: Message) -> bytes:
    """The message annotations alone, which Proton writes after the header of a message without body."""
    octets = bytes(annotated.encode())
    return octets[octets.index(b"\x00\x53\x72"):]


def annotations_between(arrival) -> dict:
    """The message annotations of an arrival, when all else arrived octet for octet."""
    octets = bytes(arrival.data)
    assert octets.startswith(BEFORE)
    assert octets.endswith(AFTER)
    message = Message()
    message.decode(octets[len(BEFORE):len(octets) - len(AFTER)])
    return message.annotations or {}


@pytest.mark.parametrize("end", "ABC")
def test_message_without_annotations_arrives_octet_for_octet(line, end):
    sender, receiver = line.lane("A", end)
    sender.send(BEFORE + AFTER)
    assert bytes(receiver.take(1)[0].data) == BEFORE + AFTER


def test_user_annotations_arrive_and_all_else_is_untouched(line):
    sender, receiver = line.lane("A", "C")
    sender.send(with_user_annotations())
    annotations = annotations_between(receiver.take(1)[0])
    assert annotations == USER
    assert list(annotations) == list(USER)


def test_annotations_for_routers_are_seen_on_listeners_that_do_not_strip_them(line):
    """User entries first, then the override, the first router, and all routers in the order passed."""
    for end, passed in (("A", "A"), ("B", "AB"), ("C", "ABC")):
        sender, receiver = line.lane("A", end, listener="raw")
        address = receiver.address
        sender.send(with_user_annotations())
        annotations = annotations_between(receiver.take(1)[0])
        expected = {**USER, TO: address, INGRESS: "0/A", TRACE: [f"0/{router}" for router in passed]}
        assert annotations == expected
        assert list(annotations) == list(expected)
        assert all(type(key) is symbol for key in annotations)
        assert type(annotations[TO]) is str and type(annotations[INGRESS]) is str
        assert all(type(entry) is str for entry in annotations[TRACE])


def test_message_from_an_anonymous_sender_has_no_override(line):
    receiver, = line.consumers("C", credit=10, listener="raw")
    address = receiver.address
    line.connect("A").sender(None, credit=True).send(Message("m", address=address))
    message = receiver.take(1)[0].message
    assert message.address == address
    assert message.annotations == {INGRESS: "0/A", TRACE: ["0/A", "0/B", "0/C"]}


def test_ordinary_clients_do_not_influence_routers(line):
    receiver, = line.consumers("C", credit=10)
    sender = line.connect("A").sender(None, credit=True)
    forged = {symbol("mine"): "kept", TO: "t/elsewhere", INGRESS: "0/C", TRACE: ["0/A", "0/B", "0/C", "0/X", "0/Y"]}
    sender.send(Message("m", address=receiver.address, annotations=forged))
    message = receiver.take(1)[0].message
    assert message.body == "m"
    assert message.annotations == {symbol("mine"): "kept"}


def test_override_from_a_listener_that_does_not_strip_decides_where_a_message_goes(line):
    receiver, = line.consumers("C", credit=10, outcome=ACCEPTED)
    address = receiver.address
    sender = line.connect("A.raw").sender(None, credit=True)
    assert sender.outcome(Message("m", address="t/elsewhere", annotations={TO: address})).state == ACCEPTED
    assert receiver.take(1)[0].message.address == "t/elsewhere"


def test_message_that_has_passed_more_routers_than_there_are_is_released(line):
    receiver, = line.consumers("C", credit=10, outcome=ACCEPTED)
    address = receiver.address
    sender = line.connect("A.raw").sender(None, credit=True)
    long = {INGRESS: "0/X", TRACE: [f"0/X{n}" for n in range(10)]}
    assert sender.outcome(Message("m", address=address, annotations=long)).state == RELEASED
    assert sender.outcome(Message("m", address=address)).state == ACCEPTED


def test_messages_of_every_priority_and_of_none_arrive_with_it_and_in_order(line):
    sender, receiver = line.lane("A", "C", credit=250, outcome=ACCEPTED)
    expected = {}
    for number in range(110):
        priority = number % 11
        if priority == 10:
            octets = bytes(Message(number).encode())
            sender.send(octets[octets.index(b"\x00\x53\x77"):])  # no header
        else:
            sender.send(Message(number, priority=priority))
        expected.setdefault(4 if priority == 10 else priority, []).append(number)
    got = {}
    for arrival in receiver.take(110):
        got.setdefault(arrival.message.priority, []).append(arrival.body)
    for priority in expected:
        # Those without a header have priority 4 too, as messages of one priority they keep their order.
        assert got[priority] == expected[priority], f"priority {priority}"


def test_message_of_one_octet_body_and_of_none_arrive(line):
    sender, receiver = line.lane("A", "C")
    for octets in (b"\x00\x53\x77\x40", b"\x00\x53\x75\xa0\x00", b"\x00\x53\x75\xa0\x01x"):
        sender.send(octets)
        assert bytes(receiver.take(1)[0].data) == octets
