"""One server with the small model for everything that it must survive."""

import socket
import time
import urllib.parse

import pytest
from council_server import SMALL_MODEL, Server


class SlowClient:
    """A client that never finishes its headers: a byte now and then, to look alive."""

    def __init__(self, url):
        self.begin = time.monotonic()
        address = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((address.hostname, address.port))
        self.socket.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ")


@pytest.fixture(scope="session")
def server():
    with Server(SMALL_MODEL) as server:
        server.slow_client = SlowClient(server.url)
        yield server
        server.slow_client.socket.close()
