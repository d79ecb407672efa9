//! Model ids and the names of files that they come from.

/// Longest id; file systems take 255 bytes, and suffixes are added.
const MAX_BYTES: usize = 200;

/// Whether a text can be a model's id: a plain file name without directory, never hidden, never with `:` (which
/// separates ids from tags in other tools' names).
pub fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_BYTES
        && !text.starts_with('.')
        && !text.contains(['/', '\\', ':', '\0'])
        && !text.chars().any(char::is_control)
}

/// The id of a file: its name without `.gguf` and without the number of a part, in lower case, and `-` for
/// everything but letters, digits, `.`, `_` and `-`. `None` when nothing is left.
pub fn id_from_file_name(name: &str) -> Option<String> {
    let stem = without_suffix(name);
    let stem = part_number(stem).map_or(stem, |part| part.stem);
    let mut id = String::new();
    for c in stem.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || matches!(c, '.' | '_' | '-') {
            id.push(c);
        } else if !id.ends_with('-') {
            id.push('-');
        }
    }
    let id = id.trim_matches(['-', '.']).to_owned();
    is_id(&id).then_some(id)
}

/// A file name without `.gguf`, in whatever case.
pub(super) fn without_suffix(name: &str) -> &str {
    match name
        .len()
        .checked_sub(5)
        .and_then(|length| name.split_at_checked(length))
    {
        Some((stem, suffix)) if suffix.eq_ignore_ascii_case(".gguf") => stem,
        _ => name,
    }
}

/// Whether a file name is that of a model.
pub(crate) fn is_model_file_name(name: &str) -> bool {
    !name.starts_with('.') && without_suffix(name).len() < name.len()
}

/// What follows a model's id in that of its projector: `<id>.mmproj.gguf` lies beside `<id>.gguf`.
const PROJECTOR: &str = ".mmproj";

/// The id under which a model's projector is kept.
pub(crate) fn projector_id(model: &str) -> String {
    format!("{model}{PROJECTOR}")
}

/// The model that a projector belongs to, by its id.
pub(super) fn model_of_projector(id: &str) -> Option<&str> {
    id.strip_suffix(PROJECTOR)
}

/// Which part of a split model a file is: `<stem>-00001-of-00003`, as llama.cpp names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    pub(crate) stem: &'a str,
    pub(crate) number: u32,
    pub(crate) count: u32,
}

/// Reads the number of a part off a file name without `.gguf`.
pub(crate) fn part_number(stem: &str) -> Option<Part<'_>> {
    let (rest, count) = stem.rsplit_once("-of-")?;
    let (stem, number) = rest.rsplit_once('-')?;
    let digits = |text: &str| {
        (text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())
    };
    let (number, count) = (digits(number)??, digits(count)??);
    (1..=count)
        .contains(&number)
        .then_some(Part { stem, number, count })
}

/// How many parts a split model has, by the name of one of its files.
pub(crate) fn part_of_split(file_name: &str) -> Option<u32> {
    part_number(without_suffix(file_name)).map(|part| part.count)
}

/// The file name of a part.
pub(super) fn part_file_name(stem: &str, number: u32, count: u32) -> String {
    format!("{stem}-{number:05}-of-{count:05}.gguf")
}
