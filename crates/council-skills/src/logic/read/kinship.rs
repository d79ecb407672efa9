//! Families: who is what to whom.
//!
//! - [`moves`]: ways through a family, and what they are called

mod moves;

use super::cut::{after, around};
use crate::logic::language::{Formula, Problem, Term};
use crate::logic::puzzle::{Ask, Puzzle, Question};
use crate::logic::words::{Sentence, Word};
use moves::{Step, back, called, is_kin, name};
use std::collections::BTreeSet;

/// Most people, and most steps of a way between two of them.
const PEOPLE: usize = 12;
const STEPS: usize = 7;

/// Who is known of a family.
#[derive(Default)]
struct Family {
    people: Vec<String>,
    /// Whether somebody is a man, where that is known.
    men: Vec<Option<bool>>,
    /// From one, the way, to another.
    ties: Vec<(usize, Vec<Step>, usize)>,
}

/// Reads a whole text; `None` where any of it was not understood, or where it is about no family.
pub(super) fn read(sentences: &[Sentence]) -> Option<Puzzle> {
    let (asked, told) = sentences.split_last()?;
    let mut family = Family::default();
    let problem = Problem::default();
    let text: Vec<&str> = told.iter().map(|sentence| sentence.text.as_str()).collect();
    let text = text.join(" ");
    for sentence in told {
        if sentence.question {
            return None;
        }
        family.told(&sentence.words)?;
    }
    let words = asked_words(&asked.words);
    if told.is_empty() {
        return spoken_of_me(words).map(|found| valued(problem, "", found));
    }
    if family.ties.is_empty() {
        return None;
    }
    family.couples()?;
    let (found, wanted) = family.asked(words)?;
    match wanted {
        None => Some(valued(problem, &text, found)),
        Some(wanted) => Some(whether(problem, &text, &found, wanted)),
    }
}

/// An answer that was counted: the reading and the result are shown as of any other puzzle.
fn valued(mut problem: Problem, told: &str, found: String) -> Puzzle {
    let sort = problem.sort("kin", vec![found]);
    let asked_is = problem.function("asked", Vec::new(), sort);
    let constant = Term::Apply(asked_is, Vec::new());
    let formula = Formula::equal(constant.clone(), Term::Element { sort, index: 0 });
    problem.premise(told, formula);
    Puzzle {
        problem,
        question: Question::Values {
            items: vec![(String::new(), constant)],
            sort,
        },
        doubt: None,
    }
}

fn whether(mut problem: Problem, told: &str, found: &str, wanted: &str) -> Puzzle {
    let other = if found == wanted { "another" } else { wanted };
    let sort = problem.sort("kin", vec![found.to_owned(), other.to_owned()]);
    let is = problem.function("is", Vec::new(), sort);
    let element = |index| Term::Element { sort, index };
    let constant = Term::Apply(is, Vec::new());
    problem.premise(told, Formula::equal(constant.clone(), element(0)));
    Puzzle {
        problem,
        question: Question::Whether {
            statement: Formula::equal(constant, element(usize::from(found != wanted))),
            ask: Ask::Truth,
        },
        doubt: None,
    }
}

/// Without a comma or "then" before what is asked.
fn asked_words(words: &[Word]) -> &[Word] {
    ["then", "so", ","]
        .iter()
        .find_map(|open| after(words, open))
        .unwrap_or(words)
}

/// `My mother's brother's son is my what`: a way that begins with whoever speaks.
fn spoken_of_me(words: &[Word]) -> Option<String> {
    let (whose, ends) = super::cut::without_suffix(words, &["is my what", "is your what", "is what to me"]);
    if ends {
        return spoken_way(whose);
    }
    let rest = [
        "who is",
        "what is",
        "what relation is",
        "what relation to me is",
        "what do you call",
        "how is",
    ]
    .iter()
    .find_map(|open| after(words, open))?;
    spoken_way(rest)
}

/// `my mother's sister`, and that it is what it is `to me`.
fn spoken_way(words: &[Word]) -> Option<String> {
    let rest = ["my", "your", "one 's"]
        .iter()
        .find_map(|whose| after(words, whose))?;
    let (rest, _) = super::cut::without_suffix(
        rest,
        &["to me", "to you", "related to me", "related to you", "called"],
    );
    let mut way = Vec::new();
    let mut man = None;
    let links: Vec<&[Word]> = rest.split(|word| word.is("'s")).collect();
    if links.len() < 2 {
        return None;
    }
    for link in links {
        let [word] = link else { return None };
        let (steps, sex) = called(&word.lower)?;
        way.extend_from_slice(steps);
        man = sex;
    }
    name(&way, man).map(str::to_owned)
}

