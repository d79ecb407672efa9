//! Functions and their arguments, with parentheses and without.

use super::super::words::letters;
use super::super::{Expr, Operator};
use super::Parser;
use crate::math::number::whole;
use crate::math::trouble::{Result, Trouble, foreign};

impl Parser<'_> {
    pub(super) fn logarithm(&mut self) -> Result<Expr> {
        self.at += 1;
        let base = if self.word(0) == "base" {
            self.at += 1;
            Some(self.primary()?)
        } else if self.take('_')
            || (self
                .peek()
                .is_some_and(|next| next.number().is_some() && !next.gap)
                && (self.sign(1) == Some('(') || self.word(1) == "of"))
        {
            Some(self.primary()?)
        } else {
            None
        };
        let of = self.word(0) == "of";
        self.at += usize::from(of);
        let value = if of { self.operand()? } else { self.argument()? };
        if base.is_none() && self.word(0) == "base" {
            self.at += 1;
            let base = self.primary()?;
            return Ok(Expr::Call("log", vec![base, value]));
        }
        if base.is_none() && matches!((self.word(0), self.word(1)), ("to" | "in" | "with", "base")) {
            self.at += 2;
            let base = self.primary()?;
            return Ok(Expr::Call("log", vec![base, value]));
        }
        Ok(Expr::Call("log", base.into_iter().chain([value]).collect()))
    }

    pub(super) fn function(&mut self, name: &'static str) -> Result<Expr> {
        let exponent = if self.take('^') { Some(self.unary()?) } else { None };
        let minus_one = Expr::Negate(Box::new(Expr::Number(whole(1))));
        let inverse = match name {
            "sin" => "arcsin",
            "cos" => "arccos",
            "tan" => "arctan",
            other => other,
        };
        if matches!(name, "round" | "floor" | "ceil" | "min" | "max") && self.sign(0) != Some('(') {
            return foreign(format!("`{name}` is written with parentheses"));
        }
        let arguments = if self.sign(0) == Some('(') {
            self.arguments()?
        } else {
            vec![self.argument()?]
        };
        if name == "sqr" {
            return foreign("`sqr` may be the square or the square root");
        }
        match exponent {
            Some(exponent) if exponent == minus_one && inverse != name => Ok(Expr::Call(inverse, arguments)),
            Some(exponent) => Ok(Expr::binary(
                Operator::Power,
                Expr::Call(name, arguments),
                exponent,
            )),
            None => Ok(Expr::Call(name, arguments)),
        }
    }

    /// `(a, b)`.
    pub(super) fn arguments(&mut self) -> Result<Vec<Expr>> {
        // gcd(100,200) has two arguments, though 100,200 is a number elsewhere.
        if let Some(token) = self.tokens.get(self.at + 1)
            && token.groups.len() > 1
            && self.sign(2) == Some(')')
        {
            self.at += 3;
            return Ok(token.groups.iter().cloned().map(Expr::Number).collect());
        }
        self.expect('(')?;
        let mut arguments = vec![self.sum()?];
        while self.take(',') || self.take(';') {
            arguments.push(self.sum()?);
        }
        self.expect(')')?;
        Ok(arguments)
    }

    /// The argument of a function without parentheses: `sin 2x`, `ln x`.
    pub(super) fn argument(&mut self) -> Result<Expr> {
        self.enter()?;
        if self.sign(0) == Some('(') {
            let inner = self.enclosed('(', ')')?;
            self.depth -= 1;
            return Ok(inner);
        }
        let mut inner = self.unary()?;
        while self
            .peek()
            .is_some_and(|next| letters(next).is_some() || next.says("pi"))
            && self.operator().is_none()
        {
            inner = Expr::binary(Operator::Times, inner, self.power()?);
        }
        if self.sign(0) == Some('(') {
            return Err(Trouble::Ambiguous(
                "a function's argument can be read in two ways; write parentheses".to_owned(),
            ));
        }
        self.depth -= 1;
        Ok(inner)
    }
}
