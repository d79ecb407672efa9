//! Areas, perimeters, volumes, angles, points.

use super::{Found, Rules};
use crate::math::answer::{Answer, READING, WORDED, short};
use crate::math::expr::{Scope, constant, expression};
use crate::math::lex::Token;
use crate::math::number::{Rational, ratio, whole};
use crate::math::sum::Sum;
use crate::math::trouble::{Result, Trouble, foreign};
use crate::math::unit::{Quantity, Unit, quantity};

pub(super) const RULES: Rules = &[
    (
        "[the] area of [a|the] circle [with|of|whose|that has|having|if|when] [a|its|the] radius [is|of|=|equal to] {r}",
        |f| {
            shape(f, &["r"], 2, "π × r^2", |v| {
                v[0].times(&v[0])?.times(&Sum::pi())
            })
        },
    ),
    (
        "[the] area of [a|the] circle [with|of|whose|that has|having] [a|its|the] diameter [is|of|=] {r}",
        |f| {
            shape(f, &["r"], 2, "π × (d/2)^2", |v| {
                Ok(v[0].times(&v[0])?.times(&Sum::pi())?.scaled(&ratio(1, 4)))
            })
        },
    ),
    (
        "[the] (circumference|perimeter) of [a|the] circle [with|of|whose|that has|having] [a|its|the] radius [is|of|=] {r}",
        |f| {
            shape(f, &["r"], 1, "2 × π × r", |v| {
                Ok(v[0].times(&Sum::pi())?.scaled(&whole(2)))
            })
        },
    ),
    (
        "[the] (circumference|perimeter) of [a|the] circle [with|of|whose|that has|having] [a|its|the] diameter [is|of|=] {r}",
        |f| shape(f, &["r"], 1, "π × d", |v| v[0].times(&Sum::pi())),
    ),
    (
        "[the] radius of [a|the] circle [with|whose|that has|having] [a|an|its|the] circumference [is|of|=] {r}",
        |f| {
            shape(f, &["r"], 1, "c / (2π)", |v| {
                v[0].over(&Sum::pi().scaled(&whole(2)))
            })
        },
    ),
    (
        "[the] area of [a|the] square [with|of|whose|that has|having] [a|the|all] [side|sides|side length|side lengths|edge|edges|length] [is|of|=|length|are] {a}",
        |f| shape(f, &["a"], 2, "a^2", |v| v[0].times(&v[0])),
    ),
    (
        "[the] perimeter of [a|the] square [with|of|whose|that has|having] [a|the] [side|sides|side length|side lengths|edge] [is|of|=|length] {a}",
        |f| shape(f, &["a"], 1, "4 × a", |v| Ok(v[0].scaled(&whole(4)))),
    ),
    (
        "[the] diagonal of [a|the] square [with|of|whose] [a] [side|sides|side length] [is|of|=|length] {a}",
        |f| {
            shape(f, &["a"], 1, "a × √2", |v| {
                v[0].times(&Sum::int(2).power(&ratio(1, 2))?)
            })
        },
    ),
    (
        "[the] side [length] of [a|the] square (with|whose) [an|its] area [is|of|=] {a}",
        |f| shape(f, &["a"], 0, "√A", |v| v[0].power(&ratio(1, 2))),
    ),
    (
        "[the] area of [a|the] (rectangle|rectangular room|rectangular garden|rectangular field|room|rectangular plot) [with|of|whose|that is|measuring|that has|having|which is] [a|dimensions|sides|side lengths|its|lengths] [length|width|base] [is|of|=] {a} (by|and|x|*|,|× ) [a|its|an] [width|height|length|breadth] [is|of|=] {b}",
        |f| shape(f, &["a", "b"], 2, "a × b", |v| v[0].times(&v[1])),
    ),
    (
        "[the] area of [a|the] {a} (by|x|*) {b} (rectangle|room|rectangular room)",
        |f| shape(f, &["a", "b"], 2, "a × b", |v| v[0].times(&v[1])),
    ),
    (
        "[the] perimeter of [a|the] (rectangle|rectangular room|rectangular garden|rectangular field) [with|of|whose|that is|measuring|that has|having] [a|dimensions|sides|side lengths|its] [length|width] [is|of|=] {a} (by|and|x|*|,) [a|its] [width|height|length|breadth] [is|of|=] {b}",
        |f| {
            shape(f, &["a", "b"], 1, "2 × (a + b)", |v| {
                Ok(v[0].add(&v[1]).scaled(&whole(2)))
            })
        },
    ),
    (
        "[the] [length of the] diagonal of [a|the] rectangle [with|of|whose|that is|measuring] [a|dimensions|sides] [length|width] [is|of] {a} (by|and|x|*) [a] [width|height|length] [of] {b}",
        |f| shape(f, &["a", "b"], 1, "√(a^2 + b^2)", hypotenuse),
    ),
    (
        "[the] area of [a|the] [right] triangle [with|of|whose|that has|having] [a] base [is|of|=|length] {a} (and|,) [a|its|an] [perpendicular] (height|altitude) [is|of|=] {b}",
        |f| {
            shape(f, &["a", "b"], 2, "1/2 × base × height", |v| {
                Ok(v[0].times(&v[1])?.scaled(&ratio(1, 2)))
            })
        },
    ),
    (
        "[the] area of [a|the] right [angled] triangle (with|whose|that has) legs [of|are|measuring|=] [length|lengths] {a} and {b}",
        |f| {
            shape(f, &["a", "b"], 2, "1/2 × a × b", |v| {
                Ok(v[0].times(&v[1])?.scaled(&ratio(1, 2)))
            })
        },
    ),
    (
        "[the] area of [a|the] triangle [with|of|whose] [the] (sides|side lengths) [of|are|lengths] {list}",
        heron,
    ),
    (
        "[the] perimeter of [a|the] triangle [with|of|whose] [the] (sides|side lengths) [of|are] {list}",
        |f| {
            let sides = lengths(f, "list", 3)?;
            triangle(&sides)?;
            Answer::number(
                &sides.iter().fold(Sum::default(), |sum, side| sum.add(side)),
                joined(&sides, " + "),
            )
        },
    ),
    (
        "[the] area of [an|the] equilateral triangle [with|of|whose] [a] [side|sides|side length] [is|of|=|length] {a}",
        |f| {
            shape(f, &["a"], 2, "√3 / 4 × a^2", |v| {
                Ok(v[0]
                    .times(&v[0])?
                    .times(&Sum::int(3).power(&ratio(1, 2))?)?
                    .scaled(&ratio(1, 4)))
            })
        },
    ),
    (
        "[the] perimeter of [an|the] equilateral triangle [with|of|whose] [a] [side|sides|side length] [is|of|=|length] {a}",
        |f| shape(f, &["a"], 1, "3 × a", |v| Ok(v[0].scaled(&whole(3)))),
    ),
    (
        "[the] area of [a|the] parallelogram [with|of|whose] [a] base [is|of|=] {a} and [a] height [is|of|=] {b}",
        |f| shape(f, &["a", "b"], 2, "base × height", |v| v[0].times(&v[1])),
    ),
    (
        "[the] area of [a|the] (trapezoid|trapezium) [with|of|whose] [the] [parallel] (sides|bases) [of|are] {a} and {b} (and|,) [a|the] height [is|of|=] {c}",
        |f| {
            shape(f, &["a", "b", "c"], 2, "(a + b) / 2 × h", |v| {
                Ok(v[0].add(&v[1]).times(&v[2])?.scaled(&ratio(1, 2)))
            })
        },
    ),
    (
        "[the] area of [a|the] rhombus (with|whose) diagonals [of|are] {a} and {b}",
        |f| {
            shape(f, &["a", "b"], 2, "a × b / 2", |v| {
                Ok(v[0].times(&v[1])?.scaled(&ratio(1, 2)))
            })
        },
    ),
    (
        "[the] perimeter of [a|the] regular {n} (with|whose|of) [a] [side|sides|side length] [is|of|=|length] {a}",
        regular,
    ),
    (
        "[the] area of [an|the] ellipse (with|whose) [semi axes|semiaxes|semi-axes] [of|are] {a} and {b}",
        |f| {
            shape(f, &["a", "b"], 2, "π × a × b", |v| {
                v[0].times(&v[1])?.times(&Sum::pi())
            })
        },
    ),
    // Solids.
    (
        "[the] volume of [a|the] cube [with|of|whose|that has|having] [a|an] [side|sides|side length|side lengths|edge|edges|edge length] [is|of|=|length] {a}",
        |f| shape(f, &["a"], 3, "a^3", |v| v[0].power(&whole(3))),
    ),
    (
        "[the] (surface area|total surface area) of [a|the] cube [with|of|whose|that has|having] [a|an] [side|sides|side length|edge|edges|edge length] [is|of|=|length] {a}",
        |f| {
            shape(f, &["a"], 2, "6 × a^2", |v| {
                Ok(v[0].times(&v[0])?.scaled(&whole(6)))
            })
        },
    ),
    (
        "[the] volume of [a|the] sphere [with|of|whose|that has|having] [a|its] radius [is|of|=] {r}",
        |f| {
            shape(f, &["r"], 3, "4/3 × π × r^3", |v| {
                Ok(v[0].power(&whole(3))?.times(&Sum::pi())?.scaled(&ratio(4, 3)))
            })
        },
    ),
    (
        "[the] volume of [a|the] sphere [with|of|whose|that has|having] [a|its] diameter [is|of|=] {r}",
        |f| {
            shape(f, &["r"], 3, "1/6 × π × d^3", |v| {
                Ok(v[0].power(&whole(3))?.times(&Sum::pi())?.scaled(&ratio(1, 6)))
            })
        },
    ),
    (
        "[the] surface area of [a|the] sphere [with|of|whose|that has|having] [a|its] radius [is|of|=] {r}",
        |f| {
            shape(f, &["r"], 2, "4 × π × r^2", |v| {
                Ok(v[0].times(&v[0])?.times(&Sum::pi())?.scaled(&whole(4)))
            })
        },
    ),
    (
        "[the] volume of [a|the] cylinder [with|of|whose|that has|having] [a] radius [is|of|=] {r} (and|,) [a|its] (height|length) [is|of|=] {h}",
        |f| {
            shape(f, &["r", "h"], 3, "π × r^2 × h", |v| {
                v[0].times(&v[0])?.times(&v[1])?.times(&Sum::pi())
            })
        },
    ),
    (
        "[the] volume of [a|the] cylinder [with|of|whose|that has|having] [a] height [is|of|=] {h} (and|,) [a] radius [is|of|=] {r}",
        |f| {
            shape(f, &["r", "h"], 3, "π × r^2 × h", |v| {
                v[0].times(&v[0])?.times(&v[1])?.times(&Sum::pi())
            })
        },
    ),
    (
        "[the] volume of [a|the] cone [with|of|whose|that has|having] [a] [base] radius [is|of|=] {r} (and|,) [a] height [is|of|=] {h}",
        |f| {
            shape(f, &["r", "h"], 3, "1/3 × π × r^2 × h", |v| {
                Ok(v[0]
                    .times(&v[0])?
                    .times(&v[1])?
                    .times(&Sum::pi())?
                    .scaled(&ratio(1, 3)))
            })
        },
    ),
    (
        "[the] volume of [a|the] cone [with|of|whose|that has|having] [a] height [is|of|=] {h} (and|,) [a] [base] radius [is|of|=] {r}",
        |f| {
            shape(f, &["r", "h"], 3, "1/3 × π × r^2 × h", |v| {
                Ok(v[0]
                    .times(&v[0])?
                    .times(&v[1])?
                    .times(&Sum::pi())?
                    .scaled(&ratio(1, 3)))
            })
        },
    ),
    (
        "[the] volume of [a|the] (box|rectangular prism|cuboid|rectangular box|rectangular tank) [with|of|that is|measuring|whose|that measures] [dimensions|sides|edges] [are|of] [length] {a} (by|x|*|,) [width] {b} (by|x|*|,|and|, and) [height] {c}",
        |f| {
            shape(f, &["a", "b", "c"], 3, "a × b × c", |v| {
                v[0].times(&v[1])?.times(&v[2])
            })
        },
    ),
    (
        "[the] surface area of [a|the] (box|rectangular prism|cuboid) [with|of|that is|measuring|whose] [dimensions|sides] [are|of] {a} (by|x|*|,) {b} (by|x|*|,|and|, and) {c}",
        |f| {
            shape(f, &["a", "b", "c"], 2, "2 × (ab + bc + ca)", |v| {
                Ok(v[0]
                    .times(&v[1])?
                    .add(&v[1].times(&v[2])?)
                    .add(&v[0].times(&v[2])?)
                    .scaled(&whole(2)))
            })
        },
    ),
    (
        "[the] volume of [a|the] [square] pyramid (with|whose) [a] base area [is|of|=] {a} and [a] height [is|of|=] {h}",
        |f| {
            let (a, h) = (f.value("a")?, f.value("h")?);
            Answer::number(&a.times(&h)?.scaled(&ratio(1, 3)), "1/3 × base × height")
        },
    ),
    // Triangles.
    (
        "[the] [length of the] hypotenuse of [a|the] right [angled] triangle [with|whose|that has|having] [the] (legs|sides|shorter sides|other sides|other two sides) [of|are|measuring|=] [length|lengths] {a} and {b}",
        |f| shape(f, &["a", "b"], 1, "√(a^2 + b^2)", hypotenuse),
    ),
    (
        "[a|if a|the] right [angled] triangle (has|with) (legs|sides|two legs|two shorter sides) [of] [length|lengths] {a} and {b} (.|,) [what is|how long is|find] [the] [length of] [the|its] hypotenuse",
        |f| shape(f, &["a", "b"], 1, "√(a^2 + b^2)", hypotenuse),
    ),
    (
        "[a|if a] right [angled] triangle (has|with) [a] hypotenuse [of] [length] {c} and [one] leg [of] [length] {a} (.|,) [what is|how long is|find] [the] [length of] [the] other leg",
        |f| shape(f, &["c", "a"], 1, "√(c^2 - a^2)", leg),
    ),
    (
        "(two|if two) angles of a triangle (are|measure) {a} and {b} (.|,) [what is|how large is|find] [the] [measure of] [the] (third|third angle|third one|remaining angle)",
        third_angle,
    ),
    (
        "[the] third angle of a triangle (with|whose|if|when) [two|the other two|other] angles [are|of|measure] {a} and {b}",
        third_angle,
    ),
    (
        "[the] (complement|complementary angle) of [an angle of|to] {a}",
        |f| angle_to(f, 90),
    ),
    (
        "[the] (supplement|supplementary angle) of [an angle of|to] {a}",
        |f| angle_to(f, 180),
    ),
    (
        "[the] sum of [the] [interior|internal] angles (of|in) [a|an] [regular] {n}",
        |f| {
            let n = sides(f, "n")?;
            Ok(Answer::rational(whole((n - 2) * 180), format!("({n} - 2) × 180°"))?.labelled("degrees"))
        },
    ),
    ("[the] (interior|internal) angle of [a|an] regular {n}", |f| {
        let n = sides(f, "n")?;
        Ok(
            Answer::rational(whole((n - 2) * 180) / whole(n), format!("({n} - 2) × 180° / {n}"))?
                .labelled("degrees"),
        )
    }),
    ("each (interior|internal) angle of [a|an] regular {n}", |f| {
        let n = sides(f, "n")?;
        Ok(
            Answer::rational(whole((n - 2) * 180) / whole(n), format!("({n} - 2) × 180° / {n}"))?
                .labelled("degrees"),
        )
    }),
    (
        "how many (sides|edges|vertices|corners) does [a|an] {n} have",
        |f| {
            let n = sides(f, "n")?;
            Answer::rational(whole(n), format!("a polygon with {n} sides"))
        },
    ),
    ("how many diagonals does [a|an] [regular|convex] {n} have", |f| {
        let n = sides(f, "n")?;
        Answer::rational(whole(n * (n - 3) / 2), format!("{n} × ({n} - 3) / 2"))
    }),
    // Points.
    (
        "[the] distance (between|from) [the] [points|point] {p} (and|to) [the] [point] {q}",
        |f| {
            let (a, b) = points(f)?;
            let squares = a.iter().zip(&b).try_fold(Sum::default(), |sum, (a, b)| {
                let side = b.minus(a);
                Ok(sum.add(&side.times(&side)?))
            })?;
            let value = squares.power(&ratio(1, 2))?;
            Answer::number(&value, format!("√({})", short(&squares)))
        },
    ),
    (
        "[the] (slope|gradient) of [the|a] line (through|between|that passes through|passing through|joining|connecting|containing|going through) [the] [points|point] {p} and {q}",
        slope,
    ),
    ("[the] (slope|gradient) between [the] [points] {p} and {q}", slope),
    (
        "[the] midpoint (of|between) [the] [line segment|segment|line] [between|joining|connecting|from|with endpoints] [the] [points] {p} (and|to) {q}",
        |f| {
            let (a, b) = points(f)?;
            let middle: Vec<String> = a
                .iter()
                .zip(&b)
                .map(|(a, b)| short(&a.add(b).scaled(&ratio(1, 2))))
                .collect();
            let text = format!("({})", middle.join(", "));
            Ok(Answer::text(
                text.clone(),
                format!("the midpoint of {} and {}", f.words("p"), f.words("q")),
            ))
        },
    ),
    (
        "[the] equation of the line (through|that passes through|passing through) [the] [points] {p} and {q}",
        line,
    ),
];

