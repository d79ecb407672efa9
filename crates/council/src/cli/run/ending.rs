//! What a result means for the shell and for the person.

use crate::exit::Exit;
use crate::output::notice;
use serde_json::Value;

/// As timeout(1) ends when it had to end a program.
const OUT_OF_TIME: u8 = 124;
/// As timeout(1) ends when it failed itself: nothing of the program ran, or what it wrote is not whole.
const NOT_WHOLE: u8 = 125;
/// 128 and SIGKILL, as shells count.
const KILLED: u8 = 137;

/// How the process ends.
pub(super) fn exit(result: &Value) -> Exit {
    let signal = result["signal"]
        .as_u64()
        .and_then(|signal| u8::try_from(signal).ok());
    Exit::Program(match result["status"].as_str().unwrap_or_default() {
        "ok" => 0,
        "error" => match result["exit"].as_i64() {
            // An exception in a session ends no process, but it is no success.
            None | Some(0) => signal.map_or(1, |signal| 128 + (signal & 0x7f)),
            Some(code) => (code & 0xff) as u8,
        },
        "timeout" | "cpu" => OUT_OF_TIME,
        "killed" => signal.map_or(KILLED, |signal| 128 + (signal & 0x7f)),
        "memory" => KILLED,
        _ => NOT_WHOLE,
    })
}

/// Says on standard error what the program itself cannot have said.
pub(super) fn tell(result: &Value) {
    let ms = |name: &str| result[name].as_f64().unwrap_or_default();
    let why = match result["status"].as_str().unwrap_or_default() {
        "timeout" => Some(format!(
            "it took longer than it may and was ended after {:.0} ms; --timeout gives it more time",
            ms("wall_ms")
        )),
        "cpu" => Some(format!(
            "it used more processor time than it may and was ended after {:.0} ms of it; --timeout gives it more",
            ms("cpu_ms")
        )),
        "memory" => Some("it needed more memory than it may and was ended".to_owned()),
        "output_limit" => Some("it wrote far more than is kept and was ended".to_owned()),
        "killed" => Some("it was killed".to_owned()),
        "refused" => Some("nothing of it ran; see above".to_owned()),
        _ => None,
    };
    if let Some(why) = why {
        notice(&format!("council: {why}"));
    }
    if let Some(lost) = result["session_lost"].as_str() {
        notice(&format!("council: the session began anew: {lost}"));
    }
    for (field, what) in [
        (
            "stdout",
            "standard output is not whole: it was longer than what is kept",
        ),
        (
            "stderr",
            "standard error is not whole: it was longer than what is kept",
        ),
        (
            "artifacts",
            "not every file came back: they were more, or larger, than what is kept",
        ),
        ("value", "the value is not whole: it was longer than what is kept"),
    ] {
        if result["truncated"][field] == true {
            notice(&format!("council: {what}"));
        }
    }
}
