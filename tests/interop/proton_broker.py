"""The broker among the examples of Qpid Proton, in Python, as a process.

It is a queue for each address, in memory, made on demand; what a consumer got it has forgotten, whatever the outcome.
"""

import contextlib
import socket
import subprocess
import sys
import time
from pathlib import Path

from rabbitmq import reserve

PROGRAM = Path(__file__).parent.parent / ".brokers/usr/share/proton/examples/python/broker.py"
"""Where tests/setup puts it."""

START_SECONDS = 20


class ProtonBroker:
    """A broker, running. Its port stays the same when it is started again."""

    def __init__(self, directory: Path):
        if not PROGRAM.exists():
            raise RuntimeError(f"no {PROGRAM}; run tests/setup")
        self.log_file = directory / "proton-broker.log"
        self._reserved = reserve()
        self.port: int = self._reserved.getsockname()[1]
        self.process: subprocess.Popen | None = None
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        return f"amqp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts the broker, for the first time or again, and waits until it listens."""
        assert self.process is None, "the broker runs already"
        with self.log_file.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(PROGRAM), "-a", f"127.0.0.1:{self.port}"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            late = time.monotonic() > deadline
            if late or self.process.poll() is not None:
                raise RuntimeError(f"the broker does not listen\n{self.log_file.read_text()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """Ends the broker with SIGKILL; its queues are lost."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def close(self) -> None:
        if self.process is not None:
            self.kill()
        self._reserved.close()
