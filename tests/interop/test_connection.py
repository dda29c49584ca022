"""Connections, sessions and links as such: opening, keeping alive, multiplexing, closing."""

import socket

import pytest
from peer import ACCEPTED, PATIENCE, REJECTED
from proton import Condition, Message

AMQP_HEADER = b"AMQP\x00\x01\x00\x00"
SASL_HEADER = b"AMQP\x03\x01\x00\x00"
OPEN = bytes.fromhex("00000014 02000000 00 53 10 c0 07 01 a1 04") + b"raw1"
"""An open frame with a container-id only."""


def exchange(router, listener: str, *pieces: bytes, until=lambda data: False) -> bytes:
    """Sends octets over a socket of its own and returns what came back until the router hung up or `until` held."""
    answer = b""
    with socket.create_connection(("127.0.0.1", router.port(listener)), PATIENCE) as raw:
        for piece in pieces:
            raw.sendall(piece)
        while not until(answer):
            try:
                data = raw.recv(65536)
            except ConnectionResetError:
                break
            if not data:
                break
            answer += data
    return answer


def passes(peer, receiving, sending, address) -> None:
    """A message goes from one connection to the other."""
    receiver = receiving.receiver(address, credit=1, outcome=ACCEPTED)
    assert sending.sender(address, credit=True).outcome("m").state == ACCEPTED
    assert receiver.bodies() == ["m"]


def test_connection_without_sasl_layer_is_served(peer, address):
    passes(peer, peer.connect(sasl_enabled=False), peer.connect(sasl_enabled=False), address)


def test_connection_with_sasl_anonymous_is_served(peer, address):
    passes(peer, peer.connect(allowed_mechs="ANONYMOUS"), peer.connect(sasl_enabled=False), address)


def test_bare_amqp_header_and_open_are_answered_with_the_same(router):
    answer = exchange(router, "plain", AMQP_HEADER + OPEN, until=lambda data: b"\x00\x53\x10" in data and len(data) > 50)
    assert answer.startswith(AMQP_HEADER)
    assert b"\xa1\x01R" in answer, "no container-id R"


def test_open_that_arrives_octet_by_octet_is_answered(router):
    pieces = [bytes([octet]) for octet in AMQP_HEADER + OPEN]
    answer = exchange(router, "plain", *pieces, until=lambda data: b"\x00\x53\x10" in data)
    assert answer.startswith(AMQP_HEADER)


