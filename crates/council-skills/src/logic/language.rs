//! The small typed language that puzzles are put in: sorts, symbols, formulas, and how they are written for people.

/// A kind of thing, listed whole unless it is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sort {
    /// What its things are called, such as `person`.
    pub(crate) name: String,
    /// Its things; their order is the order that comparisons go by.
    pub(crate) elements: Vec<String>,
    /// Whether there may be others, of which nothing is said.
    pub(crate) open: bool,
}

/// A predicate or a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    /// The sorts of its arguments.
    pub(crate) arguments: Vec<usize>,
    /// The sort of its value; `None` for a predicate.
    pub(crate) range: Option<usize>,
}

/// Something that denotes one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    /// The `index`-th thing of a sort.
    Element { sort: usize, index: usize },
    /// What a quantifier around it ranges over.
    Variable(u32),
    /// A function's value.
    Apply(usize, Vec<Term>),
}

/// How two places of an ordered sort compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
}

/// Something that is true or false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Formula {
    /// A predicate holds of its arguments.
    Holds(usize, Vec<Term>),
    /// The place of `left`, moved on by `plus`, compared with the place of `right`.
    Compare {
        left: Term,
        plus: i64,
        order: Order,
        right: Term,
    },
    Not(Box<Formula>),
    /// All of them; true where there are none.
    All(Vec<Formula>),
    /// At least one of them; false where there are none.
    Any(Vec<Formula>),
    Implies(Box<Formula>, Box<Formula>),
    Same(Box<Formula>, Box<Formula>),
    /// Between `least` and `most` of them, both included.
    Count {
        least: usize,
        most: usize,
        of: Vec<Formula>,
    },
    ForAll {
        variable: u32,
        sort: usize,
        body: Box<Formula>,
    },
    Exists {
        variable: u32,
        sort: usize,
        body: Box<Formula>,
    },
}

impl Formula {
    pub(crate) fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    pub(crate) fn implies(self, then: Self) -> Self {
        Self::Implies(Box::new(self), Box::new(then))
    }

    pub(crate) fn same(self, other: Self) -> Self {
        Self::Same(Box::new(self), Box::new(other))
    }

    pub(crate) fn equal(left: Term, right: Term) -> Self {
        Self::Compare {
            left,
            plus: 0,
            order: Order::Equal,
            right,
        }
    }

    pub(crate) fn less(left: Term, right: Term) -> Self {
        Self::Compare {
            left,
            plus: 0,
            order: Order::Less,
            right,
        }
    }

    /// `left` stands exactly `plus` places before `right`.
    pub(crate) fn before_by(left: Term, plus: i64, right: Term) -> Self {
        Self::Compare {
            left,
            plus,
            order: Order::Equal,
            right,
        }
    }

    pub(crate) fn exactly(count: usize, of: Vec<Self>) -> Self {
        Self::Count {
            least: count,
            most: count,
            of,
        }
    }

    /// Its direct parts.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Holds(..) | Self::Compare { .. } => Vec::new(),
            Self::Not(inner) => vec![inner],
            Self::All(of) | Self::Any(of) | Self::Count { of, .. } => of.iter().collect(),
            Self::Implies(left, right) | Self::Same(left, right) => vec![left, right],
            Self::ForAll { body, .. } | Self::Exists { body, .. } => vec![body],
        }
    }
}

/// Something that was said, and how it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Premise {
    /// The words; empty for what goes without saying, such as that two cannot sit on one chair.
    pub(crate) words: String,
    pub(crate) formula: Formula,
}

/// Everything that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) sorts: Vec<Sort>,
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) premises: Vec<Premise>,
}

impl Problem {
    /// Adds a sort that is listed whole.
    pub(crate) fn sort(&mut self, name: &str, elements: Vec<String>) -> usize {
        self.sorts.push(Sort {
            name: name.to_owned(),
            elements,
            open: false,
        });
        self.sorts.len() - 1
    }

    /// Adds a predicate.
    pub(crate) fn predicate(&mut self, name: &str, arguments: Vec<usize>) -> usize {
        self.symbols.push(Symbol {
            name: name.to_owned(),
            arguments,
            range: None,
        });
        self.symbols.len() - 1
    }

