//! Trials of what is written, how a program ends, and what it is fed.

use super::attack::{Attack, Group::Output, Outside, Text};
use super::judge::{Ended, Judgement, described};
use council_core::sandbox::RunStatus::{Error, Ok as Fine, OutputLimit, Timeout};

const fn trial(name: &'static str, harm: &'static str, judge: fn(&Ended) -> Judgement) -> Attack {
    Attack::trial(Output, name, harm, judge)
}

/// One whose report is the same without a box.
const fn same(name: &'static str, harm: &'static str, judge: fn(&Ended) -> Judgement) -> Attack {
    trial(name, harm, judge).outside(Outside::Same)
}

/// A source of its own, with nothing before it.
const fn source(
    name: &'static str,
    harm: &'static str,
    text: fn() -> String,
    judge: fn(&Ended) -> Judgement,
) -> Attack {
    same(name, harm, judge).text(Text::Python(text))
}

const fn shell(
    name: &'static str,
    harm: &'static str,
    text: &'static str,
    judge: fn(&Ended) -> Judgement,
) -> Attack {
    same(name, harm, judge).text(Text::Bash(text))
}

/// The first bytes are kept, as many as may be, and the rest is said to be missing.
fn first_bytes(kept: &[u8], most: u64, truncated: bool) -> Judgement {
    let most = usize::try_from(most).map_err(|error| error.to_string())?;
    let block = 1 << 16;
    let expected = |at: usize| b'A' + u8::try_from(at / block % 26).unwrap_or(0);
    if !truncated {
        return Err(format!("{} bytes, and nothing is said to be missing", kept.len()));
    }
    if kept.len() != most {
        return Err(format!("{} bytes are kept, {most} may be", kept.len()));
    }
    match kept
        .iter()
        .enumerate()
        .position(|(at, byte)| *byte != expected(at))
    {
        Some(at) => Err(format!("the byte at {at} is another one")),
        None => Ok(format!("the first {most} bytes are kept")),
    }
}

fn says_in_stderr(ended: &Ended, words: &str) -> Judgement {
    let report = ended.with(&[Error])?;
    if report.exit == Some(1) && String::from_utf8_lossy(&report.stderr).contains(words) {
        Ok(described(report))
    } else {
        Err(described(report))
    }
}

