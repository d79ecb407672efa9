"""What is measured. Each measure yields `(series, program, value)`, run after run, the programs in turn."""

import contextlib
import itertools
import json
import random
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import mean

from processes import Busywork, Council, Echo, LlamaServer

WORDS = (
    "river stone window paper garden winter engine letter market silver copper bridge harbour candle "
    "forest meadow signal thunder pocket mirror ladder basket castle feather island journey kitchen lantern"
).split()
_fresh = itertools.count()


def words(count):
    """A text of about `count` words that no cache has seen."""
    source = random.Random(f"council {next(_fresh)}")
    return " ".join(source.choice(WORDS) for _ in range(count))


_counts = {}


def text_of(server, tokens):
    """A fresh text of exactly `tokens` tokens as the server counts them, or as near as words come."""
    if tokens not in _counts:
        count = tokens
        for _ in range(4):
            _counts[tokens] = words(count)
            found = server.complete(_counts[tokens], 1)["usage"]["prompt_tokens"]
            if found == tokens:
                break
            count += tokens - found
    # The same words in another order have as many tokens, and share no prefix worth the name.
    first, *rest = _counts[tokens].split()
    random.Random(next(_fresh)).shuffle(rest)
    return " ".join([first, *rest])


def speed(setup, threads):
    """Prompt and generation speed against `llama-bench`, which has neither server nor sampling."""
    with Council(setup.council, setup.model, threads) as council:
        council.wait_ready()
        for _ in range(setup.runs):
            prompt = council.stream(text_of(council, 512), 1)
            # The first token is part of what a prompt costs here, and not in llama-bench.
            yield "prompt", "council", prompt.prompt_tokens / prompt.first_token_seconds
            generated = council.stream(words(6), 129)
            yield "generation", "council", generated.tokens_per_second
            for kind, value in llama_bench(setup, threads).items():
                yield kind, "llama-bench", value


def llama_bench(setup, threads):
    """Tokens per second of one run of `llama-bench`."""
    sizes = ["-p", 512, "-n", 128, "-t", threads, "-r", 1]
    command = map(str, [setup.llama_bench, "-m", setup.model.file, *sizes, "-o", "json"])
    output = subprocess.run(list(command), check=True, capture_output=True, text=True).stdout
    return {("prompt" if test["n_prompt"] else "generation"): test["avg_ts"] for test in json.loads(output)}


def cpu_speed(setup):
    """CPU time of 128 tokens and of a prompt of 512, one thread: what a busy machine cannot distort much."""
    with (
        Council(setup.council, setup.model, 1) as council,
        LlamaServer(setup.llama_server, setup.model, 1) as llama,
    ):
        for server in (council, llama):
            server.wait_ready()
        for _ in range(setup.runs):
            for name, server in (("council", council), ("llama-server", llama)):
                prompt = text_of(council, 512)
                before = server.cpu_seconds()
                server.complete(prompt, 1)
                between = server.cpu_seconds()
                server.complete(words(6), 128)
                yield "prompt", name, between - before
                yield "generation", name, server.cpu_seconds() - between


def parallel(setup):
    """Generated tokens per second of eight requests at once, prompts of 64 tokens, 64 tokens each."""
    with (
        Council(setup.council, setup.model, setup.threads) as council,
        LlamaServer(setup.llama_server, setup.model, setup.threads, slots=8) as llama,
    ):
        for server in (council, llama):
            server.wait_ready()
            together(server, [words(60) for _ in range(8)], 4)
        for _ in range(setup.runs):
            for name, server in (("council", council), ("llama-server", llama)):
                before = server.cpu_seconds()
                seconds, tokens = together(server, [words(60) for _ in range(8)], 64)
                yield "total", name, tokens / seconds
                yield "cpu", name, server.cpu_seconds() - before


def together(server, prompts, tokens):
    """Asks all at once; returns the time and the generated tokens."""
    with ThreadPoolExecutor(len(prompts)) as pool:
        begin = time.perf_counter()
        answers = list(pool.map(lambda prompt: server.complete(prompt, tokens), prompts))
        seconds = time.perf_counter() - begin
    counts = [answer["usage"]["completion_tokens"] for answer in answers]
    if counts != [tokens] * len(prompts):
        raise RuntimeError(f"asked for {tokens} tokens each, got {counts}")
    return seconds, sum(counts)


