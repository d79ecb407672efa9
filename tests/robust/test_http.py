"""Clients that mean no good, or too well: malformed HTTP, slow ones, huge ones, very many."""

import json
import os
import resource
import socket
import time
import urllib.parse

import pytest
from council_server import Server, resident_bytes
from http_client import connect, send
from web_socket import WebSocket

SLOW = ("--set", "limits.header_timeout=1s", "--set", "limits.body_timeout=1s")
SOCKETS = 1_000
CONNECTIONS = 10_000
# What an idle WebSocket may cost, in resident bytes; measured: bench/results.
SOCKET_BYTES = 64 << 10
CONNECTION_BYTES = 48 << 10


@pytest.fixture(scope="module")
def server():
    with Server(None, "--scripted", *SLOW) as server:
        yield server


def raw(server, timeout=20):
    address = urllib.parse.urlsplit(server.url)
    return socket.create_connection((address.hostname, address.port), timeout)


def until_closed(connection):
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def assert_alive(server):
    assert send(server.url, "/healthz", method="GET").status == 200
    assert "panicked" not in server.log()


HEAD = b"POST /hybrid HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
MALFORMED = {
    "nothing": b"\r\n\r\n\r\n",
    "zeros": b"\0" * 5_000,
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    "no version": b"GET /health\r\n\r\n",
    "an unknown version": b"GET /health HTTP/9.9\r\nhost: 127.0.0.1\r\n\r\n",
    "HTTP/2 at once": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a path with a space": b"GET /he alth HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
    "a header without a colon": b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\nnonsense\r\n\r\n",
    "a header with a line feed in its name": b"GET /health HTTP/1.1\r\nho\nst: 127.0.0.1\r\n\r\n",
    "a folded header": b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\nx-a: b\r\n c\r\n\r\n",
    "a length that is no number": HEAD + b"content-length: many\r\n\r\n",
    "a negative length": HEAD + b"content-length: -1\r\n\r\n",
    "a length beyond 64 bits": HEAD + b"content-length: 99999999999999999999999\r\n\r\n",
    "two lengths": HEAD + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}",
    "a length and chunks": HEAD + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "an unknown encoding": HEAD + b"transfer-encoding: nonsense\r\n\r\n",
    "a chunk of nonsense": HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n",
    "a chunk beyond 64 bits": HEAD + b"transfer-encoding: chunked\r\n\r\nfffffffffffffffffff\r\n",
    "an extension without an end": HEAD + b"transfer-encoding: chunked\r\n\r\n1;" + b"x" * 100_000,
    "a huge header": b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\nx-huge: " + b"x" * 1_000_000 + b"\r\n\r\n",
    "ten thousand headers": b"GET /health HTTP/1.1\r\n" + b"x-a: b\r\n" * 10_000 + b"\r\n",
    "a huge path": b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
    "an upgrade without a key": b"GET /ws HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_http_is_refused_or_the_connection_is_closed_and_nobody_else_is_harmed(server, name):
    with raw(server) as connection:
        try:
            connection.sendall(MALFORMED[name])
            connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError, OSError):
            # Refused while it was still sent.
            pass
        received = until_closed(connection)
    status = received.split(b" ", 2)[1] if received.startswith(b"HTTP/1.") else b""
    # Of two lengths, and of a path with a space, the usual readings differ; an answer must be no success by luck.
    assert received == b"" or status[:1] == b"4", (name, received[:300])
    assert_alive(server)


