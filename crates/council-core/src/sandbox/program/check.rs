//! Whether a program can be run as it is: one place for everybody who runs one.

use super::{InputFile, Limits, Program};
use crate::sandbox::SandboxError;
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// Largest source, in bytes.
pub const MAX_SOURCE_BYTES: usize = 2 << 20;
/// Largest standard input, in bytes.
pub const MAX_STDIN_BYTES: usize = 16 << 20;
/// Most files of one run.
pub const MAX_FILES: usize = 256;
/// Longest name of a file with its folders, in bytes.
const MAX_NAME_BYTES: usize = 1024;
/// Longest part of a name between two `/`, in bytes, as of every usual file system.
const MAX_PART_BYTES: usize = 255;

impl Program {
    /// That it can be run with at most `maximum`. What the sandbox itself refuses ([`Self::refusal`]) is no error.
    ///
    /// # Errors
    /// [`SandboxError::InvalidProgram`], which names the first field that is wrong, as the API does.
    pub fn check(&self, maximum: &Limits) -> Result<(), SandboxError> {
        at_most("code", self.source.len(), MAX_SOURCE_BYTES)?;
        at_most("stdin", self.stdin.len(), MAX_STDIN_BYTES)?;
        self.limits.check(maximum)?;
        check_files(&self.files, &self.limits)
    }

    /// Why nothing of its source may run, as a sentence.
    pub fn refusal(&self) -> Option<String> {
        let at = self.source.find('\0')?;
        let line = self.source[..at].matches('\n').count() + 1;
        let language = self.language;
        Some(format!(
            "the source has a NUL byte in line {line}, which {language} does not take; remove it"
        ))
    }

    /// The source as interpreters want it: without a byte order mark, with `\n` at line ends. Python and JavaScript
    /// read `\r\n` as that anyway; to bash the `\r` would be a part of the last word.
    pub fn clean_source(&self) -> Cow<'_, str> {
        let source = self.source.strip_prefix('\u{feff}').unwrap_or(&self.source);
        if source.contains("\r\n") {
            return Cow::Owned(source.replace("\r\n", "\n"));
        }
        Cow::Borrowed(source)
    }
}

impl Limits {
    /// That each is possible and at most `maximum`.
    ///
    /// # Errors
    /// [`SandboxError::InvalidProgram`], which names the limit, as the API does.
    pub fn check(&self, maximum: &Self) -> Result<(), SandboxError> {
        let ms = |limits: &Self| [limits.wall, limits.cpu].map(|time| time.as_millis());
        let [wall, cpu] = ms(self);
        let [max_wall, max_cpu] = ms(maximum);
        between("wall_ms", wall, 1, max_wall)?;
        between("cpu_ms", cpu, 1, max_cpu)?;
        between("memory_bytes", self.memory_bytes, 1, maximum.memory_bytes)?;
        between("processes", self.processes, 1, maximum.processes)?;
        between("open_files", self.open_files, 1, maximum.open_files)?;
        between("file_bytes", self.file_bytes, 0, maximum.file_bytes)?;
        // To the kernel a tmpfs of size 0 is one without a limit.
        between("disk_bytes", self.disk_bytes, 1, maximum.disk_bytes)?;
        between("inodes", self.inodes, 1, maximum.inodes)?;
        between("stdout_bytes", self.stdout_bytes, 0, maximum.stdout_bytes)?;
        between("stderr_bytes", self.stderr_bytes, 0, maximum.stderr_bytes)?;
        between("artifacts", self.artifacts, 0, maximum.artifacts)?;
        between("artifact_bytes", self.artifact_bytes, 0, maximum.artifact_bytes)
    }
}

fn between<T: Copy + PartialOrd + fmt::Display>(
    name: &str,
    value: T,
    low: T,
    high: T,
) -> Result<(), SandboxError> {
    if low <= value && value <= high {
        return Ok(());
    }
    let message = format!("is {value}; it must be from {low} to {high}");
    Err(invalid(format!("limits.{name}"), message))
}

fn at_most(field: &str, bytes: usize, most: usize) -> Result<(), SandboxError> {
    if bytes <= most {
        return Ok(());
    }
    Err(invalid(
        field,
        format!("has {bytes} bytes; at most {most} are possible"),
    ))
}

fn check_files(files: &[InputFile], limits: &Limits) -> Result<(), SandboxError> {
    if files.len() > MAX_FILES {
        let count = files.len();
        return Err(invalid(
            "files",
            format!("has {count} entries; at most {MAX_FILES} are possible"),
        ));
    }
    let mut names = HashSet::new();
    let mut folders = HashSet::new();
    let mut total: u64 = 0;
    for (index, InputFile { name, content }) in files.iter().enumerate() {
        let wrong_name = |message: String| invalid(format!("files[{index}].name"), message);
        if let Some(message) = bad_name(name) {
            return Err(wrong_name(message));
        }
        if !names.insert(name.as_str()) {
            return Err(wrong_name(format!(
                "is `{name}`, which another file has; name each once"
            )));
        }
        folders.extend(name.match_indices('/').map(|(at, _)| &name[..at]));
        let bytes = content.len() as u64;
        if bytes > limits.file_bytes {
            let most = limits.file_bytes;
            let message = format!("has {bytes} bytes; `limits.file_bytes` is {most}");
            return Err(invalid(format!("files[{index}].content"), message));
        }
        total += bytes;
    }
    if let Some(index) = files.iter().position(|file| folders.contains(file.name.as_str())) {
        let name = &files[index].name;
        let message = format!("is `{name}`, which is the folder of another file; rename one of them");
        return Err(invalid(format!("files[{index}].name"), message));
    }
    if total > limits.disk_bytes {
        let most = limits.disk_bytes;
        return Err(invalid(
            "files",
            format!("have {total} bytes; `limits.disk_bytes` is {most}"),
        ));
    }
    Ok(())
}

/// What is wrong with the name of a file below `/box`.
fn bad_name(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("is empty; write a relative path such as `data/input.csv`".to_owned());
    }
    if name.len() > MAX_NAME_BYTES {
        let bytes = name.len();
        return Some(format!(
            "has {bytes} bytes; at most {MAX_NAME_BYTES} are possible"
        ));
    }
    let shown = name.escape_debug();
    if name.chars().any(char::is_control) {
        return Some(format!("is `{shown}`, which has a control character; remove it"));
    }
    if name.starts_with('/') {
        return Some(format!(
            "is `{shown}`, which is absolute; write a path relative to /box"
        ));
    }
    for part in name.split('/') {
        match part {
            "" => {
                return Some(format!(
                    "is `{shown}`, which has an empty part; write `/` only between names"
                ));
            }
            "." | ".." => return Some(format!("is `{shown}`; `.` and `..` are not possible in it")),
            part if part.len() > MAX_PART_BYTES => {
                let bytes = part.len();
                return Some(format!(
                    "has a part of {bytes} bytes; at most {MAX_PART_BYTES} are possible"
                ));
            }
            _ => {}
        }
    }
    None
}

fn invalid(field: impl Into<String>, message: String) -> SandboxError {
    let field = field.into();
    SandboxError::InvalidProgram { field, message }
}

#[cfg(test)]
mod tests;
