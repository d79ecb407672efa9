//! Tests of the choice of a server.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use proptest::prelude::*;

fn servers(running: &[u32]) -> Vec<Server> {
    let server = |(at, running): (usize, &u32)| Server {
        identity: hash(format!("10.0.0.{at}:8000").as_bytes()),
        running: *running,
        usable: true,
        tried: false,
    };
    running.iter().enumerate().map(server).collect()
}

proptest! {
    #[test]
    fn nobody_has_more_than_its_share_and_a_quarter(
        prefixes in prop::collection::vec(0_u64..6, 1..200),
        count in 1_usize..9,
    ) {
        let mut running = vec![0; count];
        for prefix in prefixes {
            let chosen = choose(&servers(&running), mix(prefix), None).unwrap();
            running[chosen] += 1;
            let all: u32 = running.iter().sum();
            let bound = (f64::from(all) * 1.25 / count as f64).ceil() as u32;
            prop_assert!(running[chosen] <= bound, "{running:?}");
        }
    }

    #[test]
    fn a_prefix_has_one_server_as_long_as_that_one_has_room(prefix: u64, count in 1_usize..9) {
        let idle = servers(&vec![0; count]);
        let home = choose(&idle, prefix, None).unwrap();
        prop_assert_eq!(choose(&idle, prefix, Some(1)), Some(home));
        // With others busy as well it stays there.
        prop_assert_eq!(choose(&servers(&vec![3; count]), prefix, None), Some(home));
    }

    #[test]
    fn a_server_that_goes_moves_only_the_prefixes_that_it_had(prefix: u64, count in 2_usize..9, gone in 0_usize..8) {
        let gone = gone % count;
        let before = servers(&vec![0; count]);
        let mut after = before.clone();
        after[gone].usable = false;
        let (home, now) = (choose(&before, prefix, None).unwrap(), choose(&after, prefix, None).unwrap());
        prop_assert!(now != gone);
        prop_assert!(home == gone || home == now);
    }

    #[test]
    fn no_server_gets_more_than_the_limit_and_a_free_place_is_always_found(
        running in prop::collection::vec(0_u32..5, 1..9),
        usable in prop::collection::vec(any::<bool>(), 9),
        prefix: u64,
    ) {
        let mut all = servers(&running);
        for (server, usable) in all.iter_mut().zip(usable) {
            server.usable = usable;
        }
        let some_usable = all.iter().any(|server| server.usable);
        let free = all.iter().any(|server| server.running < 4 && (server.usable || !some_usable));
        let chosen = choose(&all, prefix, Some(4));
        prop_assert_eq!(chosen.is_some(), free);
        if let Some(chosen) = chosen {
            prop_assert!(all[chosen].running < 4);
            prop_assert!(all[chosen].usable || !some_usable);
        }
    }
}

#[test]
fn many_prefixes_are_spread_evenly() {
    let idle = servers(&[0; 5]);
    let mut counts = [0_u32; 5];
    for prefix in 0..10_000 {
        counts[choose(&idle, hash(format!("conversation {prefix}").as_bytes()), None).unwrap()] += 1;
    }
    // Five standard deviations of a fair choice around 2,000.
    assert!(
        counts.iter().all(|count| (1_800..2_200).contains(count)),
        "{counts:?}"
    );
}

#[test]
fn a_server_that_was_tried_comes_after_the_others_and_one_that_is_down_last() {
    let mut all = servers(&[0; 3]);
    let first = choose(&all, 7, None).unwrap();
    all[first].tried = true;
    let second = choose(&all, 7, None).unwrap();
    assert_ne!(first, second);
    all[second].usable = false;
    let third = choose(&all, 7, None).unwrap();
    assert!(third != first && third != second);
    all[third].usable = false;
    assert_eq!(
        choose(&all, 7, None),
        Some(first),
        "it is the only one that is up"
    );
    all[first].usable = false;
    assert_ne!(
        choose(&all, 7, None),
        Some(first),
        "all are down, and it was tried"
    );
    assert_eq!(choose(&[], 7, None), None);
}
