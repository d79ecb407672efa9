//! Tests of the rules.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn place(text: &str) -> Place {
    let (host, port) = text.rsplit_once(':').unwrap();
    Place::new(host, port.parse().unwrap())
}

fn bound(names: &str, standing: Standing) -> Bound {
    Bound {
        purpose: Purpose::Pull,
        names: HostList::parse(names).map(|list| list.0).unwrap_or_default(),
        standing,
    }
}

fn rules(allow: &str, local_only: bool) -> EgressRules {
    EgressRules {
        local_only,
        allow: HostList::parse(allow).unwrap(),
    }
}

#[test]
fn patterns_are_read_and_written_the_same() {
    for text in [
        "named",
        "*",
        "example.org",
        "example.org:8443",
        "*.hf.co",
        "*.hf.co:443",
        "10.0.0.5",
        "10.0.0.5:8000",
        "::1",
        "[::1]:9000",
        "vllm",
    ] {
        assert_eq!(HostPattern::parse(text).unwrap().to_string(), text);
    }
    for text in [
        "",
        "https://example.org",
        "a b",
        "example.org/x",
        "*example.org",
        "a..b",
        "x:0",
        "x:99999",
        "*.",
    ] {
        assert_eq!(HostPattern::parse(text), None, "{text}");
    }
}

#[test]
fn a_pattern_means_its_places_and_no_other() {
    let check = |pattern: &str, to: &str, expected: Option<Reach>| {
        let reach = HostPattern::parse(pattern).unwrap().reach(&place(to));
        assert_eq!(reach, expected, "{pattern} {to}");
    };
    check("example.org", "EXAMPLE.org.:443", Some(Reach::Exact));
    check("example.org:8443", "example.org:443", None);
    check("example.org", "evil-example.org:443", None);
    check("*.hf.co", "cdn-lfs.hf.co:443", Some(Reach::Among));
    check("*.hf.co", "hf.co:443", None);
    check("*.hf.co", "evilhf.co:443", None);
    check("*.hf.co:443", "cdn.hf.co:80", None);
    check("*", "anything.example:1", Some(Reach::Among));
    check("named", "example.org:443", None);
    check("::1", "[::1]:9000", Some(Reach::Exact));
    check("127.0.0.1", "[::ffff:127.0.0.1]:80", Some(Reach::Exact));
}

#[test]
fn only_what_is_named_or_listed_may_be_reached() {
    let check = |allow: &str, names: &str, to: &str, expected: Result<Reach, Refusal>| {
        let judged = rules(allow, false).judge(&place(to), &bound(names, Standing::Foreign));
        assert_eq!(judged, expected, "{allow} {names} {to}");
    };
    check("named", "a.example", "a.example:443", Ok(Reach::Exact));
    check("named", "a.example", "b.example:443", Err(Refusal::NotNamed));
    check("named", "a.example:443", "a.example:22", Err(Refusal::NotNamed));
    check("named, b.example", "a.example", "b.example:443", Ok(Reach::Exact));
    // A list without `named` is all there is.
    check("b.example", "a.example", "a.example:443", Err(Refusal::NotListed));
    check("b.example", "a.example", "c.example:443", Err(Refusal::NotNamed));
    check("*", "", "c.example:443", Ok(Reach::Among));
    // A private address has to be named by itself.
    let address = "192.168.1.5".parse().unwrap();
    check("*", "", "192.168.1.5:80", Err(Refusal::Private { address }));
    check("*, 192.168.1.5", "", "192.168.1.5:80", Ok(Reach::Exact));
    check("named", "192.168.1.5:80", "192.168.1.5:80", Ok(Reach::Exact));
}

#[test]
fn local_only_leaves_this_machine_and_our_own_server() {
    let check = |standing: Standing, to: &str, allowed: bool| {
        let judged = rules("named, *", true).judge(&place(to), &bound(to, standing));
        assert_eq!(judged.is_ok(), allowed, "{standing:?} {to}: {judged:?}");
    };
    check(Standing::Foreign, "127.0.0.1:8000", false);
    check(Standing::Foreign, "example.org:443", false);
    check(Standing::Local, "127.0.0.1:8000", true);
    check(Standing::Local, "localhost:8000", true);
    check(Standing::Local, "[::1]:8000", true);
    // A name is what its owner makes it.
    check(Standing::Local, "localhost.example.org:8000", false);
    check(Standing::Local, "10.0.0.5:8000", false);
    check(Standing::Own, "192.168.1.5:9000", true);
}

#[test]
fn our_own_server_need_not_be_listed() {
    let judged =
        rules("b.example", false).judge(&place("127.0.0.1:9000"), &bound("127.0.0.1:9000", Standing::Own));
    assert_eq!(judged, Ok(Reach::Exact));
}

#[test]
fn private_addresses_are_known_in_every_form() {
    for private in [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "198.18.0.1",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
    ] {
        assert!(is_private(private.parse().unwrap()), "{private}");
    }
    for public in [
        "1.1.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "198.20.0.1",
        "2606:4700::1111",
        "64:ff9b::101:101",
    ] {
        assert!(!is_private(public.parse().unwrap()), "{public}");
    }
}
