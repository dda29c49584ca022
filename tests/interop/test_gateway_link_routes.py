"""Link routes: a client's link is carried, as it is, to a container behind two more routers and answered by that."""

import itertools

import pytest
from gateway import LINK_ROUTE
from management import wait_for
from peer import ACCEPTED, MODIFIED, REJECTED, RELEASED
from proton import UNDESCRIBED, Array, Condition, Data, Link, Message, Terminus, symbol
from transactions import Controller

AT_C = "C.container"

pytestmark = pytest.mark.mixed

_numbers = itertools.count()


def prefix_of() -> str:
    """A prefix that no other test uses."""
    return f"lr{next(_numbers)}"


@pytest.fixture
def route(gateway, route_stock):
    """Makes link routes for a prefix to a container at C, known at A; the container and the prefix."""

    def make(**options):
        prefix, release = route_stock.take()
        container = gateway.container(AT_C, **options)
        gateway.link_routes(at="C", prefix=prefix, containerId=container.name)
        release()
        return container, prefix

    return make


def client_of(gateway):
    """A client at A with a container id of its own: two links that are alike in that and in their name confuse qdrouterd."""
    return gateway.peer.connect("A", container_id=gateway.address("client."))


def pair_out(gateway, container, address, credit=0, **options):
    """A consumer at A and the container's link to it."""
    receiver = client_of(gateway).receiver(address, credit=credit, **options)
    return receiver, container.sender(address)


def pair_in(gateway, container, address, **options):
    """A producer at A and the container's link from it."""
    sender = client_of(gateway).sender(address, **options)
    return sender, container.receiver(address)


# ---- attach ----------------------------------------------------------------------------------------------------------


def test_the_container_sees_the_source_as_the_consumer_wrote_it(gateway, route):
    container, prefix = route()
    address = f"{prefix}.browsed"

    def browse(link):
        source = link.source
        source.distribution_mode = Terminus.DIST_MODE_COPY
        source.durability = Terminus.DELIVERIES
        source.expiry_policy = Terminus.EXPIRE_NEVER
        source.timeout = 70
        source.capabilities.put_py_array(Array(UNDESCRIBED, Data.SYMBOL, symbol("queue"), symbol("shared")))
        source.filter.put_dict({symbol("selector"): "colour = 'green'"})
        link.target.address = "my end"
        link.target.capabilities.put_object(symbol("mine"))

    receiver, link = pair_out(gateway, container, address, prepare=browse)
    source, target = link.link.remote_source, link.link.remote_target
    assert source.address == address
    assert source.distribution_mode == Terminus.DIST_MODE_COPY
    assert (source.durability, source.expiry_policy, source.timeout) == (Terminus.DELIVERIES, Terminus.EXPIRE_NEVER, 70)
    assert value(source.filter) == {"selector": "colour = 'green'"}
    assert value(source.capabilities) == ["queue", "shared"]
    assert target.address == "my end"
    assert value(target.capabilities) in ("mine", ["mine"])  # the same, by the standard


def test_the_client_sees_the_containers_answer(gateway, route):
    def answer(link):
        link.source.properties.put_dict({symbol("depth"): 7})
        link.source.capabilities.put_object(symbol("topic"))
        link.target.address = "your end"

    container, prefix = route(answer=answer)
    receiver, _ = pair_out(gateway, container, f"{prefix}.q")
    source = receiver.link.remote_source
    assert source.address == f"{prefix}.q"
    assert value(source.properties) == {"depth": 7}
    assert value(source.capabilities) in ("topic", ["topic"])  # the same, by the standard
    assert receiver.link.remote_target.address == "your end"


def test_the_client_has_no_answer_before_the_container_answers(gateway, route):
    container, prefix = route()
    address = f"{prefix}.slow"
    container.silent.add(address)
    receiver = gateway.peer.connect("A").receiver(address, wait=False)
    container.wait_for_attempts(address, 1)
    assert not receiver.answered()
    link = container.attempts[-1]
    link.source.copy(link.remote_source)
    link.target.copy(link.remote_target)
    link.open()
    gateway.peer.wait(receiver.attached, "the answer")


