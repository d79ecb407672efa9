//! Who has how many of what: sentences about having, getting and giving, read one clause after the other.

use super::noun;
use crate::math::answer::{Answer, STORY};
use crate::math::lex::Token;
use crate::math::number::{Rational, exact, ratio, whole};
use crate::math::trouble::{Result, Trouble, foreign};
use num_traits::Signed;
use std::collections::BTreeMap;

/// What a verb does to what its subject has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Has,
    Gains,
    Loses,
}

/// Forms of verbs, the lemma first.
const VERBS: [(Effect, &[&str]); 26] = [
    (Effect::Has, &["have", "has", "had", "owns", "own", "owned"]),
    (Effect::Gains, &["buy", "buys", "bought"]),
    (Effect::Gains, &["get", "gets", "got"]),
    (Effect::Gains, &["receive", "receives", "received"]),
    (Effect::Gains, &["find", "finds", "found"]),
    (Effect::Gains, &["pick", "picks", "picked"]),
    (Effect::Gains, &["collect", "collects", "collected"]),
    (Effect::Gains, &["gather", "gathers", "gathered"]),
    (Effect::Gains, &["earn", "earns", "earned"]),
    (Effect::Gains, &["win", "wins", "won"]),
    (Effect::Gains, &["catch", "catches", "caught"]),
    (Effect::Gains, &["make", "makes", "made"]),
    (Effect::Gains, &["bake", "bakes", "baked"]),
    (Effect::Gains, &["plant", "plants", "planted"]),
    (Effect::Loses, &["give", "gives", "gave"]),
    (Effect::Loses, &["lose", "loses", "lost"]),
    (Effect::Loses, &["sell", "sells", "sold"]),
    (Effect::Loses, &["eat", "eats", "ate"]),
    (Effect::Loses, &["use", "uses", "used"]),
    (Effect::Loses, &["spend", "spends", "spent"]),
    (Effect::Loses, &["donate", "donates", "donated"]),
    (Effect::Loses, &["drink", "drinks", "drank"]),
    (Effect::Loses, &["throw", "throws", "threw"]),
    (Effect::Loses, &["pay", "pays", "paid"]),
    (Effect::Loses, &["break", "breaks", "broke"]),
    (Effect::Loses, &["drop", "drops", "dropped"]),
];

/// What happens to the counted themselves.
const HAPPENS: [(Effect, &[&str]); 22] = [
    (Effect::Loses, &["flew", "away"]),
    (Effect::Loses, &["fly", "away"]),
    (Effect::Loses, &["left"]),
    (Effect::Loses, &["leave"]),
    (Effect::Loses, &["ran", "away"]),
    (Effect::Loses, &["went", "away"]),
    (Effect::Loses, &["went", "home"]),
    (Effect::Loses, &["go", "home"]),
    (Effect::Loses, &["swam", "away"]),
    (Effect::Loses, &["got", "off"]),
    (Effect::Loses, &["get", "off"]),
    (Effect::Loses, &["are", "removed"]),
    (Effect::Loses, &["were", "removed"]),
    (Effect::Loses, &["melted"]),
    (Effect::Gains, &["came", "back"]),
    (Effect::Gains, &["came"]),
    (Effect::Gains, &["joined"]),
    (Effect::Gains, &["arrived"]),
    (Effect::Gains, &["got", "on"]),
    (Effect::Gains, &["get", "on"]),
    (Effect::Gains, &["are", "added"]),
    (Effect::Gains, &["were", "added"]),
];

/// The owner of what is simply there.
const PLACE: &str = "there";

/// What was done, for questions about the deed: owner, lemma, noun, how many.
struct Event {
    owner: String,
    lemma: &'static str,
    noun: String,
    number: Rational,
}

