//! Relations as formulas, once it is known how many places there are.

use super::relation::{PLACE, Relation};
use super::{PLACES, Rows, Said, THINGS};
use crate::logic::language::{Formula, Term};

impl Rows {
    pub(super) fn formula(&mut self, said: &Said) -> Option<Formula> {
        let mut all = Vec::new();
        for (negated, subject, relation, objects) in &said.parts {
            let formula = self.relation(*subject, relation, objects)?;
            all.push(if *negated { formula.not() } else { formula });
        }
        Some(if all.len() == 1 {
            all.remove(0)
        } else {
            Formula::All(all)
        })
    }

    pub(super) fn relation(
        &mut self,
        subject: usize,
        relation: &Relation,
        objects: &[usize],
    ) -> Option<Formula> {
        let dimension = relation.dimension();
        let own = self.place(subject, &dimension)?;
        let mut others = Vec::new();
        for &object in objects {
            others.push(self.place(object, &dimension)?);
        }
        let count = self.things.len();
        let at = |place: usize| {
            (1..=count).contains(&place).then(|| {
                Formula::equal(
                    own.clone(),
                    Term::Element {
                        sort: PLACES,
                        index: place - 1,
                    },
                )
            })
        };
        Some(match relation {
            Relation::Before { direct, .. } => {
                let other = others.pop()?;
                if *direct {
                    Formula::before_by(own, 1, other)
                } else {
                    Formula::less(own, other)
                }
            }
            Relation::After { direct, .. } => {
                let other = others.pop()?;
                if *direct {
                    Formula::before_by(other, 1, own)
                } else {
                    Formula::less(other, own)
                }
            }
            Relation::Level { .. } => Formula::equal(own, others.pop()?),
            Relation::NextTo => {
                let other = others.pop()?;
                Formula::Any(vec![
                    Formula::before_by(own.clone(), 1, other.clone()),
                    Formula::before_by(other, 1, own),
                ])
            }
            Relation::Between { direct } => {
                let (second, first) = (others.pop()?, others.pop()?);
                let direct = *direct || self.reading.exclusive;
                let rises = |low: Term, high: Term| {
                    if direct {
                        Formula::All(vec![
                            Formula::before_by(low, 1, own.clone()),
                            Formula::before_by(own.clone(), 1, high),
                        ])
                    } else {
                        Formula::All(vec![
                            Formula::less(low, own.clone()),
                            Formula::less(own.clone(), high),
                        ])
                    }
                };
                Formula::Any(vec![rises(first.clone(), second.clone()), rises(second, first)])
            }
            Relation::From { start: true, nth } => at(*nth)?,
            Relation::From { start: false, nth } => at((count + 1).checked_sub(*nth)?)?,
            Relation::AnEnd => Formula::Any(vec![at(1)?, at(count)?]),
            Relation::Middle => {
                if count.is_multiple_of(2) {
                    return None;
                }
                at(count.div_ceil(2))?
            }
            // The nth of all: so many have a place before it, and the others behind it.
            Relation::Extreme {
                dimension,
                first,
                nth,
            } => {
                let mut before = Vec::new();
                let mut level = Vec::new();
                for other in (0..count).filter(|&other| other != subject) {
                    let other = self.place(other, dimension)?;
                    level.push(Formula::equal(own.clone(), other.clone()).not());
                    before.push(if *first {
                        Formula::less(other, own.clone())
                    } else {
                        Formula::less(own.clone(), other)
                    });
                }
                level.push(Formula::exactly(nth.checked_sub(1)?, before));
                Formula::All(level)
            }
        })
    }

    /// No two share a place in a row; two may be equally tall.
    pub(super) fn apart(&mut self) {
        let Some((_, symbol)) = self.dimensions.iter().find(|(name, _)| name == PLACE).cloned() else {
            return;
        };
        let of = |index: usize| Term::Apply(symbol, vec![Term::Element { sort: THINGS, index }]);
        for first in 0..self.things.len() {
            for second in first + 1..self.things.len() {
                self.problem
                    .premise("", Formula::equal(of(first), of(second)).not());
            }
        }
    }
}