type Formula = fn(&[Sum]) -> Result<Sum>;

/// Lengths in these places, brought to one unit, and its symbol.
fn measured(found: &Found<'_>, names: &[&str]) -> Result<(Vec<Sum>, Option<Unit>)> {
    let quantities: Vec<Quantity> = names
        .iter()
        .map(|name| quantity(found.span(name)))
        .collect::<Result<_>>()?;
    let unit = quantities.iter().find_map(|quantity| quantity.unit.clone());
    let last = quantities.last().is_some_and(|quantity| quantity.unit.is_some());
    let mut sizes = Vec::new();
    for quantity in &quantities {
        if quantity.number.sign().is_none_or(|sign| sign <= 0) {
            return Err(Trouble::Undefined("a length must be more than 0".to_owned()));
        }
        let size = match (&quantity.unit, &unit) {
            (Some(_), Some(target)) => crate::math::unit::convert(quantity, target)?,
            // "8 by 12 cm": the unit is said once, at the end.
            (None, Some(_)) if !last => return foreign("some lengths have a unit and some do not"),
            (None, _) => quantity.number.clone(),
            (Some(_), None) => return foreign("a unit is missing"),
        };
        sizes.push(size);
    }
    if unit
        .as_ref()
        .is_some_and(|unit| unit.zero.is_some() || unit.dimension[6] != 0)
    {
        return foreign("no length");
    }
    Ok((sizes, unit))
}

