# What a program can read, write and run of its host's files.
import subprocess


def host_tmp():
    return find_canary(GROUND["tmp"])


def host_var_tmp():
    return find_canary(GROUND["var_tmp"])


def host_shared_memory():
    return find_canary(GROUND["dev_shm"])


def symbolic_link_to_host():
    os.symlink(GROUND["tmp"], "a-link")
    try:
        return find_canary("a-link")
    finally:
        os.unlink("a-link")


def hard_link_to_host():
    for target in (GROUND["writable"], "/etc/passwd", "/usr/bin/env"):
        try:
            os.link(target, "a-hard-link", follow_symlinks=False)
        except OSError as problem:
            error = problem
            continue
        os.unlink("a-hard-link")
        return breached(f"linked {target} into the own folder")
    return held(name_of(error.errno))


def write_host_file():
    try:
        with open(GROUND["writable"], "a") as file:
            file.write("written by a probe\n")
    except OSError as problem:
        return held(name_of(problem.errno))
    return breached(f"wrote to {GROUND['writable']}")


def root_of_others():
    for process in [GROUND["target"], 1, os.getppid(), *processes()]:
        for way in ("root", "cwd"):
            said = find_canary(f"/proc/{process}/{way}/{GROUND['tmp']}")
            if said.startswith("breached"):
                return said
    return held("no process leads there")


def own_root_link():
    for start in ("/proc/self/root", "/proc/thread-self/root", "/proc/self/cwd/../../../../../.."):
        said = find_canary(f"{start}{GROUND['tmp']}")
        if said.startswith("breached"):
            return said
    return said


def above_the_root():
    try:
        folder = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
        file = os.open(f"../../../..{GROUND['tmp']}", os.O_RDONLY, dir_fd=folder)
    except OSError as problem:
        return held(name_of(problem.errno))
    return breached("read the harness's file") if GROUND["token"].encode() in os.read(file, 200) else held("another file")


def host_root():
    return is_the_hosts("/")


def host_etc():
    return is_the_hosts("/etc")


def host_var():
    return is_the_hosts("/var")


def host_run():
    return is_the_hosts("/run")


def host_sys():
    return is_the_hosts("/sys/kernel")


def home_folders():
    for path in GROUND["homes"]:
        said = is_the_hosts(path)
        if said.startswith("breached"):
            return said
    return held(f"none of {len(GROUND['homes'])} is there")


def password_hashes():
    text = read_bytes("/etc/shadow")
    return breached(f"read /etc/shadow, {len(text)} bytes") if text else is_the_hosts("/etc/shadow")


