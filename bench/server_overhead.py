"""What one request costs, beside the least that it could (nginx, which answers with a fixed text) and what the original was built
with (FastAPI behind uvicorn, which reads the JSON and answers with a fixed object)."""

import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from processes import free_port

CONNECTIONS = (1, 64, 512)
BODY = {"model": "scripted/echo", "messages": [{"role": "user", "content": "Hello, how are you?"}], "max_tokens": 16}
ANSWER = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "scripted/echo",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello, how are you?"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10},
}
FASTAPI = f"""
from fastapi import FastAPI, Request
app = FastAPI()
@app.post("/v1/chat/completions")
async def chat(request: Request):
    await request.json()
    return {ANSWER!r}
"""


class Council:
    """Council with the scripted model: routing, limits, metrics and a line in the ledger for each request."""

    def __enter__(self):
        from council_server import Server

        self.server = Server(None, "--scripted", "--set", "sandbox.backend=off")
        self.server.start()
        self.url = self.server.url
        return self

    def __exit__(self, *_):
        self.server.stop()


class Peer:
    """Another server."""

    def __init__(self, command):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = command

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="council-peer-")
        command = self._command(Path(self.directory.name), self.port)
        self.process = subprocess.Popen(command, cwd=self.directory.name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while True:
            try:
                request = urllib.request.Request(f"{self.url}/v1/chat/completions", json.dumps(BODY).encode())
                with urllib.request.urlopen(request, timeout=5):
                    return self
            except OSError:
                if time.monotonic() > end:
                    self.__exit__()
                    raise
                time.sleep(0.1)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.directory.cleanup()


def nginx(directory, port):
    """Two workers, as many as there are processors; no log."""
    answer = json.dumps(ANSWER).replace("'", "\\'")
    (directory / "nginx.conf").write_text(
        f"daemon off; worker_processes auto; pid {directory}/pid; error_log /dev/null; events {{ worker_connections 4096; }}\n"
        f"http {{ access_log off; client_body_temp_path {directory}/body; server {{ listen 127.0.0.1:{port} backlog=1024;\n"
        f"location / {{ default_type application/json; return 200 '{answer}'; }} }} }}\n"
    )
    return ["nginx", "-p", str(directory), "-c", str(directory / "nginx.conf")]


def fastapi(python):
    """One process, as uvicorn starts without being told otherwise."""

    def command(directory, port):
        (directory / "app.py").write_text(FASTAPI)
        return [python, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "critical", "--no-access-log"]

    return command


def wrk(url, connections, seconds):
    """Requests per second and percentiles of time."""
    script = f'wrk.method = "POST"\nwrk.body = [[{json.dumps(BODY)}]]\nwrk.headers["content-type"] = "application/json"\n'
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s", "-s", file.name]
        done = subprocess.run([*command, f"{url}/v1/chat/completions"], capture_output=True, text=True, check=True)
    said = done.stdout
    times = {name: milliseconds(value) for name, value in re.findall(r"^\s+(50|90|99)%\s+(\S+)$", said, re.MULTILINE)}
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    return {
        "requests_per_s": float(re.search(r"^Requests/sec:\s+(\S+)$", said, re.MULTILINE)[1]),
        "ms": {f"p{name}": value for name, value in times.items()},
        "not_answered": int(wrong[1]) if wrong else 0,
        "socket_errors": sum(map(int, sockets.groups())) if sockets else 0,
    }


def milliseconds(text):
    """Of `1.50ms`, `900.00us` or `1.20s`."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def measure(python, seconds, rounds):
    """Every server at every number of connections, in turns, so that what else the machine does meets all alike."""
    rows = []
    with Council() as council, Peer(nginx) as floor, Peer(fastapi(str(python))) as original:
        servers = {"council": council.url, "nginx (fixed text)": floor.url, "FastAPI (fixed object)": original.url}
        for number in range(rounds):
            for connections in CONNECTIONS:
                for name, url in servers.items():
                    row = {"round": number, "server": name, "connections": connections} | wrk(url, connections, seconds)
                    rows.append(row)
                    print(f"  {row}", file=sys.stderr, flush=True)
    best = {}
    for row in rows:
        key = f"{row['server']}, {row['connections']}"
        if key not in best or row["requests_per_s"] > best[key]["requests_per_s"]:
            best[key] = {name: row[name] for name in ("requests_per_s", "ms", "not_answered", "socket_errors")}
    return {"seconds_each": seconds, "rounds": rounds, "best_of_rounds": best, "rows": rows}
