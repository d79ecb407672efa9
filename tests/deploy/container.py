"""Runs a program as a container engine would, without one: container.py ROOT UID [--masked] -- PROGRAM ARGUMENT…

A root of its own that cannot be written but for /data, /models and /tmp; processes, mounts, network and names of its own; a user
without rights, and no capabilities. With --masked, /proc is covered in the way of container engines, so that nobody can mount one
in a namespace. Needs root, Linux and util-linux; tests/deploy/test_image.py starts it.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def bind(source, target):
    mount("--bind", source, target)


def inside(root, uid, masked, command):
    """As process 1 of namespaces of its own."""
    mount("--make-rprivate", "/")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))
    bind(root, root)
    mount("-t", "proc", "-o", "nosuid,nodev,noexec", "proc", root / "proc")
    mount("-t", "tmpfs", "-o", "mode=755,nosuid", "tmpfs", root / "dev")
    for name in ["null", "zero", "full", "random", "urandom"]:
        (root / "dev" / name).touch()
        bind(f"/dev/{name}", root / "dev" / name)
    mount("-t", "tmpfs", "-o", "mode=1777,nosuid,nodev,noexec", "tmpfs", root / "tmp")
    for name in ["data", "models"]:
        # Volumes: their owner is that of the directory in the image.
        bind(root / name, root / name)
    if masked:
        for name in ["sys", "irq", "bus"]:
            bind(root / "proc" / name, root / "proc" / name)
            mount("-o", "remount,bind,ro", root / "proc" / name)
        for name in ["kcore", "keys", "timer_list"]:
            if (root / "proc" / name).exists():
                bind("/dev/null", root / "proc" / name)
    mount("-o", "remount,bind,ro", root)
    old = root / "mnt"
    os.chdir(root)
    subprocess.run(["pivot_root", ".", old.relative_to(root)], check=True)
    os.chroot(".")
    os.chdir(os.environ.get("WORKDIR", "/"))
    subprocess.run(["umount", "--lazy", "/mnt"], check=True)
    drop = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--no-new-privs", "--bounding-set=-all"]
    os.execvp("setpriv", [*drop, *command])


def main():
    at = sys.argv.index("--")
    options, command = sys.argv[1:at], sys.argv[at + 1 :]
    if options[-1] != "--inside":
        spaces = ["--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child"]
        again = [sys.executable, __file__, *options, "--inside", "--", *command]
        os.execvp("unshare", ["unshare", *spaces, *again])
    inside(Path(options[0]).resolve(), int(options[1]), "--masked" in options, command)


main()
