//! Asks a person for a passphrase on the terminal, without showing what is typed.

use council_core::Secret;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write};

/// Keys that are no part of what is typed (<https://man7.org/linux/man-pages/man7/ascii.7.html>).
const INTERRUPT: u8 = 3;
const END: u8 = 4;
const BACKSPACES: [u8; 2] = [8, 127];
const LINE_AWAY: u8 = 21;

/// Asks once.
///
/// # Errors
/// When there is no terminal, or nothing was typed.
pub(crate) fn ask(what: &str) -> io::Result<Secret> {
    let mut terminal = open()?;
    let quiet = quiet::Quiet::new(&terminal)?;
    write!(terminal, "{what}: ")?;
    let typed = read(&mut terminal);
    drop(quiet);
    writeln!(terminal)?;
    typed
}

/// Asks until the same is typed twice.
///
/// # Errors
/// As [`ask`].
pub(crate) fn ask_twice(what: &str) -> io::Result<Secret> {
    loop {
        let first = ask(what)?;
        if ask("The same again")? == first {
            return Ok(first);
        }
        writeln!(open()?, "these were not the same")?;
    }
}

/// The terminal, whatever standard input is. A program that nobody looks at asks nobody.
fn open() -> io::Result<File> {
    if !io::stderr().is_terminal() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "no terminal"));
    }
    let opened = File::options().read(true).write(true).open("/dev/tty");
    opened.map_err(|error| io::Error::new(error.kind(), format!("no terminal: {error}")))
}

/// A line, key by key.
fn read(from: &mut impl Read) -> io::Result<Secret> {
    // Room for more than anybody types, so that no half of it stays where a smaller buffer was.
    let mut typed: Vec<u8> = Vec::with_capacity(4096);
    let mut key = [0];
    loop {
        if from.read(&mut key)? == 0 {
            break;
        }
        match key[0] {
            b'\r' | b'\n' => break,
            INTERRUPT => return Err(io::Error::new(io::ErrorKind::Interrupted, "interrupted")),
            END if typed.is_empty() => break,
            LINE_AWAY => typed.clear(),
            back if BACKSPACES.contains(&back) => {
                // A character, which may be several bytes.
                while typed.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
            }
            byte => typed.push(byte),
        }
    }
    if typed.is_empty() {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "nothing was typed"));
    }
    let text = String::from_utf8(typed);
    text.map(Secret::from)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

#[cfg(unix)]
mod quiet {
    //! A terminal that shows nothing and hands over every key, until this goes.

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
    use std::fs::File;
    use std::io;

    pub(super) struct Quiet {
        terminal: File,
        before: Termios,
    }

    impl Quiet {
        pub(super) fn new(terminal: &File) -> io::Result<Self> {
            let terminal = terminal.try_clone()?;
            let before = tcgetattr(&terminal)?;
            let mut quiet = before.clone();
            // With signals a Ctrl-C would leave a terminal that shows nothing.
            quiet.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
            tcsetattr(&terminal, OptionalActions::Flush, &quiet)?;
            Ok(Self { terminal, before })
        }
    }

    impl Drop for Quiet {
        fn drop(&mut self) {
            // There is nobody to tell.
            let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
        }
    }
}

#[cfg(not(unix))]
mod quiet {
    //! Elsewhere the passphrase comes from a file or the environment.

    use std::fs::File;
    use std::io;

    pub(super) struct Quiet;

    impl Quiet {
        pub(super) fn new(_: &File) -> io::Result<Self> {
            Err(io::Error::new(io::ErrorKind::Unsupported, "not on this system"))
        }
    }
}

#[cfg(test)]
mod tests;
