//! Ways through a family, and what the one at the end of a way is called.

/// One step through a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To a parent.
    Up,
    /// To a child.
    Down,
    /// To a brother or a sister.
    Side,
    /// To a husband or a wife.
    Mate,
}

use Step::{Down, Mate, Side, Up};

/// What somebody is called: of a man, of a woman, and where that is not known.
pub(super) struct Kin {
    way: &'static [Step],
    man: &'static str,
    woman: &'static str,
    either: &'static str,
}

const fn kin(way: &'static [Step], man: &'static str, woman: &'static str, either: &'static str) -> Kin {
    Kin {
        way,
        man,
        woman,
        either,
    }
}

/// From somebody to who is called so. Ways that are walked by marriage have the names of those that are not.
const KINS: [Kin; 24] = [
    kin(&[Up], "father", "mother", "parent"),
    kin(&[Down], "son", "daughter", "child"),
    kin(&[Side], "brother", "sister", "sibling"),
    kin(&[Mate], "husband", "wife", "spouse"),
    kin(&[Up, Up], "grandfather", "grandmother", "grandparent"),
    kin(&[Down, Down], "grandson", "granddaughter", "grandchild"),
    kin(
        &[Up, Up, Up],
        "great-grandfather",
        "great-grandmother",
        "great-grandparent",
    ),
    kin(
        &[Down, Down, Down],
        "great-grandson",
        "great-granddaughter",
        "great-grandchild",
    ),
    kin(&[Up, Side], "uncle", "aunt", "uncle or aunt"),
    kin(&[Side, Down], "nephew", "niece", "nephew or niece"),
    kin(&[Up, Side, Down], "cousin", "cousin", "cousin"),
    kin(&[Mate, Up], "father-in-law", "mother-in-law", "parent-in-law"),
    kin(&[Down, Mate], "son-in-law", "daughter-in-law", "child-in-law"),
    kin(&[Mate, Side], "brother-in-law", "sister-in-law", "sibling-in-law"),
    kin(&[Side, Mate], "brother-in-law", "sister-in-law", "sibling-in-law"),
    kin(&[Up, Side, Mate], "uncle", "aunt", "uncle or aunt"),
    kin(&[Mate, Side, Down], "nephew", "niece", "nephew or niece"),
    kin(
        &[Up, Up, Side],
        "great-uncle",
        "great-aunt",
        "great-uncle or great-aunt",
    ),
    kin(
        &[Side, Down, Down],
        "great-nephew",
        "great-niece",
        "great-nephew or great-niece",
    ),
    // Other words for the same.
    kin(&[Up], "dad", "mom", "parent"),
    kin(&[Up], "daddy", "mum", "parent"),
    kin(&[Up, Up], "grandpa", "grandma", "grandparent"),
    kin(&[Up, Up], "granddad", "granny", "grandparent"),
    kin(&[Up, Side], "uncle", "auntie", "uncle or aunt"),
];

/// A husband's brother or a sister's husband.
const SIBLINGS_IN_LAW: [&str; 3] = ["brother-in-law", "sister-in-law", "sibling-in-law"];

/// The way to who is called so, and whether that is a man. Of a brother-in-law the way is not known.
pub(super) fn called(word: &str) -> Option<(&'static [Step], Option<bool>)> {
    if SIBLINGS_IN_LAW.contains(&word) {
        return None;
    }
    let word = match word {
        "kid" => "child",
        "married" => "spouse",
        "grandmom" => "grandma",
        word => word,
    };
    KINS.iter().find_map(|kin| {
        let man = match word {
            word if word == kin.either => None,
            word if word == kin.man => Some(true),
            word if word == kin.woman => Some(false),
            _ => return None,
        };
        Some((kin.way, man))
    })
}

/// Whether this is a word for kin, though its way be not known.
pub(super) fn is_kin(word: &str) -> bool {
    called(word).is_some() || SIBLINGS_IN_LAW.contains(&word)
}

/// What the one at the end of a way is called; `None` where there is no such word.
pub(super) fn name(way: &[Step], man: Option<bool>) -> Option<&'static str> {
    let way = shortened(way);
    let kin = KINS.iter().find(|kin| kin.way == way)?;
    Some(match man {
        Some(true) => kin.man,
        Some(false) => kin.woman,
        None => kin.either,
    })
}

/// The way back.
pub(super) fn back(way: &[Step]) -> Vec<Step> {
    let turned = |step: &Step| match step {
        Up => Down,
        Down => Up,
        same => *same,
    };
    way.iter().rev().map(turned).collect()
}

/// The same way without detours, as families usually are: a brother's mother is one's own, a mother's husband the father. Those
/// on the way are different people.
fn shortened(way: &[Step]) -> Vec<Step> {
    let mut way = way.to_vec();
    loop {
        let found = way.windows(2).enumerate().find_map(|(at, pair)| {
            let shorter = match (pair[0], pair[1]) {
                (Up, Down) | (Side, Side) => Side,
                (Side, Up) | (Up, Mate) => Up,
                (Down, Side) | (Mate, Down) => Down,
                (Down, Up) => Mate,
                _ => return None,
            };
            Some((at, shorter))
        });
        let Some((at, shorter)) = found else { return way };
        way.splice(at..at + 2, [shorter]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_names_its_way_and_the_way_back_has_a_name() {
        for Kin {
            way,
            man,
            woman,
            either,
        } in KINS
        {
            for (word, sex) in [(man, Some(true)), (woman, Some(false)), (either, None)] {
                // Of a brother-in-law there are two ways.
                let Some((found, _)) = called(word) else { continue };
                let said = name(way, sex).and_then(called).map(|(way, _)| way);
                assert_eq!(said, Some(found), "{word}");
            }
            assert!(name(&back(way), None).is_some(), "back from {either}");
            assert_eq!(back(&back(way)), way);
        }
    }

    #[test]
    fn detours_are_cut_short() {
        for (way, word) in [
            (&[Side, Up][..], "mother"),
            (&[Up, Down], "sister"),
            (&[Up, Mate], "mother"),
            (&[Mate, Down], "daughter"),
            (&[Up, Up, Down], "aunt"),
            (&[Up, Up, Down, Down], "cousin"),
            (&[Down, Up], "wife"),
            (&[Down, Down, Up], "daughter-in-law"),
        ] {
            assert_eq!(name(way, Some(false)), Some(word), "{way:?}");
        }
    }
}
