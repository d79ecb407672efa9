# Programs that take what they can. `most` keeps each of them small outside a box.
import mmap
import resource
import signal
import socket
import threading

MEGABYTE = 1 << 20


def fork_bomb():
    made = 0
    while made < most(1 << 40, 4):
        try:
            if os.fork() == 0 and GROUND["gentle"]:
                os._exit(0)
            made += 1
        except OSError:
            continue
    done()


def processes_at_once():
    made = 0
    try:
        while made < most(5000, 8):
            if os.fork() == 0:
                time.sleep(most(30, 1))
                os._exit(0)
            made += 1
    except OSError:
        pass
    got(made)
    done()


def threads_at_once():
    threading.stack_size(64 << 10)
    made = 0
    try:
        while made < most(5000, 8):
            threading.Thread(target=time.sleep, args=(most(30, 0.2),), daemon=True).start()
            made += 1
    except (RuntimeError, MemoryError):
        pass
    got(made)
    done()
    os._exit(0)


def memory_in_one():
    kept = []
    for amount in range(16, most(1024, 64), 16):
        kept.append(b"\1" * (16 * MEGABYTE))
        got(amount)
    done()


def in_many(take):
    """How many megabytes children hold together, each taking 24 of them: no more than a host can bear."""
    readable, writable = os.pipe()
    os.set_blocking(readable, False)
    amount = 0

    def hear():
        nonlocal amount
        try:
            while piece := os.read(readable, 1):
                amount += int(piece)
                got(amount)
        except BlockingIOError:
            pass

    for _ in range(most(60, 2)):
        hear()
        try:
            child = os.fork()
        except OSError:
            break
        if child == 0:
            kept = []
            try:
                for _ in range(most(3, 1)):
                    kept.append(take(8 * MEGABYTE))
                    os.write(writable, b"8")
            except (OSError, MemoryError):
                pass
            os.close(writable)
            time.sleep(most(30, 1))
            os._exit(0)
    os.close(writable)
    os.set_blocking(readable, True)
    hear()
    got(amount)
    done()


def memory_in_many():
    in_many(lambda size: b"\1" * size)


def shared_memory_in_many():
    def take(size):
        memory = mmap.mmap(-1, size)
        memory.write(b"\1" * size)
        return memory

    in_many(take)


def memory_files():
    # Pages of a memory file belong to no process's address space once they are written.
    kept, amount = [], 0
    try:
        while amount < most(1400, 32):
            kept.append(os.memfd_create("a-file"))
            for _ in range(16):
                os.write(kept[-1], b"\1" * MEGABYTE)
                amount += 1
                got(amount)
    except (OSError, AttributeError):
        pass
    got(amount)
    done()


def memory_files_in_many():
    def take(size):
        file = os.memfd_create("a-file")
        written = 0
        while written < size:
            written += os.write(file, b"\1" * min(MEGABYTE, size - written))
        return file

    in_many(take)


def fill(folder):
    amount = 0
    try:
        for number in range(most(50, 4)):
            with open(f"{folder}/filling-{number}", "wb", buffering=0) as file:
                for _ in range(4):
                    amount += file.write(b"\1" * MEGABYTE)
    except OSError:
        pass
    got(amount)
    for number in range(50):
        if os.path.exists(f"{folder}/filling-{number}"):
            os.unlink(f"{folder}/filling-{number}")
    done()


def fill_tmp():
    fill("/tmp")


def fill_own_folder():
    fill(os.getcwd())


def fill_hidden_folder():
    """Writes through what was opened before, where nobody can look any more, and stays for a while."""
    os.mkdir("hidden")
    files = [open(f"hidden/filling-{number}", "wb", buffering=0) for number in range(50)]
    os.chmod("hidden", 0o400)
    amount = 0
    try:
        for file in files[:most(50, 4)]:
            for _ in range(4):
                amount += file.write(b"\1" * MEGABYTE)
    except OSError:
        pass
    time.sleep(most(2, 0))
    os.chmod("hidden", 0o700)
    for number in range(50):
        os.unlink(f"hidden/filling-{number}")
    got(amount)
    done()


def fill_shared_memory():
    fill("/dev/shm")


def inodes():
    os.mkdir("many")
    made = 0
    try:
        for number in range(most(10_000, 50)):
            os.close(os.open(f"many/{number}", os.O_CREAT | os.O_WRONLY))
            made += 1
    except OSError:
        pass
    got(made)
    for number in range(made):
        os.unlink(f"many/{number}")
    done()


def sparse_file():
    size = 0
    try:
        with open("sparse", "wb") as file:
            for power in range(10, most(40, 20)):
                file.truncate(1 << power)
                size = 1 << power
    except OSError:
        pass
    got(size)
    os.unlink("sparse")
    done()


def huge_file():
    size = 0
    try:
        with open("huge", "wb", buffering=0) as file:
            for _ in range(most(1024, 8)):
                size += file.write(b"\1" * MEGABYTE)
    except OSError:
        pass
    got(size)
    os.unlink("huge")
    done()


def open_files():
    kept = []
    try:
        while len(kept) < most(100_000, 20):
            kept.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    got(len(kept))
    done()


def pipes():
    kept, amount = [], 0
    try:
        while amount < most(1 << 30, MEGABYTE):
            kept.append(os.pipe())
            os.set_blocking(kept[-1][1], False)
            amount += os.write(kept[-1][1], bytes(1 << 16))
    except OSError:
        pass
    got(amount)
    done()


