# What a program can learn of its host and inherit from it.


def environment_secrets():
    found = [name for name in GROUND["names"] if name in os.environ]
    return breached(f"variables of the host: {', '.join(found)}") if found else held("none of the host's variables")


def holds_a_name(block):
    return [name for name in GROUND["names"] if block.startswith(f"{name}=".encode()) or f"\0{name}=".encode() in block]


def environment_block():
    block = read_bytes("/proc/self/environ")
    if block is None:
        return held("/proc/self/environ cannot be read")
    found = holds_a_name(block)
    return breached(f"the block at the start of the process has {', '.join(found)}") if found else held("not in the block")


def environments_of_others():
    for process in processes():
        if process != os.getpid():
            found = holds_a_name(read_bytes(f"/proc/{process}/environ") or b"")
            if found:
                return breached(f"process {process} shows {', '.join(found)}")
    return held("no other process shows them")


def secrets_in_memory():
    # Backwards, so that the search never finds itself.
    names = [f"{name}="[::-1].encode() for name in GROUND["names"] if len(name) >= 8]
    seen = 0
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
        for line in maps.readlines():
            fields = line.split()
            start, end = (int(part, 16) for part in fields[0].split("-"))
            if not fields[1].startswith("rw") or fields[-1] in ("[vvar]", "[vsyscall]"):
                continue
            for offset in range(start, min(end, start + (64 << 20)), 1 << 20):
                try:
                    memory.seek(offset)
                    backwards = memory.read(min(end - offset, (1 << 20) + 256))[::-1]
                except (OSError, ValueError):
                    break
                seen += len(backwards)
                for name in names:
                    if name in backwards:
                        return breached(f"the process's memory holds {name[::-1].decode()}… at {offset:#x}")
    return held(f"not in {seen >> 10} KiB of memory") if seen else held("the memory cannot be read")


def open_descriptors():
    for descriptor in range(3, 1024):
        try:
            yield descriptor, os.fstat(descriptor)
        except OSError:
            continue


def inherited_descriptors():
    for descriptor, found in open_descriptors():
        if f"{found.st_dev}:{found.st_ino}" == GROUND["canary"]:
            return breached(f"descriptor {descriptor} is the harness's file: {os.pread(descriptor, 40, 0)!r}")
    return held("no descriptor is the harness's file")


def inherited_folders():
    for descriptor, found in open_descriptors():
        if not stat.S_ISDIR(found.st_mode):
            continue
        for path in (GROUND["tmp"].lstrip("/"), os.path.basename(GROUND["tmp"])):
            try:
                file = os.open(path, os.O_RDONLY, dir_fd=descriptor)
            except OSError:
                continue
            if GROUND["token"].encode() in os.read(file, 200):
                return breached(f"descriptor {descriptor} is a folder of the host")
    return held("no descriptor leads to the host's folders")


def host_name():
    here = os.uname().nodename
    return breached(f"the host is called {here}") if here == GROUND["host_name"] else held(f"it is called {here}")


def machine_id():
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        if GROUND["machine_id"] and (read_bytes(path) or b"").decode().strip() == GROUND["machine_id"]:
            return breached(f"read {path}")
    return held("not there")


def boot_id():
    here = (read_bytes("/proc/sys/kernel/random/boot_id") or b"").decode().strip()
    if here and here == GROUND["boot_id"]:
        return breached("read the host's boot id")
    return held("not there")


def working_folder():
    if GROUND["folder_identity"] in (identity("."), identity(GROUND["folder"])):
        return breached(f"{GROUND['folder']} is there")
    return held("the harness's folder is not there")


def mount_table():
    table = (read_bytes("/proc/self/mountinfo") or b"").decode()
    for line in table.splitlines():
        left, _, right = line.partition(" - ")
        root, point = left.split()[3:5]
        source, options = right.split()[1], right.split()[-1]
        if point == "/" and source.startswith("/dev/"):
            return breached(f"the root is on the host's {source}")
        if any(root.startswith(f"{home}/") for home in GROUND["homes"]) or root.startswith("/var/lib/"):
            return breached(f"a mount is of the host's {root}")
        if "lowerdir=/" in options or "upperdir=/" in options:
            return breached(f"the root is made of the host's folders: {options[:80]}")
    return held("no path of the host's disks" if table else "the table cannot be read")


def command_lines():
    for process in processes():
        if GROUND["argument"].encode() in (read_bytes(f"/proc/{process}/cmdline") or b""):
            return breached(f"read the command line of the host's process {process}")
    return held("not of the host's process")


def kernel_command_line():
    text = read_bytes("/proc/cmdline")
    return breached(f"read how the host booted: {text[:60]!r}") if text else held("not there")


def user_names():
    text = (read_bytes("/etc/passwd") or b"").decode(errors="replace")
    here = [line.split(":")[0] for line in text.splitlines()]
    if len(GROUND["users"]) > 1 and here[: len(GROUND["users"])] == GROUND["users"]:
        return breached(f"/etc/passwd lists the host's {len(here)} users")
    return held("not the host's users")


def parent_is_the_host():
    if os.getppid() == GROUND["harness"]:
        return breached("the parent process is the harness")
    return held(f"the parent process is {os.getppid()}")


def control_group_path():
    here = (read_bytes("/proc/self/cgroup") or b"").decode()
    paths = {line.split(":", 2)[2] for line in here.splitlines()} - {"/"}
    known = {line.split(":", 2)[2] for line in GROUND["control_groups"].splitlines()} - {"/"}
    for path in paths:
        if any(path.startswith(one) for one in known) or "/docker" in path or ".slice" in path:
            return breached(f"read its place among the host's control groups: {path}")
    return held("no path of the host's")


def terminal():
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError as problem:
        return held(f"/dev/tty: {name_of(problem.errno)}")
    return breached("opened the terminal of whoever runs the server")
