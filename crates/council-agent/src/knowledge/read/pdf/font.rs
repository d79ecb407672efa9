//! Codes of a font as characters, and how wide they are.

use super::table::{Table, number};
use lopdf::{Dictionary, Document, Encoding, Object, ObjectId};
use std::collections::HashMap;
use std::rc::Rc;

/// Width of what has none, in thousandths of the font's size: about that of a letter.
const USUAL_WIDTH: f32 = 500.0;

/// Most that a table of characters may unpack to, in bytes. One for all of Unicode takes some megabytes.
const MAX_TABLE_BYTES: usize = 8 << 20;

fn is_composite(font: &Dictionary) -> bool {
    matches!(font.get(b"Subtype").and_then(Object::as_name), Ok(b"Type0"))
}

/// A font.
pub(super) struct Font<'a> {
    /// What PDF 32000-1, 9.10.2 puts first: names in the encoding of a subset are often made up.
    table: Option<Table>,
    encoding: Option<Encoding<'a>>,
    composite: bool,
    widths: HashMap<u32, f32>,
    missing: f32,
}

/// Something that was shown: its characters, and how far it goes in text space.
pub(super) struct Shown {
    pub(super) text: String,
    /// In units of the font's size.
    pub(super) width: f32,
    /// Codes, which character spacing is added to.
    pub(super) codes: usize,
    /// Codes of a space, which word spacing is added to.
    pub(super) spaces: usize,
}

/// The fonts of a document that were needed so far.
#[derive(Default)]
pub(super) struct Fonts<'a>(HashMap<ObjectId, Rc<Font<'a>>>);

impl<'a> Fonts<'a> {
    /// The fonts of a page or a form, by name.
    pub(super) fn of(
        &mut self,
        pdf: &'a Document,
        resources: &'a Dictionary,
    ) -> HashMap<&'a [u8], Rc<Font<'a>>> {
        let fonts = resources.get_deref(b"Font", pdf).and_then(Object::as_dict);
        let fonts = fonts.ok().into_iter().flat_map(Dictionary::iter);
        let named = fonts.filter_map(|(name, object)| {
            let font = pdf.dereference(object).ok()?.1.as_dict().ok()?;
            let font = match object.as_reference() {
                Ok(id) => Rc::clone(self.0.entry(id).or_insert_with(|| Rc::new(Font::new(pdf, font)))),
                Err(_) => Rc::new(Font::new(pdf, font)),
            };
            Some((name.as_slice(), font))
        });
        named.collect()
    }
}

impl<'a> Font<'a> {
    fn new(pdf: &'a Document, font: &'a Dictionary) -> Self {
        let composite = is_composite(font);
        let table = font.get_deref(b"ToUnicode", pdf).and_then(Object::as_stream);
        let table = table.and_then(|table| table.get_plain_content_with_limit(MAX_TABLE_BYTES));
        let encoding = font.get_font_encoding_with_limit(pdf, MAX_TABLE_BYTES).ok();
        // Glyph numbers that nothing says the characters of are no text; the library takes them for Latin letters.
        let fits = |encoding: &Encoding<'_>| !composite || matches!(encoding, Encoding::SimpleEncoding(_));
        let (widths, missing) = if composite {
            composite_widths(pdf, font)
        } else {
            simple_widths(pdf, font)
        };
        Self {
            table: table.ok().and_then(|table| Table::read(&table)),
            encoding: encoding.filter(fits),
            composite,
            widths,
            missing,
        }
    }

    /// What these bytes show.
    pub(super) fn show(&self, bytes: &[u8]) -> Shown {
        let mut text = String::new();
        let mut codes = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = self.code_length(rest).min(rest.len());
            let (code, after) = rest.split_at(length);
            codes.push(number(code));
            match self.table.as_ref().and_then(|table| table.get(number(code))) {
                Some(characters) => text.push_str(&characters),
                None => {
                    if let Some(encoding) = &self.encoding {
                        // An encoding that is not known shows nothing that could be read.
                        let _ = encoding.write_to_string(code, &mut text);
                    }
                }
            }
            rest = after;
        }
        let width = |code: &u32| self.widths.get(code).copied().unwrap_or(self.missing);
        Shown {
            text: spelt_out(&text),
            width: codes.iter().map(width).sum::<f32>() / 1000.0,
            spaces: if self.composite {
                0
            } else {
                codes.iter().filter(|&&code| code == u32::from(b' ')).count()
            },
            codes: codes.len(),
        }
    }

    fn code_length(&self, bytes: &[u8]) -> usize {
        match &self.table {
            _ if !self.composite => 1,
            Some(table) => table.code_length(bytes),
            None => 2,
        }
    }
}

