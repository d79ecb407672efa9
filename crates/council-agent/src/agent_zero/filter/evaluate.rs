//! What an expression says of one memory, as Python would evaluate it.

use super::{Comparison, Expression, Method, Names};
use serde_json::{Map, Number, Value};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Python would raise an exception.
#[derive(Debug)]
struct Raised;

type Evaluated<'a> = Result<Cow<'a, Value>, Raised>;

/// Whether it evaluates to something that Python takes for true.
pub(super) fn passes(expression: &Expression, names: &Names) -> bool {
    evaluate(expression, names).is_ok_and(|value| truth(&value))
}

fn evaluate<'a>(expression: &'a Expression, names: &'a Names) -> Evaluated<'a> {
    match expression {
        Expression::Literal(value) => Ok(Cow::Borrowed(value)),
        Expression::Name(name) => look_up(name, names),
        Expression::List(items) => {
            let items = items
                .iter()
                .map(|item| evaluate(item, names).map(Cow::into_owned));
            Ok(Cow::Owned(Value::Array(items.collect::<Result<_, _>>()?)))
        }
        Expression::Not(inner) => {
            let inner = evaluate(inner, names)?;
            Ok(Cow::Owned(Value::Bool(!truth(&inner))))
        }
        Expression::And(parts) => first(parts, names, |value| !truth(value)),
        Expression::Or(parts) => first(parts, names, truth),
        Expression::Compare(first, rest) => {
            let mut left = evaluate(first, names)?;
            for (comparison, right) in rest {
                let right = evaluate(right, names)?;
                if !compare(*comparison, &left, &right)? {
                    return Ok(Cow::Owned(Value::Bool(false)));
                }
                left = right;
            }
            Ok(Cow::Owned(Value::Bool(true)))
        }
        Expression::Index(of, key) => index(evaluate(of, names)?, key),
        Expression::Call(of, method, arguments) => {
            let of = evaluate(of, names)?;
            let arguments = arguments.iter().map(|argument| evaluate(argument, names));
            call(of, *method, &arguments.collect::<Result<Vec<_>, _>>()?)
        }
    }
}

fn look_up<'a>(name: &str, names: &'a Names) -> Evaluated<'a> {
    let of = |list: &'a [(&'static str, Value)]| {
        list.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| Cow::Borrowed(value))
    };
    of(&names.own)
        .or_else(|| names.metadata.get(name).map(Cow::Borrowed))
        .or_else(|| of(&names.besides))
        .or_else(|| (name == "metadata").then(|| Cow::Owned(Value::Object(names.metadata.clone()))))
        .ok_or(Raised)
}

/// The value of the first part that decides, or of the last.
fn first<'a>(parts: &'a [Expression], names: &'a Names, decides: impl Fn(&Value) -> bool) -> Evaluated<'a> {
    let mut last = Err(Raised);
    for part in parts {
        let value = evaluate(part, names)?;
        if decides(&value) {
            return Ok(value);
        }
        last = Ok(value);
    }
    last
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

fn compare(comparison: Comparison, left: &Value, right: &Value) -> Result<bool, Raised> {
    Ok(match comparison {
        Comparison::Equal => equal(left, right),
        Comparison::NotEqual => !equal(left, right),
        Comparison::Less => order(left, right)?.is_some_and(Ordering::is_lt),
        Comparison::LessOrEqual => order(left, right)?.is_some_and(Ordering::is_le),
        Comparison::Greater => order(left, right)?.is_some_and(Ordering::is_gt),
        Comparison::GreaterOrEqual => order(left, right)?.is_some_and(Ordering::is_ge),
        Comparison::In => contains(right, left)?,
        Comparison::NotIn => !contains(right, left)?,
        // `True is 1` is false, unlike `True == 1`.
        Comparison::Is => left == right,
        Comparison::IsNot => left != right,
    })
}

/// A number, as which `True` and `False` count too.
fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Bool(value) => Some(Number::from(u8::from(*value))),
        Value::Number(number) => Some(number.clone()),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn order_numbers(left: &Number, right: &Number) -> Option<Ordering> {
    match (left.as_i128(), right.as_i128()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return order_numbers(&left, &right) == Some(Ordering::Equal);
    }
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => equal_objects(left, right),
        _ => left == right,
    }
}

fn equal_objects(left: &Map<String, Value>, right: &Map<String, Value>) -> bool {
    let same = |(key, value): (&String, &Value)| right.get(key).is_some_and(|other| equal(value, other));
    left.len() == right.len() && left.iter().all(same)
}

/// Of two numbers or two texts; anything else cannot be ordered here.
fn order(left: &Value, right: &Value) -> Result<Option<Ordering>, Raised> {
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return Ok(order_numbers(&left, &right));
    }
    match (left, right) {
        // UTF-8 orders as its code points do, and those are what Python compares.
        (Value::String(left), Value::String(right)) => Ok(Some(left.cmp(right))),
        _ => Err(Raised),
    }
}

fn contains(container: &Value, item: &Value) -> Result<bool, Raised> {
    match (container, item) {
        (Value::String(text), Value::String(part)) => Ok(text.contains(part.as_str())),
        (Value::Array(items), item) => Ok(items.iter().any(|other| equal(other, item))),
        (Value::Object(fields), Value::String(key)) => Ok(fields.contains_key(key)),
        (Value::Object(_), Value::Null | Value::Bool(_) | Value::Number(_)) => Ok(false),
        _ => Err(Raised),
    }
}

fn index<'a>(of: Cow<'a, Value>, key: &Value) -> Evaluated<'a> {
    match of {
        Cow::Borrowed(of) => element(of, key).map(Cow::Borrowed),
        Cow::Owned(of) => element(&of, key).cloned().map(Cow::Owned),
    }
    .ok_or(Raised)
}

fn element<'a>(of: &'a Value, key: &Value) -> Option<&'a Value> {
    match (of, key) {
        (Value::Object(fields), Value::String(key)) => fields.get(key),
        (Value::Array(items), Value::Number(position)) => {
            let position = position.as_i64()?;
            let from_end = || usize::try_from(position.unsigned_abs()).ok();
            let at = match usize::try_from(position) {
                Ok(position) => position,
                Err(_) => items.len().checked_sub(from_end()?)?,
            };
            items.get(at)
        }
        _ => None,
    }
}

fn call<'a>(of: Cow<'a, Value>, method: Method, arguments: &[Cow<'a, Value>]) -> Evaluated<'a> {
    let argument = arguments.first().map(|argument| &**argument);
    let owned = |value| Ok(Cow::Owned(value));
    match (method, &*of, argument) {
        (
            Method::Get,
            Value::Object(_),
            Some(key @ (Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_))),
        ) => {
            let otherwise = || arguments.get(1).cloned().unwrap_or(Cow::Owned(Value::Null));
            Ok(index(of, key).unwrap_or_else(|Raised| otherwise()))
        }
        (Method::StartsWith, Value::String(text), Some(Value::String(part))) => {
            owned(Value::Bool(text.starts_with(part.as_str())))
        }
        (Method::EndsWith, Value::String(text), Some(Value::String(part))) => {
            owned(Value::Bool(text.ends_with(part.as_str())))
        }
        (Method::Lower, Value::String(text), None) => owned(Value::String(text.to_lowercase())),
        (Method::Upper, Value::String(text), None) => owned(Value::String(text.to_uppercase())),
        _ => Err(Raised),
    }
}
