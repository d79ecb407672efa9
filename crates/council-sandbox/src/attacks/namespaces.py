# Whether the program has a view of its own, and whether it can make itself another one.
MS_REMOUNT, MS_BIND, MS_PRIVATE, MS_REC = 32, 4096, 1 << 18, 16384


def shares(kind):
    try:
        here = os.readlink(f"/proc/self/ns/{kind}")
    except OSError as problem:
        # A host process would see its own, so nothing can be said to be shared.
        return held(f"its namespace cannot be read: {name_of(problem.errno)}")
    return breached(f"{here} is the host's") if here == GROUND["namespaces"].get(kind) else held(f"{here} is its own")


def shares_user():
    return shares("user")


def shares_mounts():
    return shares("mnt")


def shares_processes():
    return shares("pid")


def shares_network():
    return shares("net")


def shares_ipc():
    return shares("ipc")


def shares_names():
    return shares("uts")


def shares_control_groups():
    return shares("cgroup")


def unshare_user():
    return in_child(lambda: try_call("unshare", CLONE_NEWUSER))


def unshare_mounts():
    return in_child(lambda: try_call("unshare", CLONE_NEWUSER | CLONE_NEWNS))


def unshare_network():
    return in_child(lambda: try_call("unshare", CLONE_NEWUSER | CLONE_NEWNET))


def unshare_rest():
    flags = CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_NEWTIME
    return in_child(lambda: try_call("unshare", CLONE_NEWUSER | flags))


def after_clone(name, result, error):
    if result == 0:
        os._exit(0)
    if result > 0:
        os.waitpid(result, 0)
    return judge_call(name, result, error)


def clone_user():
    return in_child(lambda: after_clone("clone", *call("clone", CLONE_NEWUSER | 17, 0, 0, 0, 0)))


def clone3_user():
    arguments = struct.pack("11Q", CLONE_NEWUSER, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)
    return in_child(lambda: after_clone("clone3", *call("clone3", arguments, len(arguments))))


def enter_own_namespace():
    try:
        descriptor = os.open("/proc/self/ns/user", os.O_RDONLY)
    except OSError:
        descriptor = -1
    return in_child(lambda: try_call("setns", descriptor, CLONE_NEWUSER))


def enter_hosts_namespaces():
    def enter():
        if process_start(GROUND["target"]) != GROUND["target_start"]:
            return held("the host's process is not seen")
        try:
            descriptor = os.open(f"/proc/{GROUND['target']}/ns/user", os.O_RDONLY)
        except OSError as problem:
            return held(name_of(problem.errno))
        return try_call("setns", descriptor, CLONE_NEWUSER)

    return in_child(enter)


def mount_tmpfs():
    return with_new_user(CLONE_NEWNS, lambda: try_call("mount", b"none", os.getcwd().encode(), b"tmpfs", 0, None))


def bind_mount():
    return with_new_user(CLONE_NEWNS, lambda: try_call("mount", b"/", os.getcwd().encode(), None, MS_BIND | MS_REC, None))


def remount_writable():
    return with_new_user(CLONE_NEWNS, lambda: try_call("mount", None, b"/", None, MS_REMOUNT | MS_BIND, None))


def unmount():
    return with_new_user(CLONE_NEWNS, lambda: try_call("umount2", b"/proc", 2))


def pivot_root():
    return with_new_user(CLONE_NEWNS, lambda: try_call("pivot_root", b".", b"."))


def change_root():
    return with_new_user(0, lambda: try_call("chroot", os.getcwd().encode()))


def open_tree():
    return try_call("open_tree", -100, b"/", 0)


def clone_tree():
    return with_new_user(CLONE_NEWNS, lambda: try_call("open_tree", -100, b"/", 0x8001))


def open_file_system():
    return with_new_user(CLONE_NEWNS, lambda: try_call("fsopen", b"tmpfs", 0))


def configure_file_system():
    return try_call("fsconfig", -1, 0, b"name", None, 0)


def move_mount():
    return with_new_user(CLONE_NEWNS, lambda: try_call("move_mount", -1, b"", -1, b"", 0))


def change_mount():
    attributes = struct.pack("4Q", 0, 1, 0, 0)
    return with_new_user(CLONE_NEWNS, lambda: try_call("mount_setattr", -1, b"none", 0, attributes, len(attributes)))


def list_mounts():
    request = struct.pack("=IIQQ", 24, 0, (1 << 64) - 1, 0)
    return try_call("listmount", request, ctypes.create_string_buffer(8 * 16), 16, 0)


def set_host_name():
    return with_new_user(CLONE_NEWUTS, lambda: try_call("sethostname", b"probe", 5))
