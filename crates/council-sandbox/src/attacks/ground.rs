//! What lies on the host for attacks to reach. A probe that looks for nothing in particular proves nothing when it comes
//! back with nothing.
//!
//! - [`facts`]: what of the host is told to the programs, so that they know it when they see it
//! - [`answers`]: sockets that answer
//! - [`queues`]: shared memory, semaphores and message queues
//! - [`target`]: a process of the host

mod answers;
mod facts;
mod queues;
mod target;

use answers::Answers;
use queues::Queues;
use rustix::io::FdFlags;
use serde_json::{Value, json};
use std::fs::{File, Permissions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use target::Target;
use tempfile::{Builder, NamedTempFile, TempDir};

/// A variable of the target process's environment, and of a control run's.
pub const CANARY_VARIABLE: &str = "COUNCIL_ATTACK_CANARY";

/// Files, sockets, queues and a process of the host; gone when dropped. Open it before the sandbox, so that what the
/// sandbox inherits is there to be inherited.
pub struct Ground {
    token: String,
    facts: Value,
    marks: AtomicU32,
    _target: Target,
    _answers: Answers,
    _queues: Queues,
    _files: Files,
}

/// What lies on the disk, and descriptors that a careless child inherits.
struct Files {
    folder: TempDir,
    tmp: NamedTempFile,
    writable: NamedTempFile,
    var_tmp: NamedTempFile,
    dev_shm: NamedTempFile,
    canary: File,
    _open_folder: File,
}

impl Ground {
    /// Lays everything out. `names` are those variables of this process's environment that no program needs to see;
    /// their values are not asked for.
    ///
    /// # Errors
    /// When a file, a socket, a queue or a process cannot be made.
    pub fn open(names: &[String]) -> io::Result<Self> {
        let token = token();
        let files = Files::lay(&token)?;
        let answers = Answers::open(files.folder.path(), &token)?;
        let queues = Queues::open(&token)?;
        let target = Target::start(&token)?;
        let mut facts = facts::of_host()?;
        let mut names = names.to_vec();
        names.push(CANARY_VARIABLE.to_owned());
        let told = [
            json!({"token": token, "names": names}),
            files.told()?,
            answers.told(),
            queues.told(),
            target.told()?,
        ];
        for part in told {
            if let (Value::Object(facts), Value::Object(part)) = (&mut facts, part) {
                facts.extend(part);
            }
        }
        Ok(Self {
            token,
            facts,
            marks: AtomicU32::new(0),
            _target: target,
            _answers: answers,
            _queues: queues,
            _files: files,
        })
    }

    /// The value of [`CANARY_VARIABLE`].
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A name for the processes of one run: at most 15 bytes, as the kernel keeps them.
    pub fn mark(&self) -> String {
        let number = self.marks.fetch_add(1, Ordering::Relaxed);
        format!("ca{}{number:x}", &self.token[..6])
    }

    /// A name for the processes of runs that look for each other.
    pub fn shared_mark(&self) -> String {
        format!("cb{}", &self.token[..6])
    }

    /// Processes of the host that have this name, or this last argument.
    pub fn marked(&self, mark: &str) -> Vec<rustix::process::Pid> {
        target::processes()
            .filter(|pid| {
                let read = |file| std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
                let is_marked =
                    read("comm").trim_end() == mark || read("cmdline").ends_with(&format!("\0{mark}\0"));
                is_marked && !target::is_zombie(*pid)
            })
            .filter_map(rustix::process::Pid::from_raw)
            .collect()
    }

    /// Processor time of the processes that have this name, so far.
    pub(super) fn processor_time(&self, mark: &str) -> Duration {
        let times = self
            .marked(mark)
            .into_iter()
            .filter_map(|pid| target::processor_time(pid.as_raw_pid()));
        times.sum()
    }

    /// What a program is told, as a literal that is JSON and Python alike.
    pub fn facts(&self, mark: &str, gentle: bool) -> String {
        let mut facts = self.facts.clone();
        facts["mark"] = json!(mark);
        facts["gentle"] = json!(i32::from(gentle));
        facts.to_string()
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        for folder in ["/tmp", "/var/tmp", "/dev/shm"] {
            // What a program left where no box kept it; mostly there is nothing.
            let _ = std::fs::remove_file(format!("{folder}/left-{}", self.token));
        }
    }
}

impl Files {
    fn lay(token: &str) -> io::Result<Self> {
        let folder = Builder::new()
            .prefix("council-attack-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in("/tmp")?;
        let tmp = file_in(folder.path(), token, 0o644)?;
        let writable = file_in(folder.path(), token, 0o666)?;
        let var_tmp = file_in(Path::new("/var/tmp"), token, 0o644)?;
        let dev_shm = file_in(Path::new("/dev/shm"), token, 0o644)?;
        let canary = File::open(tmp.path())?;
        let open_folder = File::open("/")?;
        rustix::io::fcntl_setfd(&canary, FdFlags::empty())?;
        rustix::io::fcntl_setfd(&open_folder, FdFlags::empty())?;
        Ok(Self {
            folder,
            tmp,
            writable,
            var_tmp,
            dev_shm,
            canary,
            _open_folder: open_folder,
        })
    }

    fn told(&self) -> io::Result<Value> {
        Ok(json!({
            "tmp": self.tmp.path(),
            "writable": self.writable.path(),
            "var_tmp": self.var_tmp.path(),
            "dev_shm": self.dev_shm.path(),
            "canary": facts::identity(&self.canary.metadata()?),
        }))
    }
}

fn file_in(folder: &Path, token: &str, mode: u32) -> io::Result<NamedTempFile> {
    let mut file = Builder::new().prefix("council-canary-").tempfile_in(folder)?;
    writeln!(file, "{token}")?;
    // Not by its creation, which the umask of this process would narrow.
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    Ok(file)
}

/// 128 bits that occur nowhere else. Unguessable they need not be.
fn token() -> String {
    let half = || std::hash::RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", half(), half())
}
