#!/usr/bin/env bash
# Boots Debian with systemd in a container of systemd-nspawn, installs the package of a binary there, and looks whether the service does
# what docs/install.md says: boot.sh BINARY. Needs root, mmdebstrap and a systemd-nspawn that may do here what a host may, which is why it
# is no part of `make test`.
set -euo pipefail
cd "$(dirname "$0")/../.."

binary=$(realpath "${1:?a council binary}")
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root
suite=trixie
cache=${COUNCIL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/council}/boot
mkdir -p "$cache" "$root"

if [ ! -e "$cache/$suite.tar" ]; then
  mmdebstrap --quiet --variant=minbase \
    --include=systemd,systemd-sysv,dbus,python3,ca-certificates,libgomp1,libstdc++6,curl \
    "$suite" "$cache/$suite.part.tar" http://deb.debian.org/debian
  mv "$cache/$suite.part.tar" "$cache/$suite.tar"
fi
tar --extract --file "$cache/$suite.tar" --directory "$root"
FAST=1 scripts/deb.sh "$binary" "$work/deb" >/dev/null
cp "$work"/deb/council_*.deb "$root/root/council.deb"

cat >"$root/root/try.sh" <<'INSIDE'
#!/bin/bash
exec >/root/said 2>&1
export DEBIAN_FRONTEND=noninteractive HOME=/root
passed=0 failed=0
that() { # that WHAT COMMAND…
  local what=$1
  shift
  if "$@" >/root/last 2>&1; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "failed: $what"
    cat /root/last
    journalctl --unit council --unit council-backup --no-pager --lines 15
  fi
}
get() { curl --silent --max-time 20 "127.0.0.1:9000$1" "${@:2}"; }
up() { for _ in $(seq 60); do get /health >/dev/null && return; sleep 0.5; done; return 1; }
says() { # says TEXT COMMAND…: its output has the text
  local text=$1
  shift
  "$@" | tee /root/answer | grep -qF -- "$text" || { cat /root/answer; return 1; }
}
status() { cat "/proc/$(systemctl show --property MainPID --value council)/status"; }

that "the package is installed" dpkg --install /root/council.deb
that "nothing starts by itself" bash -c '! systemctl is-active council'
that "only root sees the secrets" says "700 root" stat --format '%a %U' /etc/council/secrets
install -D /dev/stdin /etc/systemd/system/council.service.d/fake.conf <<'UNIT'
[Service]
ExecStart=
ExecStart=/usr/bin/council serve --scripted
UNIT
install --mode=0600 /dev/stdin /etc/council/secrets/example <<<"sk-example-0123456789"
cat >/etc/council/council.toml <<'TOML'
[[remote]]
id = "elsewhere"
provider = "example"
base_url = "http://127.0.0.1:9/v1"
model = "large"
context_tokens = 131072
api_key_file = "/etc/council/secrets/example"
TOML
systemctl daemon-reload
that "the service starts, with the secret" systemctl enable --now council
that "it answers" up
that "it says that it is well" says ok council health
that "the remote model is there" says elsewhere get /v1/models
that "it is no root" says council stat --format %U "/proc/$(systemctl show --property MainPID --value council)"
that "it has no capabilities" says "CapBnd:	0000000000000000" status
that "it can get no new privileges" says "NoNewPrivs:	1" status
that "its files are its own" says "700 council" stat --format '%a %U' /var/lib/council
that "the database too" says "600 council" stat --format '%a %U' /var/lib/council/council.db
that "the sandbox holds" says '"tier":"strong"' get /v1/sandbox/status
that "programs run in it" says '"stdout":"42\n"' get /v1/sandbox/run -d '{"language": "python", "code": "print(6 * 7)"}'
if council backup --help >/dev/null 2>&1; then
  that "the backup is made" systemctl start council-backup.service
  that "and is its owner's only" says "600 council" bash -c 'stat --format "%a %U" /var/lib/council/backups/council-*.zip'
fi
that "the timer starts" systemctl enable --now council-backup.timer
pid=$(systemctl show --property MainPID --value council)
that "an upgrade restarts it" bash -c "dpkg --install /root/council.deb && [ $pid != \$(systemctl show --property MainPID --value council) ]"
that "it answers again" up
that "it stops in time and well" bash -c 'systemctl stop council && systemctl show council | grep -q ^Result=success'
that "it is removed" dpkg --remove council
that "and purged" dpkg --purge council
that "what was said is still there" test -f /var/lib/council/council.db
that "the secrets are not" bash -c '! test -e /etc/council'
echo "$passed passed, $failed failed"
poweroff
INSIDE
chmod +x "$root/root/try.sh"
cat >"$root/etc/systemd/system/try.service" <<'UNIT'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/root/try.sh
TimeoutStartSec=240
UNIT
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -s ../try.service "$root/etc/systemd/system/multi-user.target.wants/try.service"

# What a host of its own would allow: a whole /proc, and the calls that the sandbox needs.
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=1 timeout 300 systemd-nspawn --quiet --directory "$root" --boot \
  --register=no --keep-unit --private-network --console=passive \
  --system-call-filter="@mount landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp pivot_root" \
  >"$work/console" 2>&1 || true
[ -e "$root/root/said" ] || { cat "$work/console" >&2; exit 1; }
cat "$root/root/said"
tail -n 1 "$root/root/said" | grep -q ', 0 failed$'
