#!/usr/bin/env python3
"""Measures the memory: latency beside the original's way, retrieval, kills, load.

    bench/memory.py --council BINARY --out RESULT.json latency [--rows 10000 100000] [--in-process PROGRAM]
    bench/memory.py --council BINARY --out RESULT.json latency --rows 1000000 --made-up PROGRAM
    bench/memory.py --council BINARY --out RESULT.json retrieval FILE [--captions]
    bench/memory.py --council BINARY --out RESULT.json kill [--rounds 200]
    bench/memory.py --council BINARY --out RESULT.json load [--clients 32] [--seconds 20]
    bench/memory.py --out RESULT.json ablation --program PROGRAM FILE…

BINARY is a release build. FILE is in the format of LoCoMo, whose data is for non-commercial use: bring your own copy;
tests/memory/conversations.json is ours. `latency` and `retrieval` need a virtual environment with what
bench/memory-requirements.txt lists. `--in-process` takes the example `memory_latency`, `ablation` the example `recall`.
With `--made-up`, which takes `memory_latency` too, no text that is stored is embedded: both sides search made-up vectors,
because embedding a million texts takes most of an hour. Questions are embedded by both. A million takes some ten minutes,
4.5 GB of disk and 4 GB of memory.
"""

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))


def main():
    """Measures, prints and writes."""
    arguments = parse()
    if arguments.council:
        os.environ["COUNCIL_BINARY"] = str(arguments.council.resolve())
    environment = describe(arguments)
    result = {"environment": environment, arguments.what: MEASURES[arguments.what](arguments)}
    environment["load_average_after"] = os.getloadavg()[0]
    text = json.dumps(result, indent=1)
    if arguments.out:
        arguments.out.write_text(text + "\n")
    print(text)


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--council", type=Path, help="the binary")
    parser.add_argument("--out", type=Path, help="JSON")
    kinds = parser.add_subparsers(dest="what", required=True)
    latency = kinds.add_parser("latency")
    latency.add_argument("--rows", type=int, nargs="+", default=[10_000])
    latency.add_argument("--queries", type=int, default=300)
    latency.add_argument("--in-process", type=Path)
    latency.add_argument("--in-process-only", action="store_true")
    latency.add_argument("--made-up", type=Path, metavar="PROGRAM")
    retrieval = kinds.add_parser("retrieval")
    retrieval.add_argument("file", type=Path)
    retrieval.add_argument("--captions", action="store_true")
    kill = kinds.add_parser("kill")
    kill.add_argument("--rounds", type=int, default=200)
    kill.add_argument("--seed", type=int, default=1)
    load = kinds.add_parser("load")
    load.add_argument("--clients", type=int, default=32)
    load.add_argument("--seconds", type=int, default=20)
    load.add_argument("--rows", type=int, default=10_000)
    ablation = kinds.add_parser("ablation")
    ablation.add_argument("--program", type=Path, required=True)
    ablation.add_argument("--captions", action="store_true")
    ablation.add_argument("files", type=Path, nargs="+")
    arguments = parser.parse_args()
    if arguments.what != "ablation" and not arguments.council:
        parser.error("--council is missing: name the binary to measure")
    return arguments


def describe(arguments):
    """What the numbers depend on."""
    name = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    described = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": name[1] if name else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "kernel": platform.release(),
        "load_average_before": os.getloadavg()[0],
    }
    if arguments.council:
        done = subprocess.run([arguments.council, "--version"], capture_output=True, text=True, check=True)
        described["council"] = done.stdout.strip()
    return described


def fresh_server():
    """A server without a model and with an empty data directory."""
    from council_server import Server

    return Server(None, "--scripted")


def latency(arguments):
    """Per number of rows: over HTTP beside the reference, and in the process."""
    results = []
    for rows in arguments.rows:
        result = {}
        if not arguments.in_process_only:
            import memory_measures

            with fresh_server() as server:
                result["over HTTP"] = memory_measures.latency(server, rows, arguments.queries, arguments.made_up)
        if arguments.in_process:
            import memory_measures

            result["in process"] = memory_measures.in_process(arguments.in_process, rows)
        results.append(result)
    return results


def retrieval(arguments):
    """Evidence that is found, by category."""
    import memory_measures

    conversations = json.loads(arguments.file.read_text())
    with fresh_server() as server:
        measured = memory_measures.retrieval(server, conversations, arguments.captions)
    return {"file": arguments.file.name, "captions": arguments.captions} | measured


def kill(arguments):
    """Kills under mixed writes; any loss ends this with an error."""
    from memory_writes import kill_rounds

    def report(number, counts):
        if number % 10 == 9:
            print(f"  {number + 1} kills, answered so far: {counts}", file=sys.stderr, flush=True)

    with fresh_server() as server:
        counts = kill_rounds(server, arguments.rounds, arguments.seed, report)
    return {"rounds": arguments.rounds, "acknowledged": counts, "lost": 0, "back": 0}


def load(arguments):
    """Many clients at once."""
    import memory_measures

    with fresh_server() as server:
        return memory_measures.load(server, arguments.clients, arguments.seconds, arguments.rows)


def ablation(arguments):
    """What each sign adds, as the example `recall` measures it."""
    flags = ["--captions"] if arguments.captions else []
    command = [arguments.program, *flags, *arguments.files]
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=True)
    return {"captions": arguments.captions, "files": json.loads(done.stdout)}


MEASURES = {
    "latency": latency,
    "retrieval": retrieval,
    "kill": kill,
    "load": load,
    "ablation": ablation,
}

if __name__ == "__main__":
    main()
