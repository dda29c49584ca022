"""Runs a command against a router of its own: `with_router.py COMMAND...`.

The command finds the shared configuration's listeners in AMQP_PORT and AMQP_PORT_SMALL, and in ROUTER_IS_REFERENCE
whether the router is another than Crossdock. The status is that of the command, or 1 if the router did not end well.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from conftest import ADDRESSES, LISTENERS
from router import Router, reference


def main() -> int:
    router = Router(Path(tempfile.mkdtemp(prefix="crossdock-interop-")), LISTENERS, *ADDRESSES)
    environment = {
        **os.environ,
        "AMQP_PORT": str(router.port("plain")),
        "AMQP_PORT_SMALL": str(router.port("small")),
        "ROUTER_IS_REFERENCE": "1" if reference() else "",
    }
    try:
        status = subprocess.call(sys.argv[1:], env=environment)
        if status:
            print(f"--- router log, whole in {router.log_file}\n{router.log_tail()}", file=sys.stderr)
    finally:
        router.stop()
    return status


if __name__ == "__main__":
    sys.exit(main())
