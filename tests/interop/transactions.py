"""Transactions of a test's own making: a link to a coordinator, and messages sent and accepted in a transaction [AMQP 4]."""

from peer import ACCEPTED, Arrival, Connection, Sender, Sent
from proton import Described, Message, symbol, ulong

DECLARED, TRANSACTIONAL = 0x33, 0x34
OUTCOME_ACCEPTED = 0x24


class Controller:
    """A link to a coordinator."""

    def __init__(self, connection: Connection):
        self.sender = connection.sender(None, coordinator=True, credit=True)

    def declare(self) -> "Transaction":
        sent = self.sender.outcome(_demand("amqp:declare:list", [None]))
        assert sent.state == DECLARED, f"the declare ended as {sent.state}, {sent.condition}"
        return Transaction(self, sent.data[0])

    def discharge(self, identity: bytes, fail: bool) -> Sent:
        return self.sender.outcome(_demand("amqp:discharge:list", [identity, fail]))


class Transaction:
    """A transaction that was declared."""

    def __init__(self, controller: Controller, identity: bytes):
        self._controller = controller
        self.identity = identity

    def send(self, sender: Sender, content) -> Sent:
        """Sends one message in the transaction, and waits for what the other side says of it."""
        sent = sender.begin()
        sent.delivery.local.data = [self.identity]
        sent.delivery.update(TRANSACTIONAL)
        sent.write(content)
        sent.finish()
        sender.peer.wait(lambda: sent.state == TRANSACTIONAL or sent.settled, "the state of a message in a transaction")
        assert sent.state == TRANSACTIONAL, f"state {sent.state}, {sent.condition}"
        return sent

    def accept(self, arrival: Arrival) -> None:
        """Accepts a message in the transaction: it is settled when that commits."""
        arrival.delivery.local.data = [self.identity, Described(ulong(OUTCOME_ACCEPTED), [])]
        arrival.delivery.update(TRANSACTIONAL)

    def commit(self) -> None:
        sent = self._controller.discharge(self.identity, False)
        assert sent.state == ACCEPTED, f"the commit ended as {sent.state}, {sent.condition}"

    def rollback(self) -> None:
        sent = self._controller.discharge(self.identity, True)
        assert sent.state == ACCEPTED, f"the rollback ended as {sent.state}, {sent.condition}"


def _demand(name: str, fields: list) -> Message:
    return Message(Described(symbol(name), fields))
