//! What is asked at the end of a story about having.

use super::words::{Effect, adverbial, verb, without};
use super::{Event, State};
use crate::math::answer::{Answer, STORY};
use crate::math::lex::Token;
use crate::math::number::{Rational, exact};
use crate::math::story::noun;
use crate::math::trouble::{Result, Trouble, foreign};

impl State {
    pub(super) fn question(&mut self, question: &[Token]) -> Result<Answer> {
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
                [only] => self.finish(only, &name),
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
            return self.finish(&total, &name);
        }
        let owner = self.owner(who)?;
        if effect == Effect::Has {
            return match self.holdings.get(&(owner.clone(), name.clone())) {
                Some(number) => self.finish(number, &name),
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
        self.finish(&total, &name)
    }

    fn finish(&self, number: &Rational, name: &str) -> Result<Answer> {
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
