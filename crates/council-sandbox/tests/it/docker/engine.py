#!/usr/bin/python3
"""Plays an OCI engine for the tests: understands `run` and `kill` as docker does, and makes the box that the flags ask for
with bubblewrap, on the host's own system in the part of the image. A flag that it does not know ends it, as the engine's
own would. Like an engine it passes bytes on, so that nothing in the box is connected to a socket of the host."""

import os, shutil, signal, subprocess, sys, threading, time

WITH_VALUE = {
    "--pull", "--runtime", "--name", "--network", "--hostname", "--cap-drop", "--security-opt", "--user", "--pids-limit",
    "--memory", "--memory-swap", "--cpus", "--shm-size", "--tmpfs", "--workdir", "--log-driver", "--volume",
    "--entrypoint",
}
ALONE = {"--rm", "--interactive", "--read-only"}


def fail(what):
    print(f"docker: {what}", file=sys.stderr)
    sys.exit(125)


with open(os.environ["ENGINE_LOG"], "a") as log:
    log.write("\t".join(sys.argv[1:]) + "\n")
if "ENGINE_SAYS" in os.environ:
    fail(os.environ["ENGINE_SAYS"])
if sys.argv[1] == "kill":
    with open(f"{os.environ['ENGINE_LOG']}.{sys.argv[2]}") as file:
        os.kill(int(file.read()), signal.SIGKILL)
    sys.exit(0)
if sys.argv[1] != "run":
    fail(f"unknown command: {sys.argv[1]}")

flags, words = {}, sys.argv[2:]
while words and words[0].startswith("--"):
    flag = words.pop(0)
    if flag in ALONE:
        flags[flag] = True
    elif flag in WITH_VALUE:
        flags.setdefault(flag, []).append(words.pop(0))
    else:
        fail(f"unknown flag: {flag}")
image, arguments = words[0], words[1:]
for needed in ("--read-only", "--interactive", "--rm"):
    if needed not in flags:
        fail(f"{needed} is not there")
user, group = flags["--user"][0].split(":")
box = ["bwrap", "--unshare-all", "--as-pid-1", "--die-with-parent", "--clearenv", "--uid", user, "--gid", group,
       "--hostname", flags["--hostname"][0], "--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
for link in ("bin", "sbin", "lib", "lib64"):
    if os.path.islink(f"/{link}"):
        box += ["--symlink", os.readlink(f"/{link}"), f"/{link}"]
for name in ("/etc/ld.so.cache", "/etc/alternatives"):
    if os.path.exists(name):
        box += ["--ro-bind", name, name]
if "ENGINE_WITHOUT" in os.environ:
    box += ["--ro-bind", "/dev/null", os.path.realpath(shutil.which(os.environ["ENGINE_WITHOUT"], path="/usr/bin"))]
for place in flags["--tmpfs"]:
    path, options = place.split(":")
    size = dict(option.partition("=")[::2] for option in options.split(","))["size"]
    box += ["--size", size, "--tmpfs", path]
box += ["--size", flags["--shm-size"][0], "--tmpfs", "/dev/shm"]
for volume in flags["--volume"]:
    source, target, mode = volume.split(":")
    box += ["--ro-bind" if mode == "ro" else "--bind", source, target]
box += ["--remount-ro", "/", "--chdir", flags["--workdir"][0], "--setenv", "PATH", "/usr/bin", "--"]

child = subprocess.Popen(box + flags["--entrypoint"] + arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def pass_on(source, target):
    while piece := os.read(source, 65536):
        try:
            while piece:
                piece = piece[os.write(target, piece):]
        except OSError:
            break
    try:
        os.close(target)
    except OSError:
        pass


threading.Thread(target=pass_on, args=(0, child.stdin.fileno()), daemon=True).start()
out = threading.Thread(target=pass_on, args=(child.stdout.fileno(), 1), daemon=True)
out.start()
if "ENGINE_LINGERS" in os.environ:
    with open(f"{os.environ['ENGINE_LOG']}.{flags['--name'][0]}", "w") as file:
        file.write(str(os.getpid()))
    child.wait()
    time.sleep(60)
status = child.wait()
out.join(1)
sys.exit(status if status >= 0 else 128 - status)
