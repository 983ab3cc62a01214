"""A taken port is reported with its holder; a free one is below the range that systems assign themselves."""

import os
import socket

import pytest

from pattana.embedded.holders import holder, require_free
from pattana.embedded.ports import PortTaken, free_port


def test_a_free_port_can_be_listened_on() -> None:
    port = free_port()
    assert 15_000 <= port < 32_000
    assert require_free(port, "portal") == port
    assert holder(port) is None


def test_a_port_is_given_once_although_nobody_listens_on_it_yet() -> None:
    ports = [free_port() for _ in range(300)]
    assert len(set(ports)) == len(ports)


def test_a_taken_port_is_reported_with_its_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port} for the portal is taken by .*pid {os.getpid()}\)"):
            require_free(port, "portal")