def test_the_name_of_the_link_tells_the_client(gateway, route):
    container, prefix = route()
    client = gateway.peer.connect("A", container_id="my-client")
    client.receiver(f"{prefix}.q", name="my-link")
    assert container.sender(f"{prefix}.q").link.name == "my-link@my-client"


@pytest.mark.differs(reason="qdrouterd does not carry settle modes and link properties")
def test_settle_modes_and_link_properties_are_carried_too(gateway, route):
    def answer(link):
        assert link.remote_properties == {"priority": 5}
        link.properties = {symbol("served-by"): "test"}

    container, prefix = route(answer=answer)

    def ask(link):
        link.properties = {symbol("priority"): 5}

    receiver, link = pair_out(
        gateway, container, f"{prefix}.q", snd=Link.SND_SETTLED, rcv=Link.RCV_FIRST, prepare=ask,
    )
    assert link.link.remote_snd_settle_mode == Link.SND_SETTLED
    assert receiver.link.remote_snd_settle_mode == Link.SND_SETTLED
    assert receiver.link.remote_properties == {"served-by": "test"}


@pytest.mark.parametrize("direction", ["in", "out"])
def test_the_client_is_refused_as_the_container_refuses(gateway, route, direction):
    container, prefix = route()
    address = f"{prefix}.refused"
    container.refuses[address] = Condition("amqp:unauthorized-access", "members only")
    client = gateway.peer.connect("A")
    link = client.sender(address) if direction == "in" else client.receiver(address)
    assert link.refusal() == ("amqp:unauthorized-access", "members only")


# ---- which attaches --------------------------------------------------------------------------------------------------


def test_a_prefix_is_whole_tokens(gateway, route):
    container, prefix = route()
    client = gateway.peer.connect("A")
    for address in (prefix, f"{prefix}.a", f"{prefix}/a/b"):
        client.receiver(address)
        container.sender(address)
    client.receiver(f"{prefix}x")
    client.receiver(f"x.{prefix}")
    client.barrier()
    assert len(container.attempts) == 3


def test_patterns_match_tokens_anywhere(gateway):
    prefix = prefix_of()
    container = gateway.container(AT_C)
    gateway.link_route("out", at="C", pattern=f"*/{prefix}/#", containerId=container.name)
    gateway.wait_for_route(f"F*/{prefix}/#")
    client = gateway.peer.connect("A")
    for address in (f"x.{prefix}", f"x/{prefix}/y/z"):
        client.receiver(address)
        container.sender(address)
    client.receiver(prefix)
    client.receiver(f"x/y/{prefix}")
    client.barrier()
    assert len(container.attempts) == 2


def test_each_direction_has_its_own_routes(gateway):
    prefix = prefix_of()
    container = gateway.container(AT_C)
    gateway.link_route("in", at="C", prefix=prefix, containerId=container.name)
    gateway.wait_for_route(f"C{prefix}")
    client = gateway.peer.connect("A")
    client.sender(f"{prefix}.q")
    container.receiver(f"{prefix}.q")
    client.receiver(f"{prefix}.q")  # an ordinary consumer
    client.barrier()
    assert len(container.attempts) == 1


@pytest.mark.parametrize(("options", "address", "seen"), [
    ({"addExternalPrefix": "ext/"}, "{0}.q", "ext/{0}.q"),
    ({"delExternalPrefix": "{0}."}, "{0}.q", "q"),
    ({"delExternalPrefix": "{0}.", "addExternalPrefix": "ext/"}, "{0}.q", "ext/q"),
    pytest.param(
        {"delExternalPrefix": "{0}.q"}, "{0}.q", "{0}.q",
        marks=pytest.mark.differs(reason="qdrouterd puts before the answer's address what it did not remove"),
    ),
], ids=["add", "remove", "both", "nothing would be left"])
def test_prefixes_of_the_address_are_for_the_container_only(gateway, options, address, seen):
    prefix = prefix_of()
    address, seen = address.format(prefix), seen.format(prefix)
    options = {name: value.format(prefix) for name, value in options.items()}
    container = gateway.container(AT_C)
    gateway.link_routes(at="C", prefix=prefix, containerId=container.name, **options)
    gateway.wait_for_route(f"C{prefix}")
    gateway.wait_for_route(f"D{prefix}")
    client = gateway.peer.connect("A")
    receiver = client.receiver(address)
    assert container.sender(seen).link.remote_source.address == seen
    assert receiver.link.remote_source.address == address
    sender = client.sender(address, credit=True)
    assert container.receiver(seen).link.remote_target.address == seen
    assert sender.link.remote_target.address == address


