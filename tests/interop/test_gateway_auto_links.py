"""Auto links: links that a router attaches to a container by itself, when that connects and as long as it is there."""

import pytest
from gateway import AUTO_LINK
from management import BAD_REQUEST
from peer import ACCEPTED, MODIFIED, REJECTED, RELEASED
from proton import Condition, Endpoint, Message

pytestmark = pytest.mark.mixed

REFUSAL = Condition("amqp:not-allowed", "not today")
RETRY_SECONDS = 8
"""An auto link that failed is attached again within this time: after 2 s the first time, then every 5 s or so."""


# ---- attaching -------------------------------------------------------------------------------------------------------


def test_auto_links_name_the_address_at_the_containers_end_only(gateway):
    address = gateway.address("way/")
    container = gateway.container()
    gateway.auto_links(address, containerId=container.name)
    incoming, outgoing = container.sender(address).link, container.receiver(address).link
    assert incoming.remote_source.address == address
    assert incoming.remote_target.address is None
    assert outgoing.remote_target.address == address
    assert outgoing.remote_source.address is None
    assert incoming.session.connection.remote_container == "B"


def test_auto_links_name_the_external_address_if_there_is_one(gateway):
    address, external = gateway.address("way/"), gateway.address("external/")
    container = gateway.container()
    gateway.auto_links(address, containerId=container.name, externalAddress=external)
    container.sender(external)
    container.receiver(external)
    assert container.attempts_at(address) == 0


def test_auto_links_made_before_the_container_comes_attach_when_it_does(gateway):
    address, name = gateway.address("way/"), gateway.address("late")
    links = gateway.auto_links(address, containerId=name)
    assert [gateway.row(link)["operStatus"] for link in links] == ["inactive"] * 2
    container = gateway.container(name=name)
    container.sender(address)
    container.receiver(address)


def test_auto_links_of_a_connection_attach_to_every_container_that_comes_by_that_listener(gateway):
    address = gateway.address("t/")
    link = gateway.auto_link(address, "out", connection="container")
    container = gateway.container()
    container.receiver(address)
    gateway.wait_for_status(link, "active")


def test_auto_links_attach_to_no_other_container_and_to_no_ordinary_client(gateway):
    address = gateway.address("t/")
    container, other = gateway.container(), gateway.container()
    client = gateway.container("B.plain", container.name)
    gateway.auto_links(address, containerId=container.name)
    container.receiver(address)
    container.sender(address)
    other.connection.barrier()
    client.connection.barrier()
    assert other.attempts == client.attempts == []


def test_management_shows_what_became_of_auto_links(gateway):
    address, external = gateway.address("way/"), gateway.address("external/")
    container = gateway.container()
    container.refuses[external] = REFUSAL
    good = gateway.auto_link(address, "in", containerId=container.name)
    bad = gateway.auto_link(address, "out", containerId=container.name, externalAddress=external, phase=3)
    row = gateway.wait_for_status(good, "active")
    assert (row["address"], row["addr"], row["direction"], row["dir"]) == (address, address, "in", "in")
    assert (row["phase"], row["containerId"], row["connection"]) == (1, container.name, None)
    assert (row["externalAddress"], row["externalAddr"], row["fallback"], row["lastError"]) == (None, None, False, None)
    link, = [link for link in gateway.agent().query("router.link") if link["identity"] == row["linkRef"]]
    assert (link["linkDir"], link["owningAddr"]) == ("in", f"M1{address}")
    row = gateway.wait_for_status(bad, "failed")
    assert (row["phase"], row["externalAddress"], row["externalAddr"]) == (3, external, external)
    assert row["lastError"] == "not today"


def test_auto_links_that_make_no_sense_are_refused(gateway):
    agent = gateway.agent()
    for attributes in (
        {"address": "x"},
        {"direction": "in"},
        {"address": "x", "direction": "sideways"},
        {"address": "x", "direction": "in", "phase": 10},
        {"address": "x", "direction": "in", "containerId": "c", "connection": "container"},
    ):
        status, *_ = agent.call("CREATE", attributes, type=f"org.apache.qpid.dispatch.{AUTO_LINK}", name="nonsense")
        assert status == BAD_REQUEST, attributes


def test_a_deleted_auto_link_is_detached_and_not_attached_again(gateway):
    address = gateway.address("t/")
    container = gateway.container()
    link = gateway.auto_link(address, "out", containerId=container.name)
    receiver = container.receiver(address)
    sender = gateway.peer.connect("B").sender(address, credit=True)
    gateway.delete(AUTO_LINK, link)
    gateway.peer.wait(receiver.detached, "the detach")
    assert sender.outcome("m").state in (RELEASED, MODIFIED)
    container.disconnect()
    container.connect()
    container.connection.barrier()
    assert container.attempts_at(address) == 1


# ---- messages --------------------------------------------------------------------------------------------------------


