//! Pickles of real langchain, pickles that would do something, and broken ones.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

const GOLDEN: &[u8] = include_bytes!("../../../tests/fixtures/agent-zero/index.pkl");
const PROTOCOLS: [&[u8]; 4] = [
    include_bytes!("../../../tests/fixtures/agent-zero/protocol-2.pkl"),
    include_bytes!("../../../tests/fixtures/agent-zero/protocol-3.pkl"),
    include_bytes!("../../../tests/fixtures/agent-zero/protocol-5.pkl"),
    include_bytes!("../../../tests/fixtures/agent-zero/pydantic-1.pkl"),
];

#[test]
fn a_store_of_real_langchain_is_read_whole() {
    let store = read(GOLDEN).unwrap();
    let ids: Vec<&str> = store
        .documents
        .iter()
        .map(|document| document.id.as_str())
        .collect();
    assert_eq!(ids, ["k7PqZ2mN4a", "Zz09aaBBcc", "sameText02"]);
    assert_eq!(store.documents[0].text, "The kettle is in the blue cupboard.");
    assert!(store.documents[1].text.ends_with("Über-clean: delete `target` ☂"));
    assert_eq!(
        Value::Object(store.documents[1].metadata.clone()),
        json!({
            "area": "solutions", "tries": 3, "ratio": 0.25, "done": true, "parent": null,
            "steps": ["stop", ["nested", 1]], "extra": {"a": -5, "big": 1_099_511_627_776_i64},
            "id": "Zz09aaBBcc", "timestamp": "2025-03-05 00:00:00",
        })
    );
    assert_eq!(
        store.rows,
        [
            (0, "k7PqZ2mN4a".to_owned()),
            (1, "Zz09aaBBcc".to_owned()),
            (2, "sameText02".to_owned())
        ]
    );
}

#[test]
fn every_protocol_and_the_older_pydantic_say_the_same() {
    let expected = read(GOLDEN).unwrap();
    for (place, bytes) in PROTOCOLS.into_iter().enumerate() {
        assert_eq!(read(bytes), Ok(expected.clone()), "{place}");
    }
}

#[test]
fn what_is_written_is_read_back() {
    let expected = read(GOLDEN).unwrap();
    assert_eq!(read(&write(&expected.documents)), Ok(expected));
    assert_eq!(read(&write(&[])), Ok(Docstore::default()));
}

#[test]
fn a_store_cut_anywhere_is_refused() {
    for bytes in [GOLDEN, PROTOCOLS[0], PROTOCOLS[3]] {
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length]).is_err(), "{length}");
        }
    }
}

/// The bytes of a text in protocol 4.
fn text(text: &str) -> Vec<u8> {
    [&[0x8c, text.len() as u8], text.as_bytes()].concat()
}

fn pickle(parts: &[&[u8]]) -> Vec<u8> {
    [&[0x80, 4][..], &parts.concat()].concat()
}

#[test]
fn pickles_that_would_do_something_are_refused_by_name() {
    let command = text("touch /tmp/owned");
    let calls: [(&str, Vec<u8>); 9] = [
        // os.system("…"), by each way to name and to call.
        (
            "posix.system",
            pickle(&[b"cposix\nsystem\n", &command, b"\x85R."]),
        ),
        (
            "os.system",
            pickle(&[&text("os"), &text("system"), b"\x93", &command, b"\x85R."]),
        ),
        ("INST", pickle(&[b"(", &command, b"ios\nsystem\n."])),
        ("os.system", pickle(&[b"(cos\nsystem\n", &command, b"o."])),
        (
            "builtins.eval",
            pickle(&[b"cbuiltins\neval\n", &text("1+1"), b"\x85\x81."]),
        ),
        ("subprocess.Popen", pickle(&[b"csubprocess\nPopen\n)\x81}b."])),
        (
            "copyreg._reconstructor",
            pickle(&[b"ccopyreg\n_reconstructor\n."]),
        ),
        ("EXT", pickle(&[b"\x82\x01."])),
        ("PERSID", pickle(&[&text("x"), b"Q."])),
    ];
    for (name, bytes) in calls {
        let error = read(&bytes).unwrap_err();
        assert!(
            matches!(error, PickleError::Global { .. } | PickleError::Opcode { .. }),
            "{error}"
        );
        assert!(error.to_string().contains(name), "{name}: {error}");
    }
}

#[test]
fn classes_of_the_list_cannot_be_called_or_made_otherwise() {
    let document = [
        text("langchain_core.documents.base"),
        text("Document"),
        b"\x93".to_vec(),
    ]
    .concat();
    for (what, bytes) in [
        ("a call", pickle(&[&document, &text("x"), b"\x85R."])),
        ("arguments", pickle(&[&document, &text("x"), b"\x85\x81."])),
        (
            "a state that is none",
            pickle(&[&document, b")\x81", &text("x"), b"b."]),
        ),
        ("a state of a state", pickle(&[&document, b")\x81}b}b."])),
        ("the state of a class", pickle(&[&document, b"}b."])),
        (
            "a method",
            pickle(&[
                &text("langchain_core.documents.base"),
                &text("Document.load"),
                b"\x93.",
            ]),
        ),
        (
            "its module",
            pickle(&[&text("langchain_core.documents"), &text("base"), b"\x93."]),
        ),
        ("set of a call", pickle(&[b"cbuiltins\nset\n}\x85R."])),
        ("a set with state", pickle(&[b"cbuiltins\nset\n)R}b."])),
    ] {
        assert!(read(&bytes).is_err(), "{what}");
    }
}

