"""Cuts Python off the network: Python imports a module of this name before anything else.

``tools/run_notebooks.py`` puts this folder on the path of the kernels that it starts, so that a
notebook that asks the network for something fails, wherever the library that asks may hide it.
Connections on this machine are allowed: a kernel talks to its client over them.

The file that ``POLICYDSL_OFFLINE_LOG`` names gets a line for each address that was tried, since a
library may swallow the error.  What is not Python (a database engine's own client) is not seen.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from typing import Any

_LOG = "POLICYDSL_OFFLINE_LOG"
# what is asked, and the place of the address or the host name among the arguments
_PLACES = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}


def _own(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.lower() in {"", "localhost", "0.0.0.0", "::", socket.gethostname().lower()}


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    place = _PLACES.get(event)
    if place is None or place >= len(arguments):
        return
    address = arguments[place]
    # a path or a number is a socket of this machine; None stands for any of its addresses
    parts = address if isinstance(address, tuple) else (address,)
    host = parts[0].decode("ascii", "replace") if isinstance(parts[0], bytes) else parts[0]
    if not isinstance(host, str) or (event == "socket.connect" and len(parts) == 1) or _own(host):
        return
    port = arguments[1] if event == "socket.getaddrinfo" else (*parts, None)[1]
    tried = host if port is None else f"{host}:{port}"
    if log := os.environ.get(_LOG):
        with open(log, "a", encoding="utf-8") as lines:  # noqa: PTH123 - pathlib is slow to import
            lines.write(f"{tried}\n")
    raise PermissionError(f"笔记本不得联网：{tried}。 A notebook takes no network: {tried}.")


sys.addaudithook(_watch)
