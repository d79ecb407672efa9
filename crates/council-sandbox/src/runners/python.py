"""Runs Python for the sandbox: as a zygote that is copied, or as a runner that was started for one box.

A runner hears and speaks through descriptor 3. It says `R` and its pid when it is ready, hears a length, a letter, a word
and a source, runs it, and says `D`, the word and how it went. The program shares this process: nothing that is said
here is trusted outside.
"""

import sys

# What every program is likely to need costs nothing when it is here before the copy is made.
import ast, atexit, base64, bisect, collections, copy, csv, dataclasses, datetime, decimal, enum, fractions, functools
import hashlib, heapq, io, itertools, json, linecache, math, operator, os, pathlib, random, re, socket, statistics
import string, struct, textwrap, threading, time, traceback, types, typing

NAME = "<program>"
MOST_VALUE = 65536


def say(kind, what):
    data = what.encode("utf-8", "replace")
    data = kind + struct.pack("<I", len(data)) + data
    while data:
        data = data[os.write(3, data):]


def hear(count):
    data = bytearray()
    while len(data) < count:
        piece = os.read(3, count - len(data))
        if not piece:
            os._exit(0)
        data += piece
    return bytes(data)


def fresh():
    """The module that a program is, with nothing of the runner in it."""
    module = types.ModuleType("__main__")
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    return module.__dict__


def split(source):
    """The program, and its last expression apart, if it ends with one."""
    tree = ast.parse(source, NAME)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
        last = compile(last, NAME, "eval")
    return compile(tree, NAME, "exec"), last


def explain(error):
    """The traceback as Python prints it, without the runner's own frames."""
    place = error.__traceback__
    while place and place.tb_frame.f_code.co_filename != NAME:
        place = place.tb_next
    traceback.print_exception(type(error), error, place)


def save_figures():
    """Figures that the program left open, as files."""
    plots = sys.modules.get("matplotlib.pyplot")
    if plots is None:
        return
    for number in plots.get_fignums():
        save_figure(plots, number)
    plots.close("all")


def save_figure(plots, number):
    name = f"figure-{number}.png"
    turn = 2
    while os.path.exists(name):
        name = f"figure-{number}-{turn}.png"
        turn += 1
    plots.figure(number).savefig(name)


def show(*_arguments, **_options):
    save_figures()


def run(source, names, session):
    """Runs a program, and tells its exit status, the value of its last expression, whether that was cut, and whether
    memory was what it lacked."""
    value, cut, status, memory = None, False, 0, False
    try:
        text = source.decode("utf-8")
        linecache.cache[NAME] = (len(text), None, text.splitlines(True), NAME)
        body, last = split(text)
        plots = sys.modules.get("matplotlib.pyplot")
        if plots is not None:
            plots.show = show
        exec(body, names)
        if last is not None:
            result = eval(last, names)
            if result is not None:
                names["_"] = result
                # Half of a character is no text.
                whole = repr(result)
                cut = len(whole) > MOST_VALUE
                value = whole[:MOST_VALUE].encode("utf-8", "backslashreplace").decode()
        save_figures()
    except SystemExit as end:
        code = end.code
        if code is None:
            status = 0
        elif isinstance(code, int):
            status = code & 0xFF
        else:
            print(code, file=sys.stderr)
            status = 1
    except BaseException as error:
        status = 130 if isinstance(error, KeyboardInterrupt) else 1
        memory = isinstance(error, MemoryError)
        try:
            explain(error)
        except BaseException:
            print(type(error).__name__, file=sys.stderr)
    if not session:
        try:
            threading._shutdown()
            atexit._run_exitfuncs()
        except BaseException as error:
            status = status or 1
            explain(error)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass
    return {"exit": status, "value": value, "cut": cut, "memory": memory}


