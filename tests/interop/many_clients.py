"""Many clients, each with a connection of its own: `many_clients.py produce|consume URL ADDRESS COUNT`.

A producer sends one message, its number; a consumer takes one. When all connections are open, says `open`; when all were
served, `done` and what the messages said. It is a process of its own, for Proton's loop cannot watch a thousand sockets.
"""

import sys

from peer import ACCEPTED, Peer
from proton import Message


def main(role: str, url: str, address: str, count: int) -> None:
    peer = Peer(lambda _: url)
    connections = [peer.open() for _ in range(count)]
    peer.wait(lambda: all(connection.remote_open() for connection in connections), "the connections")
    print("open", flush=True)
    if role == "produce":
        senders = [connection.sender(address, wait=False) for connection in connections]
        peer.wait(lambda: all(sender.credit for sender in senders), "credit for all")
        sent = [sender.send(Message(number, durable=True)) for number, sender in enumerate(senders)]
        peer.wait(lambda: all(one.settled for one in sent), "all outcomes")
        served = sum(one.state == ACCEPTED for one in sent)
    else:
        receivers = [
            connection.receiver(address, credit=1, outcome=ACCEPTED, wait=False) for connection in connections
        ]
        peer.wait(lambda: all(receiver.arrivals for receiver in receivers), "a message for each")
        served = len({receiver.bodies()[0] for receiver in receivers})
    print(f"done {served}", flush=True)
    peer.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
