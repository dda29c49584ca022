"""Management of a running router, as tools do it: requests to `$management`, answers to a dynamic address."""

import json
import os
import re
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest
from management import (
    BAD_REQUEST, CREATED, FORBIDDEN, NO_CONTENT, NOT_FOUND, NOT_IMPLEMENTED, OK, PREFIX, Agent, wait_for,
)
from peer import ACCEPTED, MODIFIED, PATIENCE, RELEASED
from proton import Message


@contextmanager
def agent_of(router, address: str = "$management"):
    agent = Agent(router.url(), address)
    try:
        yield agent
    finally:
        agent.close()


@pytest.fixture
def agent(router):
    with agent_of(router) as agent:
        yield agent


# ---- what is ---------------------------------------------------------------------------------------------------------


def test_router_has_one_row_and_counts_what_went_through_it(agent, router, peer, address):
    before, = agent.query("router")
    assert (before["id"], before["mode"], before["version"]) == (router.id, "standalone", "1.19.0")
    assert len(before) == 33
    connection = peer.connect()
    receiver, sender = connection.receiver(address, credit=10), connection.sender(address, credit=True)
    for number in range(5):
        sender.send(Message(number))
    for arrival in receiver.take(5):
        arrival.accept()
    wait_for("five more were accepted", lambda: agent.query("router")[0]["acceptedDeliveries"] >= before["acceptedDeliveries"] + 5)
    row, = [row for row in agent.query("router.address") if row["name"] == f"M0{address}"]
    assert (row["subscriberCount"], row["inProcess"], row["remoteCount"]) == (1, 0, 0)
    wait_for("all are counted", lambda: agent.do("READ", of="router.address", name=f"M0{address}")["deliveriesEgress"] == 5)


def test_links_and_connections_are_rows_while_they_live(agent, peer, address):
    connection = peer.connect()
    connection.receiver(address, credit=7)
    row, = [row for row in agent.query("router.link") if row["owningAddr"] == f"M0{address}"]
    assert (row["linkDir"], row["linkType"], row["creditAvailable"], row["deliveryCount"]) == ("out", "endpoint", 7, 0)
    assert agent.do("READ", of="router.link", identity=row["identity"])["linkName"] == row["linkName"]
    of_link, = [one for one in agent.query("connection") if one["identity"] == row["connectionId"]]
    assert (of_link["role"], of_link["dir"], of_link["operStatus"], of_link["opened"]) == ("normal", "in", "up", True)
    connection.close()
    peer.wait(lambda: connection.remote_closed, "the answer to the close")
    wait_for("it is gone", lambda: not any(one["identity"] == row["connectionId"] for one in agent.query("connection")))
    assert not any(link["connectionId"] == row["connectionId"] for link in agent.query("router.link"))


def test_pages_together_are_the_whole(agent, peer, address):
    connection = peer.connect()
    for number in range(25):
        connection.receiver(f"{address}/{number}", credit=1)
    whole = [row["name"] for row in agent.query("router.address", "name") if f"{address}/" in row["name"]]
    assert len(whole) == 25
    pages, offset = [], 0
    while page := agent.query("router.address", "name", offset=offset, count=7):
        assert len(page) <= 7
        pages += [row["name"] for row in page]
        offset += 7
    assert [name for name in pages if f"{address}/" in name] == whole


def test_node_knows_its_types_and_its_log(agent, router):
    assert PREFIX + "listener" in agent.do("GET-TYPES")
    assert "linkName" in agent.do("GET-ATTRIBUTES")[PREFIX + "router.link"]
    assert "CREATE" in agent.do("GET-OPERATIONS")[PREFIX + "listener"]
    assert agent.do("GET-ANNOTATIONS") == {}
    assert agent.do("GET-MGMT-NODES") == []
    schema = agent.do("GET-SCHEMA")
    assert schema["entityTypes"]["listener"]["attributes"]["host"]["type"] == "string"
    assert json.loads(agent.do("GET-JSON-SCHEMA")).keys() == schema.keys()
    line, = agent.do("GET-LOG", limit=1)
    assert len(line) == 6 and abs(line[5] - time.time()) < 60
    stats = {row["name"]: row for row in agent.query("logStats")}
    assert stats["SERVER"]["noticeCount"] > 0