fn simple_widths(pdf: &Document, font: &Dictionary) -> (HashMap<u32, f32>, f32) {
    let first = font.get_deref(b"FirstChar", pdf).and_then(Object::as_i64);
    let first = first.ok().and_then(|code| u32::try_from(code).ok()).unwrap_or(0);
    // Type 3 fonts measure in units of their own.
    let scale = font
        .get_deref(b"FontMatrix", pdf)
        .and_then(Object::as_array)
        .ok()
        .and_then(|matrix| matrix.first()?.as_float().ok())
        .map_or(1.0, |scale| scale * 1000.0);
    let list = font.get_deref(b"Widths", pdf).and_then(Object::as_array).ok();
    let list = list.map_or(&[][..], Vec::as_slice).iter().take(256);
    let widths = (first..)
        .zip(list)
        .filter_map(|(code, width)| Some((code, width_of(pdf, width)? * scale)));
    let widths: HashMap<u32, f32> = widths.collect();
    let missing = font
        .get_deref(b"FontDescriptor", pdf)
        .and_then(Object::as_dict)
        .and_then(|descriptor| descriptor.get_deref(b"MissingWidth", pdf))
        .and_then(Object::as_float);
    let usual = if widths.is_empty() { USUAL_WIDTH } else { 0.0 };
    (widths, missing.unwrap_or(usual))
}

/// `[first [w …] first last w …]` of the descendant: PDF 32000-1, 9.7.4.3.
fn composite_widths(pdf: &Document, font: &Dictionary) -> (HashMap<u32, f32>, f32) {
    let mut widths = HashMap::new();
    let descendants = font.get_deref(b"DescendantFonts", pdf).and_then(Object::as_array);
    let Some(descendant) = descendants
        .ok()
        .and_then(|fonts| pdf.dereference(fonts.first()?).ok()?.1.as_dict().ok())
    else {
        return (widths, USUAL_WIDTH);
    };
    let missing = descendant.get_deref(b"DW", pdf).and_then(Object::as_float);
    let list = descendant.get_deref(b"W", pdf).and_then(Object::as_array).ok();
    let mut list = list.map_or(&[][..], Vec::as_slice).iter();
    while let (Some(first), Some(next)) = (list.next(), list.next()) {
        let Some(first) = first.as_i64().ok().and_then(|code| u32::try_from(code).ok()) else {
            break;
        };
        let Ok((_, next)) = pdf.dereference(next) else {
            break;
        };
        if let Ok(each) = next.as_array() {
            let each = (first..=0xFFFF).zip(each);
            widths.extend(each.filter_map(|(code, width)| Some((code, width_of(pdf, width)?))));
        } else {
            let last = next.as_i64().ok().and_then(|code| u32::try_from(code).ok());
            let width = list.next().and_then(|width| width_of(pdf, width));
            let (Some(last), Some(width)) = (last, width) else {
                break;
            };
            widths.extend((first..=last.min(0xFFFF)).map(|code| (code, width)));
        }
    }
    (widths, missing.unwrap_or(1000.0))
}

fn width_of(pdf: &Document, object: &Object) -> Option<f32> {
    let width = pdf.dereference(object).ok()?.1.as_float().ok()?;
    Some(width).filter(|width| width.is_finite())
}

/// Ligatures as their letters, and no control characters: words are searched as people write them.
fn spelt_out(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            'ﬀ' => plain.push_str("ff"),
            'ﬁ' => plain.push_str("fi"),
            'ﬂ' => plain.push_str("fl"),
            'ﬃ' => plain.push_str("ffi"),
            'ﬄ' => plain.push_str("ffl"),
            'ﬅ' | 'ﬆ' => plain.push_str("st"),
            '\u{A0}' | '\t' | '\n' | '\r' => plain.push(' '),
            '\u{FFFD}' | '\u{AD}' => {}
            character if character.is_control() => {}
            character => plain.push(character),
        }
    }
    plain
}
