//! The text of a page: where it goes, and where words, lines and paragraphs end.
//!
//! A page places runs of characters; spaces and line ends are often only distances. Runs are taken in the order in
//! which the page shows them, which is the order of reading in nearly all documents, columns included.

use super::font::{Font, Fonts};
use super::{Deadline, MAX_STREAM_BYTES, MAX_TEXT_BYTES, ReadError};
use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId};
use std::collections::HashMap;
use std::rc::Rc;

/// How deep forms may contain forms.
const MAX_DEPTH: usize = 16;

/// Operations between two looks at the deadline.
const STEP: usize = 512;

/// A gap within a line that is a space, in units of the font's size. Letters that are set apart have less.
const SPACE: f32 = 0.18;

/// The paragraphs of a page.
pub(super) fn read<'a>(
    pdf: &'a Document,
    page: ObjectId,
    fonts: &mut Fonts<'a>,
    deadline: &Deadline,
) -> Result<Vec<String>, ReadError> {
    let content = pdf.get_page_content_with_limit(page, MAX_STREAM_BYTES);
    let content = content.map_err(|error| ReadError::Damaged(error.to_string()))?;
    let mut reading = Reading {
        pdf,
        fonts,
        deadline,
        state: State::default(),
        saved: Vec::new(),
        layout: Layout::default(),
        operations: 0,
        shown: 0,
    };
    reading.run(&content, &resources(pdf, page), 0)?;
    Ok(reading.layout.finish())
}

/// The resources of a page: its own, or those of the node above it that has any.
fn resources(pdf: &Document, page: ObjectId) -> Vec<&Dictionary> {
    let Ok((direct, ids)) = pdf.get_page_resources(page) else {
        return Vec::new();
    };
    let referred = ids.into_iter().filter_map(|id| pdf.get_dictionary(id).ok());
    direct.into_iter().chain(referred).collect()
}

struct Reading<'a, 'r> {
    pdf: &'a Document,
    fonts: &'r mut Fonts<'a>,
    deadline: &'r Deadline,
    state: State<'a>,
    saved: Vec<State<'a>>,
    layout: Layout,
    operations: usize,
    /// Bytes of text so far: forms that are shown again and again make much of little.
    shown: usize,
}

/// What the operators of text change: PDF 32000-1, 9.3.
#[derive(Clone)]
struct State<'a> {
    /// From user space to the page.
    page: Matrix,
    /// From text space to user space, and where the line begins.
    text: Matrix,
    line: Matrix,
    font: Option<Rc<Font<'a>>>,
    size: f32,
    character_spacing: f32,
    word_spacing: f32,
    scale: f32,
    leading: f32,
}

impl Default for State<'_> {
    fn default() -> Self {
        Self {
            page: Matrix::IDENTITY,
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
            font: None,
            size: 1.0,
            character_spacing: 0.0,
            word_spacing: 0.0,
            scale: 1.0,
            leading: 0.0,
        }
    }
}