fn shape(found: &Found<'_>, names: &[&str], power: i32, formula: &str, compute: Formula) -> Result<Answer> {
    let (sizes, unit) = measured(found, names)?;
    let value = compute(&sizes)?;
    let given: Vec<String> = sizes.iter().map(short).collect();
    let answer = Answer::number(&value, formula)?.step(format!("with {}", given.join(" and ")));
    let label = match (&unit, power) {
        (None, _) => String::new(),
        (Some(unit), 1) => unit.symbol.clone(),
        (Some(unit), 0) => unit.symbol.trim_end_matches("^2").to_owned(),
        (Some(unit), power) => format!("{}^{power}", unit.symbol),
    };
    let lead = if label.is_empty() {
        answer.lead.clone()
    } else {
        format!("{} {label}", answer.lead)
    };
    Ok(answer.lead(lead).sure(WORDED))
}

fn hypotenuse(sides: &[Sum]) -> Result<Sum> {
    sides[0]
        .times(&sides[0])?
        .add(&sides[1].times(&sides[1])?)
        .power(&ratio(1, 2))
}

fn leg(sides: &[Sum]) -> Result<Sum> {
    let square = sides[0].times(&sides[0])?.minus(&sides[1].times(&sides[1])?);
    if square.sign().is_none_or(|sign| sign <= 0) {
        return Err(Trouble::Undefined(
            "a leg is shorter than the hypotenuse".to_owned(),
        ));
    }
    square.power(&ratio(1, 2))
}

