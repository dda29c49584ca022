"""Addresses that take another one's messages: fallback destinations, the way past a queue, shards."""

import pytest
from conftest import programs_of
from management import Agent, wait_for
from mesh import Mesh
from mesh_peer import MeshPeer
from peer import ACCEPTED, RELEASED, Peer
from proton import Message
from router import Router, section
from testbroker import TestBroker

KEYS = [f"device-{number}" for number in range(60)]

SECTIONS = (
    section("address", prefix="fallback", enableFallback="yes"),
    section("address", prefix="queue", waypoint="yes", bypass="presettled"),
    section("address", pattern="telemetry/#", concentrate="measurements"),
    *(section("shard", name=name, address="orders", key="group-id") for name in "abc"),
    *(section("shard", name=f"w{name}", address="events", key="property:device", onLoss="wait") for name in "abc"),
)


@pytest.fixture(scope="module")
def spreader(tmp_path_factory):
    router = Router(tmp_path_factory.mktemp("spreader"), {"plain": {}}, *SECTIONS)
    yield router
    router.stop()


@pytest.fixture
def peer(spreader):
    peer = Peer(spreader.url)
    yield peer
    peer.close()
    assert not peer.faults, f"faults on the wire: {peer.faults}"
    assert spreader.running(), "the router is gone"


def send_keys(peer, sender, receivers, keys, make):
    """Sends a message for each key; returns who got which, and which were released."""
    for receiver in receivers:
        receiver.arrivals.clear()
    sent = {key: sender.send(make(key)) for key in keys}
    peer.wait(lambda: all(one.settled for one in sent.values()), "the outcomes")
    assert all(one.state in (ACCEPTED, RELEASED) for one in sent.values())
    got = {arrival.body: at for at, receiver in enumerate(receivers) for arrival in receiver.arrivals}
    assert set(got) == {key for key, one in sent.items() if one.state == ACCEPTED}
    return got


def grouped(key):
    return Message(key, group_id=key)


def of_device(key):
    return Message(key, properties={"device": key})


def test_keys_keep_their_shard_and_only_those_of_a_lost_one_move(peer):
    members = [peer.connect().receiver(f"orders/{name}", credit=1000, outcome=ACCEPTED) for name in "abc"]
    sender = peer.connect().sender("orders", credit=True)
    before = send_keys(peer, sender, members, KEYS, grouped)
    assert len(before) == len(KEYS) and set(before.values()) == {0, 1, 2}
    assert send_keys(peer, sender, members, KEYS, grouped) == before
    members[1].connection.cut()
    # A sender to the lost member has no credit once the router knows.
    peer.connect().sender("orders/b").connection.barrier()
    without = send_keys(peer, sender, members, KEYS, grouped)
    assert len(without) == len(KEYS)
    assert all(owner == before[key] or before[key] == 1 for key, owner in without.items())
    members[1] = peer.connect().receiver("orders/b", credit=1000, outcome=ACCEPTED)
    assert send_keys(peer, sender, members, KEYS, grouped) == before


def test_where_keys_wait_those_of_a_lost_shard_are_released(peer):
    members = [peer.connect().receiver(f"events/w{name}", credit=1000, outcome=ACCEPTED) for name in "abc"]
    sender = peer.connect().sender("events", credit=True)
    before = send_keys(peer, sender, members, KEYS, of_device)
    assert len(before) == len(KEYS) and set(before.values()) == {0, 1, 2}
    members[2].close()
    without = send_keys(peer, sender, members, KEYS, of_device)
    assert without == {key: owner for key, owner in before.items() if owner != 2}
    members[2] = peer.connect().receiver("events/wc", credit=1000, outcome=ACCEPTED)
    assert send_keys(peer, sender, members, KEYS, of_device) == before


def test_a_shard_that_is_drained_gets_no_more_and_its_keys_come_back_to_it(peer, spreader):
    members = [peer.connect().receiver(f"orders/{name}", credit=1000, outcome=ACCEPTED) for name in "abc"]
    sender = peer.connect().sender("orders", credit=True)
    before = send_keys(peer, sender, members, KEYS, grouped)
    agent = Agent(spreader.url("plain"))
    shard, = [row for row in agent.query("router.config.shard") if row["name"] == "b"]
    assert (shard["operStatus"], shard["member"]) == ("up", "orders/b")
    assert shard["deliveriesIngress"] >= list(before.values()).count(1)
    for status, expected in (("draining", {0, 2}), ("enabled", {0, 1, 2})):
        body = agent.do("UPDATE", {"adminStatus": status}, of="router.config.shard", identity=shard["identity"])
        assert body["operStatus"] == ("up" if status == "enabled" else "draining")
        now = send_keys(peer, sender, members, KEYS, grouped)
        assert set(now.values()) == expected
        assert all(owner == before[key] or before[key] == 1 for key, owner in now.items())
    assert now == before
    agent.close()