#[derive(Default)]
struct State {
    holdings: BTreeMap<(String, String), Rational>,
    events: Vec<Event>,
    owners: Vec<String>,
    noun: Option<String>,
    subject: Option<String>,
    verb: Option<(Effect, &'static str)>,
    steps: Vec<String>,
    /// The last word of where things are.
    place: Option<String>,
}

/// Reads the sentences in order; the last one asks.
pub(super) fn answer(tokens: &[Token]) -> Result<Answer> {
    let sentences: Vec<&[Token]> = tokens
        .split(|token| token.is('.') || token.is('?') || token.is('!') || token.is(';'))
        .filter(|part| !part.is_empty())
        .collect();
    let Some((question, told)) = sentences.split_last().filter(|(_, told)| !told.is_empty()) else {
        return foreign("no story");
    };
    let mut state = State::default();
    for sentence in told {
        for clause in sentence.split(|token| token.is(',') || token.says("and") || token.says("but")) {
            if !clause.is_empty() {
                state.clause(clause)?;
            }
        }
    }
    state.question(question)
}

/// "in the tree", "to her brother", "on Monday": a few words after a preposition, without numbers.
fn adverbial(tokens: &[Token]) -> bool {
    const NEVER: [&str; 20] = [
        "each", "every", "per", "times", "half", "twice", "more", "less", "fewer", "than", "as", "day",
        "week", "hour", "month", "year", "both", "all", "other", "rest",
    ];
    match tokens {
        [] => true,
        [word] if ["away", "back", "again"].contains(&word.lower.as_str()) => true,
        [first, rest @ ..] if first.says("away") => adverbial(rest),
        [preposition, rest @ ..] => {
            let prepositions = [
                "in", "on", "to", "at", "from", "for", "into", "by", "with", "during",
            ];
            let plain = |token: &Token| token.is_word() && !NEVER.contains(&token.lower.as_str());
            prepositions.contains(&preposition.lower.as_str())
                && (1..=4).contains(&rest.len())
                && rest.iter().all(plain)
        }
    }
}

fn verb(word: &str) -> Option<(Effect, &'static str)> {
    let (effect, forms) = VERBS.iter().find(|(_, forms)| forms.contains(&word))?;
    Some((*effect, forms[0]))
}

impl State {
    fn clause(&mut self, clause: &[Token]) -> Result<()> {
        let adverbs = ["then", "later", "also", "afterwards", "finally"];
        let skip = clause
            .iter()
            .take_while(|token| adverbs.contains(&token.lower.as_str()))
            .count();
        let clause = &clause[skip..];
        // "There are 45 birds in a tree"
        if let [there, is, rest @ ..] = clause
            && there.says("there")
            && ["are", "were", "is", "was"].contains(&is.lower.as_str())
        {
            let (number, name, rest) = self.amount(rest, PLACE)?;
            if !adverbial(rest) {
                return foreign("a place of another form");
            }
            self.place = rest.last().map(|token| token.lower.clone());
            return self.set(PLACE, &name, number);
        }
        if clause
            .first()
            .is_some_and(|first| first.number().is_some() || first.says("half"))
        {
            return self.counted(clause);
        }
        let Some(at) = clause
            .iter()
            .position(|token| token.is_word() && verb(&token.lower).is_some())
        else {
            return foreign(format!(
                "`{}` is no sentence known here",
                crate::math::lex::written(clause)
            ));
        };
        let Some((effect, lemma)) = verb(&clause[at].lower) else {
            return foreign("no verb");
        };
        let owner = self.owner(&clause[..at])?;
        self.subject = Some(owner.clone());
        self.verb = Some((effect, lemma));
        self.object(&owner, effect, lemma, &clause[at + 1..])
    }

    /// A number first: "17 flew away", or more of the clause before: "42 on Tuesday".
    fn counted(&mut self, clause: &[Token]) -> Result<()> {
        for (effect, words) in HAPPENS {
            let found = (1..clause.len()).find(|at| {
                words
                    .iter()
                    .enumerate()
                    .all(|(ahead, word)| clause.get(at + ahead).is_some_and(|token| token.says(word)))
            });
            let Some(at) = found else { continue };
            if !adverbial(&clause[at + words.len()..]) {
                continue;
            }
            let owner = self.only_owner()?;
            let (number, name, rest) = self.amount(&clause[..at], &owner)?;
            if !rest.is_empty() {
                return foreign("a sentence of another form");
            }
            return self.change(&owner, &name, &number, effect);
        }
        match (self.subject.clone(), self.verb) {
            (Some(owner), Some((effect, lemma))) => self.object(&owner, effect, lemma, clause),
            _ => foreign("a number without a verb"),
        }
    }

