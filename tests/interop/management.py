"""A client of a router's management, for tests of what it shows and of what can be changed through it."""

import itertools
import time

from peer import PATIENCE
from proton import Message
from proton.utils import BlockingConnection, SyncRequestResponse

PREFIX = "org.apache.qpid.dispatch."

OK, CREATED, NO_CONTENT, BAD_REQUEST, FORBIDDEN, NOT_FOUND, NOT_IMPLEMENTED = 200, 201, 204, 400, 403, 404, 501

_numbers = itertools.count()


class Agent:
    """A client of one management address."""

    def __init__(self, url: str, address: str = "$management"):
        self.connection = BlockingConnection(url, timeout=PATIENCE)
        self.client = SyncRequestResponse(self.connection, address)

    def call(self, operation: str | None, body=None, **properties) -> tuple[int, str, object]:
        """Status, description and body of the answer."""
        if operation is not None:
            properties["operation"] = operation
        answer = self.client.call(Message({} if body is None else body, properties=properties))
        return answer.properties["statusCode"], answer.properties["statusDescription"], answer.body

    def do(self, operation: str, body=None, *, of: str = "org.amqp.management", status: int = OK, **properties):
        """The body of an answer with the right status."""
        of = of if of.startswith("org.") else PREFIX + of
        got, description, answer = self.call(operation, body, type=of, **properties)
        assert got == status, f"{operation}: {got} {description}"
        return answer

    def query(self, kind: str, *attributes: str, offset: int = 0, count: int = 500) -> list[dict]:
        answer = self.do(
            "QUERY", {"attributeNames": list(attributes)},
            name="self", entityType=PREFIX + kind, offset=offset, count=count,
        )
        return [dict(zip(answer["attributeNames"], row)) for row in answer["results"]]

    def create(self, kind: str, **attributes) -> str:
        """Creates an entity; its identity."""
        name = f"test/{next(_numbers)}"
        return self.do("CREATE", {"name": name, **attributes}, of=kind, name=name, status=CREATED)["identity"]

    def delete(self, kind: str, identity: str) -> None:
        self.do("DELETE", of=kind, identity=identity, status=NO_CONTENT)

    def read(self, kind: str, identity: str) -> dict:
        return self.do("READ", of=kind, identity=identity)

    def close(self) -> None:
        self.connection.close()


def wait_for(what: str, condition, seconds: float = PATIENCE):
    """Asks until there is an answer that is true; that answer."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not in {seconds} s: {what}"
    return found
