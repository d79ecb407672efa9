# Calls that no program of a user needs, and in which kernels had their holes.
import mmap


def session_keyring():
    return try_call("keyctl", 0, -3, 1)


def add_key():
    return try_call("add_key", b"user", b"a-probe", b"payload", 7, -2)


def request_key():
    return try_call("request_key", b"user", b"no-such-key", None, 0)


def load_bpf():
    path = ctypes.create_string_buffer(b"/no-such-object")
    attributes = struct.pack("QII", ctypes.addressof(path), 0, 0)
    return try_call("bpf", 7, attributes, len(attributes))


def performance_events():
    # A software clock of the own process, the kernel left out: what an ordinary user may watch.
    attributes = struct.pack("IIQQQQQ", 1, 112, 1, 0, 0, 0, 0b1100001) + bytes(64)
    return try_call("perf_event_open", attributes, 0, -1, -1, 0)


def io_uring():
    return try_call("io_uring_setup", 1, ctypes.create_string_buffer(120))


def user_page_faults():
    return try_call("userfaultfd", 1)


def load_module():
    for name, arguments in (("init_module", (b"", 0, b"")), ("finit_module", (-1, b"", 0)), ("delete_module", (b"none", 0))):
        said = try_call(name, *arguments)
        if not said.startswith("held"):
            return said
    return said


def load_kernel():
    return try_call("kexec_load", 0, 0, None, 0)


def reboot():
    # Wrong magic numbers: past the check of rights the answer is EINVAL and nothing happens.
    return try_call("reboot", 1, 2, 3, None)


def fixed_addresses():
    return in_child(lambda: try_call("personality", 0x0040000))


def local_descriptor_table():
    return try_call("modify_ldt", 0, ctypes.create_string_buffer(16), 16)


def compare_processes():
    return try_call("kcmp", os.getpid(), os.getpid(), 0, 1, 1)


def copy_descriptor():
    own, _ = call("pidfd_open", os.getpid(), 0)
    return try_call("pidfd_getfd", own, 1, 0)


def vector(buffer):
    return struct.pack("QQ", ctypes.addressof(buffer), ctypes.sizeof(buffer))


def read_memory_by_call():
    here, there = ctypes.create_string_buffer(8), ctypes.create_string_buffer(b"content", 8)
    return try_call("process_vm_readv", os.getpid(), vector(here), 1, vector(there), 1, 0)


def write_memory_by_call():
    here, there = ctypes.create_string_buffer(b"content", 8), ctypes.create_string_buffer(8)
    return try_call("process_vm_writev", os.getpid(), vector(here), 1, vector(there), 1, 0)


def trace_a_child():
    return in_child(lambda: try_call("ptrace", 0, 0, 0, 0))


def secret_memory():
    return try_call("memfd_secret", 0)


def quotas():
    return try_call("quotactl", 0x80000100, None, 0, None)


def quotas_by_descriptor():
    return try_call("quotactl_fd", -1, 0x80000700, 0, None)


def give_pages_to_a_pipe():
    _, writable = os.pipe()
    buffer = ctypes.create_string_buffer(b"content", 8)
    return try_call("vmsplice", writable, vector(buffer), 1, 0)


def file_handles():
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0), 136)
    return try_call("name_to_handle_at", -100, b".", handle, ctypes.create_string_buffer(8), 0)


def open_by_handle():
    handle = ctypes.create_string_buffer(struct.pack("Ii", 8, 1), 16)
    return try_call("open_by_handle_at", os.open(".", os.O_RDONLY), handle, 0)


def x32_calls():
    if MACHINE != "x86_64":
        return held("this machine has no such calls")
    return in_child(lambda: judge_call("getpid by its x32 number", *call_number(0x40000000 + 39)))


def machine_code(code):
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return ctypes.CFUNCTYPE(ctypes.c_int)(address)()


def calls_of_32_bits():
    if MACHINE != "x86_64":
        return held("this machine has no such calls")

    def attempt():
        # mov eax, 20 (getpid of i386); int 0x80; ret
        try:
            result = machine_code(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
        except OSError as problem:
            return held(f"no memory can be executed: {name_of(problem.errno)}")
        return breached("getpid answered") if result == os.getpid() else held(f"it answered {name_of(-result)}")

    return in_child(attempt)


def socket_filter():
    # One instruction: keep every packet whole.
    import socket

    instruction = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0xFFFFFFFF))
    program = struct.pack("HxxxxxxQ", 1, ctypes.addressof(instruction))
    try:
        ends = socket.socketpair()
        ends[0].setsockopt(socket.SOL_SOCKET, 26, program)
    except OSError as problem:
        return judge_call("setsockopt", -1, problem.errno)
    return breached("a filter is attached")


def unnamed_calls():
    for number in (400, 999, 4096, 0x3FFFFFFF, -2):
        result, error = call_number(number, 0, 0, 0, 0, 0, 0)
        if result >= 0 or error not in REFUSALS:
            return breached(f"call {number} answered {result}, {name_of(error)}")
    return held("refused one and all")


def newest_calls():
    size = ctypes.create_string_buffer(struct.pack("I", 64), 8)
    attempts = (
        ("lsm_list_modules", (ctypes.create_string_buffer(64), size, 0)),
        ("cachestat", (-1, None, None, 0)),
        ("setxattrat", (-1, b"none", 0, b"user.none", None, 0)),
        ("file_getattr", (-1, b"none", None, 0, 0)),
    )
    said = [try_call(name, *arguments) for name, arguments in attempts]
    return next((one for one in said if not one.startswith("held")), said[0])


def oldest_calls():
    for name, arguments in (("sysfs", (3,)), ("ustat", (0, ctypes.create_string_buffer(64)))):
        said = try_call(name, *arguments)
        if not said.startswith("held"):
            return said
    return said


def ports_of_devices():
    return try_call("iopl", 0)


def set_clock():
    # Not a time: past the filter the answer is EINVAL and nothing happens.
    return try_call("clock_settime", 0, struct.pack("qq", -1, -1))


def move_pages():
    return try_call("move_pages", 0, 0, None, None, None, 0)


def watch_file_systems():
    return try_call("fanotify_init", 0x200, 0)


def advise_others():
    return try_call("process_madvise", -1, None, 0, 0, 0)


def accounting_and_swap():
    for name, arguments in (("acct", (b"/no-such-file",)), ("swapon", (b"/no-such-file", 0))):
        said = try_call(name, *arguments)
        if not said.startswith("held"):
            return said
    return said
