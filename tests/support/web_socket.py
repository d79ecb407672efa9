"""Just enough of a WebSocket's client to open one, say something, and read how it ends (RFC 6455)."""

import os
import socket
import struct
import urllib.parse


class WebSocket:
    """An open WebSocket."""

    def __init__(self, url, path="/ws", timeout=30):
        address = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((address.hostname, address.port), timeout)
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nhost: {address.netloc}\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
            "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        self.stream = self.socket.makefile("rb")
        self.status = int(self.stream.readline().split()[1])
        self.headers = {}
        while line := self.stream.readline().strip():
            name, value = line.decode().split(":", 1)
            self.headers[name.lower()] = value.strip()

    def send(self, opcode, payload=b"", mask=True):
        """One whole frame, which a client must mask."""
        length = len(payload)
        head = bytes([0x80 | opcode])
        size = 126 if 125 < length < 1 << 16 else 127 if length >= 1 << 16 else length
        head += bytes([(0x80 if mask else 0) | size])
        head += struct.pack(">H", length) if size == 126 else struct.pack(">Q", length) if size == 127 else b""
        key = os.urandom(4) if mask else b""
        body = bytes(byte ^ key[index % 4] for index, byte in enumerate(payload)) if mask else payload
        self.socket.sendall(head + key + body)

    def receive(self):
        """The next frame as its opcode and payload; none when the connection is closed."""
        try:
            head = self.stream.read(2)
        except ConnectionResetError:
            return None
        if len(head) < 2:
            return None
        length = head[1] & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self.stream.read(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self.stream.read(8))
        return head[0] & 0x0F, self.stream.read(length)

    def close(self):
        """Leaves without a word."""
        self.stream.close()
        self.socket.close()
