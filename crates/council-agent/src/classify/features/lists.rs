//! Words that belong together. Each list is sorted, and a word counts only as a whole.

/// The commonest words of English, which hardly any sentence does without.
#[rustfmt::skip]
pub(super) const COMMON: &[&str] = &[
    "a", "about", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at", "back", "be",
    "because", "been", "best", "but", "by", "can", "can't", "could", "day", "did", "do", "does", "doesn't",
    "don't", "else", "every", "explain", "find", "for", "from", "get", "give", "go", "good", "had", "has",
    "have", "he", "hello", "help", "her", "hey", "hi", "him", "his", "how", "i", "i'd", "i'll", "i'm", "i've",
    "if", "in", "into", "is", "it", "it's", "its", "just", "know", "less", "like", "long", "make", "many",
    "may", "me", "mean", "more", "most", "much", "must", "my", "need", "no", "not", "now", "of", "ok", "okay",
    "on", "one", "only", "or", "other", "our", "out", "over", "people", "please", "really", "right", "said",
    "say", "says", "she", "should", "show", "so", "some", "sorry", "sure", "take", "tell", "than", "thank",
    "thanks", "that", "that's", "the", "their", "them", "then", "there", "these", "they", "thing", "think",
    "this", "time", "to", "too", "up", "us", "use", "very", "want", "was", "we", "well", "were", "what",
    "what's", "when", "where", "which", "who", "who's", "why", "will", "with", "would", "write", "year",
    "yes", "you", "you're", "your",
];

/// Numbers as words.
#[rustfmt::skip]
pub(super) const NUMBER_WORDS: &[&str] = &[
    "billion", "double", "dozen", "eight", "eighteen", "eighty", "eleven", "fifteen", "fifty", "five",
    "forty", "four", "fourteen", "half", "hundred", "million", "nine", "nineteen", "ninety", "quarter",
    "seven", "seventeen", "seventy", "six", "sixteen", "sixty", "ten", "third", "thirds", "thirteen",
    "thirty", "thousand", "three", "twelve", "twenty", "two", "zero",
];

/// Operations as words.
#[rustfmt::skip]
pub(super) const OPERATIONS: &[&str] = &[
    "add", "divide", "divided", "minus", "mod", "modulo", "multiplied", "multiply", "plus", "squared",
    "subtract", "times",
];

/// Functions and terms of mathematics.
#[rustfmt::skip]
pub(super) const MATHEMATICS: &[&str] = &[
    "antiderivative", "arctan", "area", "average", "binary", "circumference", "compute", "convert", "cos",
    "cosine", "cube", "decimal", "denominator", "derivative", "determinant", "diameter", "differentiate",
    "digits", "divisible", "divisor", "divisors", "equation", "equations", "evaluate", "expand", "exponent",
    "factor", "factorial", "factorise", "factorize", "factors", "fraction", "gcd", "hcf", "hexadecimal",
    "hypotenuse", "inequality", "integral", "integrate", "interest", "lcm", "lim", "limit", "ln", "log",
    "logarithm", "matrix", "median", "multiple", "numerator", "perimeter", "permutations", "polynomial",
    "prime", "primes", "probability", "quadratic", "quotient", "radius", "ratio", "remainder", "root",
    "roots", "simplify", "sin", "sine", "slope", "solve", "sqrt", "square", "sum", "tan", "tangent",
    "triangle", "variance", "volume",
];

/// Units of measure, after a number.
#[rustfmt::skip]
pub(super) const UNITS: &[&str] = &[
    "acre", "acres", "bytes", "c", "celsius", "centimeters", "centimetres", "cents", "cm", "cups", "day",
    "days", "degrees", "dollars", "euro", "euros", "f", "fahrenheit", "feet", "foot", "francs", "ft", "g",
    "gallon", "gallons", "gb", "gram", "grams", "hour", "hours", "hz", "inch", "inches", "kb", "kelvin", "kg",
    "kilograms", "kilometers", "kilometres", "km", "knots", "kwh", "lb", "lbs", "liters", "litres", "m", "mb",
    "meter", "meters", "metre", "metres", "miles", "min", "minutes", "ml", "mm", "mph", "ounces", "oz",
    "pages", "percent", "pounds", "radians", "s", "sec", "seconds", "tb", "tons", "watts", "weeks", "yards",
    "years",
];