def test_settled_messages_go_past_a_queue_whose_broker_is_gone(peer):
    consumer = peer.connect().receiver("queue/x", credit=1000, outcome=ACCEPTED)
    broker = peer.connect().receiver("queue/x", credit=1000, outcome=ACCEPTED, capability="qd.waypoint.1")
    sender = peer.connect().sender("queue/x", credit=True)
    sender.send_all(range(100), settled=True)
    assert sender.outcome("safe").state == ACCEPTED
    consumer.take(100)
    assert (consumer.bodies(), broker.bodies()) == (list(range(100)), ["safe"])
    broker.connection.cut()
    peer.connect().sender("queue/y").connection.barrier()
    sender.send_all(range(100, 1000), settled=True)
    assert sender.outcome("unsafe").state == RELEASED
    consumer.take(900)
    assert consumer.bodies() == list(range(1000))


def test_fallback_destination_gets_what_has_no_consumer(peer):
    sender = peer.connect().sender("fallback/x")
    fallback = peer.connect().receiver("fallback/x", credit=100, outcome=ACCEPTED, capability="qd.fallback")
    peer.wait(lambda: sender.credit > 0, "credit")
    assert sender.outcome("one").state == ACCEPTED
    consumer = peer.connect().receiver("fallback/x", credit=100, outcome=ACCEPTED)
    assert sender.outcome("two").state == ACCEPTED
    consumer.close()
    assert sender.outcome("three").state == ACCEPTED
    assert (fallback.bodies(), consumer.bodies()) == (["one", "three"], ["two"])


def test_many_addresses_onto_one_keep_the_address_that_was_meant(peer):
    consumer = peer.connect().receiver("measurements", credit=100, outcome=ACCEPTED)
    for address in ("telemetry/1", "telemetry/2/speed"):
        sender = peer.connect().sender(address, credit=True)
        assert sender.outcome(Message(1, annotations={"x-opt-colour": "blue"})).state == ACCEPTED
    anonymous = peer.connect().sender(None, credit=True)
    assert anonymous.outcome(Message(2, address="telemetry/3")).state == ACCEPTED
    first, second, third = (arrival.message for arrival in consumer.take(3))
    assert first.annotations == {"x-opt-colour": "blue", "x-opt-crossdock-address": "telemetry/1"}
    assert second.annotations == {"x-opt-colour": "blue", "x-opt-crossdock-address": "telemetry/2/speed"}
    assert (third.address, third.annotations) == ("telemetry/3", None)


@pytest.fixture(scope="module")
def mesh(tmp_path_factory):
    """Two routers with the same sections."""
    mesh = Mesh(tmp_path_factory.mktemp("mesh"), "A>B", *SECTIONS)
    try:
        MeshPeer(mesh).converge()
        yield mesh
    finally:
        mesh.close()


@pytest.fixture
def far(mesh):
    peer = MeshPeer(mesh)
    yield peer
    peer.close()
    assert not peer.faults, f"faults on the wire: {peer.faults}"


def test_fallback_destination_at_another_router(far):
    fallback = far.connect("B").receiver("fallback/far", credit=100, outcome=ACCEPTED, capability="qd.fallback")
    sender = far.connect("A").sender("fallback/far", credit=True)
    assert sender.outcome("one").state == ACCEPTED
    anonymous = far.connect("A").sender(None, credit=True)
    assert anonymous.outcome(Message("two", address="fallback/far")).state == ACCEPTED
    assert fallback.bodies() == ["one", "two"]


def test_members_at_another_router_get_their_keys_whichever_router_they_enter_at(far):
    members = [far.connect(place).receiver(f"orders/{name}", credit=1000, outcome=ACCEPTED) for place, name in zip("ABB", "abc")]
    far.learn()
    near, remote = (far.connect(place).sender("orders", credit=True) for place in "AB")
    before = send_keys(far, near, members, KEYS, grouped)
    assert set(before.values()) == {0, 1, 2}
    assert send_keys(far, remote, members, KEYS, grouped) == before


def test_many_addresses_onto_one_at_another_router(far):
    consumer = far.connect("B").receiver("measurements", credit=100, outcome=ACCEPTED)
    far.learn()
    assert far.connect("A").sender("telemetry/1", credit=True).outcome("one").state == ACCEPTED
    anonymous = far.connect("A").sender(None, credit=True)
    assert anonymous.outcome(Message("two", address="telemetry/2")).state == ACCEPTED
    assert consumer.bodies() == ["one", "two"]


