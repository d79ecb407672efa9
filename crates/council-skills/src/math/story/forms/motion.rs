//! Speed, distance, time; work that several share.

use super::told::Told;
use super::{Handler, same};
use crate::math::answer::{Answer, STORY};
use crate::math::lex::Token;
use crate::math::sum::Sum;
use crate::math::trouble::{Result, foreign};
use crate::math::unit::{Quantity, Unit, convert, unit};

pub(super) const STORIES: [(&str, Handler); 16] = [
    (
        "[if] {who} (travels|drives|rides|runs|walks|flies|cycles|covers|goes|drove|travelled|traveled|ran|walked|flew|rode|swims|swam) {d} in {t} (.|,) (what is|what's|what was) (its|his|her|their|the|the {z}) [average] speed [in {u}]",
        speed,
    ),
    (
        "what is the average speed of {who} (that|who) (travels|drives|rides|runs|walks|flies|cycles|covers|goes) {d} in {t} [in {u}]",
        speed,
    ),
    (
        "[if] {who} (travels|drives|rides|runs|walks|flies|cycles|moves|goes|drove|travelled|traveled) at [a speed of|an average speed of|a constant speed of] {v} for {t} (.|,) how (far|many {km}) (does|did|will|would) {y} (travel|drive|ride|run|walk|fly|cycle|move|go|get|have travelled|have traveled)",
        distance,
    ),
    (
        "[if] {who} (travels|drives|rides|runs|walks|flies|cycles|moves|goes) at [a speed of|an average speed of|a constant speed of] {v} (.|,) how far (does|did|will|would) {y} (travel|drive|ride|run|walk|fly|cycle|move|go) in {t}",
        distance,
    ),
    (
        "[if] {who} (travels|drives|rides|runs|walks|flies|cycles|moves|goes) at [a speed of|an average speed of|a constant speed of] {v} (.|,) how long (does|will|would) it take [{y}] to (travel|drive|ride|run|walk|fly|cycle|cover|go) {d}",
        duration,
    ),
    (
        "at [a speed of] {v} , how long (does|will|would) {who} (take|need) (for|to travel|to cover) {d}",
        duration,
    ),
    (
        "(a|one) pipe fills a {x} in {n} {unit} (,|and) another [pipe] in {m} {unit3} . how (long|many {unit2}) (do|does|will) (both|both pipes|they) (take|need) [together]",
        joined,
    ),
    (
        "[if] {m} {who} need {n} {unit} [to {job}] (,|.) how (long|many {unit2}) (do|will|would) {k} {x} need",
        hands,
    ),
    (
        "how long (does|will|would) it take to (travel|drive|ride|run|walk|fly|cycle|cover|go) {d} at [a speed of|an average speed of] {v}",
        duration,
    ),
    (
        "[if] (it takes {m} {who} {n} {unit} to {job}|{m} {who} (can|could) {job} in {n} {unit}|{m} {who} take {n} {unit} to {job}) (.|,) how (long|many {unit2}) (does|will|would|do) (it take {k} {x}|{k} {x} take|it take {k} {x} to {job2}|{k} {x} take to {job2})",
        shared,
    ),
    (
        "{who} (fills|is filled|can be filled|drains|is drained) in {n} {unit} (with|by) one pipe and in {m} {unit3} (with|by) (another|another pipe|a second pipe) . how (long|many {unit2}) (with both|does it take with both|will it take with both) [pipes] [open|together]",
        joined,
    ),
    (
        "{a} can {job} in {n} {unit} and {b} [can] [do it|do the same|{job2}] in {m} {unit3} . how (long|many {unit2}) (does|will|would) (it take|it take them|they need) [to {job3}] [if they work] [working] (together)",
        joined,
    ),
    (
        "two {who} [start|are|are starting|leave] {d} apart [and|,] (travel|move|drive|head|go|walk|run|moving|travelling|traveling|driving|approach|are moving|are travelling|are traveling) (toward|towards) each other at {v} and {w} . (when|how long until|after how many hours|in how many hours|how long before) (do they meet|they meet|will they meet)",
        met,
    ),
    (
        "(a|the) {who} {d} long (passes|crosses|goes past|goes by) (a|an) (pole|post|tree|signal|lamp post|telegraph pole|man standing still|standing man|person standing still|point) in {t} . (what is|find) (its|the|the {z}) speed [in {u}]",
        speed,
    ),
    (
        "(a|the) {who} {d} long (passes through|crosses|passes) (a|an) (bridge|tunnel|platform) [that is|of length|of|which is] {e} [long] in {t} . (what is|find) (its|the|the {z}) speed [in {u}]",
        speed,
    ),
    (
        "[if] {m} {who} (build|paint|dig|finish|complete|harvest|clean|repair) {job} in {n} {unit} (.|,) how (long|many {unit2}) (does|will|would|do) (it take {k} {x}|{k} {x} take|{k} {x} need)",
        shared,
    ),
];

