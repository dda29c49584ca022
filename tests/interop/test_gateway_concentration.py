"""Many clients, one connection at the broker."""

import subprocess
import sys
from pathlib import Path

MANY_CLIENTS = Path(__file__).parent / "many_clients.py"


def test_a_thousand_clients_at_two_routers_share_one_connection_to_rabbitmq(rabbit, rabbitmq):
    address = rabbit.address("way/")
    queue, = rabbitmq.declare(address)
    rabbit.auto_links(address, connection="rabbit", externalAddress=queue)
    clients = [
        subprocess.Popen(
            [sys.executable, str(MANY_CLIENTS), role, rabbit.mesh.url(place), address, "500"], stdout=subprocess.PIPE, text=True,
        )
        for role, place in (("produce", "A"), ("consume", "C"))
    ]
    said = [process.communicate(timeout=60)[0].splitlines() for process in clients]
    assert said == [["open", "done 500"]] * 2
    assert rabbitmq.connections() == 1