def test_several_containers_take_turns(gateway):
    prefix = prefix_of()
    containers = [gateway.container(AT_C) for _ in range(2)]
    for container in containers:
        gateway.link_route("out", at="C", prefix=prefix, containerId=container.name)
    gateway.wait_for_route(f"D{prefix}", at="A")
    client = gateway.peer.connect("C")
    for _ in range(10):
        client.receiver(f"{prefix}.q")
    assert [len(container.attempts) for container in containers] == [5, 5]


def test_without_a_container_there_is_no_route(gateway):
    prefix = prefix_of()
    gateway.link_routes(at="C", prefix=prefix, containerId="nobody")
    client = gateway.peer.connect("C")
    assert client.receiver(f"{prefix}.q").refusal()[0] == "qd:no-route-to-dest"
    assert client.sender(f"{prefix}.q").refusal()[0] == "qd:no-route-to-dest"


def test_management_shows_and_deletes_link_routes(gateway):
    prefix = prefix_of()
    container = gateway.container(AT_C)
    identity = gateway.link_route("out", at="C", prefix=prefix, containerId=container.name, addExternalPrefix="ext/")
    row = gateway.wait_for_status(identity, "active", LINK_ROUTE, "C")
    assert (row["prefix"], row["pattern"], row["direction"], row["dir"]) == (prefix, None, "out", "out")
    assert (row["containerId"], row["connection"], row["distribution"]) == (container.name, None, "linkBalanced")
    assert (row["addExternalPrefix"], row["delExternalPrefix"]) == ("ext/", None)
    client = gateway.peer.connect("C")
    receiver = client.receiver(f"{prefix}.q")
    container.sender(f"ext/{prefix}.q")
    container.disconnect()
    gateway.wait_for_status(identity, "inactive", LINK_ROUTE, "C")
    assert receiver.refusal()[0] == "qd:routed-link-lost"
    gateway.delete(LINK_ROUTE, identity, "C")
    client.receiver(f"{prefix}.q")  # an ordinary consumer
    client.barrier()
    assert container.attempts_at(f"ext/{prefix}.q") == 1


def test_stat_shows_link_routes(gateway):
    prefix = prefix_of()
    container = gateway.container()
    identity = gateway.link_route("out", prefix=prefix, containerId=container.name, delExternalPrefix="x.")
    gateway.wait_for_status(identity, "active", LINK_ROUTE)
    assert [prefix, "out", "linkBalanced", "active", "x."] in gateway.stat("--linkroutes")


# ---- credit and messages ---------------------------------------------------------------------------------------------


def test_the_container_gets_the_consumers_credit_and_no_more(gateway, route):
    container, prefix = route()
    receiver, link = pair_out(gateway, container, f"{prefix}.q")
    receiver.flow(7)
    gateway.peer.wait(lambda: link.credit == 7, "the credit")
    receiver.flow(3)
    gateway.peer.wait(lambda: link.credit == 10, "more credit")
    for number in range(10):
        link.send(number, settled=True)
    assert [arrival.body for arrival in receiver.take(10)] == list(range(10))
    assert link.credit == 0
    receiver.flow(1)
    gateway.peer.wait(lambda: link.credit == 1, "more credit")


