//! The words of attributes: those that name them, and those by which a clause speaks of them.

use super::Attribute;

impl Attribute {
    /// Words that a statement about it may use without the source having them: its own vocabulary, by which its values
    /// are not told apart. A liking is no such word where the source has none; see the gate.
    #[rustfmt::skip]
    pub(in crate::memory) const fn vocabulary(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["name", "named", "called", "call", "known"],
            Self::Nickname => &["name", "named", "called", "call", "known", "goes", "wants"],
            Self::Pronouns => &["pronouns", "pronoun", "uses", "use"],
            Self::Home => &[
                "lives", "live", "home", "based", "moved", "resides", "reside", "located", "living",
            ],
            Self::Birthday => &["birthday", "born", "birth", "date"],
            Self::Age => &["age", "old", "years", "year", "aged", "turned"],
            Self::Job => &[
                "works", "work", "job", "profession", "occupation", "working", "employed",
            ],
            Self::Employer => &[
                "works", "work", "employer", "employed", "working", "company", "job", "joined",
            ],
            Self::Partner => &[
                "partner", "married", "wife", "husband", "girlfriend", "boyfriend", "spouse", "name", "named",
                "called",
            ],
            Self::Language => &["language", "speaks", "speak", "native", "tongue", "mother"],
            Self::Timezone => &["timezone", "time", "zone"],
            Self::Diet => &["diet", "eats", "eat", "follows"],
            Self::Likes => &[
                "likes", "like", "loves", "love", "enjoys", "enjoy", "prefers", "prefer", "favorite",
                "favourite", "fond", "fan",
            ],
            Self::Dislikes => &["dislikes", "dislike", "hates", "hate", "like", "enjoy", "prefer"],
            Self::Family => &["family", "named", "called", "name"],
            Self::Pet => &["pet", "named", "called", "name", "owns"],
            Self::Allergy => &["allergic", "allergy"],
            Self::Health
            | Self::Hobby
            | Self::Skill
            | Self::Device
            | Self::Project
            | Self::Goal
            | Self::Plan
            | Self::Habit
            | Self::Event
            | Self::Other => &[],
        }
    }

    /// Phrases by which a clause speaks of it, for those of which there is one value and some others: a model that
    /// calls a journey `home` must not retire the real one.
    #[rustfmt::skip]
    pub(in crate::memory) const fn cues(self) -> &'static [&'static str] {
        match self {
            Self::Name => &[
                "my name is", "my name's", "name is", "name's", "i am called", "i'm called", "is called",
                "is named",
            ],
            Self::Nickname => &["call me", "go by", "goes by", "nickname is", "known as"],
            Self::Pronouns => &["pronouns are", "my pronouns", "he him", "she her", "they them"],
            Self::Home => &[
                "live in", "lives in", "live at", "lives at", "live near", "lives near", "living in",
                "moved to", "moved back to", "relocated to", "based in", "reside in", "resides in", "home is",
                "settled in", "live on", "lives on", "live outside", "living at", "live with", "lives with",
            ],
            Self::Birthday => &[
                "birthday is", "birthday's", "was born", "born on", "born in", "my birthday",
            ],
            Self::Age => &["years old", "year old", "turned", "my age", "years of age"],
            Self::Job => &[
                "work as", "works as", "working as", "i'm a", "i'm an", "i am a", "i am an", "my job",
                "job is", "profession", "by trade", "for a living", "occupation", "is a", "is an", "became a",
                "became an",
            ],
            Self::Employer => &[
                "work at", "works at", "work for", "works for", "working at", "working for", "employed by",
                "employed at", "joined", "job at", "employer is", "started at", "position at",
            ],
            Self::Partner => &[
                "my wife", "my husband", "my partner", "my girlfriend", "my boyfriend", "my fiancé",
                "my fiancée", "my fiance", "my fiancee", "my spouse", "married to", "engaged to", "married",
                "dating",
            ],
            Self::Language => &[
                "native language", "mother tongue", "first language", "native speaker", "my language",
                "preferred language", "answers in", "replies in",
            ],
            Self::Timezone => &["time zone", "timezone", "utc", "gmt"],
            Self::Diet => &[
                "vegan", "vegetarian", "pescatarian", "halal", "kosher", "keto", "gluten free", "gluten-free",
                "diet is", "eat meat", "a diet", "my diet", "lactose free",
            ],
            Self::Allergy => &["allergic", "allergy to", "allergies to", "an allergy", "intolerant", "anaphylactic"],
            Self::Pet => &[
                "dog", "cat", "puppy", "kitten", "rabbit", "hamster", "parrot", "horse", "goldfish",
                "tortoise", "pet",
            ],
            Self::Goal => &[
                "my goal", "i want to", "wants to", "my dream is", "my aim", "aim to",
            ],
            Self::Plan => &[
                "plan to", "planning to", "going to", "next week", "next month",
                "next year", "moving to", "i'm moving", "tomorrow",
            ],
            Self::Hobby => &[
                "my hobby is", "my hobbies are", "my hobbies include", "hobby of mine", "in my free time", "in my spare time", "as a hobby", "for fun",
            ],
            Self::Device => &[
                "my laptop", "my phone", "my computer", "my car", "my camera", "my editor", "i use",
                "i drive", "my bike", "my printer",
            ],
            Self::Project => &[
                "working on", "my project", "my startup", "my thesis", "i'm building", "i'm writing a",
                "side project",
            ],
            Self::Habit => &[
                "every day", "every morning", "every evening", "every week", "every night", "every sunday",
                "every monday", "every weekend",
            ],
            Self::Skill => &[
                "i can play", "i speak", "i know how to", "fluent in", "good at", "i play",
            ],
            Self::Health => &[
                "diabetes", "diabetic", "asthma", "asthmatic", "migraine", "migraines", "diagnosed",
                "surgery", "medication", "pregnant", "depression", "adhd", "broke my", "blood pressure",
                "epilepsy", "epileptic",
            ],
            Self::Family => &[
                "my brother", "my sister", "my mother", "my father", "my mom", "my mum", "my dad", "my son",
                "my daughter", "my parents", "my kids", "my children", "my grandmother", "my grandfather",
                "my uncle", "my aunt", "my cousin", "siblings", "a brother", "a sister", "a son",
                "a daughter", "sons", "daughters", "brothers", "sisters", "children", "kids",
            ],
            Self::Likes | Self::Dislikes | Self::Event | Self::Other => &[],
        }
    }
}
