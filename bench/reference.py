#!/usr/bin/env python3
"""Compares Council with llama.cpp's own programs: same model file, threads and load, in turn (A B A B …).

    bench/reference.py --council BINARY --llama-server BINARY --llama-bench BINARY --models-dir DIR

Writes a table, and the numbers as JSON to --out. A miss of a target is printed like a hit.
"""

import argparse
import datetime
import json
import os
import platform
import re
import signal
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import measures


@dataclass(frozen=True)
class Model:
    """A model file, and the tokens that would end an answer."""

    id: str
    file: Path
    end_tokens: tuple


@dataclass(frozen=True)
class Setup:
    """What is compared, and how."""

    council: Path
    llama_server: Path
    llama_bench: Path
    model: Model
    small: Model
    threads: int
    runs: int


# End tokens by vocabulary: Qwen2's <|im_end|> and <|endoftext|>, SmolLM2's <|endoftext|> and <|im_end|>.
END_TOKENS = {"qwen2.5": (151645, 151643), "smollm2": (0, 2)}


@dataclass(frozen=True)
class Question:
    """One line of the table: a series of ours against one of theirs."""

    name: str
    measure: str
    series: str
    unit: str
    reference: str
    # The bound of what `judged` gives, and whether it is an upper one.
    target: float | None = None
    at_most: bool = False
    # Our own median is judged instead of the ratio.
    absolute: bool = False


QUESTIONS = [
    Question("prompt, 1 thread", "speed-1", "prompt", "tokens/s", "llama-bench", 0.97),
    Question("generation, 1 thread", "speed-1", "generation", "tokens/s", "llama-bench", 0.97),
    Question("prompt, 2 threads", "speed-2", "prompt", "tokens/s", "llama-bench", 0.97),
    Question("generation, 2 threads", "speed-2", "generation", "tokens/s", "llama-bench", 0.97),
    Question("CPU time of a prompt of 512, 1 thread", "cpu", "prompt", "s", "llama-server"),
    Question("CPU time of 128 tokens, 1 thread", "cpu", "generation", "s", "llama-server"),
    Question("8 requests at once", "parallel", "total", "tokens/s", "llama-server", 1.0),
    Question("CPU time of 8 requests", "parallel", "cpu", "s", "llama-server"),
    Question("first token, 1,000 tokens", "second-turn", "first", "s", "llama-server"),
    Question("first token, second turn", "second-turn", "second", "s", "llama-server"),
    Question("second turn's share of the first", "second-turn", "share", "", "llama-server", 0.25, True, True),
    Question("five voices", "voices", "seconds", "s", "llama-server", 0.4, True),
    Question("five voices, its cache off", "voices", "seconds", "s", "llama-server without its cache"),
    Question("generation, quiet, threads by itself", "crowded", "quiet", "tokens/s", "llama-server", 0.97),
    Question("generation beside a busy program", "crowded", "busy", "tokens/s", "llama-server"),
    Question("the client itself", "overhead", "client", "ms", "council"),
    Question("overhead of a request", "overhead", "overhead", "ms", "llama-server", 2, True, True),
    Question("latency of a cached token", "overhead", "latency", "ms", "llama-server"),
    Question("start to first answer", "start", "ready", "s", "llama-server", 1.5, True, True),
    Question("memory beyond the model, idle", "start", "memory", "MB", "llama-server", 80, True, True),
]

MEASURES = {
    "speed-1": lambda setup: measures.speed(setup, 1),
    "speed-2": lambda setup: measures.speed(setup, 2),
    "cpu": measures.cpu_speed,
    "parallel": measures.parallel,
    "second-turn": measures.second_turn,
    "voices": measures.voices,
    "crowded": measures.crowded,
    "overhead": measures.overhead,
    "start": measures.start,
}