    /// Who a subject is.
    fn owner(&mut self, tokens: &[Token]) -> Result<String> {
        let words: Vec<&str> = tokens.iter().map(|token| token.lower.as_str()).collect();
        match words.as_slice() {
            [] => self
                .subject
                .clone()
                .map_or_else(|| foreign("a subject is missing"), Ok),
            ["he" | "she" | "it" | "they"] => self.only_owner(),
            _ => {
                let name = name_of(tokens)?;
                if !self.owners.contains(&name) {
                    self.owners.push(name.clone());
                }
                Ok(name)
            }
        }
    }

    /// Whom a pronoun means: one only.
    fn only_owner(&self) -> Result<String> {
        match self.owners.as_slice() {
            [] if self.holdings.keys().any(|(owner, _)| owner == PLACE) => Ok(PLACE.to_owned()),
            [only] => Ok(only.clone()),
            _ => Err(Trouble::Ambiguous(
                "whom a pronoun means is not certain".to_owned(),
            )),
        }
    }

    fn object(&mut self, owner: &str, effect: Effect, lemma: &'static str, rest: &[Token]) -> Result<()> {
        // "has 5 fewer cards than Ben", "has 3 times as many marbles as Lena"
        if let Some((number, name)) = self.compared(rest)? {
            return match effect {
                Effect::Has => self.set(owner, &name, number),
                Effect::Gains | Effect::Loses => foreign("a comparison of deeds"),
            };
        }
        // "twice as many in the afternoon"
        if let [twice, as_, many, rest @ ..] = rest
            && twice.says("twice")
            && as_.says("as")
            && many.says("many")
            && adverbial(rest)
            && let Some(last) = self
                .events
                .last()
                .filter(|event| event.owner == owner && event.lemma == lemma)
        {
            let (number, name) = (&last.number * whole(2), last.noun.clone());
            return self.deed(owner, effect, lemma, &name, number);
        }
        // "a book for $18"
        if let Some(at) = rest.iter().position(|token| token.says("for"))
            && ["buy", "pay"].contains(&lemma)
        {
            let price = rest
                .get(at + 1)
                .and_then(|token| token.number().filter(|_| token.money.is_some()));
            let one = rest
                .first()
                .is_some_and(|first| ["a", "an", "the"].contains(&first.lower.as_str()));
            return match (price, rest.len() == at + 2 && one && noun(&rest[..at]).is_some()) {
                (Some(price), true) => self.change(owner, "$", &price.clone(), Effect::Loses),
                _ => foreign("a price of several things"),
            };
        }
        let (number, name, rest) = self.amount(rest, owner)?;
        if !adverbial(rest) {
            return foreign(format!("`{}` is left over", crate::math::lex::written(rest)));
        }
        // What is given to somebody known is theirs.
        if let [to, who @ ..] = rest
            && to.says("to")
            && effect == Effect::Loses
            && let Ok(receiver) = name_of(who)
            && self.owners.contains(&receiver)
        {
            self.change(&receiver, &name, &number, Effect::Gains)?;
        }
        self.deed(owner, effect, lemma, &name, number)
    }

    fn deed(
        &mut self,
        owner: &str,
        effect: Effect,
        lemma: &'static str,
        name: &str,
        number: Rational,
    ) -> Result<()> {
        if effect == Effect::Has {
            return self.set(owner, name, number);
        }
        self.events.push(Event {
            owner: owner.to_owned(),
            lemma,
            noun: name.to_owned(),
            number: number.clone(),
        });
        let key = (owner.to_owned(), name.to_owned());
        if self.holdings.contains_key(&key) {
            return self.change(owner, name, &number, effect);
        }
        self.noun = Some(name.to_owned());
        if effect == Effect::Gains {
            return self.set(owner, name, number);
        }
        Ok(())
    }

