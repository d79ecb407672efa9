//! Sessions against a list for each.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

proptest! {
    #[test]
    fn the_turns_of_every_session_come_in_their_order(
        rows in prop::collection::vec((prop::option::of(0..4_u32), 0..6_u32), 0..60),
        compacted_at in 0..60_usize,
        asked in prop::collection::vec(any::<bool>(), 60),
    ) {
        let mut sessions = Sessions::default();
        let mut expected: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (row, (session, said_at)) in rows.iter().enumerate() {
            if row == compacted_at {
                sessions.compact();
            }
            let place = session.map(|session| Place { project: NONE, session });
            sessions.push(place, |turn| rows[turn as usize].1 <= *said_at);
            if let Some(session) = session {
                let turns = expected.entry(*session).or_default();
                turns.push(row as u32);
                turns.sort_by_key(|&turn| (rows[turn as usize].1, turn));
            }
        }
        let of = |session| sessions.turns(Place { project: NONE, session });
        for (&session, turns) in &expected {
            prop_assert_eq!(of(session), turns.as_slice());
        }
        for (row, (session, _)) in rows.iter().enumerate() {
            prop_assert_eq!(sessions.around(row), session.map_or(&[][..], of));
        }
        // All rows, and some.
        for asked in [&vec![true; 60], &asked] {
            let wanted: Vec<u32> = (0..rows.len()).filter(|&row| asked[row]).map(|row| row as u32).collect();
            let is_in = |session: &u32| wanted.iter().any(|&row| rows[row as usize].0 == Some(*session));
            let (mut found, alone) = sessions.of(&wanted);
            found.sort_unstable();
            let mut expected: Vec<&[u32]> = (0..4).filter(is_in).map(of).collect();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
            let is_alone = |row: &u32| rows[*row as usize].0.is_none();
            prop_assert_eq!(alone, wanted.iter().copied().filter(is_alone).collect::<Vec<_>>());
        }
    }
}