/// A name of one word.
fn person(words: &[Word]) -> Option<&Word> {
    match words {
        [word] if (word.capital() || word.lower.starts_with('#')) && !is_kin(&word.lower) => Some(word),
        _ => None,
    }
}

/// `the father of Ben`, `Ben's father`: what, of whom.
fn kin_of(words: &[Word]) -> Option<(&str, &Word)> {
    let words = ["the", "a", "an"]
        .iter()
        .find_map(|article| after(words, article))
        .unwrap_or(words);
    match words {
        [kin, of, whom] if of.is("of") => Some((&kin.lower, person(std::slice::from_ref(whom))?)),
        [whom, of, kin] if of.is("'s") => Some((&kin.lower, person(std::slice::from_ref(whom))?)),
        [kin, to, whom] if to.is("to") && kin.is("married") => {
            Some((&kin.lower, person(std::slice::from_ref(whom))?))
        }
        _ => None,
    }
}

impl Family {
    fn person(&mut self, word: &Word) -> Option<usize> {
        if let Some(known) = self.known(word) {
            return Some(known);
        }
        if self.people.len() == PEOPLE {
            return None;
        }
        self.people.push(word.text.clone());
        self.men.push(None);
        Some(self.people.len() - 1)
    }

    fn known(&self, word: &Word) -> Option<usize> {
        self.people.iter().position(|name| *name == word.text)
    }

    fn is_man(&mut self, who: usize, man: Option<bool>) -> Option<()> {
        match (self.men[who], man) {
            (Some(known), Some(said)) if known != said => None,
            (_, None) => Some(()),
            (_, said) => {
                self.men[who] = said;
                Some(())
            }
        }
    }

    /// Of a couple one is a man and one a woman, as couples in such puzzles are; `None` where it was said otherwise.
    fn couples(&mut self) -> Option<()> {
        let couples = self.ties.iter().filter(|(_, way, _)| *way == [Step::Mate]);
        for (who, whom) in couples.map(|(who, _, whom)| (*who, *whom)).collect::<Vec<_>>() {
            self.is_man(whom, self.men[who].map(|man| !man))?;
        }
        Some(())
    }

    /// `who` is what `kin` says of `whom`.
    fn tie(&mut self, who: &Word, kin: &str, whom: &Word) -> Option<()> {
        let (way, man) = called(kin)?;
        let (who, whom) = (self.person(who)?, self.person(whom)?);
        if who == whom {
            return None;
        }
        self.is_man(who, man)?;
        self.ties.push((who, back(way), whom));
        self.ties.push((whom, way.to_vec(), who));
        Some(())
    }

    /// A sentence that says who is what; `None` where it says anything else.
    fn told(&mut self, words: &[Word]) -> Option<()> {
        let words = super::cut::led(words);
        // `Tom and Anna are siblings`, `Tom and Anna are the parents of Ben`
        if let Some((pair, rest)) = around(words, "are") {
            let (one, other) = around(pair, "and")?;
            let (one, other) = (person(one)?.clone(), person(other)?.clone());
            return self.both(&one, &other, rest);
        }
        // `Tom has a sister named Anna`
        if let Some((who, rest)) = around(words, "has") {
            let rest = ["a", "one"].iter().find_map(|article| after(rest, article))?;
            let (kin, whom) = match rest {
                [kin, named, whom] if named.is_any(&["named", "called", ","]) => (kin, whom),
                [kin, comma, named, whom] if comma.is(",") && named.is_any(&["named", "called"]) => {
                    (kin, whom)
                }
                _ => return None,
            };
            return self.tie(person(std::slice::from_ref(whom))?, &kin.lower, person(who)?);
        }
        let (left, right) = around(words, "is")?;
        if let Some(who) = person(left) {
            if let Some((kin, whom)) = kin_of(right) {
                return self.tie(who, kin, whom);
            }
            let [article, noun] = right else { return None };
            let man = match noun.lower.as_str() {
                "man" | "boy" | "male" => true,
                "woman" | "girl" | "female" => false,
                _ => return None,
            };
            let who = self.person(who)?;
            return article.is("a").then(|| self.is_man(who, Some(man)))?;
        }
        // `Ben's father is Tom`
        let (kin, whom) = kin_of(left)?;
        self.tie(person(right)?, kin, whom)
    }

