//! Areas, perimeters, volumes.

use super::angles::sides;
use super::{Found, Rules};
use crate::math::answer::{Answer, WORDED, short};
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
        "(a|the) square has (an|the) area of {a} . how long (is|are) (a side|its side|its sides|each side|one side|the sides)",
        |f| shape(f, &["a"], 1, "√a", |v| v[0].power(&ratio(1, 2))),
    ),
    (
        "[the] (perimeter|circumference) of [a|the] square (with|whose|of|that has|having) [a|an|its] area [is|of|=] {a}",
        |f| {
            Answer::number(
                &f.value("a")?.power(&ratio(1, 2))?.scaled(&whole(4)),
                format!("4 × √({})", f.words("a")),
            )
        },
    ),
    (
        "[the] radius of [a|the] circle (with|whose|that has|having) [a|an|its] area [is|of|=] {a}",
        |f| {
            let square = f.value("a")?.over(&Sum::pi())?;
            Answer::number(&square.power(&ratio(1, 2))?, format!("√({} / π)", f.words("a")))
        },
    ),
    (
        "[the] diameter of [a|the] circle (with|whose|that has|having) [a|an|its] area [is|of|=] {a}",
        |f| {
            let square = f.value("a")?.over(&Sum::pi())?;
            Answer::number(
                &square.power(&ratio(1, 2))?.scaled(&whole(2)),
                format!("2 × √({} / π)", f.words("a")),
            )
        },
    ),
    (
        "[the] (length|width|height|other side) of [a|the] rectangle (with|whose|that has|having) [a|an] area [is|of|=] {a} (and|,) [a|its] (length|width|height|side) [is|of|=] {b}",
        |f| {
            let (a, b) = (f.value("a")?, f.value("b")?);
            Answer::number(&a.over(&b)?, format!("{} / {}", f.words("a"), f.words("b")))
        },
    ),
    (
        "[the] (length|width|height|other side) of [a|the] rectangle (with|whose|that has|having) [a|an] perimeter [is|of|=] {a} (and|,) [a|its] (length|width|height|side) [is|of|=] {b}",
        |f| {
            let half = f.value("a")?.scaled(&ratio(1, 2));
            let other = half.minus(&f.value("b")?);
            if other.sign().is_none_or(|sign| sign <= 0) {
                return Err(Trouble::Undefined("there is no such rectangle".to_owned()));
            }
            Answer::number(&other, format!("{} / 2 - {}", f.words("a"), f.words("b")))
        },
    ),
    (
        "[the] area of [a|the] square (with|whose|of|that has|having) [a|an|its] perimeter [is|of|=] {a}",
        |f| {
            let side = f.value("a")?.scaled(&ratio(1, 4));
            Answer::number(&side.times(&side)?, format!("({} / 4)^2", f.words("a")))
        },
    ),
    (
        "[the] area of [a|the] circle (with|whose|that has|having) [a|an|its] circumference [is|of|=] {a}",
        |f| {
            let c = f.value("a")?;
            Answer::number(
                &c.times(&c)?.over(&Sum::pi().scaled(&whole(4)))?,
                format!("({})^2 / (4π)", f.words("a")),
            )
        },
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
        "[the] [length of the] diagonal of [a|the] {a} (by|x|*) {b} rectangle",
        |f| shape(f, &["a", "b"], 1, "√(a^2 + b^2)", hypotenuse),
    ),
    (
        "[the] [length of the] hypotenuse of a triangle with legs [of] {a} and {b}",
        |f| shape(f, &["a", "b"], 1, "√(a^2 + b^2)", hypotenuse),
    ),
    (
        "[the] (height|altitude) of [an|the] equilateral triangle [with|of|whose] [a] [side|sides|side length] [is|of|=|length] {a}",
        |f| {
            shape(f, &["a"], 1, "√3 / 2 × a", |v| {
                v[0].times(&Sum::int(3).power(&ratio(1, 2))?.scaled(&ratio(1, 2)))
            })
        },
    ),
    (
        "[the] area of (a ring|an annulus) (with|of) [the] radii [of|are] {a} and {b}",
        |f| {
            shape(f, &["a", "b"], 2, "π × (a^2 - b^2)", |v| {
                v[0].times(&v[0])?.minus(&v[1].times(&v[1])?).times(&Sum::pi())
            })
        },
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
        "[the] surface [area] of [a|the] sphere (with|of|whose|that has|having) [a|its] diameter [is|of|=] {r}",
        |f| {
            shape(f, &["r"], 2, "π × d^2", |v| {
                v[0].times(&v[0])?.times(&Sum::pi())
            })
        },
    ),
    (
        "[the] surface [area] of [a|the] sphere [with|of|whose|that has|having] [a|its] radius [is|of|=] {r}",
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
];

pub(super) type Formula = fn(&[Sum]) -> Result<Sum>;

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

pub(super) fn shape(
    found: &Found<'_>,
    names: &[&str],
    power: i32,
    formula: &str,
    compute: Formula,
) -> Result<Answer> {
    let (sizes, unit) = measured(found, names)?;
    let value = compute(&sizes)?;
    let given: Vec<String> = sizes.iter().map(short).collect();
    let answer = Answer::number(&value, formula)?;
    let label = match (&unit, power) {
        (None, _) => String::new(),
        (Some(unit), 1) => unit.symbol.clone(),
        (Some(unit), 0) => unit.symbol.trim_end_matches("^2").to_owned(),
        (Some(unit), power) => format!("{}^{power}", unit.symbol),
    };
    let with = format!("with {}", given.join(" and "));
    Ok(answer.labelled(&label).step(with).sure(WORDED))
}

pub(super) fn hypotenuse(sides: &[Sum]) -> Result<Sum> {
    sides[0]
        .times(&sides[0])?
        .add(&sides[1].times(&sides[1])?)
        .power(&ratio(1, 2))
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

fn regular(found: &Found<'_>) -> Result<Answer> {
    let n = sides(found, "n")?;
    let (sizes, unit) = measured(found, &["a"])?;
    let answer = Answer::number(&sizes[0].scaled(&whole(n)), format!("{n} × {}", short(&sizes[0])))?;
    Ok(answer.labelled(unit.as_ref().map_or("", |unit| unit.symbol.as_str())))
}