/// Programming languages and tools.
#[rustfmt::skip]
pub(super) const PROGRAMMING: &[&str] = &[
    "ajax", "algorithm", "angular", "api", "apt", "argparse", "array", "arrays", "async", "awk", "backend",
    "bash", "bool", "boolean", "bug", "c", "cargo", "class", "clojure", "cobol", "code", "commit", "compile",
    "compiler", "const", "cpp", "css", "csv", "curl", "dart", "debug", "def", "dict", "dictionary", "django",
    "docker", "dockerfile", "elixir", "enum", "erlang", "express", "fastapi", "flask", "fn", "fortran",
    "frontend", "func", "function", "git", "github", "go", "golang", "grep", "hashmap", "haskell", "html",
    "http", "import", "int", "java", "javascript", "jquery", "js", "json", "julia", "kotlin", "kubernetes",
    "lambda", "laravel", "linux", "lua", "makefile", "matlab", "mongodb", "mysql", "nginx", "node", "npm",
    "null", "numpy", "pandas", "perl", "php", "pip", "pointer", "postgres", "powershell", "println",
    "program", "pytest", "python", "r", "react", "recursion", "recursive", "refactor", "regex", "rust",
    "scala", "script", "sed", "shell", "snippet", "solidity", "spring", "sql", "sqlite", "ssh", "stdin",
    "stdout", "string", "struct", "svelte", "swift", "terraform", "tuple", "typescript", "vba", "vim", "void",
    "vue", "webpack", "xml", "yaml",
];

/// Words that speak of all, some or none.
#[rustfmt::skip]
pub(super) const QUANTIFIERS: &[&str] = &[
    "all", "any", "anybody", "anyone", "each", "either", "every", "everybody", "everyone", "exactly",
    "neither", "no", "nobody", "none", "nothing", "only", "some", "somebody", "someone",
];

/// Words that bind statements.
#[rustfmt::skip]
pub(super) const CONDITIONS: &[&str] = &[
    "if", "iff", "unless", "whenever",
];

/// Words for what follows from what.
#[rustfmt::skip]
pub(super) const INFERENCE: &[&str] = &[
    "argument", "assume", "clue", "clues", "conclude", "conclusion", "consistent", "contradiction",
    "contradictory", "contrapositive", "converse", "deduce", "entail", "entailed", "entails", "equivalent",
    "fallacy", "false", "follow", "follows", "formula", "hence", "implies", "imply", "infer", "inference",
    "logically", "negation", "premise", "premises", "proposition", "satisfiable", "satisfies", "statement",
    "statements", "syllogism", "tautology", "therefore", "true", "unsatisfiable", "valid",
];

/// Words for who tells the truth.
#[rustfmt::skip]
pub(super) const TRUTH_TELLING: &[&str] = &[
    "guilty", "innocent", "knave", "knaves", "knight", "knights", "liar", "liars", "lied", "lies", "lying",
    "truth", "truthful",
];

/// Things that can be read.
#[rustfmt::skip]
pub(super) const DOCUMENTS: &[&str] = &[
    "agreement", "appendix", "archive", "article", "attachment", "book", "brochure", "bylaws", "certificate",
    "chapter", "clause", "confirmation", "contract", "contracts", "cv", "diary", "doc", "docs", "document",
    "documentation", "documents", "email", "emails", "essay", "file", "files", "folder", "form", "guide",
    "guidelines", "handbook", "instructions", "invoice", "invoices", "journal", "lease", "letter", "letters",
    "list", "log", "logbook", "manual", "memo", "minutes", "note", "notes", "offer", "page", "pages", "paper",
    "papers", "paragraph", "passage", "pdf", "plan", "policy", "presentation", "protocol", "quote", "readme",
    "receipt", "record", "records", "report", "reports", "rulebook", "rules", "schedule", "section", "sheet",
    "slides", "source", "sources", "spec", "specification", "spreadsheet", "statutes", "study", "table",
    "terms", "text", "thesis", "transcript", "warranty", "wiki", "will",
];

/// Words that point at something that the asker has.
#[rustfmt::skip]
pub(super) const POINTING: &[&str] = &[
    "added", "attached", "enclosed", "gave", "given", "my", "our", "provided", "saved", "sent", "shared",
    "this", "uploaded",
];

/// What is done with documents.
#[rustfmt::skip]
pub(super) const LOOKING_UP: &[&str] = &[
    "check", "cite", "extract", "find", "list", "look", "mention", "mentioned", "mentions", "quote", "search",
    "stated", "states", "summarise", "summarize", "summary", "written",
];

/// What is done with what was said before.
#[rustfmt::skip]
pub(super) const RECALLING: &[&str] = &[
    "discussed", "mentioned", "noted", "recall", "recap", "remember", "remind", "told",
];

/// Whether a sorted list has a word.
pub(super) fn has(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}
