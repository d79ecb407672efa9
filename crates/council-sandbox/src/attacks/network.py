# Ways to anything that listens or is somewhere else.
import socket

PATIENCE = 1.0


def attempt(what, function):
    """`function` raises `OSError` where it is stopped and returns what it got."""
    try:
        return breached(f"{what}: {function()}")
    except OSError as problem:
        return held(f"{what}: {'no answer' if problem.errno is None else name_of(problem.errno)}")


def hear(connection):
    connection.settimeout(PATIENCE)
    said = connection.recv(200).decode(errors="replace")
    if GROUND["token"] not in said:
        raise OSError(errno.ENOMSG, "it is not the harness")
    return "the harness answered"


def talk(family, kind, address, protocol=0):
    def go():
        with socket.socket(family, kind, protocol) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(address)
            if kind == socket.SOCK_DGRAM:
                connection.send(b"hello")
            return hear(connection)

    return go


def tcp_to_host():
    return attempt("TCP to 127.0.0.1", talk(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", GROUND["tcp4"])))


def tcp6_to_host():
    return attempt("TCP to ::1", talk(socket.AF_INET6, socket.SOCK_STREAM, ("::1", GROUND["tcp6"])))


def udp_to_host():
    def go():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.sendto(b"hello", ("127.0.0.1", GROUND["udp4"]))
            return hear(datagrams)

    return attempt("UDP to 127.0.0.1", go)


def udp6_to_host():
    return attempt("UDP to ::1", talk(socket.AF_INET6, socket.SOCK_DGRAM, ("::1", GROUND["udp6"])))


def fast_open_to_host():
    # Connects without `connect`, which some filters watch alone.
    def go():
        with socket.socket() as connection:
            connection.sendto(b"hello", socket.MSG_FASTOPEN, ("127.0.0.1", GROUND["tcp4"]))
            return hear(connection)

    return attempt("TCP fast open", go)


def multipath_to_host():
    return attempt("multipath TCP", talk(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", GROUND["tcp4"]), 262))


def abstract_socket():
    return attempt("abstract socket", talk(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + GROUND["abstract"]))


def path_socket():
    return attempt("socket file", talk(socket.AF_UNIX, socket.SOCK_STREAM, GROUND["socket"]))


def abstract_datagrams():
    def go():
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
            datagrams.sendto(b"hello", "\0" + GROUND["abstract_datagrams"])
            return "the harness's socket took a message"

    return attempt("abstract datagrams", go)


def path_datagrams():
    def go():
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
            datagrams.sendto(b"hello", GROUND["datagrams"])
            return "the harness's socket took a message"

    return attempt("datagrams to a socket file", go)


def port_is_taken():
    try:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", GROUND["tcp4"]))
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            return breached("the harness's port is taken here too")
        return held(name_of(problem.errno))
    return held("the harness's port is free here")


def opens(family, kind, protocol=0):
    """Which answer a socket of this kind gets; an unknown family is as good as a refusal."""
    unknown = (errno.EAFNOSUPPORT, errno.ESOCKTNOSUPPORT, errno.EPROTONOSUPPORT, *REFUSALS)
    try:
        socket.socket(family, kind, protocol).close()
    except OSError as problem:
        if problem.errno in unknown:
            return held(name_of(problem.errno))
        return breached(f"the kernel answered {name_of(problem.errno)}")
    return breached("it opened")


def raw_socket():
    return with_new_user(CLONE_NEWNET, lambda: opens(socket.AF_INET, socket.SOCK_RAW, 1))


def packet_socket():
    return with_new_user(CLONE_NEWNET, lambda: opens(17, socket.SOCK_RAW, 0x300))


def netlink():
    return opens(16, socket.SOCK_RAW, 0)


def netfilter():
    return opens(16, socket.SOCK_RAW, 12)


def vsock():
    return opens(40, socket.SOCK_STREAM)


def other_families():
    # From AX.25 to MCTP: all that a kernel may have, but unix, inet, inet6, netlink, packet and vsock.
    for family in (3, 4, 5, 6, 8, 9, 11, 12, 15, 18, 19, 20, 21, 22, 23, 24, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
                   39, 41, 42, 43, 44, 45):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            said = with_new_user(CLONE_NEWNET, lambda: opens(family, kind)) if family == 44 else opens(family, kind)
            if not said.startswith("held"):
                return f"{said}: family {family}"
    return held("none of 35 families")


def route_out():
    # Connecting a datagram socket sends nothing, it only asks for a route. The addresses are for documentation.
    for family, address in ((socket.AF_INET, "198.51.100.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as datagrams:
                datagrams.connect((address, 53))
                return breached(f"there is a route to {address}, from {datagrams.getsockname()[0]}")
        except OSError as problem:
            error = problem
    return held(name_of(error.errno))


def name_server():
    # Asks for the address of `localhost`, which tells nobody anything.
    query = struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0) + b"\x09localhost\0" + struct.pack(">2H", 1, 1)
    error = "the host has none"
    for address in GROUND["name_servers"]:
        try:
            with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
                datagrams.settimeout(PATIENCE)
                datagrams.connect((address, 53))
                datagrams.send(query)
                return breached(f"{address} answered with {len(datagrams.recv(512))} bytes")
        except OSError as problem:
            error = "no answer" if problem.errno is None else name_of(problem.errno)
    return held(error)


def cloud_metadata():
    # As above: the way there is looked up, nothing is sent.
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.connect(("169.254.169.254", 80))
    except OSError as problem:
        return held(name_of(problem.errno))
    return breached("there is a route to 169.254.169.254")


def interfaces():
    there = set()
    for line in (read_bytes("/proc/net/dev") or b"").decode().splitlines()[2:]:
        there.add(line.split(":")[0].strip())
    try:
        there.update(name for _, name in socket.if_nameindex())
        there.update(os.listdir("/sys/class/net"))
    except OSError:
        pass
    there &= set(GROUND["interfaces"])
    return breached(f"of the host: {', '.join(sorted(there))}") if there else held("none of the host's")


def socket_tables():
    port = f":{GROUND['tcp4']:04X} "
    if port in (read_bytes("/proc/net/tcp", 1 << 24) or b"").decode():
        return breached("/proc/net/tcp shows the harness's listener")
    if GROUND["abstract"].encode() in (read_bytes("/proc/net/unix", 1 << 24) or b""):
        return breached("/proc/net/unix shows the harness's socket")
    return held("they do not show the harness's")
