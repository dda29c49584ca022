"""`crossdock test-broker` as a process."""

import os
import re
import signal
import subprocess
from pathlib import Path

from router import STOP_SECONDS

LISTENING = re.compile(rb"Listening on \S+:(\d+)$")


def program() -> str:
    """The crossdock program, which must be there even if the router under test is another."""
    binary = os.environ.get("CROSSDOCK_BIN", "")
    if not os.access(binary, os.X_OK):
        raise RuntimeError("set CROSSDOCK_BIN to the crossdock program: it has the broker")
    return os.path.abspath(binary)


class TestBroker:
    """A test broker, running. Its port stays the same when it is started again; its queues are lost."""

    __test__ = False

    def __init__(self, directory: Path, *options: str, container: str = "broker"):
        self.container = container
        self.log_file = directory / f"{container}.log"
        self._options = [*options, "--container-id", container]
        self.port = 0
        self.process: subprocess.Popen | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"amqp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts the broker, for the first time or again, and waits until it listens."""
        assert self.process is None, "the broker runs already"
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [program(), "test-broker", "--port", str(self.port), *self._options],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
            )
        line = self.process.stdout.readline().rstrip()
        found = LISTENING.search(line)
        assert found, f"the broker said {line!r} and not where it listens\n{self.log_file.read_text()}"
        self.port = int(found[1])

    def kill(self) -> None:
        """Ends the broker with SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends the broker in good order: it closes its connections."""
        status = self._end(signal.SIGTERM)
        assert status == 0, f"the broker ended with status {status}\n{self.log_file.read_text()}"

    def close(self) -> None:
        if self.process is not None:
            self.stop()

    def _end(self, how: int) -> int:
        process, self.process = self.process, None
        crashed = process.poll()
        process.send_signal(how)
        try:
            status = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the broker did not end within {STOP_SECONDS} s") from None
        finally:
            process.stdout.close()
        assert crashed is None, f"the broker ended by itself with status {crashed}\n{self.log_file.read_text()}"
        return status
