//! Who has how many of what: sentences about having, getting and giving, read one clause after the other.
//!
//! - [`words`](self::words): verbs
//! - [`question`](self::question): what is asked

mod question;
mod words;

use super::noun;
use crate::math::answer::Answer;
use crate::math::lex::Token;
use crate::math::number::{Rational, exact, ratio, whole};
use crate::math::trouble::{Result, Trouble, foreign};
use num_traits::Signed;
use std::collections::BTreeMap;
use words::{Effect, HAPPENS, adverbial, name_of, starts_adverbial, verb};

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
            .is_some_and(|first| first.number().is_some() || first.says("half") || first.says("twice"))
        {
            return self.counted(clause);
        }
        let verb_at = clause
            .iter()
            .position(|token| token.is_word() && verb(&token.lower).is_some());
        // "a pen for $4", after "She buys a book for $18 and"
        if let (None, Some(owner), Some((effect, "buy"))) = (verb_at, self.subject.clone(), self.verb)
            && clause
                .first()
                .is_some_and(|first| first.says("a") || first.says("an"))
        {
            return self.object(&owner, effect, "buy", clause);
        }
        let Some(at) = verb_at else {
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
        // "gives away 7"
        let rest = match rest {
            [away, rest @ ..] if away.says("away") && effect == Effect::Loses => rest,
            rest => rest,
        };
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
}