def test_the_producer_gets_the_containers_credit_and_no_more(gateway, route):
    container, prefix = route(credit=5, refill=False)
    sender, link = pair_in(gateway, container, f"{prefix}.q", credit=True)
    gateway.peer.wait(lambda: sender.credit == 5, "the credit")
    assert [sender.outcome(number).state for number in range(5)] == [ACCEPTED] * 5
    assert sender.credit == 0
    link.flow(2)
    gateway.peer.wait(lambda: sender.credit == 2, "more credit")


def test_a_drain_reaches_the_container_and_its_answer_the_consumer(gateway, route):
    container, prefix = route()
    receiver, link = pair_out(gateway, container, f"{prefix}.q", credit=1)
    gateway.peer.wait(lambda: link.credit == 1, "the credit")
    receiver.link.drain(9)
    gateway.peer.wait(lambda: link.link.drain_mode and link.credit == 10, "the drain")
    for number in range(2):
        link.send(number)
    assert [arrival.body for arrival in receiver.take(2)] == [0, 1]
    assert receiver.link.draining()
    link.link.drained()
    gateway.peer.wait(lambda: not receiver.link.draining(), "the answer")
    assert receiver.credit == 0
    receiver.link.drain_mode = False
    receiver.flow(1)
    gateway.peer.wait(lambda: link.credit == 1 and not link.link.drain_mode, "credit after the drain")


def test_the_container_can_drain_a_producer(gateway, route):
    container, prefix = route(credit=10, refill=False)
    sender, link = pair_in(gateway, container, f"{prefix}.q", credit=True)
    link.link.drain(0)
    gateway.peer.wait(lambda: sender.link.drain_mode, "the drain")
    sender.link.drained()
    gateway.peer.wait(lambda: not link.link.draining(), "the answer")
    assert (sender.credit, link.credit) == (0, 0)


@pytest.mark.parametrize(("state", "how"), [
    (ACCEPTED, lambda one: one.accept()),
    (REJECTED, lambda one: one.reject("broker:full", "no room")),
    (RELEASED, lambda one: one.release()),
    (MODIFIED, lambda one: one.modify(failed=True, undeliverable=True, annotations={"why": "so"})),
], ids=["accepted", "rejected", "released", "modified"])
@pytest.mark.parametrize("direction", ["in", "out"])
def test_outcomes_are_carried_as_they_are(gateway, route, direction, state, how):
    container, prefix = route(outcome=None)
    if direction == "in":
        sender, receiver = pair_in(gateway, container, f"{prefix}.q", credit=True)
    else:
        receiver, sender = pair_out(gateway, container, f"{prefix}.q", credit=1)
        gateway.peer.wait(lambda: sender.credit == 1, "credit")
    sent = sender.send("m")
    how(receiver.take(1)[0])
    gateway.peer.wait(lambda: sent.settled, "the outcome")
    assert sent.state == state
    if state == REJECTED:
        assert sent.reason() == ("broker:full", "no room")
    if state == MODIFIED:
        assert (sent.failed, sent.undeliverable) == (True, True)
        assert {str(key): value for key, value in sent.annotations.items()} == {"why": "so"}


@pytest.mark.parametrize("direction", ["in", "out"])
def test_message_and_tag_are_carried_as_they_are(gateway, route, direction):
    container, prefix = route()
    message = Message(
        {"body": [1, 2]}, address="elsewhere", subject="s", reply_to="r", correlation_id="c", durable=True, priority=7,
        properties={"p": "v"}, annotations={symbol("x-opt-mine"): 1}, instructions={symbol("x-opt-next"): 2},
    )
    if direction == "in":
        sender, receiver = pair_in(gateway, container, f"{prefix}.q", credit=True)
    else:
        receiver, sender = pair_out(gateway, container, f"{prefix}.q", credit=1)
        gateway.peer.wait(lambda: sender.credit == 1, "credit")
    data = bytes(message.encode())
    sent = sender.begin("a tag of my own")
    sent.write(data)
    sent.finish()
    arrival, = receiver.take(1)
    assert bytes(arrival.data) == data
    assert arrival.delivery.tag == "a tag of my own"


