//! What a file is: by its media type where a client says it, by its name, by what it begins with.

use super::ReadError;
use std::path::Path;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::knowledge) enum Format {
    /// Paragraphs.
    Text,
    Markdown,
    Html,
    Pdf,
    /// Lines of source code or data, by media type.
    Code(&'static str),
}

/// Source code and data by the end of the name.
const CODE: &[(&str, &str)] = &[
    ("rs", "text/x-rust"),
    ("py", "text/x-python"),
    ("pyi", "text/x-python"),
    ("js", "text/javascript"),
    ("mjs", "text/javascript"),
    ("cjs", "text/javascript"),
    ("jsx", "text/javascript"),
    ("ts", "text/x-typescript"),
    ("tsx", "text/x-typescript"),
    ("go", "text/x-go"),
    ("java", "text/x-java"),
    ("kt", "text/x-kotlin"),
    ("kts", "text/x-kotlin"),
    ("scala", "text/x-scala"),
    ("swift", "text/x-swift"),
    ("c", "text/x-c"),
    ("h", "text/x-c"),
    ("cc", "text/x-c++"),
    ("cpp", "text/x-c++"),
    ("cxx", "text/x-c++"),
    ("hpp", "text/x-c++"),
    ("hh", "text/x-c++"),
    ("cs", "text/x-csharp"),
    ("rb", "text/x-ruby"),
    ("php", "text/x-php"),
    ("pl", "text/x-perl"),
    ("lua", "text/x-lua"),
    ("r", "text/x-r"),
    ("jl", "text/x-julia"),
    ("hs", "text/x-haskell"),
    ("ml", "text/x-ocaml"),
    ("ex", "text/x-elixir"),
    ("exs", "text/x-elixir"),
    ("erl", "text/x-erlang"),
    ("clj", "text/x-clojure"),
    ("lisp", "text/x-lisp"),
    ("el", "text/x-lisp"),
    ("zig", "text/x-zig"),
    ("nim", "text/x-nim"),
    ("dart", "text/x-dart"),
    ("vue", "text/x-vue"),
    ("svelte", "text/x-svelte"),
    ("sql", "text/x-sql"),
    ("sh", "text/x-shellscript"),
    ("bash", "text/x-shellscript"),
    ("zsh", "text/x-shellscript"),
    ("fish", "text/x-shellscript"),
    ("ps1", "text/x-powershell"),
    ("bat", "text/x-batch"),
    ("css", "text/css"),
    ("scss", "text/x-scss"),
    ("proto", "text/x-protobuf"),
    ("tf", "text/x-terraform"),
    ("cmake", "text/x-cmake"),
    ("gradle", "text/x-gradle"),
    ("json", "application/json"),
    ("jsonl", "application/json"),
    ("toml", "application/toml"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("xml", "application/xml"),
    ("ini", "text/x-ini"),
    ("cfg", "text/x-ini"),
    ("conf", "text/x-ini"),
    ("csv", "text/csv"),
    ("tsv", "text/tab-separated-values"),
];

/// Names that have no end.
const CODE_NAMES: &[(&str, &str)] = &[
    ("makefile", "text/x-makefile"),
    ("dockerfile", "text/x-dockerfile"),
    ("justfile", "text/x-makefile"),
    ("rakefile", "text/x-ruby"),
    ("gemfile", "text/x-ruby"),
];

/// Ends of the names of files that hold no text. In a directory they are passed over without being opened.
const BINARY: &[&str] = &[
    "png",
    "jpg",
    "jpeg",
    "gif",
    "webp",
    "bmp",
    "ico",
    "tif",
    "tiff",
    "heic",
    "avif",
    "psd",
    "mp3",
    "mp4",
    "m4a",
    "wav",
    "flac",
    "ogg",
    "opus",
    "avi",
    "mkv",
    "mov",
    "webm",
    "zip",
    "gz",
    "tgz",
    "bz2",
    "xz",
    "zst",
    "7z",
    "rar",
    "tar",
    "jar",
    "whl",
    "exe",
    "dll",
    "so",
    "dylib",
    "a",
    "o",
    "lib",
    "obj",
    "class",
    "pyc",
    "wasm",
    "bin",
    "dat",
    "db",
    "sqlite",
    "sqlite3",
    "gguf",
    "safetensors",
    "onnx",
    "pt",
    "npy",
    "npz",
    "parquet",
    "pkl",
    "ttf",
    "otf",
    "woff",
    "woff2",
    "iso",
    "img",
    "dmg",
    "deb",
    "rpm",
    "apk",
    "doc",
    "docx",
    "xls",
    "xlsx",
    "ppt",
    "pptx",
    "odt",
    "ods",
    "odp",
    "epub",
    "mobi",
];

impl Format {
    /// What a file of this name that holds these bytes is.
    pub(in crate::knowledge) fn of(name: &str, bytes: &[u8]) -> Self {
        if bytes.starts_with(b"%PDF-") {
            return Self::Pdf;
        }
        let (stem, end) = stem_and_end(name);
        match end.as_str() {
            "md" | "markdown" | "mdx" => return Self::Markdown,
            "html" | "htm" | "xhtml" => return Self::Html,
            "pdf" => return Self::Pdf,
            _ => {}
        }
        let code = CODE.iter().find(|(known, _)| *known == end);
        let code = code.or_else(|| CODE_NAMES.iter().find(|(known, _)| *known == stem));
        code.map_or(Self::Text, |(_, media_type)| Self::Code(media_type))
    }

    /// What a client says it is.
    pub(in crate::knowledge) fn of_media_type(media_type: &str) -> Result<Self, ReadError> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let essence = essence.to_ascii_lowercase();
        Ok(match essence.as_str() {
            "text/plain" => Self::Text,
            "text/markdown" | "text/x-markdown" => Self::Markdown,
            "text/html" | "application/xhtml+xml" => Self::Html,
            "application/pdf" => Self::Pdf,
            other => {
                let code = CODE.iter().chain(CODE_NAMES);
                let mut known = code.map(|(_, media_type)| *media_type);
                let known = known.find(|media_type| *media_type == other);
                Self::Code(known.ok_or_else(|| ReadError::MediaType(media_type.to_owned()))?)
            }
        })
    }

    /// Its media type.
    pub(in crate::knowledge) fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
            Self::Pdf => "application/pdf",
            Self::Code(media_type) => media_type,
        }
    }
}

