"""`crossdock trace`: a message that is sent to find out its way, and that nobody gets."""

import json
import os
import subprocess

import pytest
from router import reference

pytestmark = pytest.mark.skipif(reference(), reason="only Crossdock knows traces")

SECONDS = 20


def trace(peer, router, address, *options):
    """The exit status, and the answer."""
    words = [os.environ["CROSSDOCK_BIN"], "trace", address, "--json", "-b", peer.mesh.url(router), "-t", "5", *options]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


def ways(answer):
    """Of each router that answered, the way to it; and where the message went from there."""
    return {">".join(hop["path"]): [f"{step['to']} {step['name']}" for step in hop["next"]] for hop in answer["hops"]}


def assert_got_nothing(*receivers):
    for receiver in receivers:
        receiver.connection.barrier()
        assert receiver.arrivals == []


def test_a_consumer_two_routers_away_is_found_and_gets_nothing(line):
    receiver, = line.consumers("C", credit=10)
    status, answer = trace(line, "A", receiver.address)
    found = ways(answer)
    last = found.pop("A>B>C")
    assert found == {"A": ["router B"], "A>B": ["router C"]}
    assert [step.split()[0] for step in last] == ["consumer"]
    assert (status, answer["complete"], answer["delivered"]) == (0, True, True)
    assert_got_nothing(receiver)


def test_times_grow_along_the_way_and_every_message_between_routers_has_left(line):
    receiver, = line.consumers("C", credit=10)
    _, answer = trace(line, "A", receiver.address)
    hops = sorted(answer["hops"], key=lambda hop: len(hop["path"]))
    assert [hop["roundTripMicros"] for hop in hops][0] == 0
    assert 0 < hops[1]["roundTripMicros"] <= answer["elapsedMicros"]
    assert 0 < hops[2]["roundTripMicros"] <= answer["elapsedMicros"]
    steps = [hop["next"][0] for hop in hops[:2]]
    assert [step["fate"] for step in steps] == ["left", "left"]
    assert all(0 <= step["residenceMicros"] <= answer["elapsedMicros"] for step in steps)


def test_multicast_shows_as_branches(triangle):
    receivers = triangle.consumers("ABC", "multicast/", credit=10)
    status, answer = trace(triangle, "A", receivers[0].address)
    found = ways(answer)
    assert set(found) == {"A", "A>B", "A>C"}
    assert found["A"][1:] == ["router B", "router C"] or found["A"][1:] == ["router C", "router B"]
    assert status == 0
    assert_got_nothing(*receivers)


def test_it_can_begin_at_another_router(line):
    receiver, = line.consumers("C", credit=10)
    status, answer = trace(line, "A", receiver.address, "-r", "B")
    assert (status, set(ways(answer))) == (0, {"B", "B>C"})
    assert_got_nothing(receiver)


def test_an_address_that_nobody_consumes_reaches_nobody(line, address):
    status, answer = trace(line, "A", address)
    assert (status, answer["delivered"], answer["hops"][0]["why"]) == (1, False, "no consumer")


@pytest.mark.mixed
def test_a_router_that_would_deliver_it_gets_none(line):
    """Wherever a qdrouterd is on the way, the way ends before it."""
    receiver, = line.consumers("C", credit=10)
    is_crossdock = {router: router not in line.mesh.programs for router in "ABC"}
    start = "A" if is_crossdock["A"] else "B"
    status, answer = trace(line, start, receiver.address)
    way = "ABC"["ABC".index(start):]
    end = next((at for at, router in enumerate(way) if not is_crossdock[router]), len(way))
    found = ways(answer)
    assert set(found) == {">".join(way[:length]) for length in range(1, end + 1)}
    if end < len(way):
        assert found[">".join(way[:end])] == [f"stranger {way[end]}"]
    assert (status, answer["complete"]) == (0 if end == len(way) else 1, True)
    assert_got_nothing(receiver)