@pytest.mark.parametrize("direction", ["in", "out"])
def test_presettled_messages_arrive_settled(gateway, route, direction):
    container, prefix = route(outcome=None)
    if direction == "in":
        sender, receiver = pair_in(gateway, container, f"{prefix}.q", credit=True)
    else:
        receiver, sender = pair_out(gateway, container, f"{prefix}.q", credit=5)
        gateway.peer.wait(lambda: sender.credit == 5, "credit")
    for number in range(5):
        sender.send(number, settled=True)
    arrivals = receiver.take(5)
    assert [arrival.body for arrival in arrivals] == list(range(5))
    assert all(arrival.peer_settled for arrival in arrivals)


@pytest.mark.parametrize("direction", ["in", "out"])
def test_five_megabytes_arrive_whole(gateway, route, direction):
    container, prefix = route()
    content = bytes(itertools.islice(itertools.cycle(range(251)), 5_000_000))
    if direction == "in":
        sender, receiver = pair_in(gateway, container, f"{prefix}.q", credit=True)
    else:
        receiver, sender = pair_out(gateway, container, f"{prefix}.q", credit=1, outcome=ACCEPTED)
        gateway.peer.wait(lambda: sender.credit == 1, "credit")
    assert sender.outcome(Message(content, inferred=True)).state == ACCEPTED
    assert receiver.arrivals[0].body == content


def test_an_aborted_message_is_aborted_at_the_other_end(gateway, route):
    container, prefix = route(credit=10, refill=False)
    sender, receiver = pair_in(gateway, container, f"{prefix}.q", credit=True)
    begun = sender.begin()
    begun.write(b"\0" * 200_000)
    gateway.peer.wait(lambda: receiver.partial is not None, "the beginning")
    partial = receiver.partial
    begun.abort()
    gateway.peer.wait(lambda: partial.aborted, "the abort")
    assert sender.outcome("m").state == ACCEPTED


# ---- the end ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [True, False], ids=["close", "detach"])
@pytest.mark.parametrize("by", ["client", "container"])
def test_a_detach_is_carried_with_its_error(gateway, route, by, closed):
    container, prefix = route()
    receiver, link = pair_out(gateway, container, f"{prefix}.q")
    first, other = (receiver, link) if by == "client" else (link, receiver)
    first.link.condition = Condition("broker:moved", "try elsewhere")
    first.close(closed=closed)
    gateway.peer.wait(lambda: other.closed_by_peer or other.detached_by_peer, "the detach at the other end")
    assert (other.closed_by_peer, other.detached_by_peer) == (closed, not closed)
    condition = other.link.remote_condition
    assert (condition.name, condition.description) == ("broker:moved", "try elsewhere")


@pytest.mark.parametrize("lost", ["client", "container"])
def test_the_other_end_is_told_when_a_connection_is_lost(gateway, route, lost):
    container, prefix = route(outcome=None)
    address = f"{prefix}.q"
    receiver, out = pair_out(gateway, container, address, credit=10)
    sender, into = pair_in(gateway, container, address, credit=True)
    bystander, _ = pair_out(gateway, container, f"{prefix}.other")
    unsettled = sender.send("m")
    into.take(1)
    if lost == "client":
        receiver.connection.cut()
        sender.connection.cut()
        ends = [out, into]
    else:
        container.connection.cut()
        ends = [receiver, sender]
    gateway.peer.faults.clear()
    for end in ends:
        assert end.refusal()[0] == "qd:routed-link-lost"
        assert end.closed_by_peer
    if lost == "client":
        assert bystander.attached()
    else:
        gateway.peer.wait(lambda: unsettled.settled or sender.detached(), "the end of the delivery")
        assert unsettled.state != ACCEPTED


