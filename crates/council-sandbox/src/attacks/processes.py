# What a program can do to processes of the host, and which rights it has itself.
import resource
import signal


def host_process_is(pid):
    """Whether the number means the host's process here, so that no process of the box is taken for it."""
    start = process_start(pid)
    return start is None or start == GROUND["target_start"]


def on_target(name, *arguments):
    if not host_process_is(GROUND["target"]):
        return held("the number means a process of the box")
    result, error = call(name, *arguments)
    return breached(f"{name} succeeded") if result >= 0 else held(f"{name}: {name_of(error)}")


def signal_to_host():
    if not host_process_is(GROUND["target"]):
        return held("the number means a process of the box")
    try:
        os.kill(GROUND["target"], signal.SIGCONT)
    except OSError as problem:
        return held(name_of(problem.errno))
    return breached(f"the host's process {GROUND['target']} took a signal")


def signal_by_descriptor():
    descriptor, error = call("pidfd_open", GROUND["target"], 0)
    if descriptor < 0:
        return held(f"pidfd_open: {name_of(error)}")
    return on_target("pidfd_send_signal", descriptor, int(signal.SIGCONT), None, 0)


def signal_to_group():
    if not host_process_is(GROUND["target"]):
        return held("the number means a process of the box")
    try:
        os.killpg(GROUND["target"], signal.SIGCONT)
    except OSError as problem:
        return held(name_of(problem.errno))
    return breached("the host's process group took a signal")


def trace_host():
    return in_child(lambda: on_target("ptrace", 0x4206, GROUND["target"], 0, 0))


def read_host_memory():
    try:
        with open(f"/proc/{GROUND['target']}/maps") as maps:
            address = int(maps.readline().split("-")[0], 16)
    except (OSError, ValueError):
        address = 0
    here = ctypes.create_string_buffer(4)
    remote = struct.pack("QQ", address, 4)
    local = struct.pack("QQ", ctypes.addressof(here), 4)
    return on_target("process_vm_readv", GROUND["target"], local, 1, remote, 1, 0)


def open_host_memory():
    try:
        with open(f"/proc/{GROUND['target']}/mem", "rb") as _:
            return breached("the host's process's memory opens") if host_process_is(GROUND["target"]) else held("of the box")
    except OSError as problem:
        return held(name_of(problem.errno))


def steal_descriptor():
    descriptor, error = call("pidfd_open", GROUND["target"], 0)
    if descriptor < 0:
        return held(f"pidfd_open: {name_of(error)}")
    return on_target("pidfd_getfd", descriptor, 0, 0)


def descriptors_of_host():
    if not host_process_is(GROUND["target"]):
        return held("the number means a process of the box")
    try:
        there = os.listdir(f"/proc/{GROUND['target']}/fd")
    except OSError as problem:
        return held(name_of(problem.errno))
    return breached(f"the host's process shows {len(there)} descriptors")


def limits_of_host():
    if not host_process_is(GROUND["target"]):
        return held("the number means a process of the box")
    try:
        soft, hard = resource.prlimit(GROUND["target"], resource.RLIMIT_CORE)
        resource.prlimit(GROUND["target"], resource.RLIMIT_CORE, (soft, hard))
    except OSError as problem:
        return held(name_of(problem.errno))
    return breached("changed the limits of the host's process")


def priority_of_host():
    if not host_process_is(GROUND["target"]):
        return held("the number means a process of the box")
    try:
        os.setpriority(os.PRIO_PROCESS, GROUND["target"], os.getpriority(os.PRIO_PROCESS, GROUND["target"]))
    except OSError as problem:
        return held(name_of(problem.errno))
    return breached("set the priority of the host's process")


