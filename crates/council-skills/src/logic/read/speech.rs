//! People who say something: those who always tell the truth, those who always lie, and statements of which some are true.

mod lexicon;

use super::clause::{Reader, THINGS};
use super::cut::{after, led};
use super::vocabulary;
use crate::logic::language::Formula;
use crate::logic::words::{Sentence, Word, number, stem};
use lexicon::{AROUND, SAYS, SETUP};

/// `On an island where …, A says …`: what leads, and what is said.
pub(super) fn led_speech(sentence: &Sentence) -> Option<(Sentence, Sentence)> {
    let words = &sentence.words;
    let verb = words.iter().position(|word| word.is_any(SAYS))?;
    let comma = (1..verb).rev().find(|&at| words[at].is(","))?;
    let leads = words[0].is_any(&["on", "in", "of", "at", "when", "there"]);
    let part = |words: &[Word]| Sentence {
        words: words.to_vec(),
        ..sentence.clone()
    };
    (leads && verb - comma <= 5).then(|| (part(&words[..comma]), part(&words[comma + 1..])))
}

/// Cuts a sentence before each speaker that follows another: `A says …, and B says …`.
pub(super) fn speeches(words: &[Word]) -> Option<Vec<(&[Word], &[Word])>> {
    let words = led(words);
    let colon =
        words.len() > 2 && words[1].is(":") && (words[0].capital() || words[0].lower.starts_with('#'));
    if colon {
        return Some(vec![(&words[..1], &words[2..])]);
    }
    let speaks = |at: usize| {
        words[at].is_any(SAYS)
            && !words[at - 1].is_any(&["would", "will", "always"])
            && !words.get(at + 1).is_some_and(|next| {
                next.is_any(&["nothing", "the", "only", "lies"])
                    && !words[at].is_any(&["says", "said", "claims"])
                    || next.is("nothing")
            })
    };
    let verbs: Vec<usize> = (1..words.len()).filter(|&at| speaks(at)).collect();
    let mut starts = Vec::new();
    for &verb in &verbs {
        if verb > 8 && starts.is_empty() {
            return None;
        }
        let start = if starts.is_empty() {
            0
        } else {
            let joint = (0..verb)
                .rev()
                .find(|&at| words[at].is_any(&["and", ",", "but", "while"]))?;
            // `A says B says …` is one speech about another.
            if joint < starts.last().map_or(0, |&(_, verb): &(usize, usize)| verb) || verb - joint > 4 {
                continue;
            }
            joint + 1
        };
        starts.push((start, verb));
    }
    let mut found = Vec::new();
    for (index, &(start, verb)) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(words.len(), |&(next, _)| next - 1);
        let mut content = words.get(verb + 1..end)?;
        while content.first().is_some_and(|word| word.is_any(AROUND)) {
            content = &content[1..];
        }
        found.push((&words[start..verb], content));
    }
    (!found.is_empty()).then_some(found)
}

impl Reader {
    /// Who speaks in this sentence, for the list of people.
    pub(super) fn speakers(&mut self, sentence: &Sentence) -> Option<()> {
        for (speaker, _) in speeches(&sentence.words)? {
            let person = self.person(speaker)?;
            if !self.people.contains(&person) {
                self.people.push(person);
            }
        }
        Some(())
    }

    /// `There are three boxes: a gold box, a silver box and a lead box.`
    pub(super) fn boxes(&mut self, sentence: &Sentence) -> Option<()> {
        let words = after(&sentence.words, "there are").or_else(|| after(&sentence.words, "you see"))?;
        number(&words.first()?.lower)?;
        let at = words.iter().position(|word| word.is_any(&[":", ","]))?;
        if at > 3 {
            return None;
        }
        for item in words[at + 1..]
            .split(|word| word.is_any(&[",", "and"]))
            .filter(|item| !item.is_empty())
        {
            let first = &item[0];
            if item.len() > 3 || !(first.is_any(&["a", "an", "the"]) || first.capital()) {
                return None;
            }
            let person = self.person(item)?;
            if !self.people.contains(&person) {
                self.people.push(person);
            }
        }
        Some(())
    }

