"""Clients that send too slowly. Last in the alphabet: their time runs while the other tests do."""

import time

from http_client import send

HEADER_SECONDS = 60


def test_a_client_that_never_finishes_its_headers_is_cut_off_within_a_minute(server):
    slow = server.slow_client
    slow.socket.settimeout(max(0, slow.begin + HEADER_SECONDS + 10 - time.monotonic()))
    received = slow.socket.recv(4096)
    assert received == b"" or received.startswith(b"HTTP/1.1 408")
    assert send(server.url, "/health", method="GET").status == 200
