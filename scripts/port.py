"""Says before any work is done that an address is taken:  scripts/port.py HOST PORT"""

import contextlib
import socket
import sys


def reason_against(host: str, port: str) -> str | None:
    """Why a service cannot listen there, with the cure, in one line; None when it can."""
    if not port.isdecimal() or not 0 < int(port) < 65536:
        return f"PORT={port} is not a port: name one from 1 to 65535, as in make demo PORT=8001"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with contextlib.closing(socket.socket(family, kind, protocol)) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except socket.gaierror:
        return f"HOST={host} is not an address of this machine: leave it out, or name one, as in make demo HOST=127.0.0.1"
    except OSError as error:
        other = int(port) % 65535 + 1
        return f"Cannot listen on {host}:{port} ({error.strerror}): stop the program that does, or take another: make demo PORT={other}"
    return None


if __name__ == "__main__":
    if reason := reason_against(sys.argv[1], sys.argv[2]):
        sys.stderr.write(f"{reason}\n")
        sys.exit(1)