# ---- what is wanted --------------------------------------------------------------------------------------------------


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_listener_is_made_serves_and_goes_without_its_connections(agent):
    port = unused_port()
    made = agent.do("CREATE", {"host": "127.0.0.1", "port": str(port)}, of="listener", name="made", status=CREATED)
    assert (made["identity"], made["role"]) == (f"listener/127.0.0.1:{port}:made", "normal")
    through = Agent(f"amqp://127.0.0.1:{port}")
    assert through.query("listener", "name")
    agent.do("DELETE", of="listener", name="made", status=NO_CONTENT)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port))
    assert through.query("router", "id"), "the connection stays"
    through.close()
    # The port is free at once.
    agent.do("CREATE", {"host": "127.0.0.1", "port": str(port)}, of="listener", name="made", status=CREATED)
    agent.do("DELETE", of="listener", name="made", status=NO_CONTENT)


@pytest.mark.differs(reason="qdrouterd makes the listener, and logs that it cannot listen")
def test_listener_that_cannot_bind_is_refused_with_the_reason(agent, router):
    taken = {"host": "127.0.0.1", "port": str(router.port())}
    status, description, _ = agent.call("CREATE", taken, type=PREFIX + "listener", name="late")
    assert (status, "Address already in use" in description) == (BAD_REQUEST, True)
    assert agent.call("READ", type=PREFIX + "listener", name="late")[0] == NOT_FOUND


def test_address_is_configured_for_those_that_come_into_use_later(agent, peer, address):
    first = agent.do("CREATE", {"prefix": address, "distribution": "multicast"}, of="router.config.address", name=address, status=CREATED)
    assert (first["name"], first["distribution"]) == (address, "multicast")
    peer.connect().receiver(f"{address}/x", credit=1)
    read = agent.do("READ", of="router.address", name=f"M0{address}/x")
    assert read["distribution"] == "multicast"
    again = agent.call("CREATE", {"prefix": address}, type=PREFIX + "router.config.address")
    assert again == (BAD_REQUEST, "Already exists", None)
    agent.do("DELETE", of="router.config.address", name=address, status=NO_CONTENT)
    peer.connect().receiver(f"{address}/y", credit=1)
    read = [agent.do("READ", of="router.address", name=f"M0{address}/{which}")["distribution"] for which in "xy"]
    assert read == ["multicast", "balanced"]
    assert agent.call("DELETE", type=PREFIX + "router.config.address", name=address)[0] == NOT_FOUND


def test_levels_of_the_log_change_at_once(agent, router):
    assert agent.do("UPDATE", {"enable": "trace+"}, of="log", name="log/PROTOCOL")["enable"] == "trace+"
    first = len(router.lines)
    with agent_of(router) as other:
        other.query("router", "id")
    wait_for("frames are logged", lambda: any("@attach" in line for line in router.lines[first:]))
    agent.do("UPDATE", {"enable": "info+"}, of="log", name="log/PROTOCOL")
    assert agent.call("UPDATE", {"enable": "bogus"}, type=PREFIX + "log", name="log/PROTOCOL")[0] == BAD_REQUEST
    assert agent.do("READ", of="log", name="log/PROTOCOL")["enable"] == "info+"


def test_connection_is_closed_and_traced_on_demand(agent, peer, router, address):
    connection = peer.connect()
    connection.receiver(address, credit=1)
    link, = [row for row in agent.query("router.link") if row["owningAddr"] == f"M0{address}"]
    number = link["connectionId"]
    traced = agent.do("UPDATE", {"enableProtocolTrace": True}, of="connection", identity=number)
    assert traced["enableProtocolTrace"] is True
    connection.receiver(f"{address}/traced", credit=1)
    wait_for("its frames are logged", lambda: any(f"[C{number}]:FRAME" in line and "@attach" in line for line in router.lines))
    assert agent.call("UPDATE", {}, type=PREFIX + "connection", identity=number)[0] == BAD_REQUEST
    doomed = peer.connect()
    doomed.fault_expected = True
    doomed.receiver(f"{address}/doomed")
    link, = [row for row in agent.query("router.link") if row["owningAddr"] == f"M0{address}/doomed"]
    closing = agent.do("UPDATE", {"adminStatus": "deleted"}, of="connection", identity=link["connectionId"])
    assert (closing["adminStatus"], closing["operStatus"]) == ("deleted", "closing")
    wait_for("it is gone", lambda: not any(row["identity"] == link["connectionId"] for row in agent.query("connection")))
    assert agent.call("DELETE", type=PREFIX + "connection", identity=number)[0] == FORBIDDEN