def serve():
    """Says that it is ready, and runs what it hears until nobody speaks."""
    home, temporary = os.environ.get("HOME", "/box"), os.environ.get("TMPDIR", "/tmp")
    os.environ.clear()
    os.environ.update(HOME=home, LANG="C.UTF-8", MPLBACKEND="Agg", MPLCONFIGDIR=temporary, OPENBLAS_NUM_THREADS="1",
                      PATH="/usr/local/bin:/usr/bin:/bin", TMPDIR=temporary, USER="box", PYTHONDONTWRITEBYTECODE="1",
                      XDG_CACHE_HOME=temporary + "/.cache")
    os.chdir(home)
    sys.argv = [NAME]
    sys.path.insert(0, home)
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
    names = fresh()
    session = True
    # What the first program would touch is touched now: pages that are copied, code that is compiled.
    run(b"import math\ndef f(x): return [math.sqrt(x), f'{x:.3f}', {x: str(x)}]\nf(2); None", {}, session)
    linecache.clearcache()
    say(b"R", str(os.getpid()))
    while True:
        (length,) = struct.unpack("<I", hear(4))
        session = hear(1) == b"s"
        word = hear(16).decode("ascii")
        source = hear(length)
        runner = os.getpid()
        try:
            how = run(source, names, session)
        except KeyboardInterrupt:
            how = {"exit": 130, "value": None, "memory": False}
        if os.getpid() != runner:
            # A child that the program made and did not end: what it does is not how the program ends.
            os._exit(how["exit"])
        say(b"D", word + json.dumps(how, ensure_ascii=False))


def zygote():
    """Imports what copies will need, and makes a copy for each order."""
    import ctypes, ctypes.util, fcntl

    for name in sys.argv[2:]:
        if not name.startswith("/"):
            __import__(name)
    libc = ctypes.CDLL(None, use_errno=True)
    orders = socket.socket(fileno=3)
    first = json.loads(orders.recv(1 << 17))
    calls = bytes.fromhex(first["calls"])
    user = first["user"]

    def must(result, what):
        if result != 0:
            code = ctypes.get_errno()
            os.write(2, f"{what}: {os.strerror(code)}\n".encode())
            os._exit(1)

    def number(value):
        return ctypes.c_long(value)

    def become_copy(place, given):
        """In the copy: enters the box and gives up what a program must not have."""
        spaces, streams, doors = given[:7], given[7:11], given[11:]
        # Into the box's control groups, before the copy that will run the program is made.
        for door in doors:
            os.write(door, b"0")
        for space in spaces:
            must(libc.setns(space, 0), "setns")
        copy = os.fork()
        if copy:
            # The launcher becomes its parent, and must know which box it lives in.
            os.write(3, json.dumps({"box": place, "pid": copy}).encode())
            os._exit(0)
        os.setsid()
        # Out of the way first, so that no number that is still needed is written over.
        streams = [fcntl.fcntl(stream, fcntl.F_DUPFD, 64) for stream in streams]
        for target, stream in enumerate(streams):
            os.dup2(stream, target)
        os.closerange(4, 256)
        control = socket.socket(fileno=3)
        _, (paths, *_), _, _ = socket.recv_fds(control, 7, 4)
        control.detach()
        for capability in range(64):
            libc.prctl(24, number(capability), number(0), number(0), number(0))
        try:
            os.setgroups([])
        except PermissionError:
            # A user that has no other groups to give up may not say so.
            pass
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        header = struct.pack("<Ii", 0x20080522, 0)
        must(libc.capset(header, bytes(24)), "capset")
        # Its files under /proc are its own again; changing the user took them away.
        must(libc.prctl(4, number(1), number(0), number(0), number(0)), "dumpable")
        must(libc.prctl(38, number(1), number(0), number(0), number(0)), "no_new_privs")
        must(libc.syscall(number(446), number(paths), number(0)), "landlock")
        os.close(paths)
        filter_bytes = ctypes.create_string_buffer(calls, len(calls))
        program = struct.pack("<HxxxxxxQ", len(calls) // 8, ctypes.addressof(filter_bytes))
        must(libc.prctl(22, number(2), ctypes.c_char_p(program), number(0), number(0)), "seccomp")

    orders.send(b"{}")
    while True:
        message, given, _, _ = socket.recv_fds(orders, 1 << 17, 16)
        if not message:
            os._exit(0)
        if os.fork() == 0:
            orders.detach()
            become_copy(json.loads(message), given)
            return
        for descriptor in given:
            os.close(descriptor)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass


if len(sys.argv) > 2:
    # The science environment's packages instead of the system's, which may be of other versions.
    sys.path[:] = [place for place in sys.path if not place.endswith("-packages")] + [sys.argv[2]]
if sys.argv[1:2] == ["zygote"]:
    zygote()
serve()
