# What a run can learn of another one, before it or beside it. The first functions are the other run.
import signal
import socket

FOLDERS = (".", "/tmp", "/dev/shm", "/var/tmp")
NAME = f"left-{GROUND['token']}"
KEY = GROUND["key"] + 1
LEFT, STAYS = f"l{GROUND['mark']}", f"s{GROUND['mark']}"


def leave_things():
    left = []
    for folder in FOLDERS:
        try:
            with open(f"{folder}/{NAME}", "w") as file:
                file.write(GROUND["token"])
            left.append(folder)
        except OSError:
            continue
    # A process that nobody waits for and that ends by itself, should no box end it.
    if os.fork() == 0:
        os.setsid()
        mark(LEFT)
        for descriptor in (0, 1, 2):
            os.close(descriptor)
        time.sleep(10)
        os._exit(0)
    return f"left in {left}"


def stay():
    kept = []
    mark(STAYS)
    for family, address in ((socket.AF_UNIX, f"\0{NAME}"), (socket.AF_INET, ("127.0.0.1", GROUND["free_port"]))):
        try:
            listener = socket.socket(family)
            listener.bind(address)
            listener.listen()
            kept.append(listener)
        except OSError:
            continue
    for folder in FOLDERS:
        try:
            with open(f"{folder}/{NAME}", "w") as file:
                file.write(GROUND["token"])
        except OSError:
            continue
    segment, _ = call("shmget", KEY, 4096, 0o1666)
    print("ready", flush=True)
    time.sleep(4)
    LIBC.shmctl(segment, 0, None)
    return "stayed"


def left_files():
    for folder in FOLDERS:
        if os.path.exists(f"{folder}/{NAME}"):
            return breached(f"the other run's file is in {folder}")
    return held("none of the other run's files")


def find(name):
    for process in processes():
        if process != os.getpid() and (read_bytes(f"/proc/{process}/comm") or b"").decode().strip() == name:
            return process
    return None


def left_processes():
    process = find(LEFT)
    return breached(f"the other run's process {process} is there") if process else held("none of the other run's processes")


def neighbours_files():
    return left_files()


def neighbours_processes():
    process = find(STAYS)
    return breached(f"the other run's process {process} is there") if process else held("none of the other run's processes")


def neighbours_memory():
    process = find(STAYS)
    if process is None:
        return held("the other run's process is not seen")
    try:
        with open(f"/proc/{process}/mem", "rb"):
            return breached("the other run's memory opens")
    except OSError as problem:
        return held(name_of(problem.errno))


def neighbours_signals():
    process = find(STAYS)
    if process is None:
        return held("the other run's process is not seen")
    try:
        os.kill(process, signal.SIGCONT)
    except OSError as problem:
        return held(name_of(problem.errno))
    return breached("the other run took a signal")


def connect_to(family, address):
    try:
        with socket.socket(family) as connection:
            connection.settimeout(1)
            connection.connect(address)
    except OSError as problem:
        return held("no answer" if problem.errno is None else name_of(problem.errno))
    return breached("the other run took a connection")


def neighbours_socket():
    return connect_to(socket.AF_UNIX, f"\0{NAME}")


def neighbours_port():
    return connect_to(socket.AF_INET, ("127.0.0.1", GROUND["free_port"]))


def neighbours_segment():
    result, error = call("shmget", KEY, 0, 0)
    return breached("the other run's segment is there") if result >= 0 else held(name_of(error))
