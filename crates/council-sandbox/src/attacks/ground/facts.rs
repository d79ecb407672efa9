//! What of the host is told to the programs, so that they know it when they see it. Nothing secret: names, numbers and
//! identities, which a program that could not see the host could do nothing with.

use serde_json::{Map, Value, json};
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// Namespaces by the names of their links.
const NAMESPACES: [&str; 7] = ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup"];

/// A file by what no other has.
pub(super) fn identity(metadata: &Metadata) -> String {
    format!("{}:{}", metadata.dev(), metadata.ino())
}

/// What distinguishes this host and this process.
///
/// # Errors
/// When the current folder or the root cannot be read.
pub(super) fn of_host() -> io::Result<Value> {
    let folder = std::env::current_dir()?;
    let passwd = text("/etc/passwd");
    let homes = homes(&passwd);
    let folders = folders()?;
    let mut identities = Map::new();
    let known = ["/", "/sys/kernel", "/etc/shadow", "/usr/bin/env"].map(str::to_owned);
    for path in known.iter().chain(&folders).chain(&homes) {
        if let Ok(metadata) = std::fs::metadata(path) {
            identities.insert(path.clone(), identity(&metadata).into());
        }
    }
    let namespaces: Map<String, Value> = NAMESPACES
        .iter()
        .filter_map(|kind| {
            let link = std::fs::read_link(format!("/proc/self/ns/{kind}")).ok()?;
            Some(((*kind).to_owned(), link.to_string_lossy().into()))
        })
        .collect();
    let init = super::target::start_of(1);
    Ok(json!({
        "harness": std::process::id(),
        "folder": folder,
        "folder_identity": identity(&std::fs::metadata(&folder)?),
        "host_name": rustix::system::uname().nodename().to_string_lossy(),
        "machine_id": text("/etc/machine-id").trim(),
        "boot_id": text("/proc/sys/kernel/random/boot_id").trim(),
        "control_groups": text("/proc/self/cgroup"),
        "users": passwd.lines().filter_map(|line| line.split(':').next()).collect::<Vec<_>>(),
        "homes": homes,
        "folders": folders,
        "identities": identities,
        "namespaces": namespaces,
        "init_start": init.unwrap_or(0),
        "interfaces": interfaces(),
        "name_servers": name_servers(),
    }))
}

/// A small file's text; empty where there is none, as on hosts without machine id or name server.
fn text(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Home folders of root and of people.
fn homes(passwd: &str) -> Vec<String> {
    let people = 1000..60_000;
    let mut homes: Vec<String> = passwd
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let user: u32 = fields.get(2)?.parse().ok()?;
            let home = (*fields.get(5)?).to_owned();
            (user == 0 || people.contains(&user)).then_some(home)
        })
        .filter(|home| home.len() > 1 && PathBuf::from(home).is_dir())
        .collect();
    homes.sort();
    homes.dedup();
    homes
}

/// Folders at the root, those that are links left out.
fn folders() -> io::Result<Vec<String>> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir("/")? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path().to_string_lossy().into_owned());
        }
    }
    folders.sort();
    Ok(folders)
}

fn interfaces() -> Vec<String> {
    text("/proc/net/dev")
        .lines()
        .skip(2)
        .filter_map(|line| Some(line.split_once(':')?.0.trim().to_owned()))
        .filter(|name| name != "lo")
        .collect()
}

fn name_servers() -> Vec<String> {
    text("/etc/resolv.conf")
        .lines()
        .filter_map(|line| Some(line.strip_prefix("nameserver")?.trim().to_owned()))
        .collect()
}
