# What every probe and every trial begins with. The harness puts `GROUND` before it, what it laid out on the host.
import ctypes
import errno
import os
import platform
import stat
import struct
import sys
import time

MACHINE = platform.machine()
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long
# A refusal, whoever gave it: the filter or the kernel's own rules.
REFUSALS = (errno.EPERM, errno.EACCES, errno.ENOSYS)
CLONE_NEWTIME, CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x80, 0x20000, 0x2000000, 0x4000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x8000000, 0x10000000, 0x20000000, 0x40000000

# Numbers of calls: x86_64, aarch64. From 424 on they are the same everywhere.
NUMBERS = {
    "acct": (163, 89), "add_key": (248, 217), "bpf": (321, 280), "cachestat": (451, 451), "chroot": (161, 51),
    "clock_settime": (227, 112), "clone": (56, 220), "clone3": (435, 435), "delete_module": (176, 106),
    "fanotify_init": (300, 262), "file_getattr": (468, 468), "finit_module": (313, 273), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fsopen": (430, 430), "fspick": (433, 433), "getpid": (39, 172),
    "init_module": (175, 105), "io_uring_setup": (425, 425), "iopl": (172, None), "kcmp": (312, 272),
    "kexec_load": (246, 104), "keyctl": (250, 219), "listmount": (458, 458), "lsm_list_modules": (461, 461),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "modify_ldt": (154, None), "mount": (165, 40),
    "mount_setattr": (442, 442), "move_mount": (429, 429), "move_pages": (279, 239), "mq_open": (240, 180),
    "msgget": (68, 186), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "open_tree": (428, 428), "perf_event_open": (298, 241), "personality": (135, 92), "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pivot_root": (155, 41),
    "process_madvise": (440, 440), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "ptrace": (101, 117), "quotactl": (179, 60), "quotactl_fd": (443, 443), "reboot": (169, 142),
    "request_key": (249, 218), "semget": (64, 190), "sethostname": (170, 161), "setns": (308, 268),
    "setxattrat": (463, 463), "shmat": (30, 196), "shmget": (29, 194), "swapon": (167, 224),
    "sysfs": (139, None), "syslog": (103, 116), "umount2": (166, 39), "unshare": (272, 97),
    "userfaultfd": (323, 282), "ustat": (136, None), "vmsplice": (278, 75),
}


def breached(what):
    return f"breached: {what}"


def held(how):
    return f"held: {how}"


def name_of(error):
    return errno.errorcode.get(error, str(error))


def number_of(name):
    """The call's number here; `None` where the machine has no such call."""
    x86, arm = NUMBERS[name]
    return x86 if MACHINE == "x86_64" else arm


def call_number(number, *arguments):
    """A raw system call: its result and, when that is negative, its error."""
    ready = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    ctypes.set_errno(0)
    result = LIBC.syscall(ctypes.c_long(number), *ready)
    return result, ctypes.get_errno() if result < 0 else 0


def call(name, *arguments):
    number = number_of(name)
    if number is None:
        return -1, errno.ENOSYS
    return call_number(number, *arguments)


def judge_call(name, result, error):
    """Anything but a refusal means that the kernel's code for the call was reached."""
    if result >= 0:
        return breached(f"{name} succeeded")
    if error in REFUSALS:
        return held(f"{name}: {name_of(error)}")
    return breached(f"{name} reached the kernel, which answered {name_of(error)}")


def try_call(name, *arguments):
    return judge_call(name, *call(name, *arguments))


def in_child(function):
    """What a child process says of `function`; a filter that kills the caller holds."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writable, str(function()).encode()[:4000])
        except BaseException as problem:
            os.write(writable, f"the child failed: {problem!r}".encode())
        finally:
            os._exit(0)
    os.close(writable)
    said = b""
    while piece := os.read(readable, 4096):
        said += piece
    os.close(readable)
    _, status = os.waitpid(child, 0)
    if not said and os.WIFSIGNALED(status):
        return held(f"the filter killed the caller with signal {os.WTERMSIG(status)}") \
            if os.WTERMSIG(status) == 31 else f"the child died of signal {os.WTERMSIG(status)}"
    return said.decode()


def with_new_user(flags, function):
    """`function` in a child that is root of a new user namespace, where the box lets it become that."""
    def inside():
        user, group = os.getuid(), os.getgid()
        result, _ = call("unshare", CLONE_NEWUSER | flags)
        if result == 0:
            for path, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
                with open(f"/proc/self/{path}", "w") as file:
                    file.write(text)
        return function()

    return in_child(inside)


def read_bytes(path, most=1 << 20):
    """The first bytes of a file; `None` where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(most)
    except OSError:
        return None


def find_canary(path):
    """Whether the file that the harness wrote is there."""
    try:
        with open(path) as file:
            text = file.read(200)
    except OSError as problem:
        return held(f"{path}: {name_of(problem.errno)}")
    if GROUND["token"] in text:
        return breached(f"read the harness's file {path}")
    return held(f"{path} is another file")


def identity(path):
    """Device and inode; `None` where there is nothing."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return f"{found.st_dev}:{found.st_ino}"


def is_the_hosts(path):
    """Whether a path of the box is the same thing as on the host, seen from its device and inode."""
    expected = GROUND["identities"].get(path)
    if expected is None:
        return held(f"the host has no {path}")
    here = identity(path)
    if here is None:
        return held(f"no {path} is there")
    if here == expected:
        return breached(f"{path} is the host's")
    return held(f"{path} is another one")


def process_start(process):
    """When a process began, in ticks since boot, which nothing else shares; `None` where it is not seen."""
    text = read_bytes(f"/proc/{process}/stat")
    return int(text.rsplit(b")", 1)[1].split()[19]) if text else None


def processes():
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def mark(name=GROUND["mark"]):
    """Names this process and its children, so that those that outlive the run are found."""
    LIBC.prctl(15, name.encode(), 0, 0, 0)


def got(amount):
    """Says how much was got so far; the harness reads the last one."""
    os.write(1, f"got: {amount}\n".encode())


def done():
    os.write(1, b"done\n")


def most(bomb, gentle):
    """How far to go: outside a box never farther than `gentle`."""
    return gentle if GROUND["gentle"] else bomb