def other_folders():
    # Those with probes of their own, and the system that every box needs.
    known = {"/etc", "/var", "/run", "/sys", "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}
    there = [path for path in GROUND["folders"] if path not in known and is_the_hosts(path).startswith("breached")]
    return breached(f"of the host: {', '.join(there)}") if there else held("none of the host's other folders")


def control_group_files():
    for folder, _, names in os.walk("/sys/fs/cgroup"):
        if names:
            return breached(f"{folder} shows {len(names)} files")
    return held("none is there")


def system_sockets():
    import socket

    there = []
    for path in ("/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock",
                 "/run/dbus/system_bus_socket", "/run/systemd/private", "/run/systemd/notify", "/run/user/0/bus",
                 "/run/user/1000/bus", "/tmp/.X11-unix/X0", "/run/postgresql/.s.PGSQL.5432"):
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(path)
                there.append(path)
        except OSError:
            continue
    return breached(f"connected to {', '.join(there)}") if there else held("none answers")


def kernel_settings():
    for folder, _, names in os.walk("/proc/sys"):
        for name in names:
            try:
                os.close(os.open(f"{folder}/{name}", os.O_WRONLY))
            except OSError:
                continue
            return breached(f"{folder}/{name} opens for writing")
    return held("none opens for writing")


def kernel_triggers():
    there = []
    for path in ("/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
                 "/proc/sys/fs/binfmt_misc/register", "/sys/kernel/uevent_helper", "/sys/power/state", "/proc/1/oom_score_adj"):
        try:
            os.close(os.open(path, os.O_WRONLY))
            there.append(path)
        except OSError:
            continue
    return breached(f"opened for writing: {', '.join(there)}") if there else held("none opens for writing")


def kernel_tables():
    names = ("kallsyms", "kcore", "keys", "key-users", "timer_list", "interrupts", "modules", "iomem", "ioports", "config.gz",
             "partitions", "diskstats", "vmallocinfo", "slabinfo", "swaps", "locks", "mtrr", "crypto")
    there = [name for name in names if read_bytes(f"/proc/{name}", 100)]
    return breached(f"of /proc: {', '.join(there)}") if there else held("none can be read")


def kernel_log():
    if read_bytes("/dev/kmsg", 1):
        return breached("read /dev/kmsg")
    size = 1 << 16
    result, error = call("syslog", 3, ctypes.create_string_buffer(size), size)
    return breached(f"read {result} bytes") if result >= 0 else held(name_of(error))


def init_process():
    start = process_start(1)
    if start is None:
        return held("process 1 is not there")
    return breached("process 1 is the host's") if start == GROUND["init_start"] else held("process 1 is another one")


def host_process():
    if process_start(GROUND["target"]) == GROUND["target_start"]:
        return breached(f"sees the host's process {GROUND['target']}")
    return held("the host's process is not there")


def device_nodes():
    # null, zero, full, random, urandom, tty, ptmx
    harmless = {(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2)}
    there = []
    for folder, _, names in os.walk("/dev"):
        if folder.startswith("/dev/pts"):
            continue
        for name in names:
            try:
                found = os.lstat(f"{folder}/{name}")
            except OSError:
                continue
            numbers = (os.major(found.st_rdev), os.minor(found.st_rdev))
            if stat.S_ISBLK(found.st_mode) or (stat.S_ISCHR(found.st_mode) and numbers not in harmless):
                there.append(name)
    return breached(f"{len(there)} devices, such as {', '.join(sorted(there)[:5])}") if there else held("only harmless ones")


def block_devices():
    for line in (read_bytes("/proc/partitions") or b"").decode().splitlines()[2:]:
        path = f"/dev/{line.split()[3]}"
        if read_bytes(path, 512):
            return breached(f"read {path}")
    for path in ("/dev/mem", "/dev/port", "/dev/sda", "/dev/vda", "/dev/nvme0n1"):
        if read_bytes(path, 1):
            return breached(f"read {path}")
    return held("none can be read")


def make_device_node():
    for folder in (".", "/tmp", "/dev/shm"):
        path = f"{folder}/a-node"
        try:
            os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
        except OSError as problem:
            error = problem
            continue
        try:
            return breached("made a device and read from it") if read_bytes(path, 1) else held("it cannot be read")
        finally:
            os.unlink(path)
    return held(name_of(error.errno))


def own_interpreter():
    for path in ("/proc/self/exe", "/proc/1/exe", f"/proc/{os.getppid()}/exe"):
        try:
            os.close(os.open(path, os.O_WRONLY))
        except OSError as problem:
            error = problem
            continue
        return breached(f"{path} opens for writing")
    return held(name_of(error.errno))


def system_folders():
    folders = ["/usr", "/usr/bin", "/usr/lib", "/usr/local/bin", "/etc", "/bin", "/lib", "/opt", "/var", "/proc", "/sys", *sys.path]
    for folder in folders:
        try:
            with open(f"{folder}/a-probe-was-here", "x"):
                pass
        except OSError:
            continue
        os.unlink(f"{folder}/a-probe-was-here")
        if folder not in ("", os.getcwd()) and not folder.startswith(("/tmp", "/box")):
            return breached(f"made a file in {folder}")
    return held("none takes a file")


def lock_system_file():
    import fcntl

    if not is_the_hosts("/usr/bin/env").startswith("breached"):
        return held("/usr/bin/env is not the host's")
    with open("/usr/bin/env") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            return held(name_of(problem.errno))
    return breached("locked the host's /usr/bin/env")


def setuid_programs():
    own = os.geteuid()
    for name in ("su", "mount", "passwd", "newgrp", "chsh", "gpasswd", "umount"):
        path = f"/usr/bin/{name}"
        try:
            found = os.stat(path)
        except OSError:
            continue
        if found.st_mode & stat.S_ISUID and found.st_uid != own:
            break
    else:
        return held("no such program is there")
    # Its help does not fit into a full pipe, so it waits there and can be looked at.
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    try:
        while True:
            os.write(writable, bytes(4096))
    except BlockingIOError:
        os.set_blocking(writable, True)
    try:
        process = subprocess.Popen([path, "--help"], stdin=subprocess.DEVNULL, stdout=writable, stderr=writable)
    except OSError as problem:
        return held(f"{name} cannot be started: {name_of(problem.errno)}")
    try:
        for _ in range(100):
            status = (read_bytes(f"/proc/{process.pid}/status") or b"").decode()
            if f"Name:\t{name}\n" in status and "State:\tS" in status:
                users = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
                return breached(f"{name} runs as user {users[1]}") if int(users[1]) != own else held("it runs as the caller")
            if process.poll() is not None:
                return held(f"{name} ended at once with {process.returncode}")
            time.sleep(0.02)
        return f"{name} was not seen to run"
    finally:
        process.kill()


def run_from(folder, *loader):
    path = os.path.join(folder, "a-program")
    source = next((one for one in ("/usr/bin/true", "/bin/true") if os.path.exists(one)), None)
    if source is None:
        return "no `true` is there to be copied"
    try:
        with open(source, "rb") as program, open(path, "wb") as copy:
            copy.write(program.read())
        os.chmod(path, 0o755)
    except OSError as problem:
        return held(f"{folder}: {name_of(problem.errno)}")
    try:
        ended = subprocess.run([*loader, path], capture_output=True)
    except OSError as problem:
        return held(f"{folder}: {name_of(problem.errno)}")
    finally:
        os.unlink(path)
    return breached(f"ran a program from {folder}") if ended.returncode == 0 else held(f"it ended with {ended.returncode}")


def run_from_tmp():
    return run_from("/tmp")


def run_from_own_folder():
    return run_from(os.getcwd())


def run_from_shared_memory():
    return run_from("/dev/shm")


def run_through_loader():
    loaders = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/usr/lib64/ld-linux-x86-64.so.2")
    loader = next((one for one in loaders if os.path.exists(one)), None)
    return run_from(os.getcwd(), loader) if loader else held("no loader is there")