def test_both_ends_are_told_when_the_way_is_lost(cut_gateway):
    gateway, prefix = cut_gateway, prefix_of()
    container = gateway.container(AT_C)
    gateway.link_routes(at="C", prefix=prefix, containerId=container.name)
    gateway.wait_for_route(f"D{prefix}")
    receiver, link = pair_out(gateway, container, f"{prefix}.q", credit=1)
    gateway.peer.wait(lambda: link.credit == 1, "credit")
    gateway.mesh.relays["BC"].cut()
    for end in (receiver, link):
        assert end.refusal()[0] == "qd:routed-link-lost"
    gateway.mesh.relays["BC"].heal()
    gateway.peer.converge()
    gateway.wait_for_route(f"D{prefix}")
    again, link = pair_out(gateway, container, f"{prefix}.q", credit=1)
    gateway.peer.wait(lambda: link.credit == 1, "credit")
    link.send("m", settled=True)
    assert again.take(1)[0].body == "m"


def test_link_routes_are_back_with_the_container(gateway, route):
    container, prefix = route()
    pair_out(gateway, container, f"{prefix}.q")
    container.disconnect()
    container.connect()
    gateway.wait_for_route(f"D{prefix}")
    receiver, link = pair_out(gateway, container, f"{prefix}.q", credit=1)
    gateway.peer.wait(lambda: link.credit == 1, "credit")
    link.send("m", settled=True)
    assert receiver.take(1)[0].body == "m"


def test_a_durable_subscription_is_detached_but_not_closed_when_its_client_is_lost(gateway, route):
    container, prefix = route()

    def durable(link):
        link.source.durability = Terminus.DELIVERIES
        link.source.expiry_policy = Terminus.EXPIRE_NEVER

    receiver, link = pair_out(gateway, container, f"{prefix}.q", prepare=durable)
    receiver.connection.cut()
    gateway.peer.faults.clear()
    gateway.peer.wait(lambda: link.closed_by_peer or link.detached_by_peer, "the detach")
    assert link.detached_by_peer


@pytest.mark.differs(reason="qdrouterd gives both links one name, and loses its connection to the next router for it")
def test_links_of_one_name_from_two_clients_of_one_container_id_do_not_meet(gateway, route):
    container, prefix = route()
    receivers = []
    for number in range(2):
        client = gateway.peer.connect("A", container_id="twin")
        receivers.append(client.receiver(f"{prefix}.{number}", credit=1, name="twin"))
        sender = container.sender(f"{prefix}.{number}")
        gateway.peer.wait(lambda: sender.credit == 1, "credit")
        sender.send(number, settled=True)
    assert [receiver.take(1)[0].body for receiver in receivers] == [0, 1]


# ---- transactions ----------------------------------------------------------------------------------------------------


@pytest.fixture
def bank(gateway, test_broker):
    """A queue of the test broker behind B, and its coordinator, as clients at A see them."""
    prefix = prefix_of()
    gateway.link_routes(prefix=prefix, containerId=test_broker.container)
    gateway.link_route("in", prefix="$coordinator", containerId=test_broker.container)
    for key in (f"C{prefix}", f"D{prefix}", "C$coordinator"):
        gateway.wait_for_route(key)
    client = gateway.peer.connect("A")
    queue = f"{prefix}.queue"
    return client, client.sender(queue, credit=True), client.receiver(queue, credit=10), Controller(client)


def test_a_transaction_commits_through_link_routes(gateway, bank):
    client, sender, receiver, controller = bank
    transaction = controller.declare()
    for number in range(3):
        transaction.send(sender, number)
    assert sender.outcome("at once").state == ACCEPTED
    assert receiver.take(1)[0].body == "at once"
    transaction.commit()
    assert [arrival.body for arrival in receiver.take(3)] == [0, 1, 2]


def test_a_transaction_is_rolled_back_through_link_routes(gateway, bank):
    client, sender, receiver, controller = bank
    transaction = controller.declare()
    transaction.send(sender, "never")
    transaction.rollback()
    assert sender.outcome("at once").state == ACCEPTED
    assert receiver.take(1)[0].body == "at once"
    assert receiver.bodies() == ["at once"]


