# Programs that leave files which nobody should follow.
import socket


def plain_file():
    os.makedirs("folder/below", exist_ok=True)
    with open("folder/below/result.bin", "wb") as file:
        file.write(bytes(range(256)))


def link_to_passwd():
    os.symlink("/etc/passwd", "link")
    os.symlink(GROUND["tmp"], "second-link")
    os.symlink("/", "root")
    with open("real", "w") as file:
        file.write("real")


def pipe_and_socket():
    # Where a box allows neither, there is nothing to be followed.
    for make in (lambda: os.mkfifo("a-pipe"), lambda: socket.socket(socket.AF_UNIX).bind("a-socket")):
        try:
            make()
        except PermissionError:
            continue
    with open("real", "w") as file:
        file.write("real")


def names_of_devices():
    for name in ("CON", "nul", "aux.txt", "-rf", "~", "%2e%2e%2f", "C:evil", "a b", "..."):
        with open(name, "w") as file:
            file.write("real")


def names_with_line_ends():
    for name in (b"a\nb", b"a\rb", b"\x1b[31m", b"\xff\xfe", "ü".encode(), b"..\\..\\evil", b"a\tb"):
        with open(name, "w") as file:
            file.write("real")


def longest_names():
    for letter in "abc":
        with open(letter * 255, "w") as file:
            file.write("real")


def more_files_than_are_returned():
    try:
        for number in range(most(500, 100)):
            with open(f"file-{number}", "w") as file:
                file.write("real")
    except OSError:
        pass


def deep_folders():
    made = 0
    try:
        for _ in range(most(500, 50)):
            os.mkdir("deeper")
            os.chdir("deeper")
            made += 1
        with open("real", "w") as file:
            file.write("real")
    except OSError:
        pass
    got(made)


def many_folders():
    # More of them than files that a process may hold open; the one file is in the middle.
    for number in range(most(1000, 20)):
        os.mkdir(f"folder-{number:04}")
    with open(f"folder-{most(500, 10):04}/real", "w") as file:
        file.write("real")


def more_than_is_returned():
    for number in range(3):
        with open(f"large-{number}", "wb") as file:
            for _ in range(most(18, 1)):
                file.write(b"\1" * (1 << 20))


def unreadable_files():
    os.mkdir("closed")
    for name in ("closed/inside", "unreadable", "real"):
        with open(name, "w") as file:
            file.write("real")
    os.chmod("unreadable", 0)
    os.chmod("closed", 0)


def files_that_change():
    """A process that outlives the program and swaps a file for a link as fast as it can."""
    if os.fork() == 0:
        os.setsid()
        end = time.monotonic() + most(4, 0.2)
        while time.monotonic() < end:
            try:
                with open("swapped.new", "w") as file:
                    file.write("real")
                os.rename("swapped.new", "swapped")
                os.symlink("/etc/passwd", "swapped.new")
                os.rename("swapped.new", "swapped")
            except OSError:
                continue
        os._exit(0)
    time.sleep(0.1)


def hard_links():
    with open("real", "wb") as file:
        file.write(b"\1" * (1 << 20))
    for number in range(60):
        os.link("real", f"again-{number}")
