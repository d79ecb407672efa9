"""What it costs to see whether a key is right: the first request with it, and those after it, beside requests without one.

Processor time of the server, because it does not depend on what else the machine does; the clock beside it.
"""

import http.client
import json
import time
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from council_server import Server

# Lists what there is without touching a disk.
PATH = "/v1/models"


def measure(keys, requests, rounds):
    """First checks of `keys` keys, then rounds of requests with a key and without, in turns."""
    options = ["--set", "sandbox.backend=off", "--set", "server.key_per_minute=0"]
    with Server(None, "--scripted", *options) as server:
        return {"path": PATH, "first": first(server, keys), "later": later(server, requests, rounds)}


def first(server, keys):
    """Each key is shown once; and once again, for what a request costs without the slow hash."""
    rows = {"first": [], "second": []}
    for number in range(keys):
        secret = new_key(server, f"first-{number}")
        connection = Connection(server, secret)
        connection.ask(path="/health")
        for which in rows:
            rows[which].append(connection.timed(1))
        connection.close()
    return {
        which: {
            "n": len(values),
            "wall_ms": {"median": milli(median(wall for wall, _ in values)), "worst": milli(max(wall for wall, _ in values))},
            "cpu_ms": {"median": milli(median(cpu for _, cpu in values)), "worst": milli(max(cpu for _, cpu in values))},
        }
        for which, values in rows.items()
    }


def later(server, requests, rounds):
    """Requests one after another over one connection."""
    with_key, without = Connection(server, new_key(server, "later")), Connection(server, None)
    rows = {"without a key": (without, []), "with a key": (with_key, [])}
    for connection, _ in rows.values():
        connection.timed(requests // 10)
    for _ in range(rounds):
        for connection, values in rows.values():
            values.append(connection.timed(requests))
    result = {"requests": requests, "rounds": rounds}
    for name, (connection, values) in rows.items():
        connection.close()
        rates = [requests / wall for wall, _ in values]
        cpus = [cpu / requests * 1e6 for _, cpu in values]
        result[name] = {
            "requests_per_second": {"median": round(median(rates)), "least": round(min(rates)), "most": round(max(rates))},
            "cpu_us_per_request": {"median": round(median(cpus), 1), "least": round(min(cpus), 1), "most": round(max(cpus), 1)},
        }
    differences = [
        (mine - theirs) / requests * 1e6
        for (_, mine), (_, theirs) in zip(rows["with a key"][1], rows["without a key"][1], strict=True)
    ]
    result["cpu_us_of_a_check"] = {"median": round(median(differences), 1), "least": round(min(differences), 1), "most": round(max(differences), 1)}
    return result


def milli(seconds):
    """Seconds as milliseconds."""
    return round(seconds * 1e3, 2)


def new_key(server, name):
    """A key's secret; made by the owner of the machine."""
    connection = Connection(server, None)
    made = connection.ask("POST", "/v1/keys", json.dumps({"name": name, "scopes": ["chat"]}))
    connection.close()
    return json.loads(made)["secret"]


class Connection:
    """A connection that stays open, with a key or without."""

    def __init__(self, server, secret):
        self._pid = server.process.pid
        self._connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
        self._headers = {"content-type": "application/json"}
        if secret:
            self._headers["authorization"] = f"Bearer {secret}"

    def ask(self, method="GET", path=PATH, body=None):
        """The body of an answer, which must be a good one."""
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {said[:300]}")
        return said

    def timed(self, requests):
        """Seconds of the clock, and of the server's processors, that these requests took."""
        cpu, begin = cpu_seconds(self._pid), time.perf_counter()
        for _ in range(requests):
            self.ask()
        return time.perf_counter() - begin, cpu_seconds(self._pid) - cpu

    def close(self):
        """Ends it."""
        self._connection.close()


def cpu_seconds(pid):
    """Of the threads of a process, to the nanosecond."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