def test_a_hundred_clients_that_send_their_headers_slowly_are_let_go_while_others_are_answered(server):
    slow = [raw(server) for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ")
        begin = time.monotonic()
        assert_alive(server)
        for connection in slow:
            received = until_closed(connection)
            assert received == b"" or received.startswith(b"HTTP/1.1 408"), received
        assert time.monotonic() - begin < 20, "they were waited for much longer than `limits.header_timeout`"
    finally:
        for connection in slow:
            connection.close()
    assert_alive(server)


def test_a_hundred_clients_that_send_their_bodies_slowly_hear_so(server):
    slow = [raw(server) for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(HEAD + b"content-length: 1000\r\n\r\n{")
        assert_alive(server)
        for connection in slow:
            received = until_closed(connection)
            assert received.startswith(b"HTTP/1.1 408") and b"request_timeout" in received, received
    finally:
        for connection in slow:
            connection.close()
    assert_alive(server)


def test_a_body_that_claims_to_be_huge_is_refused_before_it_is_sent(server):
    before = resident_bytes(server.process.pid)
    with raw(server) as connection:
        connection.sendall(HEAD + b"content-length: 1000000000000\r\n\r\n{")
        received = b""
        while b"body_too_large" not in received:
            piece = connection.recv(4096)
            assert piece, received
            received += piece
    assert received.startswith(b"HTTP/1.1 413"), received
    assert resident_bytes(server.process.pid) - before < 10 << 20


FRAMES = {
    "no JSON": (1, b"{", True),
    "no text": (1, b"\xff\xfe", True),
    "an unknown field": (1, b'{"nonsense": 1}', True),
    "an unknown topic": (1, b'{"subscribe": ["nonsense"]}', True),
    "too large": (1, b"[" * 100_000, True),
    "deep": (1, b"[" * 15_000, True),
    "binary nonsense": (2, bytes(range(256)), True),
    "not masked": (1, b"{}", False),
    "an unknown kind": (0xB, b"", True),
    "a long ping": (9, b"x" * 126, True),
    "a continuation of nothing": (0, b"x", True),
    "a close without a code": (8, b"x", True),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_that_makes_no_sense_is_answered_or_ends_its_own_socket_alone(server, name):
    other, one = WebSocket(server.url), WebSocket(server.url)
    try:
        opcode, payload, mask = FRAMES[name]
        one.send(opcode, payload, mask)
        while (frame := one.receive()) and frame[0] == 1 and json.loads(frame[1])["topic"] != "error":
            pass
        other.send(1, b'{"ping": 7}')
        while (frame := other.receive()) and json.loads(frame[1])["topic"] != "pong":
            pass
        assert frame, "another client's socket was closed"
    finally:
        one.close()
        other.close()
    assert_alive(server)


def test_a_thousand_idle_sockets_cost_little_each_and_one_more_than_may_be_is_told_so():
    with Server(None, "--scripted", "--set", f"limits.sockets={SOCKETS}") as server:
        sockets = [WebSocket(server.url) for _ in range(10)]
        try:
            before = resident_bytes(server.process.pid)
            sockets += [WebSocket(server.url) for _ in range(SOCKETS - len(sockets))]
            assert {one.status for one in sockets} == {101}
            each = (resident_bytes(server.process.pid) - before) / SOCKETS
            assert each < SOCKET_BYTES, f"{each:.0f} bytes each"
            beyond = WebSocket(server.url)
            sockets.append(beyond)
            assert beyond.status == 429 and int(beyond.headers["retry-after"]) >= 1, beyond.headers
            sockets[500].send(1, b'{"ping": 1}')
            while json.loads(sockets[500].receive()[1])["topic"] != "pong":
                pass
            assert_alive(server)
        finally:
            for one in sockets:
                one.close()


def test_as_many_idle_connections_as_may_be_are_held_and_one_more_is_told_when_to_come_again():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # Both ends are files, each of a process of its own; where the system gives fewer, fewer are tried, and never so few
    # that it would be no test.
    count = min(CONNECTIONS, hard - 400)
    assert count >= 500, f"the system lets a process open {hard} files"
    connections = []
    try:
        with Server(None, "--scripted", "--set", f"limits.connections={count}") as server:
            before = resident_bytes(server.process.pid)
            for _ in range(count):
                connection = raw(server)
                connections.append(connection)
                connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
                assert connection.recv(4096).startswith(b"HTTP/1.1 200")
            each = (resident_bytes(server.process.pid) - before) / count
            assert each < CONNECTION_BYTES, f"{each:.0f} bytes each"
            refused = send(server.url, "/healthz", method="GET")
            assert (refused.status, refused.error["code"]) == (503, "overloaded"), refused.body
            assert int(refused.headers["retry-after"]) >= 1
            # Those that are there are served.
            connections[0].sendall(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
            assert connections[0].recv(4096).startswith(b"HTTP/1.1 200")
            connections.pop().close()
            end = time.monotonic() + 10
            while send(server.url, "/healthz", method="GET").status != 200:
                assert time.monotonic() < end, "a place that is free again is not given"
            assert "panicked" not in server.log()
    finally:
        for connection in connections:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_client_that_reads_nothing_holds_up_nobody(server):
    """Hundreds of answers, none of which is read, on connections that stay open."""
    stuck = []
    try:
        for _ in range(50):
            connection = raw(server)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(b"GET /openapi.json HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n" * 10)
            stuck.append(connection)
        connection = connect(server.url, timeout=20)
        for _ in range(20):
            connection.request("GET", "/openapi.json")
            assert connection.getresponse().read()
        connection.close()
    finally:
        for connection in stuck:
            connection.close()
    assert_alive(server)
    assert os.path.exists(f"/proc/{server.process.pid}")
