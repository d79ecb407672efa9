//! Formulas to clauses: every function value and every predicate of every tuple becomes a variable of the solver.

use super::{Limits, Stopped};
use crate::logic::language::{Formula, Order, Problem, Term};
use batsat::callbacks::Callbacks;
use batsat::{Lit, Solver, SolverInterface, SolverOpts, Var, clause, lbool};
use std::collections::HashMap;
use std::time::Instant;

/// Most variables of the solver.
const MOST_VARIABLES: u32 = 400_000;

/// Ends the search when it takes too long or nobody waits any more.
struct Watch {
    limits: Limits,
    conflicts_left: u64,
}

impl Callbacks for Watch {
    fn on_new_clause(&mut self, _: &[Lit], _: clause::Kind) {
        self.conflicts_left = self.conflicts_left.saturating_sub(1);
    }

    fn stop(&self) -> bool {
        self.conflicts_left == 0
            || self.limits.cancel.is_cancelled()
            || Instant::now() >= self.limits.deadline
    }
}

/// The clauses of a problem in a solver.
pub(super) struct Ground {
    solver: Solver<Watch>,
    limits: Limits,
    truth: Lit,
    sizes: Vec<usize>,
    open: Vec<bool>,
    symbols: Vec<(Vec<usize>, Option<usize>)>,
    /// For a predicate one literal, for a function one for each value.
    atoms: HashMap<(usize, Vec<usize>), Vec<Lit>>,
}