#[test]
fn malice_inside_a_document_is_found() {
    let evil = [&b"cposix\nsystem\n"[..], &text("id"), b"\x85R"].concat();
    let needle = text("The kettle is in the blue cupboard.");
    let at = GOLDEN
        .windows(needle.len())
        .position(|window| window == needle)
        .unwrap();
    let bytes = [&GOLDEN[..at], &evil, &GOLDEN[at + needle.len()..]].concat();
    assert!(read(&bytes).unwrap_err().to_string().contains("posix.system"));
}

#[test]
fn pickles_that_would_take_all_memory_or_stack_are_refused() {
    // Lists of lists of lists: two bytes more double what they stand for.
    let mut bomb = b"]\x94".to_vec();
    for level in 0..60_u8 {
        bomb.extend([b'0', b']', 0x94, b'(', b'h', level, b'h', level, b'e']);
    }
    let document = |metadata: &[u8]| {
        pickle(&[
            &text("langchain_community.docstore.in_memory"),
            &text("InMemoryDocstore"),
            b"\x93)\x81}(",
            &text("_dict"),
            b"}(",
            &text("a"),
            &text("langchain_core.documents.base"),
            &text("Document"),
            b"\x93)\x81}(",
            &text("page_content"),
            &text("x"),
            &text("metadata"),
            b"}(",
            &text("m"),
            metadata,
            b"uubuub}\x86.",
        ])
    };
    let error = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert_eq!(
        read(&document(b"]")).unwrap().documents[0].metadata["m"],
        json!([])
    );
    assert!(
        error(&document(&bomb)).contains("16 levels"),
        "{}",
        error(&document(&bomb))
    );
    // Wide instead of deep: 200 times 200 times 200 times 200 values.
    let mut wide = b"N\x94".to_vec();
    for level in 0..4_u8 {
        wide.extend([b'0', b']', 0x94, b'(']);
        wide.extend([b'h', level].repeat(200));
        wide.push(b'e');
    }
    assert!(
        error(&document(&wide)).contains("more values than the file"),
        "{}",
        error(&document(&wide))
    );
    let mut nested = b"]".repeat(200_000);
    nested.extend(b"a".repeat(199_999));
    assert!(error(&document(&nested)).contains("16 levels"));
    // A list in itself.
    assert!(error(&document(b"]\x94h\x00a")).contains("16 levels"));
    assert!(
        read(&pickle(&[&b"N".repeat(4_100_000)]))
            .unwrap_err()
            .to_string()
            .contains("too large")
    );
    assert!(read(&pickle(&[&b"(".repeat(4_100_000)])).is_err());
    // Lengths beyond the file.
    for opcode in [
        &b"X\xff\xff\xff\xff"[..],
        b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x8e\0\0\0\0\0\0\0\x7f",
    ] {
        assert!(matches!(read(&pickle(&[opcode])), Err(PickleError::Truncated(_))));
    }
}

#[test]
fn what_json_cannot_hold_is_named() {
    for (value, words) in [
        (&b"G\x7f\xf8\0\0\0\0\0\0"[..], "infinite or none"),
        (b"C\x01x", "bytes"),
        (b"\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x01", "beyond 64 bits"),
    ] {
        let store = [
            &b"\x80\x04"[..],
            &text("langchain_community.docstore.in_memory"),
            &text("InMemoryDocstore"),
            b"\x93)\x81}",
            &text("_dict"),
            b"}",
            &text("doc"),
            &text("langchain_core.documents.base"),
            &text("Document"),
            b"\x93)\x81}(",
            &text("page_content"),
            &text("x"),
            &text("metadata"),
            b"}",
            &text("m"),
            value,
            b"subssb}\x86.",
        ]
        .concat();
        let error = read(&store).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("`doc`"), "{error}");
    }
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&[&[0x80, 4][..], &bytes].concat());
    }

    #[test]
    fn no_damage_breaks_the_reader(at in 0..GOLDEN.len(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = GOLDEN.to_vec();
        if cut {
            bytes.remove(at);
        } else {
            bytes[at] = byte;
        }
        let _ = read(&bytes);
    }

    #[test]
    fn whatever_is_written_is_read_back(
        texts in prop::collection::vec("\\PC{0,40}", 1..5),
        number in any::<i64>(),
        large in any::<u64>(),
        float in -1e300_f64..1e300,
    ) {
        let documents: Vec<Document> = texts.iter().enumerate().map(|(place, text)| {
            let metadata = json!({"n": number, "u": large, "f": float, "t": text.repeat(30), "l": [text, null, true]});
            let Value::Object(metadata) = metadata else { unreachable!("an object") };
            Document { id: format!("document{place:02}"), text: text.repeat(10), metadata }
        }).collect();
        prop_assert_eq!(read(&write(&documents)).unwrap().documents, documents);
    }
}
