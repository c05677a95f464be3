"""TCP ports on 127.0.0.1."""

import socket
from pathlib import Path


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Whether a server listens on `port` of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def remembered(path: Path) -> int:
    """The port kept in `path` while it is free; else another, kept from now on."""
    if path.exists() and path.read_text().isdigit() and is_free(port := int(path.read_text())):
        return port
    port = free_port()
    path.write_text(str(port))
    return port