def raise_limits():
    for name in ("RLIMIT_NPROC", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CPU", "RLIMIT_MEMLOCK", "RLIMIT_CORE"):
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY:
            continue
        try:
            resource.setrlimit(kind, (hard, hard + 1))
        except (OSError, ValueError):
            continue
        return breached(f"raised {name}")
    return held("none could be raised")


def missing_limits():
    # Those that no control group replaces, and the most that makes sense.
    known = {"RLIMIT_FSIZE": 1 << 30, "RLIMIT_CORE": 0, "RLIMIT_NOFILE": 4096, "RLIMIT_MEMLOCK": 64 << 20}
    without = []
    for name, most_of_it in known.items():
        _, hard = resource.getrlimit(getattr(resource, name))
        if hard == resource.RLIM_INFINITY or hard > most_of_it:
            without.append(name)
    return breached(f"without {', '.join(without)}") if without else held("each is there")


def memory_image():
    def crash():
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
            os.abort()
        _, status = os.waitpid(child, 0)
        if os.WCOREDUMP(status):
            return breached("a crash gave a memory image to the host's collector")
        return held("a crash left no memory image")

    return in_child(crash)


def type_into_terminal():
    import fcntl

    def attempt():
        os.setsid()
        error = errno.ENOTTY
        try:
            _, terminal = os.openpty()
            fcntl.ioctl(terminal, 0x540E, 0)
        except OSError:
            terminal = 0
        for descriptor in (terminal, 0, 1, 2):
            try:
                fcntl.ioctl(descriptor, 0x5412, b"\n")
                return breached(f"put a line into the terminal of descriptor {descriptor}")
            except OSError as problem:
                error = problem.errno
                if descriptor == terminal and terminal > 2 and error not in REFUSALS and error != errno.EIO:
                    return breached(f"the terminal answered {name_of(error)}")
        return held(name_of(error))

    return in_child(attempt)


def shared_memory_segments():
    segment, error = call("shmget", GROUND["key"], 0, 0)
    if segment < 0:
        return held(name_of(error))
    LIBC.shmat.restype = ctypes.c_void_p
    LIBC.shmat.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
    address = LIBC.shmat(segment, None, 0o10000)
    if address in (None, ctypes.c_void_p(-1).value):
        return breached("the harness's segment is there")
    return breached(f"read the harness's segment: {ctypes.string_at(address, 8)!r}")


def semaphores():
    result, error = call("semget", GROUND["key"], 0, 0)
    return breached("the harness's semaphores are there") if result >= 0 else held(name_of(error))


def message_queues():
    result, error = call("msgget", GROUND["key"], 0)
    return breached("the harness's queue is there") if result >= 0 else held(name_of(error))


def posix_queues():
    result, error = call("mq_open", GROUND["queue"].encode(), os.O_RDONLY, 0, None)
    return breached("opened the harness's queue") if result >= 0 else held(name_of(error))


def status_field(name):
    text = (read_bytes("/proc/self/status") or b"").decode()
    for line in text.splitlines():
        if line.startswith(f"{name}:"):
            return line.split()[1]
    return None


def capabilities():
    sets = {name: status_field(name) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")}
    held_ones = [f"{name} {value}" for name, value in sets.items() if value and int(value, 16)]
    return breached(", ".join(held_ones)) if held_ones else held("none")


def capabilities_to_come():
    bound = status_field("CapBnd")
    if bound is None:
        return held("cannot be read")
    return breached(f"the bounding set is {bound}") if int(bound, 16) else held("the bounding set is empty")


def new_privileges():
    said = LIBC.prctl(39, 0, 0, 0, 0)
    return held("no_new_privs is set") if said == 1 else breached("a program that it starts may gain rights")


def no_call_filter():
    mode = status_field("Seccomp")
    if mode is None:
        return held("cannot be read")
    return breached("no system call is filtered") if mode == "0" else held(f"seccomp mode {mode}")


def is_root():
    return breached("it runs as root") if os.getuid() == 0 or os.geteuid() == 0 else held(f"it runs as {os.getuid()}")


def become_another_user():
    def attempt():
        for change in (lambda: os.setuid(0), lambda: os.setresuid(1, 1, 1), lambda: os.setgroups([0]), lambda: os.setgid(0)):
            try:
                change()
            except OSError:
                continue
            return breached("the kernel let it")
        return held("refused")

    # Root's own numbers mean no change, so they prove nothing for it.
    return breached("it is root and may become anyone") if os.getuid() == 0 else in_child(attempt)


def raise_priority():
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -5)
        return breached("set its priority above the host's")
    except OSError:
        pass
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        return breached("runs in real time")
    except OSError as problem:
        return held(name_of(problem.errno))
