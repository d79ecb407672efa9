# Tries, in a real box, whether each layer of protection holds. One line for each: its name, a tab, and what is wrong, if
# something is. HOST_* are the host's namespaces, and when its first process began.
holds() { printf '%s\t\n' "$1"; }
fails() { printf '%s\t%s\n' "$1" "$2"; }
status=$(</proc/self/status)
field() { [[ $status =~ $1:[[:space:]]*([^[:space:]]*) ]] && printf %s "${BASH_REMATCH[1]}"; }

apart() {
  local here
  here=$(readlink "/proc/self/ns/$2") || { fails "$1" "it cannot be read"; return; }
  if [[ $here == "$3" ]]; then fails "$1" "it is the host's"; else holds "$1"; fi
}
apart "user namespace" user "$HOST_user"
apart "mount namespace" mnt "$HOST_mnt"
apart "pid namespace" pid "$HOST_pid"
apart "network namespace" net "$HOST_net"
apart "ipc namespace" ipc "$HOST_ipc"
apart "uts namespace" uts "$HOST_uts"
apart "cgroup namespace" cgroup "$HOST_cgroup"

refused() {
  local name=$1 what=$2
  shift 2
  if "$@" 2>/dev/null; then fails "$name" "$what"; else holds "$name"; fi
}
write() { : >"$1"; }
refused "read-only system" "/usr can be written" write /usr/probe
refused "read-only root" "/ can be written" write /probe
refused "host files" "/root or /home can be seen" test -e /root -o -e /home -o -e /var
first_of_host() {
  local stat
  read -r stat </proc/1/stat || return
  set -- ${stat##*)}
  [[ ${20} == "$HOST_start" ]]
}
refused "host processes" "/proc/1 is the host's" first_of_host
refused "kernel settings" "/proc/sys can be seen" test -e /proc/sys/kernel
refused "host devices" "devices of the host can be seen" test -e /dev/sda -o -e /dev/vda -o -e /dev/kmsg -o -e /sys/class
refused "network" "a connection can be tried" write /dev/tcp/127.0.0.1/9
printf '#!/bin/bash\n' >/tmp/probe && chmod +x /tmp/probe
refused "no programs of its own" "/tmp/probe can be run" /tmp/probe
mkdir -p /tmp/m
refused "no mounts" "something can be mounted" mount -t tmpfs none /tmp/m
refused "no new namespaces" "a user namespace can be made" unshare -U true

capabilities=$(field CapPrm)$(field CapEff)$(field CapAmb)
# Those that a program could be given by another count where it could be given any.
[[ $(field NoNewPrivs) == 1 ]] || capabilities+=$(field CapBnd)
[[ $capabilities =~ ^0+$ ]] && holds "no capabilities" ||
  fails "no capabilities" "some are left: $(field CapEff) of $(field CapBnd)"
[[ $(field NoNewPrivs) == 1 ]] && holds "no new privileges" || fails "no new privileges" "it is not set"
[[ $(field Seccomp) == 2 ]] && holds "seccomp" || fails "seccomp" "there is no filter"
[[ $UID != 0 ]] && holds "no root" || fails "no root" "programs run as root"
# The file is the program's own and can be written, but for Landlock.
refused "landlock" "a path that is not listed can be written" write /proc/self/comm
limits="$(ulimit -u) $(ulimit -n) $(ulimit -f) $(ulimit -d) $(ulimit -c)"
[[ $limits == *unlimited* ]] && fails "resource limits" "some are missing: $limits" || holds "resource limits"
variables=$(env | grep -cvE '^(HOME|LANG|MPLBACKEND|MPLCONFIGDIR|OPENBLAS_NUM_THREADS|PATH|TMPDIR|USER|XDG_CACHE_HOME|PWD|SHLVL|_)=')
[[ $variables == 0 ]] && holds "empty environment" || fails "empty environment" "$variables variables of the host"
open=$(ls /proc/self/fd | grep -cvE '^[0-3]$')
[[ $open == 0 ]] && holds "no inherited descriptors" || fails "no inherited descriptors" "$open are open"