    /// Someone who is only asked about is one of those whom the text counts.
    pub(super) fn asked_about(&mut self, name: &Word) {
        let known = self.vocabulary.is_role(&stem(&name.lower));
        if !known
            && !name.is("i")
            && let Some(person) = self.person(std::slice::from_ref(name))
            && !self.people.contains(&person)
        {
            self.people.push(person);
        }
    }

    fn person(&mut self, words: &[Word]) -> Option<usize> {
        let labels = [
            "the label on",
            "the sign on",
            "the inscription on",
            "the note on",
            "the label of",
            "the label of",
            "the message on",
        ];
        let words = labels
            .iter()
            .find_map(|label| after(words, label))
            .unwrap_or(words);
        let key = vocabulary::noun_key(words)?;
        let from = usize::from(vocabulary::is_determiner(&words[0]) || words[0].is_any(&["a", "an"]));
        let shown = crate::logic::words::written(&words[from..]);
        let index = self.vocabulary.thing(&mut self.problem, &key, &shown)?;
        self.vocabulary.name(index);
        Some(index)
    }

    /// What a sentence with speakers tells: what each says is so exactly if they tell the truth.
    pub(super) fn told(&mut self, words: &[Word]) -> Option<(Vec<usize>, Formula)> {
        let mut all = Vec::new();
        let mut who = Vec::new();
        for (speaker, content) in speeches(words)? {
            let person = self.person(speaker)?;
            self.speaker = Some(person);
            self.subject = None;
            let content: Vec<Word> = content.iter().filter(|word| !word.is("\"")).cloned().collect();
            let said = self.statement(&content);
            self.speaker = None;
            all.push(self.truthful(person)?.same(said?));
            who.push(person);
        }
        let formula = if all.len() == 1 {
            all.remove(0)
        } else {
            Formula::All(all)
        };
        Some((who, formula))
    }

    /// Reads a sentence that introduces people and roles; false where there is anything else in it.
    pub(super) fn setup(&mut self, sentence: &Sentence) -> bool {
        let words = &sentence.words;
        let wavers = [
            "sometimes",
            "usually",
            "often",
            "may",
            "might",
            "can",
            "randomly",
            "occasionally",
            "rarely",
            "normally",
            "alternately",
            "not",
        ];
        if words.iter().any(|word| word.is_any(&wavers)) {
            return false;
        }
        // `Mia always lies` tells of Mia; `knights always lie` tells what knights are.
        let third = words.iter().any(|word| word.is_any(&["lies", "tells"]));
        if third && words[0].capital() && words.get(1).is_some_and(|word| word.is_any(&["always", "never"])) {
            return false;
        }
        let mut role: Option<String> = None;
        let mut unexplained: Vec<String> = Vec::new();
        let mut negated = false;
        let mut told = Vec::new();
        for (index, word) in words.iter().enumerate() {
            let key = stem(&word.lower);
            let truthful = match key.as_str() {
                "truth" | "truthfully" | "tru" | "true" => Some(true),
                "li" | "fals" | "false" => Some(false),
                _ => None,
            };
            if let Some(truthful) = truthful {
                if let Some(role) = role.clone() {
                    if !self.vocabulary.role(&role, truthful != negated) {
                        return false;
                    }
                    unexplained.retain(|known| *known != role);
                    told.push((role, truthful != negated));
                }
                negated = false;
                continue;
            }
            if key == "never" {
                negated = true;
                continue;
            }
            if self.vocabulary.is_role(&key) {
                // `one knight and one knave` tells more than that there are both kinds.
                if index > 0 && number(&words[index - 1].lower).is_some() {
                    return false;
                }
                role = Some(key);
                continue;
            }
            let name = word.lower.starts_with('#')
                || word.capital()
                    && (index > 0
                        || words
                            .get(1)
                            .is_some_and(|next| next.is_any(&[",", "and", "says", "said"])));
            if SETUP.contains(&key.as_str())
                || SETUP.contains(&word.lower.as_str())
                || number(&word.lower).is_some()
            {
                continue;
            }
            if name {
                let Some(person) = self.person(std::slice::from_ref(word)) else {
                    return false;
                };
                if !self.people.contains(&person) {
                    self.people.push(person);
                }
                continue;
            }
            unexplained.push(key.clone());
            role = Some(key);
        }
        // `A is a knight` tells something, `everybody is a knight or a knave` does not.
        let roles: Vec<bool> = words
            .iter()
            .map(|word| stem(&word.lower))
            .filter(|key| !matches!(key.as_str(), "li" | "tru"))
            .filter_map(|key| self.vocabulary.role_of(&key))
            .collect();
        let one_role = !roles.is_empty() && (roles.iter().all(|one| *one) || !roles.iter().any(|one| *one));
        if !unexplained.is_empty() || one_role && told.is_empty() {
            return false;
        }
        for (key, truthful) in told {
            let shown = words.iter().find(|word| stem(&word.lower) == key);
            let shown = shown.map(|word| word.lower.strip_suffix('s').unwrap_or(&word.lower).to_owned());
            let names = self
                .vocabulary
                .role_names
                .get_or_insert_with(|| ("truth-teller".to_owned(), "liar".to_owned()));
            if let Some(shown) = shown {
                *(if truthful { &mut names.0 } else { &mut names.1 }) = shown;
            }
        }
        let counted = words.windows(2).find_map(|pair| {
            let people = [
                "people",
                "inhabitants",
                "islanders",
                "persons",
                "suspects",
                "natives",
                "residents",
                "men",
                "women",
                "friends",
                "villagers",
            ];
            number(&pair[0].lower).filter(|count| *count > 1 && pair[1].is_any(&people))
        });
        self.crowd = counted.or(self.crowd);
        true
    }