fn lengths(found: &Found<'_>, name: &str, count: usize) -> Result<Vec<Sum>> {
    let numbers = found.list(name)?;
    if numbers.len() != count {
        return foreign(format!("{count} lengths are needed"));
    }
    Ok(numbers.into_iter().map(Sum::from).collect())
}

fn triangle(sides: &[Sum]) -> Result<()> {
    let numbers: Vec<Rational> = sides.iter().filter_map(Sum::rational).collect();
    let total: Rational = numbers.iter().sum();
    if numbers.len() == 3 && numbers.iter().all(|side| side * whole(2) < total) {
        return Ok(());
    }
    Err(Trouble::Undefined(
        "there is no triangle with these sides".to_owned(),
    ))
}

fn joined(sums: &[Sum], sign: &str) -> String {
    sums.iter().map(short).collect::<Vec<_>>().join(sign)
}

fn heron(found: &Found<'_>) -> Result<Answer> {
    let sides = lengths(found, "list", 3)?;
    triangle(&sides)?;
    let half = sides
        .iter()
        .fold(Sum::default(), |sum, side| sum.add(side))
        .scaled(&ratio(1, 2));
    let mut square = half.clone();
    for side in &sides {
        square = square.times(&half.minus(side))?;
    }
    Ok(
        Answer::number(&square.power(&ratio(1, 2))?, format!("√({})", short(&square)))?
            .step("by Heron's formula, √(s(s - a)(s - b)(s - c))"),
    )
}

