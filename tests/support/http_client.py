"""A plain HTTP client that can leave in the middle, and that sends what well-behaved clients cannot."""

import http.client
import json
import urllib.parse


class Answer:
    """Status, headers and body of an answer."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def error(self):
        """The error object; every failure must have one."""
        assert self.headers["content-type"].startswith("application/json"), self.headers.items()
        error = json.loads(self.body)["error"]
        assert error["message"] and error["request_id"], error
        return error


def connect(url, timeout=120):
    """A connection to the server at `url`."""
    return http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=timeout)


def send(url, path, body=None, method="POST", headers=None, timeout=120):
    """Sends `body`, bytes or something that becomes JSON, and returns the whole answer."""
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    connection = connect(url, timeout)
    try:
        connection.request(method, path, body, {"content-type": "application/json"} | (headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def stream(url, path, body, leave_after=None, timeout=120):
    """Yields the data of each server-sent event; a failure before the first one is yielded as an `Answer`.

    After `leave_after` events the connection is closed, with the answer still under way.
    """
    connection = connect(url, timeout)
    try:
        connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
        if leave_after == 0:
            return
        response = connection.getresponse()
        if response.status != 200:
            yield Answer(response.status, response.headers, response.read())
            return
        events = 0
        for line in response:
            if line.startswith(b"data: "):
                yield line[6:].decode().rstrip("\n")
                events += 1
                if events == leave_after:
                    return
    finally:
        connection.close()