def main():
    """Measures, prints and writes."""
    # A shell starts background jobs deaf to Ctrl-C; asked to stop either way, the servers are ended too.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    arguments = parse()
    setup = Setup(
        council=arguments.council,
        llama_server=arguments.llama_server,
        llama_bench=arguments.llama_bench,
        model=model(arguments.models_dir, arguments.model),
        small=model(arguments.models_dir, arguments.small_model),
        threads=arguments.threads,
        runs=arguments.runs,
    )
    environment = describe(setup)
    values = defaultdict(list)
    for name in arguments.only or MEASURES:
        before = os.getloadavg()[0]
        for series, program, value in MEASURES[name](setup):
            values[name, series, program].append(value)
            print(f"  {name} {series} {program}: {value:.3f}", file=sys.stderr, flush=True)
        environment["load_average"][name] = {"before": before, "after": os.getloadavg()[0]}
        # After each measure, so that a run that is stopped keeps what it has.
        rows = [row for question in QUESTIONS if (row := judge(question, values))]
        if arguments.out:
            arguments.out.write_text(json.dumps({"environment": environment, "results": rows}, indent=1) + "\n")
    print(table(rows))


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--council", type=Path, required=True)
    parser.add_argument("--llama-server", type=Path, required=True)
    parser.add_argument("--llama-bench", type=Path, required=True)
    parser.add_argument("--models-dir", type=Path, required=True, help="where <model>.gguf is")
    parser.add_argument("--model", default="qwen2.5-coder-0.5b-instruct")
    parser.add_argument("--small-model", default="smollm2-135m-instruct", help="for the overhead of a request")
    parser.add_argument("--threads", type=int, default=2, help="where a measure does not say its own")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=MEASURES)
    parser.add_argument("--out", type=Path, help="JSON")
    return parser.parse_args()


def model(directory, name):
    """The model of a name."""
    family = next((family for family in END_TOKENS if name.startswith(family)), None)
    if family is None:
        sys.exit(f"the end tokens of `{name}` are not known; add its family to END_TOKENS")
    return Model(name, directory / f"{name}.gguf", END_TOKENS[family])


def describe(setup):
    """What the numbers depend on."""
    cpuinfo = Path("/proc/cpuinfo").read_text()
    name = re.search(r"^model name\s*: (.*)$", cpuinfo, re.MULTILINE)

    def version(*command):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return (done.stdout + done.stderr).strip().splitlines()[0]

    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": name[1] if name else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "kernel": platform.release(),
        "model": setup.model.id,
        "model_bytes": setup.model.file.stat().st_size,
        "small_model": setup.small.id,
        "threads": setup.threads,
        "runs": setup.runs,
        "council": version(setup.council, "--version"),
        "llama.cpp": version(setup.llama_server, "--version"),
        "load_average": {},
    }


def judge(question, values):
    """A row of the result; none when it was not measured."""
    ours = values.get((question.measure, question.series, "council"))
    theirs = values.get((question.measure, question.series, question.reference))
    if not ours or not theirs:
        return None
    ratio = median(ours) / median(theirs)
    judged = median(ours) if question.absolute else ratio
    met = None
    if question.target is not None:
        met = judged <= question.target if question.at_most else judged >= question.target
    return {
        "name": question.name,
        "unit": question.unit,
        "council": spread(ours),
        "reference": {"program": question.reference} | spread(theirs),
        "ratio": round(ratio, 4),
        "target": question.target and {
            "of": "council" if question.absolute else "ratio",
            "at_most" if question.at_most else "at_least": question.target,
            "met": met,
        },
    }


def spread(values):
    """Median, extremes, number, and the values themselves."""
    rounded = [round(value, 4) for value in values]
    return {
        "median": round(median(values), 4),
        "min": min(rounded),
        "max": max(rounded),
        "n": len(values),
        "values": rounded,
    }


def table(rows):
    """The rows as Markdown."""
    lines = ["| | council | reference | ratio | target | |", "|---|---|---|---|---|---|"]
    for row in rows:
        target, verdict = "", ""
        if row["target"]:
            bound = "≤ {at_most}" if "at_most" in row["target"] else "≥ {at_least}"
            target = f"{row['target']['of']} {bound.format(**row['target'])}"
            verdict = "met" if row["target"]["met"] else "missed"
        cells = (shown(row["council"], row["unit"]), shown(row["reference"], row["unit"]))
        lines.append(
            f"| {row['name']} | {cells[0]} | {cells[1]} ({row['reference']['program']}) "
            f"| {row['ratio']:.2f} | {target} | {verdict} |"
        )
    return "\n".join(lines)


def shown(spread, unit):
    """A median with its spread."""
    return f"{spread['median']:.4g} {unit} ({spread['min']:.4g}–{spread['max']:.4g})".replace("  ", " ")


if __name__ == "__main__":
    main()