/// The number of sides of a polygon's name.
fn sides(found: &Found<'_>, name: &str) -> Result<i64> {
    const NAMES: [(&str, i64); 13] = [
        ("triangle", 3),
        ("square", 4),
        ("quadrilateral", 4),
        ("rectangle", 4),
        ("pentagon", 5),
        ("hexagon", 6),
        ("heptagon", 7),
        ("octagon", 8),
        ("nonagon", 9),
        ("decagon", 10),
        ("hendecagon", 11),
        ("dodecagon", 12),
        ("icosagon", 20),
    ];
    match found.span(name) {
        [token] => NAMES
            .iter()
            .find(|(word, _)| token.says(word))
            .map_or_else(|| foreign("no polygon known here"), |(_, sides)| Ok(*sides)),
        [number, word] if word.says("gon") || word.says("sided") => number
            .number()
            .and_then(crate::math::number::small)
            .filter(|sides| *sides >= 3)
            .map_or_else(|| foreign("no polygon"), Ok),
        [number, word, polygon] if word.says("sided") && polygon.says("polygon") => number
            .number()
            .and_then(crate::math::number::small)
            .filter(|sides| *sides >= 3)
            .map_or_else(|| foreign("no polygon"), Ok),
        _ => foreign("no polygon"),
    }
}

