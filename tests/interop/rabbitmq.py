"""A RabbitMQ node of our own: the broker that Debian ships, with its plugin for AMQP 1.0, in a directory and on ports of ours.

Nothing of an installed RabbitMQ is used but its programs. The node's durable queues live as long as the directory, so that a
node which was killed and started again has them still.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

PROGRAMS = Path("/usr/lib/rabbitmq/bin")
"""Where the programs themselves are: those on PATH run them as a user of their own."""

START_SECONDS = 60
STOP_SECONDS = 30


def reserve() -> socket.socket:
    """A port that is ours for as long as this socket is bound, and that a server which reuses addresses can listen on."""
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", 0))
    return reserved


class RabbitMq:
    """A node, running. It lets in guest with password guest, and anonymous clients."""

    USER, PASSWORD = "guest", "guest"

    live: list["RabbitMq"] = []

    def __init__(self, directory: Path):
        if not (PROGRAMS / "rabbitmq-server").exists():
            raise RuntimeError(f"no rabbitmq-server in {PROGRAMS}; run tests/setup")
        self.directory = directory
        self.log_file = directory / "rabbitmq.log"
        self._ports = {purpose: reserve() for purpose in ("amqp", "epmd", "distribution")}
        self.port: int = self._port("amqp")
        self.process: subprocess.Popen | None = None
        self._epmd: subprocess.Popen | None = None
        self._configure()
        RabbitMq.live.append(self)
        try:
            self.begin_start()
            self.wait_until_it_listens()
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        return f"amqp://127.0.0.1:{self.port}"

    def declare(self, *queues: str) -> list[str]:
        """Makes durable queues; their AMQP 1.0 addresses, as sources and as targets.

        Not by attaching to `/queue/NAME`: that makes a queue which does not outlive the node, and to one that is durable already
        it ends the session.
        """
        names = ", ".join(f'<<"{queue}">>' for queue in queues)
        made = self._ctl(
            "eval",
            "[element(1, rabbit_amqqueue:declare(rabbit_misc:r(<<\"/\">>, queue, Name), true, false, [], none, <<\"tests\">>))"
            f" || Name <- [{names}]].",
        )
        assert set(re.findall(r"\w+", made)) <= {"new", "existing"}, made
        return [f"/amq/queue/{quote(queue, safe='')}" for queue in queues]

    def begin_start(self) -> None:
        """Starts the node, the first time or again, and does not wait for it."""
        if self._epmd is None:
            # Not left to the node, which would start it as a daemon that nobody ends.
            self._epmd = self._spawn("epmd", "-port", str(self._port("epmd")), "-address", "127.0.0.1")
            self._wait_for_port(self._port("epmd"), self._epmd, START_SECONDS)
        assert self.process is None, "the node runs already"
        self.process = self._spawn(PROGRAMS / "rabbitmq-server")

    def listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        assert self.process.poll() is None, f"RabbitMQ ended with status {self.process.returncode}\n{self.log_tail()}"
        return False

    def wait_until_it_listens(self) -> None:
        self._wait_for_port(self.port, self.process, START_SECONDS)

    def kill(self) -> None:
        """Ends the node with SIGKILL: the system closes its sockets, nothing else is said to anybody."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends the node in good order: it closes its connections."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Starts the node again after `kill` or `stop`, on the same port and with its durable queues."""
        self.begin_start()
        self.wait_until_it_listens()

    def depths(self) -> dict[str, int]:
        """How many messages each queue holds, those that consumers have but did not settle included."""
        rows = self._ctl("list_queues", "--quiet", "--no-table-headers", "name", "messages")
        return {name: int(count) for name, count in (row.split("\t") for row in rows.splitlines())}

    def connections(self) -> int:
        """How many connections the node has."""
        # The lists of connections leave out those of AMQP 1.0.
        count = "lists:sum([maps:get(active_connections, Listener) || Listener <- maps:values(ranch:info())])."
        return int(self._ctl("eval", count))

    def log_tail(self, most: int = 60) -> str:
        with contextlib.suppress(FileNotFoundError):
            lines = self.log_file.read_text(errors="replace").splitlines(keepends=True)
            return re.sub(r"\x1b\[[\d;]*m", "", "".join(lines[-most:]))
        return ""

    def close(self) -> None:
        """Ends all that was started. The node has nothing that must be kept, so it is not asked."""
        if self.process is not None:
            self._end(signal.SIGKILL)
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
            self._epmd = None
        for reserved in self._ports.values():
            reserved.close()
        if self in RabbitMq.live:
            RabbitMq.live.remove(self)
        shutil.rmtree(self.directory / "database", ignore_errors=True)

    def _configure(self) -> None:
        files = {
            "rabbitmq.conf": (
                f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
                "loopback_users.guest = true\n"
                "log.console = true\n"
                "log.console.level = info\n"
                "log.file = false\n"
                # A busy machine's clock and disks are not what is tested.
                "vm_memory_high_watermark.relative = 0.8\n"
                "disk_free_limit.absolute = 50MB\n"
            ),
            "enabled_plugins": "[rabbitmq_amqp1_0].\n",
            "rabbitmq-env.conf": "",
        }
        for name, content in files.items():
            (self.directory / name).write_text(content)
        cookie = self.directory / ".erlang.cookie"
        cookie.write_text("of-tests-only")
        cookie.chmod(0o400)
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))},
            "HOME": str(self.directory),
            "ERL_EPMD_PORT": str(self._port("epmd")),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # The program becomes the node, and no shell stands between a signal and it.
            "RUNNING_UNDER_SYSTEMD": "yes",
            "RABBITMQ_NODENAME": f"test-{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(self._port("distribution")),
            "RABBITMQ_CTL_DIST_PORT_MIN": "1024",
            "RABBITMQ_CTL_DIST_PORT_MAX": "65535",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1",
            "RABBITMQ_CTL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1",
            "RABBITMQ_CONFIG_FILE": str(self.directory / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.directory / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.directory / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.directory / "database"),
            "RABBITMQ_LOG_BASE": str(self.directory / "log"),
            "RABBITMQ_PID_FILE": str(self.directory / "pid"),
        }

    def _port(self, purpose: str) -> int:
        return self._ports[purpose].getsockname()[1]

    def _spawn(self, *words) -> subprocess.Popen:
        """A program in a process group of its own, so that what it starts itself ends with it."""
        with self.log_file.open("a") as log:
            return subprocess.Popen(
                [str(word) for word in words],
                cwd=self.directory, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )

    def _end(self, how: int) -> None:
        process, self.process = self.process, None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise AssertionError(f"RabbitMQ did not end within {STOP_SECONDS} s\n{self.log_tail()}") from None

    def _wait_for_port(self, port: int, process: subprocess.Popen, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            if process.poll() is not None:
                raise RuntimeError(f"{process.args[0]} ended with status {process.returncode}\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{process.args[0]} did not listen on port {port} within {seconds} s\n{self.log_tail()}")
            time.sleep(0.05)

    def _ctl(self, *words: str) -> str:
        done = subprocess.run(
            [str(PROGRAMS / "rabbitmqctl"), *words], env=self._environment, cwd=self.directory,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=START_SECONDS, check=False,
        )
        assert done.returncode == 0, f"rabbitmqctl {words[0]}: status {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout
