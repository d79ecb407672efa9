//! Words and phrases by which signs are known, in lower case.

/// Verbs that ask for something to be done.
#[rustfmt::skip]
pub(super) const REQUESTS: &[&str] = &[
    "add", "analyse", "analyze", "answer", "apply", "arrange", "book", "build", "calculate", "change",
    "check", "compare", "complete", "compose", "compute", "consider", "continue", "convert", "correct",
    "count", "create", "debug", "define", "delete", "describe", "design", "do", "draft", "draw", "edit",
    "evaluate", "explain", "extract", "fill", "find", "finish", "fix", "forget", "format", "generate", "give",
    "go", "guess", "help", "identify", "implement", "improve", "keep", "let", "let's", "list", "look", "make",
    "name", "open", "order", "organise", "organize", "paraphrase", "plan", "please", "print", "proofread",
    "provide", "put", "read", "recommend", "refactor", "remind", "repeat", "rephrase", "replace", "reply",
    "respond", "rewrite", "say", "search", "send", "show", "solve", "sort", "spell", "suggest", "summarise",
];

/// More of them.
#[rustfmt::skip]
pub(super) const MORE_REQUESTS: &[&str] = &[
    "summarize", "take", "tell", "test", "think", "translate", "try", "turn", "update", "use", "verify",
    "wait", "walk", "watch", "write", "don't", "never", "always", "stop", "start",
];

/// Beginnings of what is asked for in the form of a statement.
#[rustfmt::skip]
pub(super) const WISHES: &[&str] = &[
    "i need you", "i want you", "i'd like you", "i would like you", "i need help", "i need a", "i need an",
    "i need the", "i need some", "i need to know", "i need to find", "i need to write", "i need to make",
    "i need to fix", "i need this", "i want a", "i want an", "i want the", "i want some", "i want to know",
    "i want to see", "i want to write a function", "i want to ask", "i want this", "i'd like a",
    "i'd like an", "i'd like to know", "i'd like to ask", "i'd like some", "i would like a",
    "i would like to know", "i would like to ask", "i'm looking for", "i am looking for", "i have a question",
    "i've got a question", "i have a problem", "i have an error", "i have the following", "i have this",
    "i have a function", "i have a bug", "i have a list", "i have an issue", "i get an error", "i'm getting",
];

/// First words of questions; a mark is often left out.
#[rustfmt::skip]
pub(super) const QUESTION_WORDS: &[&str] = &[
    "what", "what's", "where", "where's", "when", "who", "who's", "whom", "whose", "which", "why", "how",
    "how's", "can", "could", "would", "should", "will", "shall", "do", "does", "did", "is", "are", "am",
    "was", "were", "have", "has", "any", "isn't", "aren't", "don't", "doesn't",
];

/// What makes a clause speak of what is not so.
#[rustfmt::skip]
pub(super) const HYPOTHETICAL: &[&str] = &[
    "if", "unless", "would", "wouldn't", "i'd", "could", "couldn't", "might", "may", "should", "maybe not",
    "perhaps", "suppose", "supposing", "imagine", "imagining", "pretend", "pretending", "what if", "as if",
    "as though", "wish", "wishes", "wished", "hypothetically", "hypothetical", "let's say", "say i",
    "in theory", "assume", "assuming", "in case", "were to", "dreamed", "dreamt", "dreaming", "my dream",
    "in a dream", "fantasy", "could be", "whether", "had i", "almost", "nearly", "about to", "wonder",
    "wondering", "doubt", "not sure", "unsure", "don't know", "don't think",
];

/// What asks for nothing but is no statement of the speaker either.
#[rustfmt::skip]
pub(super) const FICTION: &[&str] = &[
    "act as", "you are now", "you are a", "you're a", "roleplay", "role play", "play the role",
    "in character", "pretend", "my character", "the character", "main character", "fictional", "fiction",
    "in the story", "a story", "short story", "the plot", "a poem", "lyrics", "a song", "in the novel",
    "in the movie", "in the film", "in the game", "in my dream", "last night i dreamed", "scenario",
    "for example", "for instance", "e g", "example sentence", "let's say", "hypothetically",
];

/// Work on a text that comes with it.
#[rustfmt::skip]
pub(super) const TEXT_WORK: &[&str] = &[
    "translate", "translation", "proofread", "paraphrase", "rephrase", "rewrite", "summarise", "summarize",
    "how do you say", "how do i say", "fix the grammar", "correct the grammar", "check my grammar",
    "correct this", "grammatically", "this sentence", "the sentence", "the following", "this text",
    "this email", "this paragraph", "this letter", "this message", "cover letter", "tweet", "caption",
    "in french", "in german", "in spanish", "classify", "first person", "after me", "sentence", "dictation",
    "sentences", "essay",
];

/// Verbs whose objects are words: what follows them is nobody's statement.
#[rustfmt::skip]
pub(super) const SAYING: &[&str] = &[
    "say", "repeat", "spell", "type", "print", "complete", "continue", "finish", "echo", "output", "quote",
    "pronounce", "read",
];