fn regular(found: &Found<'_>) -> Result<Answer> {
    let n = sides(found, "n")?;
    let (sizes, unit) = measured(found, &["a"])?;
    let answer = Answer::number(&sizes[0].scaled(&whole(n)), format!("{n} × {}", short(&sizes[0])))?;
    Ok(answer.labelled(unit.as_ref().map_or("", |unit| unit.symbol.as_str())))
}

/// An angle in degrees.
fn degrees(found: &Found<'_>, name: &str) -> Result<Rational> {
    let span: Vec<Token> = found
        .span(name)
        .iter()
        .filter(|token| !(token.is('°') || token.says("degrees") || token.says("degree")))
        .cloned()
        .collect();
    let value = constant(&expression(&span)?, &Scope::default())?;
    crate::math::expr::rational(&value)
}

fn third_angle(found: &Found<'_>) -> Result<Answer> {
    let (a, b) = (degrees(found, "a")?, degrees(found, "b")?);
    let third = whole(180) - &a - &b;
    if third <= whole(0) || a <= whole(0) || b <= whole(0) {
        return Err(Trouble::Undefined(
            "the angles of a triangle add up to 180°".to_owned(),
        ));
    }
    Ok(Answer::rational(third, format!("180 - {a} - {b}"))?.labelled("degrees"))
}