    /// Adds a function.
    pub(crate) fn function(&mut self, name: &str, arguments: Vec<usize>, range: usize) -> usize {
        self.symbols.push(Symbol {
            name: name.to_owned(),
            arguments,
            range: Some(range),
        });
        self.symbols.len() - 1
    }

    pub(crate) fn premise(&mut self, words: &str, formula: Formula) {
        self.premises.push(Premise {
            words: words.to_owned(),
            formula,
        });
    }

    /// A formula as people write it.
    pub(crate) fn show(&self, formula: &Formula) -> String {
        let list = |of: &[Formula], between: &str| {
            let parts: Vec<String> = of.iter().map(|part| self.show_inner(part)).collect();
            parts.join(between)
        };
        match formula {
            Formula::Holds(symbol, arguments) => self.show_application(*symbol, arguments),
            Formula::Compare {
                left,
                plus,
                order,
                right,
            } => {
                let sign = match order {
                    Order::Equal => "=",
                    Order::Less => "<",
                };
                let moved = match plus {
                    0 => String::new(),
                    1.. => format!(" + {plus}"),
                    _ => format!(" - {}", plus.unsigned_abs()),
                };
                format!("{}{moved} {sign} {}", self.show_term(left), self.show_term(right))
            }
            Formula::Not(inner) => format!("¬{}", self.show_inner(inner)),
            Formula::All(of) if of.is_empty() => "true".to_owned(),
            Formula::Any(of) if of.is_empty() => "false".to_owned(),
            Formula::All(of) => list(of, " ∧ "),
            Formula::Any(of) => list(of, " ∨ "),
            Formula::Implies(left, right) => {
                format!("{} → {}", self.show_inner(left), self.show_inner(right))
            }
            Formula::Same(left, right) => format!("{} ↔ {}", self.show_inner(left), self.show_inner(right)),
            Formula::Count { least, most, of } => {
                let how = match (least, most) {
                    (least, most) if least == most => format!("exactly {least} of"),
                    (0, most) => format!("at most {most} of"),
                    (least, most) if *most >= of.len() => format!("at least {least} of"),
                    (least, most) => format!("{least} to {most} of"),
                };
                format!("{how} {{{}}}", list(of, ", "))
            }
            Formula::ForAll { variable, body, .. } => {
                format!("∀{} {}", show_variable(*variable), self.show_inner(body))
            }
            Formula::Exists { variable, body, .. } => {
                format!("∃{} {}", show_variable(*variable), self.show_inner(body))
            }
        }
    }

    fn show_inner(&self, formula: &Formula) -> String {
        let alone = matches!(
            formula,
            Formula::Holds(..)
                | Formula::Not(_)
                | Formula::Count { .. }
                | Formula::ForAll { .. }
                | Formula::Exists { .. }
        ) || matches!(formula, Formula::All(of) | Formula::Any(of) if of.len() < 2);
        if alone {
            self.show(formula)
        } else {
            format!("({})", self.show(formula))
        }
    }

    fn show_application(&self, symbol: usize, arguments: &[Term]) -> String {
        let name = self
            .symbols
            .get(symbol)
            .map_or("?", |symbol| symbol.name.as_str());
        if arguments.is_empty() {
            return name.to_owned();
        }
        let arguments: Vec<String> = arguments.iter().map(|term| self.show_term(term)).collect();
        format!("{name}({})", arguments.join(", "))
    }

    /// A term as people write it.
    pub(crate) fn show_term(&self, term: &Term) -> String {
        match term {
            Term::Element { sort, index } => self
                .sorts
                .get(*sort)
                .and_then(|sort| sort.elements.get(*index))
                .cloned()
                .unwrap_or_else(|| "?".to_owned()),
            Term::Variable(variable) => show_variable(*variable),
            Term::Apply(symbol, arguments) => self.show_application(*symbol, arguments),
        }
    }
}

fn show_variable(variable: u32) -> String {
    match variable {
        0 => "x".to_owned(),
        1 => "y".to_owned(),
        2 => "z".to_owned(),
        other => format!("x{other}"),
    }
}