    /// "5 apples", "5 more", "9 of them", "half of it"; what follows is returned.
    fn amount<'a>(&mut self, tokens: &'a [Token], owner: &str) -> Result<(Rational, String, &'a [Token])> {
        let Some(first) = tokens.first() else {
            return foreign("an amount is missing");
        };
        let (number, mut rest) = match first.number() {
            Some(number) => (number.clone(), &tokens[1..]),
            None if first.says("half") => (ratio(1, 2), &tokens[1..]),
            None => return foreign("an amount is missing"),
        };
        let part = first.says("half") || (first.spelt && !number.is_integer());
        if first.money.is_some() {
            return Ok((number, "$".to_owned(), rest));
        }
        let of = rest.first().is_some_and(|token| token.says("of"));
        if of || part {
            rest = rest.get(usize::from(of)..).unwrap_or(&[]);
            let (name, length) = match rest {
                [them, ..] if ["them", "it"].contains(&them.lower.as_str()) => (self.noun.clone(), 1),
                [the, word, ..] if ["the", "his", "her", "their"].contains(&the.lower.as_str()) => {
                    (noun(std::slice::from_ref(word)), 2)
                }
                _ => (None, 0),
            };
            let Some(name) = name else {
                return foreign("a part of what is not known");
            };
            let number = if part {
                let Some(all) = self.holdings.get(&(owner.to_owned(), name.clone())) else {
                    return foreign("a part of an unknown number");
                };
                all * number
            } else {
                number
            };
            return Ok((number, name, &rest[length..]));
        }
        if rest
            .first()
            .is_some_and(|token| token.says("more") || token.says("others"))
        {
            rest = &rest[1..];
        }
        // The noun goes on to a preposition.
        let end = rest
            .iter()
            .position(|token| !token.is_word() || starts_adverbial(token))
            .unwrap_or(rest.len());
        if end == 0 {
            let Some(name) = self.noun.clone() else {
                return foreign("what is counted is not said");
            };
            return Ok((number, name, rest));
        }
        let Some(name) = noun(&rest[..end]) else {
            return foreign("what is counted is not understood");
        };
        Ok((number, name, &rest[end..]))
    }

    /// "5 fewer cards than Ben".
    fn compared(&self, tokens: &[Token]) -> Result<Option<(Rational, String)>> {
        let find = |word: &str| tokens.iter().position(|token| token.says(word));
        if let Some(than) = find("than") {
            let (Some(number), Some(sign)) = (tokens.first().and_then(Token::number), tokens.get(1)) else {
                return foreign("a comparison of another form");
            };
            let sign = match sign.lower.as_str() {
                "more" => 1,
                "fewer" | "less" => -1,
                _ => return foreign("a comparison of another form"),
            };
            let other = self.known(&tokens[2..than], &tokens[than + 1..])?;
            return Ok(Some((other.0 + whole(sign) * number, other.1)));
        }
        let (Some(many), Some(_)) = (find("many").or_else(|| find("much")), find("as")) else {
            return Ok(None);
        };
        let factor = match &tokens[..many.saturating_sub(1)] {
            [twice] if twice.says("twice") => whole(2),
            [half] if half.says("half") => ratio(1, 2),
            [number, times] if times.says("times") => match number.number() {
                Some(number) => number.clone(),
                None => return foreign("a comparison of another form"),
            },
            _ => return foreign("a comparison of another form"),
        };
        let Some(last) = tokens[many..].iter().rposition(|token| token.says("as")) else {
            return Ok(None);
        };
        let last = many + last;
        let other = self.known(&tokens[many + 1..last], &tokens[last + 1..])?;
        Ok(Some((other.0 * factor, other.1)))
    }

    /// What somebody who is compared with has.
    fn known(&self, what: &[Token], who: &[Token]) -> Result<(Rational, String)> {
        let name = if what.is_empty() {
            self.noun.clone()
        } else {
            noun(what)
        };
        let owner = name_of(who)?;
        let Some(name) = name else {
            return foreign("what is compared is not said");
        };
        match self.holdings.get(&(owner.clone(), name.clone())) {
            Some(number) => Ok((number.clone(), name)),
            None => foreign(format!("what {owner} has is not known")),
        }
    }