fn per(above: &Quantity, below: &Quantity) -> Result<Sum> {
    above.number.over(&below.number)
}

fn named(words: &str) -> Result<Unit> {
    unit(&words.split(' ').map(Token::word).collect::<Vec<_>>())
}

/// Length, time, as dimensions.
fn is(unit: &Unit, length: i8, time: i8) -> bool {
    let mut dimension = [0; 8];
    (dimension[0], dimension[2]) = (length, time);
    unit.dimension == dimension
}

fn of(told: &Told<'_>, name: &str, length: i8, time: i8) -> Result<(Quantity, Unit)> {
    let quantity = told.quantity(name)?;
    match quantity.unit.clone() {
        Some(unit) if is(&unit, length, time) => Ok((quantity, unit)),
        _ => foreign(format!("`{}` measures something else", told.words(name))),
    }
}

fn answer(told: &Told<'_>, value: &Sum, read: String, label: &str) -> Result<Answer> {
    told.subjects()?;
    Ok(Answer::number(value, read)?.labelled(label).sure(STORY))
}

/// Per hour where it lasts minutes, as people say it.
fn speed(told: &Told<'_>) -> Result<Answer> {
    let ((mut distance, length), (lasts, time)) = (of(told, "d", 1, 0)?, of(told, "t", 0, 1)?);
    let mut read = format!("{} / {}", told.words("d"), told.words("t"));
    // A train has passed a bridge when its end has.
    if told.has("e") {
        distance.number = distance.number.add(&convert(&of(told, "e", 1, 0)?.0, &length)?);
        read = format!(
            "({} + {}) / {}",
            told.words("d"),
            told.words("e"),
            told.words("t")
        );
    }
    if told.has("u") {
        let target = unit(told.span("u"))?;
        if !is(&target, 1, -1) {
            return foreign("no unit of speed");
        }
        let size = &(&length.size / &time.size) / &target.size;
        return answer(told, &per(&distance, &lasts)?.scaled(&size), read, &target.symbol);
    }
    let time = if time.symbol == "min" {
        named("hour")?
    } else {
        time
    };
    let lasts = Quantity {
        number: convert(&lasts, &time)?,
        unit: None,
    };
    let label = format!("{}/{}", length.symbol, time.symbol);
    answer(told, &per(&distance, &lasts)?, read, &label)
}

/// The unit of length that a speed has.
fn length_of(speed: &Unit) -> Result<Unit> {
    let symbol = speed.symbol.as_str();
    let words = if symbol.starts_with("mi") || symbol.starts_with("mph") {
        "miles"
    } else if symbol.starts_with("km") || symbol.starts_with("kph") {
        "kilometers"
    } else if symbol.starts_with("ft") {
        "feet"
    } else {
        "meters"
    };
    named(words)
}

fn distance(told: &Told<'_>) -> Result<Answer> {
    let ((speed, rate), (lasts, time)) = (of(told, "v", 1, -1)?, of(told, "t", 0, 1)?);
    let target = if told.has("km") {
        unit(told.span("km"))?
    } else {
        length_of(&rate)?
    };
    if !is(&target, 1, 0) {
        return foreign("no unit of length");
    }
    let size = &(&rate.size * &time.size) / &target.size;
    let value = speed.number.times(&lasts.number)?.scaled(&size);
    let read = format!("{} × {}", told.words("v"), told.words("t"));
    answer(told, &value, read, &target.symbol)
}

fn duration(told: &Told<'_>) -> Result<Answer> {
    let ((distance, length), (speed, rate)) = (of(told, "d", 1, 0)?, of(told, "v", 1, -1)?);
    let second = rate.symbol.ends_with("/s");
    let target = named(if second { "seconds" } else { "hours" })?;
    let size = &(&length.size / &rate.size) / &target.size;
    let value = per(&distance, &speed)?.scaled(&size);
    let read = format!("{} / {}", told.words("d"), told.words("v"));
    answer(told, &value, read, &target.symbol)
}