# ---- what is wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.differs(reason="qdrouterd does not answer some of these at all")
@pytest.mark.parametrize(
    ("operation", "body", "properties", "status"),
    [
        (None, {}, {}, BAD_REQUEST),
        ("QUERY", [1, 2], {"entityType": PREFIX + "router"}, OK),
        ("CREATE", "text", {"type": PREFIX + "listener", "name": "x"}, BAD_REQUEST),
        ("CREATE", {"host": 5}, {"type": PREFIX + "listener", "name": "x"}, BAD_REQUEST),
        ("QUERY", {}, {"entityType": PREFIX + "nothing"}, BAD_REQUEST),
        ("READ", {}, {"type": PREFIX + "listener", "name": "n" * 65_536}, NOT_FOUND),
        ("CREATE", {"host": "127.0.0.1"}, {"type": PREFIX + "listener", "name": "n" * 65_536}, BAD_REQUEST),
        ("O" * 65_536, {}, {}, NOT_IMPLEMENTED),
        ("CREATE", {f"k{n}": "v" * 100 for n in range(9_000)}, {"type": PREFIX + "listener", "name": "x"}, BAD_REQUEST),
        ("UPDATE", {}, {"type": PREFIX + "router", "name": "R"}, NOT_IMPLEMENTED),
        ("DELETE", {}, {"type": PREFIX + "router.link", "identity": "1"}, NOT_IMPLEMENTED),
    ],
    ids=lambda value: None if isinstance(value, (dict, list)) else str(value)[:12],
)
def test_wrong_requests_are_answered(agent, operation, body, properties, status):
    got, description, _ = agent.call(operation, body, **properties)
    assert got == status, description
    assert len(description) < 1_000


def test_request_that_nobody_waits_for_is_accepted_and_harms_nobody(agent, peer):
    sender = peer.connect().sender("$management", credit=True)
    assert sender.outcome(Message({}, properties={"operation": "QUERY"})).state == ACCEPTED
    assert sender.outcome(Message(b"nothing at all")).state == ACCEPTED
    assert agent.query("router", "id")


# ---- networks --------------------------------------------------------------------------------------------------------


def test_other_routers_are_managed_through_this_one(line):
    routers = line.mesh.routers
    with agent_of(routers["A"]) as agent:
        nodes = agent.do("GET-MGMT-NODES")
        assert sorted(nodes) == [f"amqp:/_topo/0/{router}/$management" for router in "ABC"]
        rows = {row["id"]: row for row in agent.query("router.node")}
        assert (rows["A"]["nextHop"], rows["B"]["nextHop"], rows["C"]["nextHop"]) == ("(self)", None, "B")
        assert (rows["B"]["cost"], rows["C"]["cost"]) == (1, 2)
        assert agent.do("READ", of="router.node", identity="router.node/C")["linkState"] == ["B"]
    for router in "ABC":
        with agent_of(routers["A"], f"_topo/0/{router}/$management") as agent:
            assert agent.query("router", "id") == [{"id": router}]
            assert {row["role"] for row in agent.query("connection")} >= {"inter-router"}


def test_connections_between_routers_cannot_be_closed(line):
    with agent_of(line.mesh.routers["B"]) as agent:
        number = next(row["identity"] for row in agent.query("connection") if row["role"] == "inter-router")
        assert agent.call("UPDATE", {"adminStatus": "deleted"}, type=PREFIX + "connection", identity=number)[0] == FORBIDDEN


def test_addresses_of_routing_protocols_release_what_clients_send(line):
    connection = line.connect("A")
    for address in ("_local/qdhello", "_local/qdrouter", "_local/qdrouter.ma", "_topo/0/all/qdrouter"):
        sender = connection.sender(address, credit=True)
        assert sender.outcome(Message("forged")).state == RELEASED, address


