"""Dynamic addresses, and requests that are answered over them."""

from concurrent.futures import ThreadPoolExecutor
import re

from peer import ACCEPTED, PATIENCE, REJECTED, RELEASED
from proton import Message
from proton.utils import BlockingConnection, SyncRequestResponse


def test_request_is_answered_over_a_dynamic_source(peer, address):
    service = peer.connect()
    requests = service.receiver(address, credit=10)
    replies = service.sender(None)
    client = peer.connect()
    inbox = client.receiver(None, credit=10, dynamic=True)
    outbox = client.sender(address, credit=True)
    for number in range(10):
        outbox.send(Message(number, reply_to=inbox.link.remote_source.address, correlation_id=f"c{number}"))
    for arrival in requests.take(10):
        request = arrival.message
        arrival.accept()
        replies.send(Message(request.body * 2, address=request.reply_to, correlation_id=request.correlation_id))
    answers = [arrival.message for arrival in inbox.take(10)]
    assert [(answer.body, answer.correlation_id) for answer in answers] == [(n * 2, f"c{n}") for n in range(10)]


def test_blocking_request_response_client_is_served(router, address):
    """Proton's SyncRequestResponse is what management tools are built on."""

    def ask() -> list:
        connection = BlockingConnection(router.url(), timeout=PATIENCE)
        try:
            client = SyncRequestResponse(connection, address)
            return [client.call(Message(n)).body for n in range(5)]
        finally:
            connection.close()

    service = BlockingConnection(router.url(), timeout=PATIENCE)
    try:
        requests = service.create_receiver(address)
        replies = service.create_sender(None)
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(ask)
            for _ in range(5):
                request = requests.receive()
                requests.accept()
                replies.send(Message(request.body + 100, address=request.reply_to, correlation_id=request.correlation_id))
            assert asking.result() == [100, 101, 102, 103, 104]
    finally:
        service.close()


def test_dynamic_source_gets_an_address_that_names_the_router(peer, router):
    connection = peer.connect()
    one, two = connection.receiver(None, dynamic=True), connection.receiver(None, dynamic=True)
    addresses = [receiver.link.remote_source.address for receiver in (one, two)]
    assert all(re.fullmatch(rf"amqp:/_topo/0/{router.id}/temp\.[A-Za-z0-9+_]{{15}}", address) for address in addresses)
    assert addresses[0] != addresses[1]
    assert one.link.remote_source.dynamic


def test_dynamic_target_gets_an_address_that_consumers_can_use(peer):
    sender = peer.connect().sender(None, dynamic=True)
    address = sender.link.remote_target.address
    assert re.fullmatch(r"amqp:/_\$temp\.[A-Za-z0-9+_]{15}", address)
    receiver = peer.connect().receiver(address, credit=1)
    peer.wait(lambda: sender.credit > 0, "credit")
    sender.send("hello")
    assert receiver.take(1)[0].body == "hello"


def test_reply_to_a_requester_that_has_left_is_released(peer):
    client = peer.connect()
    inbox = client.receiver(None, credit=1, dynamic=True)
    reply_to = inbox.link.remote_source.address
    inbox.close()
    assert peer.connect().sender(None, credit=True).outcome(Message("late", address=reply_to)).state == RELEASED


def test_dynamic_addresses_take_outcomes_and_presettled_messages_like_any_other(peer):
    inbox = peer.connect().receiver(None, credit=3, dynamic=True)
    sender = peer.connect().sender(inbox.link.remote_source.address, credit=True)
    sent = [sender.send("a"), sender.send("b"), sender.send("c", settled=True)]
    first, second, third = inbox.take(3)
    first.accept()
    second.reject("test:no", "not this one")
    assert third.peer_settled
    peer.wait(lambda: sent[0].settled and sent[1].settled, "the outcomes")
    assert (sent[0].state, sent[1].state) == (ACCEPTED, REJECTED)
    assert sent[1].reason() == ("test:no", "not this one")