def second_turn(setup):
    """Time to the first token of two turns of a conversation of 1,000 tokens, and the second as a share."""
    with (
        Council(setup.council, setup.model, setup.threads) as council,
        LlamaServer(setup.llama_server, setup.model, setup.threads) as llama,
    ):
        for server in (council, llama):
            server.wait_ready()
        for _ in range(setup.runs):
            for name, server in (("council", council), ("llama-server", llama)):
                messages = [{"role": "user", "content": text_of(council, 1000) + " What is this?"}]
                first = server.stream(messages, 32)
                messages += [
                    {"role": "assistant", "content": first.text},
                    {"role": "user", "content": "And what is it not?"},
                ]
                second = server.stream(messages, 8)
                yield "first", name, first.first_token_seconds
                yield "second", name, second.first_token_seconds
                yield "share", name, second.first_token_seconds / first.first_token_seconds


def crowded(setup):
    """Generated tokens per second while another program keeps one core busy; ours choose the number of threads."""
    with (
        Council(setup.council, setup.model, "auto") as council,
        LlamaServer(setup.llama_server, setup.model, setup.threads) as llama,
    ):
        for server in (council, llama):
            server.wait_ready()
        for busy in (False, True):
            with Busywork() if busy else contextlib.nullcontext():
                for server in (council, llama):
                    server.complete(words(6), 64)
                for _ in range(setup.runs):
                    for name, server in (("council", council), ("llama-server", llama)):
                        yield "busy" if busy else "quiet", name, server.stream(words(6), 65).tokens_per_second


VOICES = ["a sceptic", "an engineer", "a teacher", "a lawyer", "a child"]


def voices(setup):
    """Five voices that share a prompt of 700 tokens, 64 tokens each: at once against one after the other."""
    with (
        Council(setup.council, setup.model, setup.threads) as council,
        LlamaServer(setup.llama_server, setup.model, setup.threads) as cached,
    ):
        for server in (council, cached):
            server.wait_ready()
        together(council, [words(20) for _ in VOICES], 4)
        for _ in range(setup.runs):
            prompt = text_of(council, 700)
            seconds, _ = together(council, [f"{prompt} Answer as {voice}:" for voice in VOICES], 64)
            yield "seconds", "council", seconds
            for name, reuse in (("llama-server", True), ("llama-server without its cache", False)):
                prompt = text_of(council, 700)
                begin = time.perf_counter()
                for voice in VOICES:
                    cached.complete(f"{prompt} Answer as {voice}:", 64, cache_prompt=reuse)
                yield "seconds", name, time.perf_counter() - begin


def overhead(setup):
    """Milliseconds of a request for one token of a cached prompt that are spent neither in the engine nor here.

    What the client itself takes is measured against a socket that answers at once (`client`), and taken off.
    """
    requests = 50
    messages = [{"role": "user", "content": "Say yes."}]
    with (
        Council(setup.council, setup.small, 1) as council,
        LlamaServer(setup.llama_server, setup.small, 1) as llama,
    ):
        for server in (council, llama):
            server.wait_ready()
            server.complete(messages, 1)
        for _ in range(setup.runs):
            with Echo(council.complete(messages, 1)) as echo:
                connection = echo.connect()
                timings = [timed(lambda: council.complete(messages, 1, connection)) for _ in range(requests)]
                connection.close()
            client = mean(seconds for seconds, _ in timings)
            yield "client", "council", client * 1000
            before = council.engine_seconds()
            connection = council.connect()
            timings = [timed(lambda: council.complete(messages, 1, connection)) for _ in range(requests)]
            connection.close()
            latency = mean(seconds for seconds, _ in timings)
            engine = (council.engine_seconds() - before) / requests
            yield "overhead", "council", (latency - engine - client) * 1000
            yield "latency", "council", latency * 1000
            connection = llama.connect()
            timings = [timed(lambda: llama.complete(messages, 1, connection)) for _ in range(requests)]
            connection.close()
            latency = mean(seconds for seconds, _ in timings)
            engine = mean(engine_ms(answer["timings"]) for _, answer in timings)
            yield "overhead", "llama-server", (latency - client) * 1000 - engine
            yield "latency", "llama-server", latency * 1000


def engine_ms(timings):
    """What `llama-server` says that its engine took."""
    return timings["prompt_ms"] + timings["predicted_ms"]


def timed(action):
    """How long it takes, and what comes of it."""
    begin = time.perf_counter()
    result = action()
    return time.perf_counter() - begin, result


def start(setup):
    """Seconds from the start to the first answer, and the megabytes beyond the model file two seconds later."""
    size = setup.model.file.stat().st_size
    for _ in range(setup.runs):
        for name, make in (
            ("council", lambda: Council(setup.council, setup.model, setup.threads)),
            ("llama-server", lambda: LlamaServer(setup.llama_server, setup.model, setup.threads)),
        ):
            with make() as server:
                yield "ready", name, server.wait_ready()
                # What the load has freed is given back by then.
                time.sleep(2)
                yield "memory", name, (server.memory_bytes() - size) / 1e6