    fn set(&mut self, owner: &str, name: &str, number: Rational) -> Result<()> {
        let key = (owner.to_owned(), name.to_owned());
        if self.holdings.contains_key(&key) {
            return Err(Trouble::Ambiguous(format!(
                "how many {name} there are is said twice"
            )));
        }
        self.steps.push(format!(
            "{} {name}: {}",
            if owner == PLACE { "there" } else { owner },
            exact(&number)
        ));
        self.holdings.insert(key, number);
        self.noun = Some(name.to_owned());
        Ok(())
    }

    fn change(&mut self, owner: &str, name: &str, number: &Rational, effect: Effect) -> Result<()> {
        let Some(held) = self.holdings.get_mut(&(owner.to_owned(), name.to_owned())) else {
            return foreign(format!("how many {name} there were is not known"));
        };
        let before = held.clone();
        let sign = if effect == Effect::Loses { '-' } else { '+' };
        *held = if sign == '-' {
            &before - number
        } else {
            &before + number
        };
        if held.is_negative() {
            return Err(Trouble::Undefined("more goes away than is there".to_owned()));
        }
        self.steps.push(format!(
            "{} {sign} {} = {}",
            exact(&before),
            exact(number),
            exact(held)
        ));
        self.noun = Some(name.to_owned());
        Ok(())
    }

    fn question(&mut self, question: &[Token]) -> Result<Answer> {
        let (asked, rest) = match question {
            [how, many, rest @ ..] if how.says("how") && (many.says("many") || many.says("much")) => {
                (many.says("much"), rest)
            }
            _ => return foreign("a question of another form"),
        };
        const HELPS: [&str; 8] = ["does", "do", "did", "are", "were", "is", "has", "have"];
        let Some(at) = rest
            .iter()
            .position(|token| HELPS.contains(&token.lower.as_str()))
        else {
            return foreign("a question of another form");
        };
        let name = match (at, asked) {
            (0, true) => return foreign("how much of what is not said"),
            (0, false) => self.noun.clone(),
            _ => noun(&rest[..at]),
        };
        let Some(name) = name else {
            return foreign("what is asked for is not understood");
        };
        let tail = &rest[at + 1..];
        if ["are", "were", "is"].contains(&rest[at].lower.as_str()) {
            let tail = without(tail, &["there", "now", "left", "remaining"]);
            let total = without(tail, &["altogether", "in total", "in all"]);
            let elsewhere = total
                .last()
                .is_some_and(|last| Some(&last.lower) != self.place.as_ref());
            if !adverbial(total) || elsewhere {
                return foreign("a question of another form");
            }
            let holders: Vec<&Rational> = self
                .holdings
                .iter()
                .filter(|((_, known), _)| *known == name)
                .map(|(_, number)| number)
                .collect();
            return match holders.as_slice() {
                [only] => self.finish((*only).clone(), &name),
                _ => foreign(format!("how many {name} is not certain")),
            };
        }
        let Some(verb_at) = tail.iter().position(|token| verb(&token.lower).is_some()) else {
            return foreign("a question of another form");
        };
        let Some((effect, lemma)) = verb(&tail[verb_at].lower) else {
            return foreign("no verb");
        };
        let together = tail[verb_at + 1..]
            .iter()
            .any(|token| ["altogether", "total", "together", "all"].contains(&token.lower.as_str()));
        let end = without(
            &tail[verb_at + 1..],
            &[
                "left",
                "now",
                "altogether",
                "together",
                "in total",
                "in all",
                "over",
                "remaining",
            ],
        );
        let when = [
            "left",
            "now",
            "altogether",
            "together",
            "total",
            "all",
            "over",
            "remaining",
        ];
        let timed = tail[verb_at + 1..]
            .iter()
            .any(|token| when.contains(&token.lower.as_str()));
        if effect == Effect::Has && rest[at].says("did") && !timed {
            return Err(Trouble::Ambiguous(
                "whether before or after is not said".to_owned(),
            ));
        }
        if !end.is_empty()
            && !end.iter().all(|token| {
                ["in", "these", "those", "the", "three", "two", "four", "days"]
                    .contains(&token.lower.as_str())
            })
        {
            return foreign("a question of another form");
        }
        let who = &tail[..verb_at];
        let they = who.len() == 1 && who[0].says("they");
        if they && self.owners.len() > 1 {
            if !together || effect != Effect::Has {
                return Err(Trouble::Ambiguous(
                    "whether each or all together are meant is not said".to_owned(),
                ));
            }
            let holders: Vec<&Rational> = self
                .holdings
                .iter()
                .filter(|((_, known), _)| *known == name)
                .map(|(_, number)| number)
                .collect();
            if holders.len() != self.owners.len() {
                return foreign("not everybody has a number");
            }
            let total: Rational = holders.iter().copied().sum();
            return self.finish(total, &name);
        }
        let owner = self.owner(who)?;
        if effect == Effect::Has {
            return match self.holdings.get(&(owner.clone(), name.clone())) {
                Some(number) => self.finish(number.clone(), &name),
                None => foreign(format!("how many {name} {owner} has is not said")),
            };
        }
        let deeds: Vec<&Event> = self
            .events
            .iter()
            .filter(|event| event.owner == owner && event.noun == name)
            .collect();
        if deeds.is_empty() || deeds.iter().any(|event| event.lemma != lemma) {
            return foreign("a question about another deed");
        }
        let each: Vec<String> = deeds.iter().map(|event| exact(&event.number)).collect();
        let total: Rational = deeds.iter().map(|event| event.number.clone()).sum();
        self.steps = vec![format!("{} = {}", each.join(" + "), exact(&total))];
        self.finish(total, &name)
    }

