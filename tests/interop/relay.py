"""A relay in a TCP connection, with which a test cuts the connection, forbids it, or makes it fall silent."""

import contextlib
import socket
import threading


class Relay:
    """Passes connections on to a port of this machine until it is told otherwise."""

    def __init__(self, target: int):
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._forbidden = False
        self._carried = 0
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._flowing = threading.Event()
        self._flowing.set()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def cut(self) -> None:
        """Ends what is connected, and every further connection at once until `heal`."""
        with self._lock:
            self._forbidden = True
            self._carried = 0
            self._end_all()

    def silence(self) -> None:
        """Passes nothing on any more, and ends nothing."""
        self._flowing.clear()

    def heal(self) -> None:
        """Lets connections pass again."""
        with self._lock:
            self._forbidden = False
        self._flowing.set()

    def carries(self, octets: int) -> bool:
        """Whether the newest connection has carried this much, both ways together."""
        return self._carried >= octets

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._flowing.set()
        self.cut()
        self._accepting.join()
        self._listener.close()

    def _end_all(self) -> None:
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                try:
                    if self._forbidden:
                        raise ConnectionRefusedError
                    far = socket.create_connection(("127.0.0.1", self._target))
                except OSError:
                    near.close()
                    continue
                self._sockets += [near, far]
                self._carried = 0
            threading.Thread(target=self._serve, args=(near, far), daemon=True).start()

    def _serve(self, near: socket.socket, far: socket.socket) -> None:
        back = threading.Thread(target=self._pass, args=(far, near), daemon=True)
        back.start()
        self._pass(near, far)
        back.join()
        with self._lock:
            self._sockets = [one for one in self._sockets if one not in (near, far)]
        near.close()
        far.close()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flowing.wait()
                self._carried += len(data)
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