    /// `B is of the same type as C`, `B and I are different`.
    pub(super) fn same_kind(&mut self, words: &[Word]) -> Option<Formula> {
        const BETWEEN: &[&str] = &[
            "is",
            "are",
            "am",
            "of",
            "the",
            "same",
            "type",
            "kind",
            "types",
            "kinds",
            "as",
            "and",
            "both",
            "different",
            "from",
            "not",
            "a",
            "sort",
            "opposite",
            "to",
            "than",
            "in",
            "role",
        ];
        let same = words.iter().any(|word| word.is("same"));
        let different = words.iter().any(|word| word.is_any(&["different", "opposite"]));
        if same == different || self.people.len() < 2 {
            return None;
        }
        let mut people = Vec::new();
        for word in words.iter().filter(|word| !word.is_any(BETWEEN)) {
            let person = match word.lower.as_str() {
                "i" | "me" => self.speaker?,
                _ => self
                    .vocabulary
                    .thing_index(&vocabulary::noun_key(std::slice::from_ref(word))?)?,
            };
            people.push(person);
        }
        let &[first, second] = &people[..] else {
            return None;
        };
        let formula = self.truthful(first)?.same(self.truthful(second)?);
        let negated = words.iter().any(|word| word.is("not"));
        Some(if same == negated { formula.not() } else { formula })
    }

    /// `B would say that …`: so exactly if what B says and whether B tells the truth agree.
    pub(super) fn would_say(&mut self, words: &[Word]) -> Option<Formula> {
        let at = (1..words.len().min(4)).find(|&at| words[at].is_any(&["would", "will"]))?;
        let mut rest = words.get(at + 1..)?;
        if !rest.first()?.is_any(&["say", "claim", "tell", "answer"]) {
            return None;
        }
        rest = &rest[1..];
        while rest.first().is_some_and(|word| word.is_any(AROUND)) {
            rest = &rest[1..];
        }
        let person = self
            .vocabulary
            .thing_index(&vocabulary::noun_key(&words[..at])?)?;
        let said = self.statement(rest)?;
        Some(self.truthful(person)?.same(said))
    }

    /// The names of roles that the text uses without explaining them.
    pub(super) fn usual_roles(&mut self, sentences: &[Sentence]) {
        let uses = |word: &str| {
            sentences
                .iter()
                .any(|sentence| sentence.words.iter().any(|other| stem(&other.lower) == word))
        };
        if self.vocabulary.role_names.is_none() {
            let names = if uses("knight") || uses("knav") {
                ("knight", "knave")
            } else {
                ("truth-teller", "liar")
            };
            self.vocabulary.role_names = Some((names.0.to_owned(), names.1.to_owned()));
        }
    }

    /// The label of a thing.
    pub(super) fn shown(&self, thing: usize) -> &str {
        &self.problem.sorts[THINGS].elements[thing]
    }
}