    fn finish(&self, number: Rational, name: &str) -> Result<Answer> {
        if name != "$" && !number.is_integer() {
            return foreign("a part of a whole thing comes out");
        }
        if self.steps.len() < 2 && self.events.len() < 2 {
            return foreign("nothing happens in the story");
        }
        let read = self.steps.join("; ");
        let mut answer = Answer::rational(number.clone(), read.clone())?;
        answer.steps = vec![read];
        if name == "$" {
            answer = answer.money(Some('$'));
        }

        Ok(answer.sure(STORY))
    }
}

fn starts_adverbial(token: &Token) -> bool {
    [
        "in", "on", "to", "at", "from", "for", "into", "by", "with", "during", "away", "back", "each",
        "every", "per", "than", "of", "as",
    ]
    .contains(&token.lower.as_str())
}

/// Without any of these words or phrases at the end or the beginning.
fn without<'a>(tokens: &'a [Token], phrases: &[&str]) -> &'a [Token] {
    let mut rest = tokens;
    loop {
        let before = rest.len();
        for phrase in phrases {
            let words: Vec<&str> = phrase.split(' ').collect();
            let matches = |part: &[Token]| part.iter().zip(&words).all(|(token, word)| token.says(word));
            if rest.len() >= words.len() {
                if matches(&rest[rest.len() - words.len()..]) {
                    rest = &rest[..rest.len() - words.len()];
                } else if matches(&rest[..words.len()]) {
                    rest = &rest[words.len()..];
                }
            }
        }
        if rest.len() == before {
            return rest;
        }
    }
}

/// A name, or an article and a noun.
fn name_of(tokens: &[Token]) -> Result<String> {
    const NEVER: [&str; 22] = [
        "if", "when", "after", "before", "not", "never", "who", "which", "that", "each", "every", "all",
        "both", "nobody", "some", "would", "will", "could", "should", "because", "while", "than",
    ];
    let plain = tokens
        .iter()
        .all(|token| token.is_word() && !NEVER.contains(&token.lower.as_str()));
    if tokens.is_empty() || tokens.len() > 3 || !plain {
        return foreign("a subject of another form");
    }
    let words: Vec<&str> = tokens
        .iter()
        .map(|token| token.lower.as_str())
        .filter(|word| !["a", "an", "the"].contains(word))
        .collect();
    Ok(words.join(" "))
}