def fill_sockets(size):
    """Leaves at least so much waiting in sockets, which is the kernel's memory; as much as fits into each of them."""
    kept, left = [], size
    while left > 0:
        kept.extend(socket.socketpair())
        for end in kept[-2:]:
            end.setblocking(False)
            try:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
            except OSError:
                pass
            try:
                while left > 0:
                    left -= end.send(bytes(1 << 16))
            except BlockingIOError:
                continue
    return kept


def socket_buffers():
    kept, amount = [], 0
    try:
        while amount < most(1400, 8):
            kept.append(fill_sockets(8 * MEGABYTE))
            amount += 8
            got(amount)
    except OSError:
        pass
    got(amount)
    done()


def socket_buffers_in_many():
    in_many(fill_sockets)


def page_tables():
    # Reading from memory that was never written takes no page, but a table for each two megabytes.
    length = most(3 << 37, 1 << 28)
    taken = 0
    LIBC.mmap.restype = ctypes.c_void_p
    LIBC.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
    LIBC.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    while length >= 1 << 28:
        start = LIBC.mmap(None, length, mmap.PROT_READ, 0x4022, -1, 0)
        if start in (None, ctypes.c_void_p(-1).value):
            length >>= 1
            continue
        LIBC.madvise(start, length, 15)
        for offset in range(0, length, 2 * MEGABYTE):
            ctypes.string_at(start + offset, 1)
            taken += 4096
            if taken % (4 * MEGABYTE) == 0:
                got(taken // MEGABYTE)
        if GROUND["gentle"] or taken > 1400 * MEGABYTE:
            break
    got(taken // MEGABYTE)
    done()


def page_tables_by_javascript():
    # What runs JavaScript needs room for addresses; its children have no more use for it than others.
    page_tables()


def locked_memory():
    amount = 0
    memory = mmap.mmap(-1, 256 * MEGABYTE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    LIBC.mlock.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
    while amount < most(256, 1) and LIBC.mlock(start + amount * MEGABYTE, MEGABYTE) == 0:
        amount += 1
    got(amount)
    done()


def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def spin_in_one():
    spin(most(60, 0.1))
    done()


def spin_in_many():
    for _ in range(3):
        if os.fork() == 0:
            break
    spin(most(60, 0.1))
    done()


def spin_one_after_another():
    # No single process spends much, all of them together do.
    for _ in range(most(600, 2)):
        child = os.fork()
        if child == 0:
            spin(0.1)
            os._exit(0)
        os.waitpid(child, 0)
    done()


def spin_in_children_that_nobody_waits_for():
    # The kernel adds their time to no parent's.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in range(most(60, 2)):
        if os.fork() == 0:
            spin(0.3)
            os._exit(0)
        time.sleep(0.2)
    done()


def spin_in_one_call():
    # Inside one operation, where the interpreter looks at no signal.
    print(pow(7, most(30_000_000, 1000)).bit_length())
    done()


def spin_on():
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    spin(most(60, 0.1))
    done()


def sleep_on():
    time.sleep(most(60, 0.1))
    done()


def ignore_signals():
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    end = time.monotonic() + most(60, 0.1)
    while time.monotonic() < end:
        time.sleep(0.1)
    done()


def stop_itself():
    if not GROUND["gentle"]:
        os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(60)
    done()


def leave_a_daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for descriptor in (0, 1, 2):
                os.close(descriptor)
            time.sleep(most(60, 2))
        os._exit(0)
    os.wait()
    done()


def leave_a_child_with_stdout():
    if os.fork() == 0:
        time.sleep(most(60, 2))
        os._exit(0)
    done()


def leave_a_writer():
    if os.fork() == 0:
        os.setsid()
        for _ in range(most(6000, 20)):
            try:
                os.write(1, b"still here\n")
            except OSError:
                break
            time.sleep(0.01)
        os._exit(0)
    done()


def leave_zombies():
    for _ in range(40):
        if os.fork() == 0:
            os._exit(0)
    time.sleep(0.1)
    done()


def close_everything():
    done()
    for descriptor in range(256):
        try:
            os.close(descriptor)
        except OSError:
            continue
    os._exit(0)


def close_everything_and_stay():
    done()
    for descriptor in range(256):
        try:
            os.close(descriptor)
        except OSError:
            continue
    time.sleep(most(60, 0.1))
    os._exit(0)


def kill_everything():
    # Outside that would be every process of the user.
    if GROUND["gentle"]:
        sys.exit("never outside a box")
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError:
        # There is nobody else in its box.
        pass
    os.kill(os.getpid(), signal.SIGKILL)


def crash_the_interpreter():
    ctypes.string_at(1)


def change_own_limits():
    for name in ("RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_CPU"):
        try:
            resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (OSError, ValueError):
            continue
    memory_in_one()


def session_spins_on():
    threading.Thread(target=spin, args=(most(30, 0.1),), daemon=True).start()
    done()


def session_forks_on():
    def fork():
        time.sleep(0.2)
        for _ in range(most(20, 2)):
            if os.fork() == 0:
                time.sleep(most(30, 0.1))
                os._exit(0)
            time.sleep(0.01)

    threading.Thread(target=fork, daemon=True).start()
    done()