impl Ground {
    pub(super) fn new(
        problem: &Problem,
        questions: &[Formula],
        limits: Limits,
        conflicts: u64,
    ) -> Result<Self, Stopped> {
        let formulas: Vec<&Formula> = problem
            .premises
            .iter()
            .map(|premise| &premise.formula)
            .chain(questions)
            .collect();
        let sizes = problem
            .sorts
            .iter()
            .enumerate()
            .map(|(index, sort)| {
                if !sort.open {
                    return Ok(sort.elements.len());
                }
                let mut spare = 0;
                for formula in &formulas {
                    spare += witnesses(formula, index, None)?;
                }
                Ok(sort.elements.len() + spare.max(1))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut solver = Solver::new(
            SolverOpts::default(),
            Watch {
                limits: limits.clone(),
                conflicts_left: conflicts,
            },
        );
        let truth = Lit::new(solver.new_var_default(), true);
        solver.add_clause_reuse(&mut vec![truth]);
        Ok(Self {
            solver,
            limits,
            truth,
            sizes,
            open: problem.sorts.iter().map(|sort| sort.open).collect(),
            symbols: problem
                .symbols
                .iter()
                .map(|symbol| (symbol.arguments.clone(), symbol.range))
                .collect(),
            atoms: HashMap::new(),
        })
    }

    /// A literal that is true exactly where the formula is.
    pub(super) fn literal(&mut self, formula: &Formula) -> Result<Lit, Stopped> {
        self.under(formula, &mut Vec::new())
    }

    /// Whether some assignment makes all of them true; [`Ground::is_true`] then tells of it.
    pub(super) fn solve(&mut self, assumptions: &[Lit]) -> Result<bool, Stopped> {
        match self.solver.solve_limited(assumptions) {
            result if result == lbool::TRUE => Ok(true),
            result if result == lbool::FALSE => Ok(false),
            _ => Err(Stopped::OutOfTime),
        }
    }

    /// In the assignment that was found last.
    pub(super) fn is_true(&self, literal: Lit) -> bool {
        self.solver.value_lit(literal) == lbool::TRUE
    }

    pub(super) fn clause(&mut self, mut literals: Vec<Lit>) {
        self.solver.add_clause_reuse(&mut literals);
    }

    pub(super) fn fresh(&mut self) -> Lit {
        let variable: Var = self.solver.new_var_default();
        Lit::new(variable, true)
    }

    /// What a term can be, each with the literal that says it is that.
    pub(super) fn choices(&mut self, term: &Term) -> Result<Vec<(usize, Lit)>, Stopped> {
        self.values(term, &mut Vec::new())
    }

    fn under(&mut self, formula: &Formula, bound: &mut Vec<(u32, usize)>) -> Result<Lit, Stopped> {
        if self.solver.num_vars() > MOST_VARIABLES {
            return Err(Stopped::TooLarge);
        }
        if self.limits.cancel.is_cancelled() || Instant::now() >= self.limits.deadline {
            return Err(Stopped::OutOfTime);
        }
        match formula {
            Formula::Holds(symbol, arguments) => self.holds(*symbol, arguments, bound),
            Formula::Compare {
                left,
                plus,
                order,
                right,
            } => self.compare(left, *plus, *order, right, bound),
            Formula::Not(inner) => Ok(!self.under(inner, bound)?),
            Formula::All(of) => {
                let of = self.each(of, bound)?;
                Ok(self.and(&of))
            }
            Formula::Any(of) => {
                let of = self.each(of, bound)?;
                Ok(self.or(&of))
            }
            Formula::Implies(left, right) => {
                let (left, right) = (self.under(left, bound)?, self.under(right, bound)?);
                Ok(self.or(&[!left, right]))
            }
            Formula::Same(left, right) => {
                let (left, right) = (self.under(left, bound)?, self.under(right, bound)?);
                let both = self.and(&[left, right]);
                let neither = self.and(&[!left, !right]);
                Ok(self.or(&[both, neither]))
            }
            Formula::Count { least, most, of } => {
                let of = self.each(of, bound)?;
                let enough = self.at_least(&of, *least);
                let too_many = self.at_least(&of, most + 1);
                Ok(self.and(&[enough, !too_many]))
            }
            Formula::ForAll { variable, sort, body } => {
                let of = self.instances(*variable, *sort, body, bound)?;
                Ok(self.and(&of))
            }
            Formula::Exists { variable, sort, body } => {
                let of = self.instances(*variable, *sort, body, bound)?;
                Ok(self.or(&of))
            }
        }
    }

    fn each(&mut self, of: &[Formula], bound: &mut Vec<(u32, usize)>) -> Result<Vec<Lit>, Stopped> {
        of.iter().map(|formula| self.under(formula, bound)).collect()
    }

    fn instances(
        &mut self,
        variable: u32,
        sort: usize,
        body: &Formula,
        bound: &mut Vec<(u32, usize)>,
    ) -> Result<Vec<Lit>, Stopped> {
        let size = *self.sizes.get(sort).ok_or(Stopped::Undecidable)?;
        let mut literals = Vec::with_capacity(size);
        for index in 0..size {
            bound.push((variable, index));
            let literal = self.under(body, bound);
            bound.pop();
            literals.push(literal?);
        }
        Ok(literals)
    }

    fn holds(
        &mut self,
        symbol: usize,
        arguments: &[Term],
        bound: &mut Vec<(u32, usize)>,
    ) -> Result<Lit, Stopped> {
        let mut cases = Vec::new();
        for (tuple, given) in self.tuples(arguments, bound)? {
            let held = *self.atom(symbol, tuple)?.first().ok_or(Stopped::Undecidable)?;
            cases.push(self.and(&[given, held]));
        }
        Ok(self.or(&cases))
    }

    fn compare(
        &mut self,
        left: &Term,
        plus: i64,
        order: Order,
        right: &Term,
        bound: &mut Vec<(u32, usize)>,
    ) -> Result<Lit, Stopped> {
        let (left, right) = (self.values(left, bound)?, self.values(right, bound)?);
        let mut cases = Vec::new();
        for &(first, is_first) in &left {
            for &(second, is_second) in &right {
                let (first, second) = (first as i64 + plus, second as i64);
                let held = match order {
                    Order::Equal => first == second,
                    Order::Less => first < second,
                };
                if held {
                    cases.push(self.and(&[is_first, is_second]));
                }
            }
        }
        Ok(self.or(&cases))
    }

    fn values(&mut self, term: &Term, bound: &mut Vec<(u32, usize)>) -> Result<Vec<(usize, Lit)>, Stopped> {
        match term {
            Term::Element { index, .. } => Ok(vec![(*index, self.truth)]),
            Term::Variable(variable) => {
                let found = bound.iter().rev().find(|(name, _)| name == variable);
                let (_, index) = *found.ok_or(Stopped::Undecidable)?;
                Ok(vec![(index, self.truth)])
            }
            Term::Apply(symbol, arguments) => {
                let mut by_value: Vec<Vec<Lit>> = Vec::new();
                for (tuple, given) in self.tuples(arguments, bound)? {
                    for (value, literal) in self.atom(*symbol, tuple)?.into_iter().enumerate() {
                        if by_value.len() <= value {
                            by_value.resize(value + 1, Vec::new());
                        }
                        let case = self.and(&[given, literal]);
                        by_value[value].push(case);
                    }
                }
                let either = by_value.iter().map(|cases| self.or(cases));
                Ok(either.collect::<Vec<_>>().into_iter().enumerate().collect())
            }
        }
    }

    /// All that the arguments together can be, each with the literal that says so.
    fn tuples(
        &mut self,
        arguments: &[Term],
        bound: &mut Vec<(u32, usize)>,
    ) -> Result<Vec<(Vec<usize>, Lit)>, Stopped> {
        let mut tuples = vec![(Vec::new(), self.truth)];
        for argument in arguments {
            let values = self.values(argument, bound)?;
            let mut longer = Vec::with_capacity(tuples.len() * values.len());
            for (tuple, given) in &tuples {
                for &(value, is_value) in &values {
                    let mut tuple = tuple.clone();
                    tuple.push(value);
                    longer.push((tuple, self.and(&[*given, is_value])));
                }
            }
            tuples = longer;
        }
        Ok(tuples)
    }

    fn atom(&mut self, symbol: usize, tuple: Vec<usize>) -> Result<Vec<Lit>, Stopped> {
        if let Some(literals) = self.atoms.get(&(symbol, tuple.clone())) {
            return Ok(literals.clone());
        }
        let (arguments, range) = self.symbols.get(symbol).cloned().ok_or(Stopped::Undecidable)?;
        if arguments.len() != tuple.len() || range.is_some_and(|sort| self.open[sort]) {
            return Err(Stopped::Undecidable);
        }
        let literals: Vec<Lit> = match range {
            None => vec![self.fresh()],
            Some(sort) => (0..self.sizes[sort]).map(|_| self.fresh()).collect(),
        };
        if range.is_some() {
            self.clause(literals.clone());
            for (index, &first) in literals.iter().enumerate() {
                for &second in &literals[index + 1..] {
                    self.clause(vec![!first, !second]);
                }
            }
        }
        self.atoms.insert((symbol, tuple), literals.clone());
        Ok(literals)
    }

    fn and(&mut self, of: &[Lit]) -> Lit {
        let negated: Vec<Lit> = of.iter().map(|&literal| !literal).collect();
        !self.or(&negated)
    }

    fn or(&mut self, of: &[Lit]) -> Lit {
        if of.contains(&self.truth) {
            return self.truth;
        }
        let mut of: Vec<Lit> = of
            .iter()
            .copied()
            .filter(|&literal| literal != !self.truth)
            .collect();
        of.sort_unstable();
        of.dedup();
        match of[..] {
            [] => return !self.truth,
            [only] => return only,
            _ => {}
        }
        let whole = self.fresh();
        for &literal in &of {
            self.clause(vec![!literal, whole]);
        }
        of.push(!whole);
        self.clause(of);
        whole
    }

    /// Whether at least `count` of them are true: a table over how many of the rest are.
    fn at_least(&mut self, of: &[Lit], count: usize) -> Lit {
        if count > of.len() {
            return !self.truth;
        }
        // row[k]: at least k of those seen so far.
        let mut row = vec![!self.truth; count + 1];
        row[0] = self.truth;
        for &literal in of {
            for k in (1..=count).rev() {
                let with = self.and(&[literal, row[k - 1]]);
                row[k] = self.or(&[row[k], with]);
            }
        }
        row[count]
    }
}

/// How many nameless things of an open sort a formula can need.
fn witnesses(formula: &Formula, sort: usize, around: Option<bool>) -> Result<usize, Stopped> {
    let quantifier = match formula {
        Formula::ForAll { sort: of, .. } if *of == sort => Some(true),
        Formula::Exists { sort: of, .. } if *of == sort => Some(false),
        // Equality on an open sort would count its things, and the argument for the size of the domain fails.
        Formula::Compare { left, right, .. } if ranges_over(left, sort) || ranges_over(right, sort) => {
            return Err(Stopped::Undecidable);
        }
        _ => None,
    };
    if quantifier.is_some() && around.is_some() {
        return Err(Stopped::Undecidable);
    }
    let mut count = usize::from(quantifier.is_some());
    for part in formula.parts() {
        count += witnesses(part, sort, quantifier.or(around))?;
    }
    Ok(count)
}

/// A variable may be of any sort; it is taken for one of this.
fn ranges_over(term: &Term, sort: usize) -> bool {
    match term {
        Term::Element { sort: of, .. } => *of == sort,
        Term::Variable(_) => true,
        Term::Apply(..) => false,
    }
}