/// More hands, less time: as is usually meant, each works as fast as any other.
fn shared(told: &Told<'_>) -> Result<Answer> {
    const HANDS: [&str; 14] = [
        "worker", "workers", "people", "men", "women", "machines", "painters", "farmers", "pumps",
        "builders", "pipes", "person", "man", "machine",
    ];
    let hands = |name: &str| matches!(told.span(name), [word] if HANDS.contains(&word.lower.as_str()));
    if !hands("who") || told.has("x") && !hands("x") {
        return foreign("whether they share the work is not certain");
    }
    if told.has("unit2") {
        same(told, "unit", "unit2")?;
    }
    const WORK: [&str; 16] = [
        "build", "paint", "dig", "finish", "complete", "harvest", "clean", "repair", "do", "mow", "plow",
        "assemble", "unload", "pick", "wash", "fill",
    ];
    let verb = told.words("job").to_lowercase();
    let verb = verb.split(' ').next().unwrap_or_default();
    let said = told
        .tokens
        .iter()
        .any(|token| WORK.contains(&token.lower.as_str()));
    if !WORK.contains(&verb)
        && (told.has("job2") || told.tokens.iter().any(|token| token.says("to")) || !said)
    {
        return foreign("whether the work can be shared is not certain");
    }
    // "5 machines make 5 widgets": another job is another amount of work.
    if told.span("job").iter().any(|token| token.number().is_some())
        || told.has("job2")
            && told.words("job").to_lowercase() != told.words("job2").to_lowercase()
            && !matches!(
                told.words("job2").as_str(),
                "do it" | "do the same" | "do the same job"
            )
    {
        return foreign("another amount of work");
    }
    let value = told.positive("m")? * told.positive("n")? / told.positive("k")?;
    let unit = told.words("unit");
    Ok(told
        .answer(
            value,
            format!("{} × {} / {}", told.words("m"), told.words("n"), told.words("k")),
        )?
        .labelled(&unit)
        .step("each works as fast as any other"))
}

/// "If 6 painters need 4 days": those who work share the work, whatever it is.
fn hands(told: &Told<'_>) -> Result<Answer> {
    const WORKERS: [&str; 8] = [
        "worker", "painter", "builder", "farmer", "machine", "pump", "gardener", "mason",
    ];
    let who = told.thing("who")?;
    told.thing("unit")?;
    if !WORKERS.contains(&who.as_str()) || told.thing("x")? != who {
        return foreign("whether they share the work is not certain");
    }
    if told.has("unit2") {
        same(told, "unit", "unit2")?;
    }
    let value = told.positive("m")? * told.positive("n")? / told.positive("k")?;
    let read = format!("{} × {} / {}", told.words("m"), told.words("n"), told.words("k"));
    let unit = told.words("unit");
    Ok(told
        .answer(value, read)?
        .labelled(&unit)
        .step("each works as fast as any other"))
}

/// Two that work at once: their rates add up.
fn joined(told: &Told<'_>) -> Result<Answer> {
    for other in ["unit2", "unit3"] {
        if told.has(other) {
            same(told, "unit", other)?;
        }
    }
    for other in ["job2", "job3"] {
        let it = [
            "do it",
            "do the job",
            "finish it",
            "finish the job",
            "complete it",
        ];
        let words = told.words(other).to_lowercase();
        if told.has(other) && words != told.words("job").to_lowercase() && !it.contains(&words.as_str()) {
            return foreign("another amount of work");
        }
    }
    if ["a", "b"]
        .iter()
        .any(|name| told.has(name) && told.span(name).len() > 3)
    {
        return foreign("who works is not understood");
    }
    let (one, other) = (told.positive("n")?, told.positive("m")?);
    let value = &one * &other / (&one + &other);
    let read = format!("1 / (1/{} + 1/{})", told.words("n"), told.words("m"));
    Ok(told.answer(value, read)?.labelled(&told.words("unit")))
}

fn met(told: &Told<'_>) -> Result<Answer> {
    let ((distance, length), (other, rate)) = (of(told, "d", 1, 0)?, of(told, "w", 1, -1)?);
    // "at 60 and 40 km/h": the unit is said once.
    let one = match told.number("v") {
        Ok(number) => Quantity {
            number: Sum::from(number),
            unit: Some(rate.clone()),
        },
        Err(_) => of(told, "v", 1, -1)?.0,
    };
    let both = other.number.add(&convert(&one, &rate)?);
    let hour = named("hours")?;
    let size = &(&length.size / &rate.size) / &hour.size;
    let value = distance.number.over(&both)?.scaled(&size);
    let read = format!(
        "{} / ({} + {})",
        told.words("d"),
        told.words("v"),
        told.words("w")
    );
    answer(told, &value, read, &hour.symbol)
}
