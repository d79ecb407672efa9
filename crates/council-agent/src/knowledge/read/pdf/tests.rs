//! PDFs made here: decent, damaged, encrypted, hostile.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::super::isolate::Isolation;
use super::*;
use lopdf::{Dictionary, EncryptionState, EncryptionVersion, Permissions, Stream, dictionary};
use proptest::prelude::*;
use std::time::Duration;

/// A PDF with a page for each content stream, and Helvetica as `F1`.
fn made(contents: &[&str]) -> lopdf::Document {
    let mut pdf = lopdf::Document::with_version("1.7");
    let pages = pdf.new_object_id();
    let widths: Vec<Object> = (32..127).map(|_| Object::Integer(500)).collect();
    let font = pdf.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
        "FirstChar" => 32, "LastChar" => 126, "Widths" => widths,
    });
    let resources = pdf.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let kids: Vec<Object> = contents
        .iter()
        .map(|content| {
            let content = pdf.add_object(Stream::new(Dictionary::new(), content.as_bytes().to_vec()));
            let page = dictionary! {
                "Type" => "Page", "Parent" => pages, "Contents" => content, "Resources" => resources,
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
            };
            pdf.add_object(page).into()
        })
        .collect();
    let count = kids.len() as i64;
    let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    pdf.objects.insert(pages, tree.into());
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    pdf.trailer.set("Root", catalog);
    pdf
}

fn saved(mut pdf: lopdf::Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    bytes
}

async fn read_in(bytes: Vec<u8>, limit: Duration) -> Result<Document, ReadError> {
    let isolation = Isolation::new(limit);
    isolation.run(move |deadline| read(&bytes, deadline)).await
}

async fn texts(pdf: lopdf::Document) -> Vec<(String, Place)> {
    let document = read_in(saved(pdf), Duration::from_mins(1)).await.unwrap();
    let blocks = document.blocks.into_iter();
    blocks.map(|block| (block.text, block.place)).collect()
}

#[tokio::test]
async fn words_lines_and_paragraphs_are_told_apart_and_pages_counted() {
    let first = "BT /F1 12 Tf 72 720 Td (The first line of an exam-) Tj 0 -14 Td (ple, which goes on.) Tj \
                 0 -40 Td [(A ne) -20 (w) -400 (paragraph.)] TJ ET";
    let second = "BT /F1 12 Tf 1 0 0 1 72 700 Tm (Placed) Tj 1 0 0 1 120 700 Tm (apart) Tj ET";
    assert_eq!(
        texts(made(&[first, second])).await,
        [
            (
                "The first line of an example, which goes on.".to_owned(),
                Place::Page(1)
            ),
            ("A new paragraph.".to_owned(), Place::Page(1)),
            ("Placed apart".to_owned(), Place::Page(2)),
        ]
    );
}

#[tokio::test]
async fn forms_show_their_text_and_forms_within_themselves_end() {
    let mut pdf = made(&["/X1 Do"]);
    let form = pdf.new_object_id();
    let page = pdf.page_iter().next().unwrap();
    let fonts = pdf.get_page_fonts(page).unwrap();
    let font = fonts.into_values().next().unwrap().clone();
    let own = dictionary! {
        "Font" => dictionary! { "F1" => font }, "XObject" => dictionary! { "X1" => form },
    };
    let form_dict = dictionary! { "Type" => "XObject", "Subtype" => "Form", "Resources" => own };
    let content = b"BT /F1 12 Tf 72 720 Td (in a form) Tj ET /X1 Do".to_vec();
    pdf.objects.insert(form, Stream::new(form_dict, content).into());
    let resources = dictionary! { "XObject" => dictionary! { "X1" => form } };
    let page = pdf.get_object_mut(page).unwrap().as_dict_mut().unwrap();
    page.set("Resources", resources);
    let found = texts(pdf).await;
    assert!(found[0].0.starts_with("in a form"), "{found:?}");
}