def test_a_message_goes_through_a_containers_queue_two_routers_away_each_way(gateway):
    address = gateway.address("way/")
    container = gateway.container()
    gateway.auto_links(address, containerId=container.name)
    queue_in, queue_out = container.receiver(address), container.sender(address)
    sender = gateway.peer.connect("A").sender(address, credit=True)
    sent = [sender.outcome(number) for number in range(10)]
    assert [one.state for one in sent] == [ACCEPTED] * 10
    assert queue_in.bodies() == list(range(10))
    receiver = gateway.peer.connect("C").receiver(address, credit=100)
    gateway.peer.wait(lambda: queue_out.credit > 0, "credit for the queue")
    forwarded = [queue_out.send(arrival.message) for arrival in queue_in.arrivals]
    arrivals = receiver.take(10)
    assert [arrival.body for arrival in arrivals] == list(range(10))
    arrivals[0].accept()
    arrivals[1].reject()
    arrivals[2].release()
    arrivals[3].modify(failed=True)
    gateway.peer.wait(lambda: all(one.settled for one in forwarded[:4]), "the outcomes for the queue")
    assert [one.state for one in forwarded[:4]] == [ACCEPTED, REJECTED, RELEASED, MODIFIED]


@pytest.mark.parametrize(("state", "how"), [
    (ACCEPTED, lambda one: one.accept()),
    (REJECTED, lambda one: one.reject("broker:full", "no room")),
    (RELEASED, lambda one: one.release()),
], ids=["accepted", "rejected", "released"])
def test_the_producer_gets_the_containers_outcome(gateway, state, how):
    address = gateway.address("t/")
    container = gateway.container(outcome=None)
    gateway.auto_link(address, "out", containerId=container.name)
    receiver = container.receiver(address)
    sender = gateway.peer.connect("A").sender(address, credit=True)
    sent = sender.send("m")
    how(receiver.take(1)[0])
    gateway.peer.wait(lambda: sent.settled, "the outcome")
    assert sent.state == state
    if state == REJECTED:
        assert sent.reason() == ("broker:full", "no room")


def test_messages_from_an_external_address_keep_their_own_to(gateway):
    address, external = gateway.address("t/"), gateway.address("external/")
    container = gateway.container()
    gateway.auto_link(address, "in", containerId=container.name, externalAddress=external, phase=0)
    queue = container.sender(external)
    receiver = gateway.peer.connect("C").receiver(address, credit=10)
    gateway.peer.wait(lambda: queue.credit > 0, "credit for the queue")
    queue.send(Message("m", address=external))
    message = receiver.take(1)[0].message
    assert (message.body, message.address) == ("m", external)


def test_a_container_gets_credit_when_a_consumer_comes_and_not_before(gateway):
    address = gateway.address("way/")
    container = gateway.container()
    link = gateway.auto_link(address, "in", containerId=container.name)
    queue = container.sender(address)
    gateway.wait_for_status(link, "active")
    container.connection.barrier()
    assert queue.credit == 0
    gateway.peer.connect("C").receiver(address, credit=1)
    gateway.peer.wait(lambda: queue.credit > 0, "credit")


@pytest.mark.differs(reason="qdrouterd drains the link, which RabbitMQ does not survive")
def test_credit_is_withdrawn_without_a_drain_when_the_last_consumer_leaves(gateway):
    address = gateway.address("way/")
    container = gateway.container()
    gateway.auto_link(address, "in", containerId=container.name)
    queue = container.sender(address)
    receiver = gateway.peer.connect("B").receiver(address, credit=10)
    gateway.peer.wait(lambda: queue.credit > 0, "credit")
    receiver.close()
    gateway.peer.wait(lambda: queue.credit == 0, "the withdrawal")
    assert not queue.link.drain_mode
    again = gateway.peer.connect("B").receiver(address, credit=10, outcome=ACCEPTED)
    gateway.peer.wait(lambda: queue.credit > 0, "credit again")
    assert queue.outcome("m").state == ACCEPTED
    assert again.bodies() == ["m"]


def test_several_containers_share_one_address(gateway):
    address = gateway.address("t/")
    containers = [gateway.container() for _ in range(2)]
    for container in containers:
        gateway.auto_link(address, "out", containerId=container.name)
    receivers = [container.receiver(address) for container in containers]
    sender = gateway.peer.connect("A").sender(address, credit=True)
    gateway.peer.wait(lambda: sender.credit > 0, "credit")
    sent = sender.send_all(range(100))
    gateway.peer.wait(lambda: all(one.settled for one in sent), "the outcomes")
    counts = [len(receiver.arrivals) for receiver in receivers]
    assert sum(counts) == 100
    assert min(counts) > 0


