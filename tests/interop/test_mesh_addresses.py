"""Across routers: who gets credit, where a message without a target goes, replies, and what names a router."""

import re

import pytest
from peer import ACCEPTED, REJECTED, RELEASED
from proton import Message

pytestmark = pytest.mark.mixed


def test_producer_gets_credit_when_a_consumer_attaches_two_routers_away(line, address):
    sender = line.connect("A").sender(address)
    sender.connection.barrier()
    assert sender.credit == 0
    receiver = line.connect("C").receiver(address, credit=10, outcome=ACCEPTED)
    line.wait(lambda: sender.credit == 250, "credit")
    line.learn()  # the router in the middle too
    assert sender.outcome("m").state == ACCEPTED
    # The address is known by now: another producer gets credit with its attach.
    second = line.connect("A").sender(address)
    second.connection.barrier()
    assert second.credit == 250
    assert second.outcome("n").state == ACCEPTED
    assert receiver.bodies() == ["m", "n"]


def test_credit_comes_back_as_messages_settle_two_routers_away(line, address):
    sender, receiver = line.lane("A", "C", refill=True, outcome=ACCEPTED)
    sent = sender.send_all(range(1_000))
    line.wait(lambda: all(one.settled for one in sent), "the outcomes")
    line.wait(lambda: sender.credit == 250, "all credit back")


def test_unsettled_messages_use_up_credit(line, address):
    sender, receiver = line.lane("A", "C", credit=250)
    sender.send_all(range(250))
    arrivals = receiver.take(250)
    arrivals[0].receiver.connection.barrier(sender.connection)
    assert sender.credit == 0
    for arrival in arrivals:
        arrival.accept()
    line.wait(lambda: sender.credit == 250, "all credit back")


def test_messages_wait_for_a_consumer_without_credit_two_routers_away(line, address):
    sender, receiver = line.lane("A", "C", credit=0)
    sent = sender.send_all(range(100))
    sender.connection.barrier(receiver.connection)
    assert receiver.arrivals == []
    receiver.flow(100)
    assert [arrival.body for arrival in receiver.take(100)] == list(range(100))
    assert not any(one.settled for one in sent)


def test_consumer_can_drain_what_waits_for_it(line, address):
    sender, receiver = line.lane("A", "C", credit=0)
    sender.send_all(range(5))
    sender.connection.barrier(receiver.connection)
    receiver.drain(20)
    assert receiver.bodies() == list(range(5))
    assert receiver.credit == 0


def test_anonymous_sender_reaches_consumers_everywhere(line, address):
    receivers = [receiver for end in "ABC" for receiver in line.consumers(end, credit=10, outcome=ACCEPTED)]
    anonymous = line.connect("A").sender(None, credit=True)
    sent = [anonymous.send(Message(n, address=receivers[n % 3].address)) for n in range(9)]
    nowhere = anonymous.send(Message("lost", address=f"{address}/D"))
    line.wait(lambda: all(one.settled for one in [*sent, nowhere]), "the outcomes")
    assert {one.state for one in sent} == {ACCEPTED}
    assert nowhere.state == RELEASED
    for n, receiver in enumerate(receivers):
        assert receiver.bodies() == [n, n + 3, n + 6]


def test_request_is_answered_over_a_dynamic_source_two_routers_away(line, address):
    service = line.connect("C")
    requests = service.receiver(address, credit=10)
    line.learn()  # the router in the middle too
    replies = service.sender(None, credit=True)
    client = line.connect("A")
    inbox = client.receiver(None, credit=10, dynamic=True)
    reply_to = inbox.address
    assert re.fullmatch(r"amqp:/_topo/0/A/temp\.[A-Za-z0-9+_]{15}", reply_to)
    outbox = client.sender(address, credit=True)
    for number in range(10):
        outbox.send(Message(number, reply_to=reply_to, correlation_id=f"c{number}"))
    answers = []
    for arrival in requests.take(10):
        request = arrival.message
        arrival.accept()
        answers.append(replies.send(Message(request.body * 2, address=request.reply_to, correlation_id=request.correlation_id)))
    arrivals = inbox.take(10)
    arrivals[0].reject("test:no", "not this one")
    for arrival in arrivals[1:]:
        arrival.accept()
    assert [(a.message.body, a.message.correlation_id) for a in arrivals] == [(n * 2, f"c{n}") for n in range(10)]
    line.wait(lambda: all(answer.settled for answer in answers), "the outcomes")
    assert [answer.state for answer in answers] == [REJECTED] + [ACCEPTED] * 9
    assert answers[0].reason() == ("test:no", "not this one")


def test_reply_to_a_requester_that_has_left_is_released_at_its_router(line):
    inbox = line.connect("A").receiver(None, credit=1, dynamic=True)
    reply_to = inbox.address
    inbox.close()
    assert line.connect("C").sender(None, credit=True).outcome(Message("late", address=reply_to)).state == RELEASED


def test_producer_for_a_dynamic_source_of_another_router_gets_credit_at_once(line):
    inbox = line.connect("C").receiver(None, credit=1, dynamic=True, outcome=ACCEPTED)
    sender = line.connect("A").sender(inbox.address)
    sender.connection.barrier()
    assert sender.credit == 250
    assert sender.outcome("m").state == ACCEPTED


@pytest.mark.differs(reason="qdrouterd passes messages for a dynamic target on without their address")
def test_dynamic_target_gets_an_address_that_consumers_of_other_routers_can_use(line):
    sender = line.connect("A").sender(None, dynamic=True)
    receiver = line.connect("C").receiver(sender.link.remote_target.address, credit=1, outcome=ACCEPTED)
    line.wait(lambda: sender.credit > 0, "credit")
    assert sender.outcome("hello").state == ACCEPTED
    assert receiver.bodies() == ["hello"]


@pytest.mark.parametrize("text", ["_topo/0/C/{}", "amqp:/_topo/0/C/{}", "_topo/all/C/{}"])
def test_consumer_of_one_router_alone_is_reached_by_that_routers_name(line, address, text):
    """At C itself the address is local: `_topo/0/C/x` is what others call it."""
    name = address.replace("/", "-")
    receiver = line.connect("C").receiver(f"_topo/0/C/{name}", credit=2, outcome=ACCEPTED)
    to = text.format(name)
    if "all" not in text:
        assert line.connect("A").sender(to, credit=True).outcome("targeted").state == ACCEPTED
    else:
        assert line.connect("C").sender(to, credit=True).outcome("targeted").state == ACCEPTED
    assert line.connect("C").sender(None, credit=True).outcome(Message("here", address=to)).state == ACCEPTED
    assert receiver.bodies() == ["targeted", "here"]


def test_message_for_a_name_that_nobody_has_at_a_router_is_released_there(line, address):
    sender = line.connect("A").sender(None, credit=True)
    assert sender.outcome(Message("m", address="_topo/0/C/nobody")).state == RELEASED
    assert sender.outcome(Message("m", address="_topo/0/Z/x")).state == RELEASED


def test_consumer_cannot_attach_to_what_another_router_has(line):
    receiver = line.connect("A").receiver("_topo/0/C/x", wait=False)
    assert receiver.refusal()[0] == "qd:no-route-to-dest"


def test_messages_are_released_when_the_last_consumer_has_left_and_credit_returns_with_the_next(line, address):
    receiver = line.connect("C").receiver(address, credit=10, outcome=ACCEPTED)
    line.learn()
    sender = line.connect("A").sender(address, credit=True)
    assert sender.outcome("m").state == ACCEPTED
    receiver.close()
    line.learn()
    assert sender.outcome("lost").state == RELEASED
    again = line.connect("C").receiver(address, credit=10, outcome=ACCEPTED)
    line.wait(lambda: sender.credit > 0, "credit")
    line.learn()
    assert sender.outcome("found").state == ACCEPTED
    assert again.bodies() == ["found"]