# ---- with the commands of Crossdock ----------------------------------------------------------------------------------


def crossdock(router, *arguments: str) -> str:
    url = f"127.0.0.1:{router.port()}"
    done = subprocess.run(
        [os.environ["CROSSDOCK_BIN"], *arguments, "-b", url], capture_output=True, text=True, timeout=PATIENCE,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.differs(reason="these are commands of Crossdock")
def test_stat_and_manage_see_and_change_the_router(router):
    assert router.id in crossdock(router, "stat", "-g")
    assert "$management" in crossdock(router, "stat", "-a")
    for view in ("-c", "-l", "-n", "-e", "-m", "-p", "--log", "--autolinks", "--linkroutes", "--vhosts", "--vhoststats"):
        assert crossdock(router, "stat", view), view
    made = crossdock(router, "manage", "create", "--type", "address", "--name", "by-hand", "prefix=by-hand", "distribution=closest")
    assert json.loads(made)["distribution"] == "closest"
    names = [row.get("name") for row in json.loads(crossdock(router, "manage", "query", "--type", "address"))]
    assert "by-hand" in names
    crossdock(router, "manage", "delete", "--type", "address", "--name", "by-hand")


@pytest.mark.differs(reason="these are commands of Crossdock")
def test_explain_says_why_and_where_consumers_are(line, address):
    here, there = line.mesh.routers["A"], line.mesh.routers["C"]
    assert "There is no consumer, neither here" in crossdock(here, "explain", address)
    receiver = line.connect("C").receiver(address, credit=3)
    wait_for("A knows the consumer", lambda: "consumers at other routers" in crossdock(here, "explain", address))
    answer = json.loads(crossdock(here, "explain", address, "--json"))
    assert (answer["key"], answer["why"]) == (f"M0{address}", [])
    router, = answer["routers"]
    assert (router["id"], router["nextHop"], router["cost"]) == (there.id, line.mesh.routers["B"].id, 2)
    remote = json.loads(crossdock(here, "explain", address, "--json", "-r", there.id))
    assert (remote["router"], remote["here"]["consumers"][0]["credit"]) == (there.id, 3)


@pytest.mark.breaks("A>B B>C")
@pytest.mark.differs(reason="these are commands of Crossdock")
def test_explain_says_since_when_the_path_to_the_consumers_is_lost(own):
    sender, receiver = own.lane("A", "C", credit=3)
    here, there = own.mesh.routers["A"], own.mesh.routers["C"].id
    assert json.loads(crossdock(here, "explain", receiver.address, "--json"))["why"] == []
    own.kill("C")
    lost = re.compile(rf"Path to router {there}, which has consumers, lost since \d\d:\d\d:\d\d UTC \(\d+ s\)\.")
    own.wait(lambda: lost.search(crossdock(here, "explain", receiver.address)), "the loss of the path")
    while sender.credit:
        assert sender.outcome("nobody there").state in (RELEASED, MODIFIED)
    answer = json.loads(crossdock(here, "explain", receiver.address, "--json"))
    producer, = answer["here"]["producers"]
    assert (producer["credit"], producer["why"].split(" since ")[0]) == (0, f"no consumer: Path to router {there}, which has consumers, lost")


@pytest.mark.differs(reason="these are commands of Crossdock")
def test_explain_says_of_each_producer_why_it_has_no_credit(router, peer, address):
    sender = peer.connect().sender(address)
    peer.wait(lambda: "has had no credit for" in crossdock(router, "explain", address), "the producer")
    producer, = json.loads(crossdock(router, "explain", address, "--json"))["here"]["producers"]
    assert (producer["credit"], producer["why"]) == (0, "no consumer")
    receiver = peer.connect().receiver(address, credit=100)
    peer.wait(lambda: sender.credit > 0, "credit")
    sent = sender.send_all(range(sender.credit))
    full = f"capacity used up by {len(sent)} unsettled"
    peer.wait(lambda: full in crossdock(router, "explain", address), "unsettled deliveries")
    producer, = json.loads(crossdock(router, "explain", address, "--json"))["here"]["producers"]
    assert producer["why"] == f"{full}; consumer without credit"
    assert "— " + full in crossdock(router, "explain", address)
    receiver.connection.close()