/// What is said to move a model rather than to tell it something.
#[rustfmt::skip]
pub(super) const INJECTION: &[&str] = &[
    "ignore previous", "ignore all", "ignore the", "ignore your", "ignore my", "disregard",
    "previous instructions", "system prompt", "your instructions", "instructions", "developer mode",
    "jailbreak", "as an ai", "language model", "the user is", "the user has", "the user's", "user is",
    "from now on", "you must", "you should", "you have to", "you will", "your task", "override", "admin",
    "root access", "new rule", "new rules", "always respond", "always answer", "memory", "begin prompt",
];

/// What marks a joke.
#[rustfmt::skip]
pub(super) const JEST: &[&str] = &[
    "jk", "kidding", "just joking", "joking", "a joke", "lol", "lmao", "rofl", "haha", "hahaha", "hehe",
    "sarcasm", "sarcastic", "yeah right", "yeah sure", "sure sure", "april fools", "not really", "prank",
    "obviously i'm", "clearly i'm", "of course i'm",
];

/// The same as signs.
#[rustfmt::skip]
pub(super) const JEST_MARKS: &[&str] = &[
    "😂", "🤣", "😜", "😝", "🙃", "😏", "🤪", "😉", ";)", ":P", ":p", "xD", "XD", "/s",
];

/// What nobody is, and nobody's home.
#[rustfmt::skip]
pub(super) const IMPLAUSIBLE: &[&str] = &[
    "the king", "the queen", "king of", "queen of", "emperor", "the pope", "the president", "batman",
    "superman", "spiderman", "god", "a god", "a wizard", "a vampire", "an alien", "a robot", "a ghost",
    "a unicorn", "a dragon", "a potato", "a teapot", "the moon", "on mars", "hogwarts", "narnia", "atlantis",
    "mordor", "middle earth", "cloud nine", "under a rock", "a zombie", "immortal", "a time traveler",
    "a time traveller", "a spy", "a billionaire", "the best", "a genius", "an idiot", "a horse",
];

/// Calls that give nobody a name.
#[rustfmt::skip]
pub(super) const CALLS: &[&str] = &[
    "call me back", "call me tomorrow", "call me later", "call me when", "call me at", "call me if",
    "call me on", "call me today", "call me a", "call me an", "call me crazy", "call me maybe",
    "call me again", "call me soon",
];

/// What is over tomorrow.
#[rustfmt::skip]
pub(super) const TRANSIENT: &[&str] = &[
    "tired", "hungry", "bored", "busy", "sorry", "fine", "ok", "okay", "good", "great", "well", "here",
    "there", "back", "confused", "stuck", "sure", "certain", "happy", "sad", "excited", "glad", "curious",
    "ready", "done", "lost", "afraid", "thirsty", "sleepy", "exhausted", "dying", "dead", "starving", "bad",
    "angry", "mad", "late", "early", "sick of", "all ears", "in a hurry", "at work", "at home", "outside",
    "on my way", "aware", "impressed", "surprised", "new to this", "having", "freezing", "hot", "cold",
    "drunk", "annoyed", "frustrated",
];

/// Beginnings that say how one is doing.
#[rustfmt::skip]
pub(super) const STATES: &[&str] = &[
    "i'm", "i am", "im", "i feel", "i'm feeling", "we're", "i was", "i'm so", "i'm just", "i'm really",
];

/// Progressive forms that tell of more than the moment: "I'm learning Welsh".
#[rustfmt::skip]
pub(super) const LASTING: &[&str] = &[
    "allergic", "building", "dating", "expecting", "finishing", "getting married", "getting divorced",
    "going to", "learning", "living", "moving", "planning", "practicing", "practising", "raising", "reading",
    "renting", "saving", "studying", "training", "working", "volunteering",
];

/// Verbs by which other people's words are passed on.
#[rustfmt::skip]
pub(super) const REPORTING: &[&str] = &[
    "said", "says", "say", "told", "tells", "asked", "asks", "claims", "claimed", "thinks", "thought",
    "believes", "wrote", "writes", "texted", "replied", "answered", "shouted", "yelled", "whispered",
    "mentioned", "according to", "quote", "quoted", "states", "stated", "posted", "tweeted", "reads", "heard",
    "joked", "insists", "swears", "rumor",
];

/// Greetings and thanks.
#[rustfmt::skip]
pub(super) const PLEASANTRIES: &[&str] = &[
    "hi", "hello", "hey", "thanks", "thank you", "thx", "good morning", "good evening", "good night",
    "good afternoon", "bye", "goodbye", "see you", "cheers", "welcome", "you're welcome", "nice to meet you",
    "have a nice", "happy birthday", "congratulations", "i appreciate", "i'm glad",
];

/// What secrets are called.
#[rustfmt::skip]
pub(super) const SECRETS: &[&str] = &[
    "password", "passwords", "passcode", "passphrase", "pin", "cvv", "cvc", "ssn", "social security",
    "api key", "secret key", "private key", "access token", "auth token", "credit card", "debit card",
    "card number", "iban", "account number", "routing number", "seed phrase", "recovery phrase",
    "recovery code", "wifi key", "security code", "passport number",
];

/// Marks of programs, tables and addresses.
#[rustfmt::skip]
pub(super) const CODE: &[&str] = &[
    "```", "`", "{", "}", "();", "==", "=>", "->", "::", "</", "/>", "&&", "||", "#include", "import ", " = ",
    "print(", "http",
];