#[tokio::test]
async fn glyph_numbers_are_read_by_the_table_of_characters_and_not_at_all_without_one() {
    let table = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n1 begincodespacerange\n\
                 <0000> <FFFF>\nendcodespacerange\n2 beginbfchar\n<0003> <0020>\n<0010> <FB01>\nendbfchar\n\
                 1 beginbfrange\n<0024> <003D> <0041>\nendbfrange\nendcmap\nend\nend";
    let composite = |with_table: bool| {
        let mut pdf = made(&["BT /F2 12 Tf 72 720 Td <0024002500030010> Tj ET"]);
        let table = pdf.add_object(Stream::new(Dictionary::new(), table.as_bytes().to_vec()));
        let mut font = dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "X", "Encoding" => "Identity-H",
            "DescendantFonts" => vec![dictionary! { "Type" => "Font", "Subtype" => "CIDFontType2" }.into()],
        };
        if with_table {
            font.set("ToUnicode", table);
        }
        let font = pdf.add_object(font);
        let page = pdf.page_iter().next().unwrap();
        let page = pdf.get_object_mut(page).unwrap().as_dict_mut().unwrap();
        page.set(
            "Resources",
            dictionary! { "Font" => dictionary! { "F2" => font } },
        );
        pdf
    };
    assert_eq!(texts(composite(true)).await[0].0, "AB fi");
    let without = read_in(saved(composite(false)), Duration::from_mins(1)).await;
    assert_eq!(without, Err(ReadError::NoText));
}

#[tokio::test]
async fn an_encrypted_file_is_refused_and_one_that_opens_without_a_password_is_read() {
    for (password, refused) in [("secret", true), ("", false)] {
        let mut pdf = made(&["BT /F1 12 Tf 72 720 Td (hidden) Tj ET"]);
        let id = Object::string_literal("0123456789abcdef");
        pdf.trailer.set("ID", vec![id.clone(), id]);
        let version = EncryptionVersion::V2 {
            document: &pdf,
            owner_password: "owner",
            user_password: password,
            key_length: 128,
            permissions: Permissions::all(),
        };
        let state = EncryptionState::try_from(version).unwrap();
        pdf.encrypt(&state).unwrap();
        let found = read_in(saved(pdf), Duration::from_mins(1)).await;
        if refused {
            assert_eq!(found, Err(ReadError::Encrypted));
        } else {
            assert_eq!(found.unwrap().blocks[0].text, "hidden");
        }
    }
}

#[tokio::test]
async fn little_that_unpacks_to_much_is_refused() {
    let bomb = "BT /F1 12 Tf (x) Tj ET ".to_owned() + &" ".repeat(MAX_STREAM_BYTES);
    let mut pdf = made(&[&bomb]);
    pdf.compress();
    let bytes = saved(pdf);
    assert!(bytes.len() < 1 << 20, "{}", bytes.len());
    let found = read_in(bytes, Duration::from_mins(1)).await;
    assert!(matches!(found, Err(ReadError::Damaged(_))), "{found:?}");
}

#[tokio::test]
async fn deep_nesting_and_trees_that_contain_themselves_end() {
    let deep = "[".repeat(200_000) + " BT /F1 12 Tf (x) Tj ET";
    // Nothing of it can be read; what matters is that the process lives.
    let found = read_in(saved(made(&[&deep])), Duration::from_mins(1)).await;
    assert_eq!(found, Err(ReadError::NoText));
    let mut pdf = made(&["BT /F1 12 Tf (once) Tj ET"]);
    let root = pdf
        .catalog()
        .unwrap()
        .get(b"Pages")
        .unwrap()
        .as_reference()
        .unwrap();
    let tree = pdf.get_object_mut(root).unwrap().as_dict_mut().unwrap();
    let kids = tree.get_mut(b"Kids").unwrap().as_array_mut().unwrap();
    kids.push(Object::Reference(root));
    assert!(!texts(pdf).await.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn damage_anywhere_is_an_error_or_less_text(
        places in prop::collection::vec((0.0_f64..1.0, any::<u8>()), 1..30),
        cut in 0.0_f64..1.0,
    ) {
        let mut bytes = saved(made(&["BT /F1 12 Tf 72 720 Td (some text) Tj 0 -14 Td (more text) Tj ET"]));
        for (place, byte) in places {
            let at = (place * bytes.len() as f64) as usize;
            bytes[at] = byte;
        }
        if cut > 0.7 {
            bytes.truncate((cut * bytes.len() as f64) as usize);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let found = runtime.block_on(read_in(bytes, Duration::from_secs(20)));
        prop_assert!(!matches!(found, Err(ReadError::TimedOut(_))), "{found:?}");
    }
}