/// Whether a file of this name holds no text that could be read.
pub fn is_binary_name(path: &Path) -> bool {
    let (_, end) = stem_and_end(&path.to_string_lossy());
    BINARY.contains(&end.as_str())
}

/// The file's name up to its last dot, and what follows that, in small letters.
fn stem_and_end(name: &str) -> (String, String) {
    let file = name
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(name)
        .to_ascii_lowercase();
    match file.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() => (stem.to_owned(), end.to_owned()),
        _ => (file, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with_or_what_its_name_says() {
        for (name, bytes, format) in [
            ("notes/plan.md", "", Format::Markdown),
            ("PAGE.HTM", "", Format::Html),
            ("src/main.rs", "", Format::Code("text/x-rust")),
            ("Makefile", "", Format::Code("text/x-makefile")),
            ("readme", "", Format::Text),
            (".profile", "", Format::Text),
            ("report.txt", "%PDF-1.7", Format::Pdf),
        ] {
            assert_eq!(Format::of(name, bytes.as_bytes()), format, "{name}");
        }
        assert!(is_binary_name(Path::new("a/photo.JPG")) && !is_binary_name(Path::new("a/photo")));
    }

    #[test]
    fn a_media_type_that_is_not_understood_is_named() {
        assert_eq!(
            Format::of_media_type("text/html; charset=utf-8"),
            Ok(Format::Html)
        );
        assert_eq!(
            Format::of_media_type("image/png"),
            Err(ReadError::MediaType("image/png".to_owned()))
        );
    }
}