    fn both(&mut self, one: &Word, other: &Word, rest: &[Word]) -> Option<()> {
        let rest = after(rest, "the").unwrap_or(rest);
        match rest {
            [kin] => {
                let kin = match kin.lower.as_str() {
                    "married" | "spouses" => "spouse",
                    "siblings" => "sibling",
                    "brothers" => "brother",
                    "sisters" => "sister",
                    "cousins" => "cousin",
                    _ => return None,
                };
                self.tie(one, kin, other)?;
                let (_, man) = called(kin)?;
                let second = self.person(other)?;
                self.is_man(second, man)
            }
            [parents, of, whom] if parents.is("parents") && of.is("of") => {
                let whom = person(std::slice::from_ref(whom))?;
                self.tie(one, "parent", whom)?;
                self.tie(other, "parent", whom)?;
                self.tie(one, "spouse", other)
            }
            [children, of, whom] if children.is_any(&["children", "kids"]) && of.is("of") => {
                let whom = person(std::slice::from_ref(whom))?;
                self.tie(one, "child", whom)?;
                self.tie(other, "child", whom)
            }
            _ => None,
        }
    }

    /// What one is to another, where every way between them says the same.
    fn kin(&self, who: usize, whom: usize) -> Option<&'static str> {
        let mut names = BTreeSet::new();
        self.walk(whom, who, &mut vec![whom], &mut Vec::new(), &mut names);
        let mut names = names.into_iter();
        names.next().filter(|_| names.next().is_none())
    }

    fn walk(
        &self,
        at: usize,
        goal: usize,
        seen: &mut Vec<usize>,
        way: &mut Vec<Step>,
        names: &mut BTreeSet<&'static str>,
    ) {
        if at == goal {
            names.extend(name(way, self.men[goal]));
            return;
        }
        for (from, steps, to) in &self.ties {
            if *from == at && !seen.contains(to) && way.len() + steps.len() <= STEPS {
                seen.push(*to);
                way.extend(steps);
                self.walk(*to, goal, seen, way, names);
                way.truncate(way.len() - steps.len());
                seen.pop();
            }
        }
    }

    /// What was found, and what it was asked to be.
    fn asked<'a>(&self, words: &'a [Word]) -> Option<(String, Option<&'a str>)> {
        let known = |words: &[Word]| self.known(person(words)?);
        for (open, between) in [
            ("how is", "related to"),
            ("what is", "to"),
            ("what relation is", "to"),
            ("what relation does", "have to"),
            ("who is", "to"),
        ] {
            if let Some((who, whom)) = after(words, open).and_then(|rest| around(rest, between))
                && let (Some(who), Some(whom)) = (known(who), known(whom))
            {
                return Some((self.kin(who, whom)?.to_owned(), None));
            }
        }
        if let Some(rest) = after(words, "who is")
            && let Some((kin, whom)) = kin_of(rest)
        {
            let whom = self.known(whom)?;
            let mut found =
                (0..self.people.len()).filter(|who| *who != whom && self.fits(*who, kin, whom) == Some(true));
            let only = found.next().filter(|_| found.next().is_none())?;
            return Some((self.people[only].clone(), None));
        }
        let rest = after(words, "is")?;
        let (first, right) = rest.split_at_checked(1)?;
        let (kin, whom) = kin_of(right)?;
        let (who, whom) = (known(first)?, self.known(whom)?);
        let is = self.fits(who, kin, whom)?;
        let found = if is {
            kin.to_owned()
        } else {
            self.kin(who, whom)?.to_owned()
        };
        Some((found, Some(kin)))
    }

    /// Whether someone is what is asked for; `None` where that is not known.
    fn fits(&self, who: usize, kin: &str, whom: usize) -> Option<bool> {
        let is = self.kin(who, whom)?;
        if is == kin {
            return Some(true);
        }
        let ((way, man), (asked, wanted)) = (called(is)?, called(kin)?);
        match (way == asked, man, wanted) {
            // A mother is a parent; of a parent it is not known whether she is a mother.
            (true, _, None) => Some(true),
            (true, None, Some(_)) => None,
            (true, Some(man), Some(wanted)) => Some(man == wanted),
            (false, ..) => Some(false),
        }
    }
}