fn angle_to(found: &Found<'_>, whole_angle: i64) -> Result<Answer> {
    let a = degrees(found, "a")?;
    let rest = whole(whole_angle) - &a;
    if rest <= whole(0) || a <= whole(0) {
        return Err(Trouble::Undefined(format!(
            "the angle must be between 0° and {whole_angle}°"
        )));
    }
    Ok(Answer::rational(rest, format!("{whole_angle} - {a}"))?.labelled("degrees"))
}

/// `(1, 2)`.
fn point(span: &[Token]) -> Result<Vec<Sum>> {
    let [open, inner @ .., close] = span else {
        return foreign("a point is written (x, y)");
    };
    if !open.is('(') || !close.is(')') {
        return foreign("a point is written (x, y)");
    }
    if let [only] = inner
        && only.groups.len() > 1
    {
        return Ok(only.groups.iter().cloned().map(Sum::from).collect());
    }
    inner
        .split(|token| token.is(','))
        .map(|part| constant(&expression(part)?, &Scope::default()))
        .collect()
}

fn points(found: &Found<'_>) -> Result<(Vec<Sum>, Vec<Sum>)> {
    let (a, b) = (point(found.span("p"))?, point(found.span("q"))?);
    if a.len() == b.len() && (a.len() == 2 || a.len() == 3) {
        Ok((a, b))
    } else {
        foreign("two points of the same kind are needed")
    }
}

fn plane(found: &Found<'_>) -> Result<[Sum; 4]> {
    let (a, b) = points(found)?;
    match (a.as_slice(), b.as_slice()) {
        ([x1, y1], [x2, y2]) => Ok([x1.clone(), y1.clone(), x2.clone(), y2.clone()]),
        _ => foreign("points of the plane are needed"),
    }
}

fn slope(found: &Found<'_>) -> Result<Answer> {
    let [x1, y1, x2, y2] = plane(found)?;
    let (rise, run) = (y2.minus(&y1), x2.minus(&x1));
    if run.is_zero() {
        return Ok(
            Answer::text("undefined", "a vertical line").lead("The slope is undefined: the line is vertical")
        );
    }
    Answer::number(
        &rise.over(&run)?,
        format!(
            "({} - {}) / ({} - {})",
            short(&y2),
            short(&y1),
            short(&x2),
            short(&x1)
        ),
    )
}

fn line(found: &Found<'_>) -> Result<Answer> {
    let [x1, y1, x2, y2] = plane(found)?;
    let run = x2.minus(&x1);
    if run.is_zero() {
        if y1 == y2 {
            return Err(Trouble::Undefined("both points are the same".to_owned()));
        }
        return Ok(Answer::text(format!("x = {}", short(&x1)), "a vertical line"));
    }
    let slope = y2.minus(&y1).over(&run)?;
    let rest = y1.minus(&slope.times(&x1)?);
    let sum = slope.times(&Sum::variable("x"))?.add(&rest);
    Ok(Answer::text(
        format!("y = {sum}"),
        format!("the line through {} and {}", found.words("p"), found.words("q")),
    )
    .sure(READING))
}