def test_a_message_is_consumed_in_a_transaction_through_link_routes(gateway, bank):
    client, sender, receiver, controller = bank
    sender.outcome("m")
    arrival, = receiver.take(1)
    transaction = controller.declare()
    transaction.accept(arrival)
    transaction.commit()
    gateway.peer.wait(lambda: arrival.peer_settled, "the settlement")


def test_without_a_route_to_a_coordinator_there_are_no_transactions(gateway):
    client = gateway.peer.connect("C")

    # A route that was there before is forgotten when C hears of it.
    def refused():
        return client.sender(None, coordinator=True).refusal()[0] == "amqp:precondition-failed"

    wait_for("the refusal of a coordinator", refused)


# ---- routes that a peer makes for its own connection ----------------------------------------------------------------

OWN_ROUTE = "org.apache.qpid.dispatch.router.connection.linkRoute"


def call(connection, operation: str, body: dict, **properties) -> Message:
    """What the router answers to a request that comes over this connection: it is about this connection."""
    inbox = connection.receiver(None, credit=1, dynamic=True)
    sender = connection.sender("$management", credit=True)
    properties = {"operation": operation, "type": OWN_ROUTE, **properties}
    sender.send(Message(body, properties=properties, reply_to=inbox.link.remote_source.address, correlation_id="1"))
    answer, = inbox.take(1)
    inbox.close()
    sender.close()
    return answer.message


def test_a_client_makes_routes_for_its_own_connection_which_go_with_it(gateway):
    owner = gateway.container("C")
    prefix = prefix_of()
    made = {}
    for direction in ("in", "out"):
        name = f"{prefix}-{direction}"
        body = {"type": OWN_ROUTE, "name": name, "pattern": f"{prefix}/#", "direction": direction}
        answer = call(owner.connection, "CREATE", body, name=name)
        assert answer.properties["statusCode"] == 201
        made[direction] = answer.body
        assert made[direction]["containerId"] == owner.name
    gateway.wait_for_route(f"C{prefix}")
    gateway.wait_for_route(f"D{prefix}")
    client = client_of(gateway)
    sender = client.sender(f"{prefix}/q", credit=True)
    assert sender.outcome("m").state == ACCEPTED
    assert [arrival.body for arrival in owner.receiver(f"{prefix}/q").take(1)] == ["m"]
    answer = call(owner.connection, "DELETE", {}, identity=made["out"]["identity"], name=made["out"]["name"])
    assert answer.properties["statusCode"] == 204
    assert call(owner.connection, "DELETE", {}, identity="999999", name="none").properties["statusCode"] == 404
    owner.disconnect()
    gateway.peer.wait(sender.detached, "the detach")
    assert sender.link.remote_condition.name == "qd:routed-link-lost"


# ---- real brokers ----------------------------------------------------------------------------------------------------


def test_a_link_route_leads_to_rabbitmq(rabbit, rabbitmq):
    address = rabbit.address()
    queue, = rabbitmq.declare(address)
    prefix = "routed"
    rabbit.link_routes(prefix=prefix, connection="rabbit", delExternalPrefix=prefix)
    rabbit.wait_for_route(f"C{prefix}")
    rabbit.wait_for_route(f"D{prefix}")
    client = rabbit.peer.connect("A")
    sender = client.sender(f"{prefix}{queue}", credit=True)
    assert sender.outcome(Message(b"x" * 5_000_000, durable=True, inferred=True)).state == ACCEPTED
    receiver = rabbit.peer.connect("C").receiver(f"{prefix}{queue}", credit=1)
    arrival, = receiver.take(1)
    assert arrival.body == b"x" * 5_000_000
    arrival.accept()
    wait_for("an empty queue", lambda: rabbit.peer.stay(0.05) or rabbitmq.depths()[address] == 0)


def value(data):
    """What a Data object holds, in Python's own types."""
    data.rewind()
    if not data.next():
        return None
    held = data.get_object()
    elements = getattr(held, "elements", held)
    if isinstance(elements, dict):
        return {str(key): one for key, one in elements.items()}
    return [str(one) for one in elements] if isinstance(elements, list | tuple) else elements