def test_settled_messages_go_past_a_queue_to_consumers_at_another_router(far):
    broker = far.connect("A").receiver("queue/far", credit=1000, outcome=ACCEPTED, capability="qd.waypoint.1")
    consumer = far.connect("B").receiver("queue/far", credit=1000, outcome=ACCEPTED)
    far.learn()
    sender = far.connect("A").sender("queue/far", credit=True)
    sender.send_all(range(50), settled=True)
    assert sender.outcome("safe").state == ACCEPTED
    consumer.take(50)
    assert (consumer.bodies(), broker.bodies()) == (list(range(50)), ["safe"])


@pytest.mark.mixed
def test_fallback_destination_across_routers_of_two_makes(tmp_path_factory, mix):
    programs = programs_of(mix)
    mesh = Mesh(tmp_path_factory.mktemp("mesh"), "A>B B>C", SECTIONS[0], programs=programs)
    try:
        peer = MeshPeer(mesh)
        peer.converge()
        ways = [(start, end, f"fallback/{start}{end}") for start, end in ("AB", "BA", "AC", "CA")]
        options = {"credit": 100, "outcome": ACCEPTED}
        fallbacks = [peer.connect(end).receiver(address, capability="qd.fallback", **options) for _, end, address in ways]
        peer.learn()
        senders = [peer.connect(start).sender(address, credit=True) for start, _, address in ways]
        assert [sender.outcome("one").state for sender in senders] == [ACCEPTED] * 4
        consumers = [peer.connect(end).receiver(address, **options) for _, end, address in ways]
        peer.learn()
        assert [sender.outcome("two").state for sender in senders] == [ACCEPTED] * 4
        assert [fallback.bodies() for fallback in fallbacks] == [["one"]] * 4
        assert [consumer.bodies() for consumer in consumers] == [["two"]] * 4
        peer.close()
        assert not peer.faults, f"faults on the wire: {peer.faults}"
    finally:
        mesh.close()


def test_shards_in_two_brokers_keep_the_order_of_each_key_and_outlive_one(tmp_path):
    brokers = [TestBroker(tmp_path, container=f"broker-{number}") for number in (1, 2)]
    sections = [section("address", pattern="readings", waypoint="yes", bypass="presettled")]
    for number, broker in enumerate(brokers, 1):
        name = f"broker-{number}"
        to, back = {"connection": name, "direction": "out"}, {"connection": name, "direction": "in"}
        sections += [
            section("connector", name=name, host="127.0.0.1", port=broker.port, role="route-container"),
            section("shard", name=f"shard-{number}", address="readings", key="property:device"),
            section("autoLink", name=f"to-{number}", address=f"readings/shard-{number}", externalAddress="readings", **to),
            section("autoLink", name=f"from-{number}", address="readings", **back),
        ]
    router = Router(tmp_path, {"plain": {}}, *sections)
    peer = Peer(router.url)
    agent = Agent(router.url("plain"))

    def wait_for_shards(*states):
        wait_for("the shards", lambda: [row["operStatus"] for row in agent.query("router.config.shard")] == list(states))

    def counts():
        return [row["deliveriesIngress"] for row in agent.query("router.config.shard")]

    try:
        wait_for_shards("up", "up")
        consumer = peer.connect().receiver("readings", credit=10_000, outcome=ACCEPTED)
        sender = peer.connect().sender("readings", credit=True)
        numbered = [Message(number, properties={"device": f"d{number % 30}"}) for number in range(600)]

        def exchange(messages):
            sent = sender.send_all(messages)
            peer.wait(lambda: all(one.settled for one in sent), "the outcomes")
            assert {one.state for one in sent} == {ACCEPTED}
            bodies = [arrival.body for arrival in consumer.take(len(messages))]
            for device in range(30):
                own = [body for body in bodies if body % 30 == device]
                assert own == sorted(own) and len(own) == len(messages) // 30, f"device {device}"

        exchange(numbered[:300])
        first, second = counts()
        assert first + second == 300 and min(first, second) >= 50
        brokers[1].kill()
        wait_for_shards("up", "down")
        exchange(numbered[300:])
        assert counts() == [first + 300, second]
        brokers[0].kill()
        wait_for_shards("down", "down")
        sender.send_all(range(1_000), settled=True)
        assert [arrival.body for arrival in consumer.take(1_000)] == list(range(1_000))
        assert sender.outcome("unsafe").state == RELEASED
        brokers[1].start()
        wait_for_shards("down", "up")
        assert sender.outcome("safe").state == ACCEPTED
    finally:
        agent.close()
        peer.close()
        router.stop()
        for broker in brokers:
            broker.close()
    assert not peer.faults, f"faults on the wire: {peer.faults}"
