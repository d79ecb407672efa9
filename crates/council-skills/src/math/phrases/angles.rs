//! Right triangles, angles, polygons; points of the plane.

use super::shapes::{hypotenuse, shape};
use super::{Found, Rules};
use crate::math::answer::{Answer, READING, short};
use crate::math::calculus::derivative;
use crate::math::expr::{Scope, constant, expression};
use crate::math::lex::Token;
use crate::math::number::{Rational, exact, ratio, whole};
use crate::math::sum::Sum;
use crate::math::trouble::{Result, Trouble, foreign};

pub(super) const RULES: Rules = &[
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
        "[if] (two|two of the|the|two of the interior) angles (of|in) a triangle (are|measure) {a} and {b} (.|,) [what is|how large is|find] [the] [measure of] [the] (third|third angle|third one|remaining angle)",
        third_angle,
    ),
    (
        "[the] third angle of a triangle (with|whose|if|when) [two|the other two|other] angles [are|of|measure] {a} and {b}",
        third_angle,
    ),
    (
        "[convert|express|change|turn] {a} (degrees|degree|°) (to|in|into|as) (radians|rad)",
        |f| {
            let value = f.value("a")?.times(&Sum::pi())?.scaled(&ratio(1, 180));
            Answer::number(&value, format!("{} × π / 180", f.words("a")))
        },
    ),
    (
        "[convert|express|change|turn] {a} (radians|radian|rad) (to|in|into|as) degrees",
        |f| {
            let value = f.value("a")?.over(&Sum::pi())?.scaled(&whole(180));
            Ok(Answer::number(&value, format!("{} × 180 / π", f.words("a")))?.labelled("degrees"))
        },
    ),
    ("{f} in degrees", |f| {
        let arc = ["arcsin", "arccos", "arctan", "asin", "acos", "atan"];
        match f.span("f") {
            [name, ..] if arc.contains(&name.lower.as_str()) => {}
            _ => return foreign("no angle"),
        }
        let value = f.value("f")?.over(&Sum::pi())?.scaled(&whole(180));
        Ok(Answer::number(&value, format!("{} × 180 / π", f.words("f")))?.labelled("degrees"))
    }),
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
        all_angles,
    ),
    (
        "[the] [interior|internal] angle sum (of|in) [a|an] [regular] {n} ['s] [interior|interior angles]",
        all_angles,
    ),
    (
        "how many degrees (are in|in|are there in|does) [a|an] {n} [have]",
        all_angles,
    ),
    ("[the] (exterior|external) angle of [a|an] regular {n}", |f| {
        let n = sides(f, "n")?;
        Ok(Answer::rational(whole(360) / whole(n), format!("360° / {n}"))?.labelled("degrees"))
    }),
    (
        "how many sides does [a|the] polygon (with|whose) [an|the] [interior] angle sum [of|is] {a} [degrees|°] have",
        |f| {
            let sum = f.rational("a")?;
            let n = &sum / whole(180) + whole(2);
            if !n.is_integer() || n < whole(3) {
                return Err(Trouble::Undefined("no polygon has this sum of angles".to_owned()));
            }
            Answer::rational(n, format!("{} / 180 + 2", exact(&sum)))
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
    ("how many {what} does [a|an] [regular] {solid} have", of_solid),
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
    ("[the] (slope|gradient) of [the] [line] y = {f}", |f| {
        let slope = derivative(&f.expr("f")?.value(&Scope::default())?, "x")?;
        if !slope.variables().is_empty() {
            return foreign("a curve has another slope at each place");
        }
        Answer::number(&slope, format!("the slope of y = {}", f.words("f")))
    }),
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
        "[the] equation of (the|a) line (through|that passes through|passing through|going through) [the] [point] {p} (with|having|and has|with a|that has) [a] slope [of|is] {m}",
        sloped,
    ),
    (
        "[the] equation of (the|a) line (with|having) [a] slope [of] {m} (through|that passes through|passing through|going through) [the] [point] {p}",
        sloped,
    ),
    (
        "[the] equation of the line (through|that passes through|passing through) [the] [points] {p} and {q}",
        line,
    ),
];

fn all_angles(found: &Found<'_>) -> Result<Answer> {
    let n = sides(found, "n")?;
    Ok(Answer::rational(whole((n - 2) * 180), format!("({n} - 2) × 180°"))?.labelled("degrees"))
}

/// Faces, edges and vertices of solids by name.
fn of_solid(found: &Found<'_>) -> Result<Answer> {
    const SOLIDS: [(&str, [i64; 3]); 9] = [
        ("cube", [6, 12, 8]),
        ("cuboid", [6, 12, 8]),
        ("tetrahedron", [4, 6, 4]),
        ("octahedron", [8, 12, 6]),
        ("dodecahedron", [12, 30, 20]),
        ("icosahedron", [20, 30, 12]),
        ("rectangular prism", [6, 12, 8]),
        ("triangular prism", [5, 9, 6]),
        ("square pyramid", [5, 8, 5]),
    ];
    let words = |place| found.words(place).to_lowercase();
    let asked = match words("what").as_str() {
        "faces" => 0,
        "edges" => 1,
        "vertices" | "corners" => 2,
        _ => return foreign("what is counted is not understood"),
    };
    let name = words("solid");
    let Some((_, counts)) = SOLIDS.iter().find(|(solid, _)| *solid == name) else {
        return foreign("no solid known here");
    };
    let [faces, edges, vertices] = counts;
    Answer::rational(
        whole(counts[asked]),
        format!("a {name} has {faces} faces, {edges} edges and {vertices} vertices"),
    )
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

/// The number of sides of a polygon's name.
pub(super) fn sides(found: &Found<'_>, name: &str) -> Result<i64> {
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

/// Through one point, with a slope.
fn sloped(found: &Found<'_>) -> Result<Answer> {
    let point = point(found.span("p"))?;
    let [x, y] = point.as_slice() else {
        return foreign("a point of the plane is needed");
    };
    let slope = found.value("m")?;
    let rest = y.minus(&slope.times(x)?);
    let sum = slope.times(&Sum::variable("x"))?.add(&rest);
    let read = format!(
        "the line through {} with slope {}",
        found.words("p"),
        short(&slope)
    );
    Ok(Answer::text(format!("y = {sum}"), read).sure(READING))
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
