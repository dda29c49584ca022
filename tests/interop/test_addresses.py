"""Which texts name the same address, and which configuration applies to an address."""

import itertools

import pytest
from proton import Message

SAME_AS_FOO = ["/{}", "{}/", "{}.", "amqp:/{}", "amqp://h:5672/{}", "//h/{}", "x:/{}", "amqp:///{}", "a:b/c:/{}", "http://h/{}/"]
UNLIKE_FOO = ["amqp:{}", "{}//", "x{}", "{}/x"]

_numbers = itertools.count()


@pytest.fixture
def foo():
    """A word that is no other test's address."""
    return f"foo{next(_numbers)}"


@pytest.mark.parametrize("form", SAME_AS_FOO)
def test_equivalent_sender_address_reaches_the_consumer(peer, foo, form):
    receiver = peer.connect().receiver(foo, credit=1)
    sender = peer.connect().sender(form.format(foo), credit=True)
    sender.send(form)
    assert receiver.take(1)[0].body == form


@pytest.mark.parametrize("form", SAME_AS_FOO)
def test_equivalent_consumer_address_gets_the_message(peer, foo, form):
    receiver = peer.connect().receiver(form.format(foo), credit=1)
    sender = peer.connect().sender(foo, credit=True)
    sender.send(form)
    assert receiver.take(1)[0].body == form


@pytest.mark.parametrize("form", SAME_AS_FOO)
def test_equivalent_to_of_an_anonymous_message_reaches_the_consumer(peer, foo, form):
    receiver = peer.connect().receiver(foo, credit=1)
    peer.connect().sender(None, credit=True).send(Message(form, address=form.format(foo)))
    assert receiver.take(1)[0].body == form


@pytest.mark.parametrize("form", UNLIKE_FOO)
def test_other_address_is_another_address(peer, foo, form):
    peer.connect().receiver(foo, credit=1)
    sender = peer.connect().sender(form.format(foo))
    sender.connection.barrier()
    assert sender.attached() and sender.credit == 0


def test_addresses_are_case_sensitive(peer, foo):
    peer.connect().receiver(foo, credit=1)
    sender = peer.connect().sender(foo.upper())
    sender.connection.barrier()
    assert sender.attached() and sender.credit == 0


def test_attach_answer_shows_the_address_as_the_client_wrote_it(peer):
    connection = peer.connect()
    assert connection.sender("amqp:/foo/").link.remote_target.address == "amqp:/foo/"
    assert connection.receiver("/foo").link.remote_source.address == "/foo"


@pytest.mark.parametrize(
    ("address", "available"),
    [
        ("unavailable", False),  # a prefix matches itself,
        ("unavailable/a/b", False),  # and what follows a separator, at any depth,
        ("unavailable.a", False),  # be it a slash or a dot,
        ("unavailablex", True),  # but not a longer word
        ("x/unavailable", True),
        ("rank/other", False),
        ("rank/open", True),  # the longer of two prefixes
        ("rank/open/x/y", True),
        ("rank/a/x", True),  # a star is one word; it beats the shorter prefix,
        ("rank/a/x/y", False),  # and only one
        ("rank/shut/x", False),  # an exact word beats a star
        ("rank/shut/x/y", False),
        ("tail/end", False),  # a hash is any number of words, also none,
        ("tail/a/b/end", False),
        ("tail/a/b/end/c", True),
    ],
)
def test_best_matching_prefix_or_pattern_decides(peer, address, available):
    connection = peer.connect()
    for link in (connection.sender(address), connection.receiver(address)):
        if available:
            connection.barrier()
            assert link.attached()
        else:
            assert link.refusal() == ("amqp:not-found", "Node not found")