pub(super) const OUTPUT: &[Attack] = &[
    same(
        "every_byte",
        "Output that is no text would be changed.",
        |ended| {
            let all: Vec<u8> = (0..=255).collect();
            ended.wrote(&all.repeat(4))
        },
    ),
    same(
        "invalid_text",
        "Output that is no UTF-8 would be changed or refused.",
        |ended| ended.wrote(b"a\xff\xfe\xc3(\xed\xa0\x80z"),
    ),
    same("nul_bytes", "Output would end at its first NUL.", |ended| {
        ended.wrote(b"a\0b\0\0c\n")
    }),
    same(
        "terminal_codes",
        "Output would be changed where it looks like commands to a terminal.",
        |ended| ended.wrote(b"\x1b[2J\x1b]0;title\x07\x1b[31mred\x1b[0m\r\n"),
    ),
    same("no_last_newline", "The last line would be lost.", |ended| {
        ended.wrote(b"without an end")
    }),
    same("nothing", "No output would be an error.", |ended| {
        ended.wrote(b"")
    }),
    same(
        "single_bytes",
        "Output in small pieces would be lost or slow.",
        |ended| ended.wrote(&[b'.'; 5000]),
    ),
    same(
        "says_without_flushing",
        "What was not flushed would be lost.",
        |ended| ended.wrote(b"not flushed\nnor this"),
    ),
    trial(
        "one_long_line",
        "A line without an end would fill the server's memory.",
        |ended| {
            let report = ended.with(&[OutputLimit])?;
            if report.truncated.stdout && report.stdout.len() as u64 <= ended.limits.stdout_bytes {
                Ok(format!("{} bytes are kept", report.stdout.len()))
            } else {
                Err(format!(
                    "{} bytes, truncated: {}",
                    report.stdout.len(),
                    report.truncated.stdout
                ))
            }
        },
    ),
    trial(
        "far_too_much",
        "Output without an end would fill the server's memory.",
        |ended| {
            let report = ended.with(&[OutputLimit])?;
            let (out, err) = (report.stdout.len() as u64, report.stderr.len() as u64);
            if out <= ended.limits.stdout_bytes && err <= ended.limits.stderr_bytes && report.truncated.stdout
            {
                Ok(format!("{out} and {err} bytes are kept"))
            } else {
                Err(format!(
                    "{out} and {err} bytes, truncated: {:?}",
                    report.truncated
                ))
            }
        },
    ),
    trial(
        "more_than_is_kept",
        "It would not be known that output is missing.",
        |ended| {
            let report = ended.with(&[Fine])?;
            first_bytes(&report.stdout, ended.limits.stdout_bytes, report.truncated.stdout)
        },
    ),
    trial(
        "more_errors_than_are_kept",
        "It would not be known that errors are missing.",
        |ended| {
            let report = ended.with(&[Fine])?;
            first_bytes(&report.stderr, ended.limits.stderr_bytes, report.truncated.stderr)
        },
    ),
    trial(
        "both_streams",
        "A program that writes to both streams would wait for ever.",
        |ended| {
            let report = ended.with(&[Fine])?;
            if report.truncated.stdout && report.truncated.stderr {
                Ok("both are kept as far as they may be".to_owned())
            } else {
                Err(format!("{:?}", report.truncated))
            }
        },
    ),
    same("exit_with_3", "The exit status would be lost.", |ended| {
        ended.exits(3)
    }),
    same(
        "exit_with_255",
        "The greatest exit status would be taken for something else.",
        |ended| ended.exits(255),
    ),
    same("exit_with_message", "The reason would be lost.", |ended| {
        says_in_stderr(ended, "the reason")
    }),
    same("uncaught_exception", "The traceback would be lost.", |ended| {
        says_in_stderr(ended, "KeyError: 'missing'")
    }),
    same(
        "killed_by_kill",
        "The signal, or what was written before it, would be lost.",
        |ended| died(ended, 9),
    ),
    same(
        "killed_by_terminate",
        "The signal, or what was written before it, would be lost.",
        |ended| died(ended, 15),
    ),
    same(
        "killed_by_abort",
        "The signal, or what was written before it, would be lost.",
        |ended| died(ended, 6),
    ),
    same(
        "killed_by_segmentation",
        "The signal, or what was written before it, would be lost.",
        |ended| died(ended, 11),
    ),
    trial(
        "says_and_sleeps",
        "What was written before the limit would be lost.",
        |ended| {
            let report = ended.with(&[Timeout])?;
            if report.stdout == b"before the end\n" {
                Ok("what was written is kept".to_owned())
            } else {
                Err(format!("{} bytes are kept", report.stdout.len()))
            }
        },
    )
    .wall(1),
    same(
        "reads_nothing",
        "A program that leaves its input unread would wait for ever.",
        |ended| ended.wrote(b"not read\n"),
    )
    .stdin(8 << 20),
    same("reads_everything", "Input would be lost.", |ended| {
        // 16 bytes whose sum is 1030: the digits (525), five letters (495) and a newline (10).
        ended.wrote(format!("4194304 {}\n", (1030_u64 << 18) % 65521).as_bytes())
    })
    .stdin(4 << 20),
    trial(
        "speaks_for_its_keepers",
        "A program would end its run as it likes and go on.",
        |ended| {
            // It may lie about how it ends, being the process that would tell, but then it has ended.
            ended.ends(&[Fine, Error])
        },
    ),
    same(
        "file_above",
        "A file would be put outside of the box.",
        Ended::refuses,
    )
    .text(Text::Python(|| "print(1)".to_owned()))
    .file("../above")
    .outside(Outside::Never("only a box takes files")),
    same(
        "file_at_the_root",
        "A file of the box's system would be replaced.",
        Ended::refuses,
    )
    .text(Text::Python(|| "print(1)".to_owned()))
    .file("/etc/passwd")
    .outside(Outside::Never("only a box takes files")),
    same("file_with_line_end", "A name would forge a line.", Ended::refuses)
        .text(Text::Python(|| "print(1)".to_owned()))
        .file("a\nb")
        .outside(Outside::Never("only a box takes files")),
    source(
        "value_that_is_no_text",
        "A program would fail for what its last line is shown as.",
        || "class A:\n    def __repr__(self): return '\\ud800'\nA()\n".to_owned(),
        |ended| ended.wrote(b""),
    ),
    source(
        "empty_source",
        "No source would be an error.",
        String::new,
        |ended| ended.wrote(b""),
    ),
    source(
        "source_with_nul",
        "A source would end at its first NUL.",
        || "print(1)\0\nprint(2)\n".to_owned(),
        Ended::refuses,
    )
    .outside(Outside::Never("only a box refuses")),
    source(
        "source_with_mark",
        "A byte order mark would be an error.",
        || "\u{feff}print('read')\n".to_owned(),
        |ended| ended.wrote(b"read\n"),
    ),
    source(
        "source_with_carriage_returns",
        "Sources from Windows would be an error.",
        || "if True:\r\n    print(1)\r\nprint('''a\r\nb''')\r\n".to_owned(),
        |ended| ended.wrote(b"1\na\nb\n"),
    ),
    source(
        "source_with_error",
        "What is wrong with a source would not be told.",
        || "print(1\n".to_owned(),
        |ended| says_in_stderr(ended, "SyntaxError"),
    ),
    source(
        "source_too_deep",
        "A source would overrun the parser.",
        || "(".repeat(100_000),
        |ended| says_in_stderr(ended, "Error"),
    ),
    source(
        "source_of_two_megabytes",
        "A long source would be an error.",
        || {
            format!(
                "{}print('read')\n",
                "# a comment of forty bytes, no more no les\n".repeat(45_000)
            )
        },
        |ended| ended.wrote(b"read\n"),
    ),
    source(
        "source_too_long",
        "A source without an end would fill the server's memory.",
        || {
            format!(
                "{}print('read')\n",
                "# a comment of forty bytes, no more no les\n".repeat(80_000)
            )
        },
        Ended::refuses,
    )
    .outside(Outside::Never("only a box refuses")),
    shell(
        "shell_exit",
        "The exit status of a shell would be lost.",
        "echo before\nexit 7\n",
        |ended| ended.exits(7),
    ),
    shell(
        "shell_signal",
        "The signal of a shell would be lost.",
        "kill -9 $$\n",
        |ended| ended.dies_of(9),
    ),
    shell(
        "shell_pipes",
        "Pipes and children of a shell would not do.",
        "for i in 1 2 3; do echo $i; done | sort -r | tr '\\n' ' '\n",
        |ended| ended.wrote(b"3 2 1 "),
    ),
];

fn died(ended: &Ended, signal: i32) -> Judgement {
    let report = ended.report()?;
    if report.stdout != b"before\n" {
        return Err(format!(
            "{} bytes are kept: {}",
            report.stdout.len(),
            described(report)
        ));
    }
    ended.dies_of(signal)
}