@pytest.mark.parametrize("octets", [b"", b"AMQP", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05hello", b"AMQP\x00\x00\x09\x01"])
def test_peer_that_does_not_speak_amqp_does_no_harm(peer, router, address, octets):
    with socket.create_connection(("127.0.0.1", router.port())) as raw:
        raw.sendall(octets)
    passes(peer, peer.connect(), peer.connect(), address)


def test_router_tells_who_it_is_in_its_open(peer, router):
    endpoint = peer.connect().endpoint
    assert endpoint.remote_container == router.id
    assert endpoint.remote_properties["product"] == "qpid-dispatch-router"
    assert "ANONYMOUS-RELAY" in endpoint.remote_offered_capabilities
    assert endpoint.transport.remote_max_frame_size == 16384
    assert endpoint.transport.remote_channel_max == 32767
    assert endpoint.transport.remote_idle_timeout == 8


def test_two_connections_with_one_container_id_are_both_served(peer, address):
    one, two = peer.connect(container_id="twin"), peer.connect(container_id="twin")
    for number, (receiving, sending) in enumerate([(one, two), (two, one)]):
        receiver = receiving.receiver(f"{address}/{number}", credit=1, name="same-name", outcome=ACCEPTED)
        sender = sending.sender(f"{address}/{number}", name="same-name", credit=True)
        assert sender.outcome(number).state == ACCEPTED
        assert receiver.bodies() == [number]


def test_many_sessions_with_many_links_each_are_kept_apart(peer, address):
    receiving, sending = peer.connect(), peer.connect()
    pairs = []
    for session in range(8):
        one, two = receiving.session(), sending.session()
        for link in range(8):
            name = f"{address}/{session}/{link}"
            pairs.append((receiving.receiver(name, credit=5, session=one, wait=False), sending.sender(name, session=two, wait=False)))
    peer.wait(lambda: all(sender.credit > 0 for _, sender in pairs), "credit on all links")
    for number, (_, sender) in enumerate(pairs):
        sender.send_all([number] * 3)
    for number, (receiver, _) in enumerate(pairs):
        assert [arrival.body for arrival in receiver.take(3)] == [number] * 3


def test_links_of_other_sessions_survive_the_end_of_one(peer, address):
    connection = peer.connect()
    doomed, kept = connection.session(), connection.session()
    connection.receiver(f"{address}/doomed", session=doomed)
    receiver = connection.receiver(address, credit=1, session=kept)
    doomed.close()
    peer.wait(lambda: doomed.state & doomed.REMOTE_CLOSED, "the end of the session")
    connection.sender(address, session=kept, credit=True).send("m")
    assert receiver.take(1)[0].body == "m"


def test_session_ended_with_an_error_is_ended_by_the_router_too(peer):
    connection = peer.connect()
    session = connection.session()
    connection.receiver("x", session=session)
    session.condition = Condition("test:error", "bad session")
    session.close()
    peer.wait(lambda: session.state & session.REMOTE_CLOSED, "the end of the session")
    connection.barrier()


def test_link_detached_but_not_closed_is_answered_alike(peer, address):
    receiver = peer.connect().receiver(address)
    receiver.close(closed=False)
    assert not receiver.detached(), "the answer says closed"


def test_connection_closed_with_an_error_is_closed_by_the_router_without_one(peer):
    connection = peer.connect()
    connection.receiver("x", credit=1)
    connection.close(Condition("test:error", "goodbye"))
    peer.wait(lambda: connection.lost, "the end of the connection")
    assert connection.remote_closed and connection.condition is None


def test_one_hundred_connections_at_once_are_served(peer, address):
    connections = [peer.open() for _ in range(100)]
    peer.wait(lambda: all(connection.remote_open() for connection in connections), "all opens")
    receiver = connections[0].receiver(address, credit=100)
    senders = [connection.sender(address, wait=False) for connection in connections]
    peer.wait(lambda: all(sender.credit > 0 for sender in senders), "credit for all")
    for number, sender in enumerate(senders):
        sender.send(number)
    assert sorted(arrival.body for arrival in receiver.take(100)) == list(range(100))


def test_quiet_connection_is_kept_alive_in_both_directions(peer, address):
    """The peer misses the router after 1 s of silence and the router this peer after 2 s: both must be heard."""
    connection = peer.connect("hasty", heartbeat=1)
    receiver = connection.receiver(address, credit=1)
    before = connection.endpoint.transport.frames_input
    peer.stay(3.5)
    assert not connection.lost
    assert connection.endpoint.transport.frames_input - before >= 3
    peer.connect().sender(address, credit=True).send("still there")
    assert receiver.take(1)[0].body == "still there"


def test_silent_peer_is_closed_with_an_error(router):
    answer = exchange(router, "hasty", AMQP_HEADER + OPEN)
    assert b"amqp:resource-limit-exceeded" in answer
    assert b"local-idle-timeout expired" in answer


def test_attach_announces_no_message_size_limit_by_default(peer, address):
    connection = peer.connect()
    assert connection.sender(address).link.remote_max_message_size == 0
    assert connection.receiver(address).link.remote_max_message_size == 0


@pytest.mark.differs(reason="qdrouterd has the limit in its policy only, and closes the whole connection")
def test_message_beyond_the_listeners_limit_costs_its_sender_the_link_and_nothing_else(limited_peer, address):
    connection = limited_peer.connect()
    limited_peer.connect().receiver(address, credit=3, outcome=ACCEPTED)
    sender = connection.sender(address, credit=True)
    other = connection.sender(address, credit=True)
    assert sender.link.remote_max_message_size == 10_000
    assert sender.outcome(Message(b"x" * 9_000, inferred=True)).state == ACCEPTED
    sent = sender.send(Message(b"x" * 20_000, inferred=True))
    assert sender.refusal()[0] == "amqp:link:message-size-exceeded"
    assert sent.state == REJECTED
    assert sent.reason() == ("amqp:link:message-size-exceeded", "Message size exceeded")
    assert other.outcome("goes on").state == ACCEPTED