impl<'a> Reading<'a, '_> {
    fn run(&mut self, content: &[u8], resources: &[&'a Dictionary], depth: usize) -> Result<(), ReadError> {
        let mut fonts = HashMap::new();
        for resources in resources.iter().rev() {
            fonts.extend(self.fonts.of(self.pdf, resources));
        }
        let saved = self.saved.len();
        for operation in Content::decode_iter(content) {
            self.operations += 1;
            if self.operations.is_multiple_of(STEP) {
                self.deadline.check()?;
            }
            // What comes before the damage is text all the same.
            let Ok(operation) = operation else { break };
            self.operation(&operation, resources, &fonts, depth)?;
        }
        self.saved.truncate(saved);
        Ok(())
    }

    fn operation(
        &mut self,
        operation: &Operation,
        resources: &[&'a Dictionary],
        fonts: &HashMap<&[u8], Rc<Font<'a>>>,
        depth: usize,
    ) -> Result<(), ReadError> {
        let operands = operation.operands.as_slice();
        let number = |index: usize| operands.get(index).and_then(|object| object.as_float().ok());
        let number = |index| number(index).filter(|number| number.is_finite()).unwrap_or(0.0);
        match operation.operator.as_str() {
            "q" if self.saved.len() < 1024 => self.saved.push(self.state.clone()),
            "Q" => self.state = self.saved.pop().unwrap_or_default(),
            "cm" => {
                let matrix = Matrix(std::array::from_fn(number));
                self.state.page = matrix.then(&self.state.page);
            }
            "BT" => (self.state.text, self.state.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            "Tm" => {
                self.state.text = Matrix(std::array::from_fn(number));
                self.state.line = self.state.text;
            }
            "Td" => self.next_line(number(0), number(1)),
            "TD" => {
                self.state.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            "T*" => self.next_line(0.0, -self.state.leading),
            "Tf" => {
                let name = operands.first().and_then(|name| name.as_name().ok());
                self.state.font = name.and_then(|name| fonts.get(name)).cloned();
                self.state.size = number(1);
            }
            "Tc" => self.state.character_spacing = number(0),
            "Tw" => self.state.word_spacing = number(0),
            "Tz" => self.state.scale = number(0) / 100.0,
            "TL" => self.state.leading = number(0),
            "Tj" => self.show(operands.first())?,
            "'" => {
                self.next_line(0.0, -self.state.leading);
                self.show(operands.first())?;
            }
            "\"" => {
                self.state.word_spacing = number(0);
                self.state.character_spacing = number(1);
                self.next_line(0.0, -self.state.leading);
                self.show(operands.get(2))?;
            }
            "TJ" => {
                let parts = operands.first().and_then(|parts| parts.as_array().ok());
                for part in parts.into_iter().flatten() {
                    match part.as_float() {
                        Ok(back) => self.advance(-back / 1000.0 * self.state.size * self.state.scale),
                        Err(_) => self.show(Some(part))?,
                    }
                }
            }
            "Do" => self.form(operands, resources, depth)?,
            _ => {}
        }
        Ok(())
    }

    fn next_line(&mut self, x: f32, y: f32) {
        self.state.line = Matrix([1.0, 0.0, 0.0, 1.0, x, y]).then(&self.state.line);
        self.state.text = self.state.line;
    }

    fn advance(&mut self, x: f32) {
        self.state.text = Matrix([1.0, 0.0, 0.0, 1.0, x, 0.0]).then(&self.state.text);
    }

    fn show(&mut self, string: Option<&Object>) -> Result<(), ReadError> {
        let (Some(Object::String(bytes, _)), Some(font)) = (string, self.state.font.clone()) else {
            return Ok(());
        };
        let shown = font.show(bytes);
        self.shown += shown.text.len();
        if self.shown > MAX_TEXT_BYTES {
            return Err(ReadError::TooMuchText { most: MAX_TEXT_BYTES });
        }
        let state = &self.state;
        let width = shown.width * state.size
            + shown.codes as f32 * state.character_spacing
            + shown.spaces as f32 * state.word_spacing;
        let before = state.text.then(&state.page);
        self.advance(width * self.state.scale);
        let after = self.state.text.then(&self.state.page);
        let size = self.state.size.abs() * before.height();
        self.layout
            .place(&shown.text, before.origin(), after.origin(), size);
        Ok(())
    }

    /// Shows what a form contains.
    fn form(
        &mut self,
        operands: &[Object],
        resources: &[&'a Dictionary],
        depth: usize,
    ) -> Result<(), ReadError> {
        let Some(name) = operands.first().and_then(|name| name.as_name().ok()) else {
            return Ok(());
        };
        let form = resources.iter().find_map(|resources| {
            let forms = resources.get_deref(b"XObject", self.pdf).ok()?.as_dict().ok()?;
            forms.get_deref(name, self.pdf).ok()?.as_stream().ok()
        });
        let Some(form) = form.filter(|_| depth < MAX_DEPTH) else {
            return Ok(());
        };
        if !matches!(form.dict.get(b"Subtype").and_then(Object::as_name), Ok(b"Form")) {
            return Ok(());
        }
        self.deadline.check()?;
        let Ok(content) = form.get_plain_content_with_limit(MAX_STREAM_BYTES) else {
            return Ok(());
        };
        let own = form.dict.get_deref(b"Resources", self.pdf);
        let own = own.and_then(Object::as_dict).ok();
        let matrix = form
            .dict
            .get_deref(b"Matrix", self.pdf)
            .and_then(Object::as_array);
        let before = self.state.clone();
        if let Ok(matrix) = matrix {
            let number = |index: usize| matrix.get(index).and_then(|object| object.as_float().ok());
            let matrix = Matrix(std::array::from_fn(|index| number(index).unwrap_or(0.0)));
            self.state.page = matrix.then(&self.state.page);
        }
        match own {
            Some(own) => self.run(&content, &[own], depth + 1)?,
            None => self.run(&content, resources, depth + 1)?,
        }
        self.state = before;
        Ok(())
    }
}

/// `[a b c d e f]`: a point `(x, y)` becomes `(ax + cy + e, bx + dy + f)`.
#[derive(Clone, Copy)]
struct Matrix([f32; 6]);

impl Matrix {
    const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// First this, then the other.
    fn then(&self, other: &Self) -> Self {
        let (first, second) = (&self.0, &other.0);
        Self(std::array::from_fn(|index| {
            let (row, column) = (index / 2 * 2, index % 2);
            let moved = if row == 4 { second[4 + column] } else { 0.0 };
            first[row] * second[column] + first[row + 1] * second[2 + column] + moved
        }))
    }

    fn origin(&self) -> [f32; 2] {
        [self.0[4], self.0[5]]
    }

    /// How long something one unit high becomes.
    fn height(&self) -> f32 {
        self.0[2].hypot(self.0[3])
    }
}

/// Runs of characters as words, lines and paragraphs.
#[derive(Default)]
struct Layout {
    paragraphs: Vec<String>,
    text: String,
    /// Where the last run ended, how large it was, and how far its line was below the one before.
    end: [f32; 2],
    size: f32,
    step: Option<f32>,
}

impl Layout {
    fn place(&mut self, text: &str, begin: [f32; 2], end: [f32; 2], size: f32) {
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            // Along the line that the last run was written in; turned pages have their own.
            let down = self.end[1] - begin[1];
            let gap = begin[0] - self.end[0];
            let larger = size.max(self.size).max(f32::EPSILON);
            if down.abs() > larger * 0.4 || gap < -larger * 3.0 {
                self.new_line(down, larger, size);
            } else if gap > larger * SPACE && !self.text.ends_with([' ', '\n']) && !text.starts_with(' ') {
                self.text.push(' ');
            }
        }
        self.text.push_str(text);
        self.end = end;
        self.size = size;
    }

    fn new_line(&mut self, down: f32, larger: f32, size: f32) {
        let usual = self.step.unwrap_or(larger * 1.3);
        let grown = size > self.size * 1.15 || size < self.size * 0.87;
        // Up again is another column or page part; further down than lines usually are is another paragraph.
        if down < -larger || down > usual.max(larger) * 1.45 || (grown && down > larger * 0.9) {
            self.end_paragraph();
            return;
        }
        self.step = Some(down).filter(|down| *down > 0.0).or(self.step);
        let line = self.text.trim_end().len();
        self.text.truncate(line);
        self.text.push('\n');
    }

    fn end_paragraph(&mut self) {
        let text = joined(&std::mem::take(&mut self.text));
        if !text.is_empty() {
            self.paragraphs.push(text);
        }
        self.step = None;
    }

    fn finish(mut self) -> Vec<String> {
        self.end_paragraph();
        self.paragraphs
    }
}

/// Lines as one text: where a word was divided at the end of a line, it becomes whole.
fn joined(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            continue;
        }
        let divided = whole
            .strip_suffix(['-', '\u{2010}'])
            .is_some_and(|begin| begin.ends_with(char::is_alphabetic))
            && line.starts_with(char::is_lowercase);
        if divided {
            whole.pop();
        } else if !whole.is_empty() {
            whole.push(' ');
        }
        whole.push_str(&line);
    }
    whole
}
