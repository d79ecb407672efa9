#!/usr/bin/env python3
"""What a sandboxed run costs, beside Firejail with the original's flags, bubblewrap and a bare interpreter.

    python3 bench/sandbox.py --council PROGRAM [--rounds 60] [--out bench/results/DATE-sandbox.json]

Starts the server with the labelled fake (no model is needed), waits until programs are kept ready, and takes turns: one run of
each line in every round, so that a busy moment hits all of them. Times are from outside: from the request, or the start of
the command, to its whole result. `council` also reports its own wall time of the program.
"""

import argparse, http.client, json, os, platform, shutil, socket, statistics, subprocess, tempfile, time

FIREJAIL = ["firejail", "--quiet", "--private", "--net=none", "--rlimit-cpu=5", "--rlimit-fsize=20480000"]
BUBBLEWRAP = ["bwrap", "--unshare-all", "--die-with-parent", "--clearenv", "--ro-bind", "/usr", "/usr",
              "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
              "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
PYTHON = ["/usr/bin/python3", "-c", "print(1)"]


class Server:
    def __init__(self, program, folder, extra=()):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [program, "serve", "--scripted", "--port", str(self.port), "--data-dir", folder, *extra]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait(lambda: self.call("GET", "/v1/sandbox/status"))
        self.wait(lambda: all(pool["ready"] >= pool["target"] for pool in self.call("GET", "/v1/sandbox/status")["pools"]))

    def wait(self, happens):
        for _ in range(600):
            try:
                if happens():
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise SystemExit("the server's sandbox was not ready within a minute")

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(method, path, body and json.dumps(body), {"content-type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def run(self, language, code):
        answer = self.call("POST", "/v1/sandbox/run", {"language": language, "code": code})
        if answer.get("status") != "ok":
            raise SystemExit(f"a run failed: {answer}")
        return answer

    def end(self):
        self.process.terminate()
        self.process.wait()


def command(arguments):
    begun = time.perf_counter()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - begun) * 1000


def summary(samples):
    ordered = sorted(samples)
    return {"p50_ms": round(statistics.median(ordered), 3), "p95_ms": round(ordered[int(len(ordered) * 0.95)], 3),
            "min_ms": round(ordered[0], 3), "n": len(ordered)}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--council", required=True)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--science", help="data directory in which `council sandbox setup` was run")
    options.add_argument("--out")
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        warm = Server(options.council, options.science or first)
        nothing = [f"--set=sandbox.warm_{name}=0" for name in ("python", "science", "bash", "javascript")]
        cold = Server(options.council, second, nothing)
        lines = {
            "council python warm": lambda: over_http(warm, "python", "print(1)"),
            "council python cold": lambda: over_http(cold, "python", "print(1)"),
            "council bash warm": lambda: over_http(warm, "bash", "true"),
            "council bash cold": lambda: over_http(cold, "bash", "true"),
            "council javascript warm": lambda: over_http(warm, "javascript", "console.log(1)"),
            "bare python": lambda: command(PYTHON),
            "bare true": lambda: command(["/bin/true"]),
        }
        if options.science:
            lines["council numpy warm"] = lambda: over_http(warm, "python", "import numpy as np; print(np.arange(9).sum())")
        if shutil.which("bwrap"):
            lines["bubblewrap python"] = lambda: command(BUBBLEWRAP + PYTHON)
            lines["bubblewrap true"] = lambda: command(BUBBLEWRAP + ["/usr/bin/true"])
        if shutil.which("firejail"):
            lines["firejail python"] = lambda: command(FIREJAIL + PYTHON)
            lines["firejail true"] = lambda: command(FIREJAIL + ["/bin/true"])
        inside = []

        def over_http(server, language, code):
            begun = time.perf_counter()
            answer = server.run(language, code)
            took = (time.perf_counter() - begun) * 1000
            if server is warm and language == "python":
                inside.append((answer["start"], answer["wall_ms"], answer["queue_ms"]))
            return took

        samples = {name: [] for name in lines}
        for turn in range(options.rounds + 3):
            for name, once in lines.items():
                took = once()
                # What was taken is made anew before the next round begins.
                if turn >= 3:
                    samples[name].append(took)
                time.sleep(0.03)
        warm.end(), cold.end()
    walls = [wall for start, wall, _ in inside if start == "warm"]
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, load {os.getloadavg()[0]:.2f}",
        "user": "root" if os.geteuid() == 0 else "ordinary",
        "rounds": options.rounds,
        "over_http": {name: summary(values) for name, values in samples.items()},
        "python_wall_inside": summary(walls),
        "warm_share": round(len(walls) / len(inside), 3),
    }
    if samples.get("firejail python"):
        ratio = statistics.median(samples["firejail python"]) / statistics.median(samples["council python warm"])
        result["times_faster_than_firejail"] = round(ratio, 1)
    text = json.dumps(result, indent=2)
    print(text)
    if options.out:
        with open(options.out, "w") as file:
            file.write(text + "\n")


if __name__ == "__main__":
    main()
