"""The router under test as a real process: configuration in, bound ports and an exit status out.

The command is `$CROSSDOCK_BIN run`, or `$ROUTER_CMD` if that is set, so that the same tests can be pointed at
another router. Either way `-c FILE` is appended. In a mesh (`mesh.py`) some of the routers may be another program.
"""

import os
import re
import shlex
import signal
import subprocess
import threading
import time
from pathlib import Path

START_SECONDS = 20
STOP_SECONDS = 20

LISTENING = re.compile(r"Listening on \S+:(\d+) \((\w+)\)")


def reference() -> bool:
    """Whether the tests run against another router than Crossdock."""
    return bool(os.environ.get("ROUTER_CMD"))


def command() -> list[str]:
    """The command line that starts the router, without `-c FILE`.

    A command that is not there is an error of its own, so that no test is ever skipped for want of a router.
    """
    if reference():
        return shlex.split(os.environ["ROUTER_CMD"])
    binary = os.environ.get("CROSSDOCK_BIN")
    if not binary:
        raise RuntimeError("set CROSSDOCK_BIN to the crossdock program (or ROUTER_CMD to another router's command line)")
    if not os.access(binary, os.X_OK):
        raise RuntimeError(f"CROSSDOCK_BIN={binary} is not an executable file")
    return [os.path.abspath(binary), "run"]


def section(kind: str, /, **attributes) -> str:
    """One section of a configuration file."""
    lines = "".join(f"    {key}: {value}\n" for key, value in attributes.items())
    return f"{kind} {{\n{lines}}}\n"


class Router:
    """A router process. Its listeners take a port of the system's choosing, which is read from its log, unless told one."""

    live: list["Router"] = []

    def __init__(
        self, directory: Path, listeners: dict[str, dict], *sections: str,
        router_id: str = "R", mode: str = "standalone", program: list[str] | None = None, attributes: dict | None = None,
    ):
        """`attributes` are further ones of the section `router`."""
        self.directory = directory
        self.id = router_id
        self.log_file = directory / "router.log"
        self.lines: list[str] = []
        self._ports: dict[str, int] = {}
        self._ended = False
        self._changed = threading.Condition()

        config = section("router", id=router_id, mode=mode, **(attributes or {})) + "".join(sections)
        for name, attributes in listeners.items():
            config += section("listener", name=name, host="127.0.0.1", **{"port": 0, **attributes})
        config_file = directory / "router.conf"
        config_file.write_text(config)

        self.process = subprocess.Popen(
            [*(program or command()), "-c", str(config_file)],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        Router.live.append(self)
        try:
            self._wait_for_ports({name for name, attributes in listeners.items() if not attributes.get("port")})
        except BaseException:
            Router.live.remove(self)
            self.process.kill()
            self.process.wait()
            raise

    def port(self, listener: str = "plain") -> int:
        """The port that the listener of this name is bound to."""
        return self._ports[listener]

    def url(self, listener: str = "plain") -> str:
        return f"amqp://127.0.0.1:{self.port(listener)}"

    def running(self) -> bool:
        return self.process.poll() is None

    def log_tail(self, first: int = 0, most: int = 100) -> str:
        """The newest log lines, at most `most` and none older than line number `first`."""
        with self._changed:
            return "".join(self.lines[first:][-most:])

    def stop(self) -> None:
        """Ends the router with SIGTERM; it must go at once, with status 0, and must not have panicked."""
        crashed = self.process.poll()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the router did not end within {STOP_SECONDS} s of SIGTERM\n{self.log_tail()}") from None
        finally:
            Router.live.remove(self)
            self._reader.join(STOP_SECONDS)
        assert crashed is None, f"the router ended by itself with status {crashed}\n{self.log_tail()}"
        assert status == 0, f"the router ended with status {status} on SIGTERM\n{self.log_tail()}"
        self._assert_no_panic()

    def kill(self) -> None:
        """Ends the router with SIGKILL: the system closes its sockets, nothing else is said to anybody."""
        crashed = self.process.poll()
        self.process.kill()
        self.process.wait()
        Router.live.remove(self)
        self._reader.join(STOP_SECONDS)
        assert crashed is None, f"the router ended by itself with status {crashed}\n{self.log_tail()}"
        self._assert_no_panic()

    def _assert_no_panic(self) -> None:
        panics = [line for line in self.lines if "panicked" in line]
        assert not panics, f"the router panicked, see {self.log_file}:\n{''.join(panics)}"

    def _read_log(self) -> None:
        with self.process.stdout as output, self.log_file.open("a") as log:
            for raw in output:
                line = raw.decode(errors="replace")
                log.write(line)
                log.flush()
                with self._changed:
                    self.lines.append(line)
                    if bound := LISTENING.search(line):
                        self._ports[bound[2]] = int(bound[1])
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _wait_for_ports(self, names: set[str]) -> None:
        deadline = time.monotonic() + START_SECONDS
        with self._changed:
            while not names <= self._ports.keys():
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    why = "the router ended" if self._ended else f"no 'Listening on ADDRESS:PORT (NAME)' in {START_SECONDS} s"
                    missing = ", ".join(sorted(names - self._ports.keys()))
                    raise RuntimeError(f"{why}; waited for listeners {missing}\n{''.join(self.lines[-60:])}")
                self._changed.wait(left)