def test_phases_chain_containers_one_after_the_other(gateway):
    address = gateway.address("t/chain.")
    first, second = gateway.container(), gateway.container()
    gateway.auto_link(address, "out", containerId=first.name)
    gateway.auto_link(address, "in", containerId=first.name, phase=4)
    gateway.auto_link(address, "out", containerId=second.name, phase=4)
    receiver, sender = first.receiver(address), first.sender(address)
    last = second.receiver(address)
    producer = gateway.peer.connect("A").sender(address, credit=True)
    assert producer.outcome("m").state == ACCEPTED
    gateway.peer.wait(lambda: sender.credit > 0, "credit for the first container")
    receiver.relay(sender)
    assert last.take(1)[0].body == "m"
    assert last.arrivals[0].receiver is last
    assert len(receiver.arrivals) == 1


# ---- refusal and loss ------------------------------------------------------------------------------------------------


def test_a_refused_auto_link_is_tried_again_until_it_is_accepted(gateway):
    address = gateway.address("t/")
    container = gateway.container()
    container.refuses[address] = REFUSAL
    link = gateway.auto_link(address, "out", containerId=container.name)
    assert gateway.wait_for_status(link, "failed")["lastError"] == "not today"
    assert container.attempts_at(address) == 1
    container.refuses.clear()
    container.wait_for_attempts(address, 2, RETRY_SECONDS)
    container.receiver(address)
    gateway.wait_for_status(link, "active")


def test_a_refused_auto_link_is_tried_at_once_when_the_container_comes_back(gateway):
    address = gateway.address("t/")
    container = gateway.container()
    container.refuses[address] = REFUSAL
    gateway.auto_link(address, "out", containerId=container.name)
    container.wait_for_attempts(address, 1)
    container.disconnect()
    container.refuses.clear()
    container.connect()
    container.wait_for_attempts(address, 2, 1)
    container.receiver(address)


def test_an_auto_link_that_the_container_detaches_is_attached_again(gateway):
    address = gateway.address("t/")
    container = gateway.container()
    link = gateway.auto_link(address, "out", containerId=container.name)
    receiver = container.receiver(address)
    gateway.wait_for_status(link, "active")
    receiver.link.condition = Condition("amqp:link:detach-forced", "idle")
    receiver.close()
    container.wait_for_attempts(address, 2, RETRY_SECONDS)
    container.receiver(address)
    gateway.wait_for_status(link, "active")


def test_auto_links_are_back_with_the_container(gateway):
    address = gateway.address("way/")
    container = gateway.container(outcome=None)
    links = gateway.auto_links(address, containerId=container.name)
    container.sender(address)
    receiver = container.receiver(address)
    sender = gateway.peer.connect("A").sender(address, credit=True)
    lost = sender.send("lost")
    receiver.take(1)
    container.connection.cut()
    gateway.peer.faults.clear()
    gateway.peer.wait(lambda: lost.settled, "the outcome of what the container had")
    assert lost.state in (RELEASED, MODIFIED)
    for link in links:
        gateway.wait_for_status(link, "inactive")
    container.connect()
    container.sender(address)
    again = container.receiver(address)
    for link in links:
        gateway.wait_for_status(link, "active")
    sent = sender.send("again")
    again.take(1)[0].accept()
    gateway.peer.wait(lambda: sent.settled, "the outcome")
    assert sent.state == ACCEPTED
    assert not sender.detached()


def test_a_session_that_the_container_ends_takes_only_its_links_along_and_they_come_back(gateway):
    address = gateway.address("way/")
    container = gateway.container()
    gateway.auto_links(address, containerId=container.name)
    own = container.connection.receiver(gateway.address("t/"), credit=1)
    receiver = container.receiver(address)
    container.sender(address)
    session = receiver.link.session
    session.condition = Condition("amqp:internal-error", "as RabbitMQ does")
    session.close()
    # qdrouterd has both auto links in one session and attaches both again.
    container.wait_for_attempts(address, 3, RETRY_SECONDS)
    container.sender(address)
    assert container.receiver(address).link.session.state & Endpoint.LOCAL_ACTIVE
    assert not container.connection.lost
    assert own.attached()
    sender = gateway.peer.connect("A").sender(address, credit=True)
    assert sender.outcome("m").state == ACCEPTED


# ---- tools -----------------------------------------------------------------------------------------------------------


def test_stat_shows_auto_links(gateway):
    address = gateway.address("way/")
    container = gateway.container()
    container.refuses["no"] = REFUSAL
    good = gateway.auto_link(address, "in", containerId=container.name, externalAddress="yes")
    bad = gateway.auto_link(address, "out", containerId=container.name, externalAddress="no")
    link = gateway.wait_for_status(good, "active")["linkRef"]
    gateway.wait_for_status(bad, "failed")
    rows = gateway.stat("--autolinks")
    assert [address, "in", "1", "yes", link, "active"] in rows
    assert [address, "out", "0", "no", "failed", "not", "today"] in [[*row[:4], *row[-3:]] for row in rows]
