//! A model's own chat template: messages and tools become the text that the model was trained on.
//!
//! The environment is that of Hugging Face's `transformers` (`apply_chat_template`): `trim_blocks`, `lstrip_blocks`,
//! Python's string and dictionary methods, `tojson` as `json.dumps` writes it, `raise_exception`, `strftime_now`.
//! `tests/fixtures/templates` holds what Python's Jinja2 makes of each family's template; the tests compare.
//!
//! A template comes with a model file from the internet, so it is not trusted: it sees nothing but the conversation,
//! and it runs on a bounded number of instructions.

mod control;
mod python;
mod values;

use control::ControlTokens;
use council_core::{Message, ToolSpec};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, Value};
use python::Date;
use std::collections::HashSet;

/// Template instructions allowed for one rendering: about a second. 1,000 messages take about 100,000.
const FUEL: u64 = 20_000_000;

/// The format of most models trained without a published template: `<|im_start|>role … <|im_end|>`.
const CHATML: &str = "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n\
    {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

const NAME: &str = "chat";

/// A compiled chat template. Cheap to render: about 0.01 ms for a short chat, 2 ms for
/// 1,000 messages of 500 characters.
#[derive(Clone, Debug)]
pub struct ChatTemplate {
    env: Environment<'static>,
    bos: String,
    eos: String,
    control: ControlTokens,
    /// Mistral's templates refuse tool call identifiers that are not nine letters and digits.
    nine_char_ids: bool,
    /// Whether the model sees images.
    sees: bool,
    /// Whether the template knows content only as a list of typed parts: those of many models that see do.
    typed_content: bool,
}

/// Part of a rendered prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Tokenise with control tokens recognised: what the template wrote, and content that looks like none.
    Template(String),
    /// Tokenise as plain text: content that is spelt like a control token but is not one.
    Content(String),
    /// An image, by its URL.
    Image(String),
}

/// Why a template cannot be used, or not for this conversation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It does not compile.
    #[error("the model's chat template cannot be compiled: {0}")]
    Syntax(String),
    /// It failed while running; a defect of the template or of this module.
    #[error("the model's chat template failed: {0}")]
    Failed(String),
    /// The template itself refuses the conversation, for example because roles do not alternate.
    #[error("the model's chat template refuses this conversation: {0}")]
    Refused(String),
    /// A message holds an image.
    #[error("`messages[{0}]` holds an image, which the model's chat template cannot take; send text only")]
    Image(usize),
    /// The date for `strftime_now` is not a date.
    #[error("`{0}` is not a date; expected YYYY-MM-DD")]
    Date(String),
}

impl ChatTemplate {
    /// Compiles the Jinja source of a model file. `bos` and `eos` are the texts of the tokens that begin and end a
    /// sequence; a template that writes `bos` itself must be tokenised without adding another.
    ///
    /// # Errors
    /// [`TemplateError::Syntax`].
    pub fn new(source: &str, bos: Option<&str>, eos: Option<&str>) -> Result<Self, TemplateError> {
        let mut env = Environment::new();
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .map_err(|error| TemplateError::Syntax(error.to_string()))?;
        env.set_syntax(syntax);
        env.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        env.set_fuel(Some(FUEL));
        env.set_debug(false);
        env.add_filter("tojson", to_json_filter);
        env.add_test("sequence", python::is_sequence);
        env.add_function("raise_exception", raise_exception);
        env.add_template_owned(NAME, without_generation_tags(source))
            .map_err(|error| TemplateError::Syntax(describe(&error)))?;
        let bos = bos.unwrap_or_default().to_owned();
        let eos = eos.unwrap_or_default().to_owned();
        let mut template = Self {
            env,
            control: ControlTokens::guessed(&bos, &eos),
            bos,
            eos,
            nine_char_ids: source.contains("length != 9"),
            sees: false,
            typed_content: false,
        };
        if !template.shows_content() {
            template.typed_content = true;
            template.typed_content = template.shows_content();
        }
        Ok(template)
    }

    /// Whether what a user writes comes out of the template.
    fn shows_content(&self) -> bool {
        const PROBE: &str = "a question";
        self.render(&[Message::text(council_core::Role::User, PROBE)], &[], true)
            .is_ok_and(|prompt| prompt.contains(PROBE))
    }

    /// The ChatML format, for models whose file has no template. It knows no tools and no default system message.
    ///
    /// # Errors
    /// None in practice; the signature is that of [`new`](Self::new).
    pub fn chatml() -> Result<Self, TemplateError> {
        Self::new(CHATML, None, Some("<|im_end|>"))
    }

    /// Sets today's date, `YYYY-MM-DD`, for templates that ask by `strftime_now`. Without it that function does not
    /// exist, which templates take as "use the date that I was published with"; the prompt, and with it the prefix
    /// cache, then stays the same from day to day.
    ///
    /// # Errors
    /// [`TemplateError::Date`].
    pub fn with_date(mut self, date: &str) -> Result<Self, TemplateError> {
        let date = Date::parse(date).ok_or_else(|| TemplateError::Date(date.to_owned()))?;
        self.env
            .add_function("strftime_now", move |format: &str| date.format(format));
        Ok(self)
    }

    /// Names the control tokens of the model's vocabulary (llama.cpp's attributes `CONTROL` and `UNKNOWN`; user-defined
    /// tokens are ordinary text to it), so that [`render_segments`](Self::render_segments) finds
    /// exactly those. Without this it takes everything of the form `<|…|>` for one, and `bos` and `eos`.
    pub fn with_control_tokens(mut self, tokens: impl IntoIterator<Item = String>) -> Self {
        let mut exact: HashSet<String> = tokens.into_iter().collect();
        exact.extend([self.bos.clone(), self.eos.clone()]);
        self.control = ControlTokens::exact(exact);
        self
    }

    /// For a model that sees images: they come out as segments of their own. What the model puts around an image is
    /// its projector's business, so a message's content is given to the template as one text.
    pub fn with_images(mut self, sees: bool) -> Self {
        self.sees = sees;
        self
    }

    /// The prompt as one text. `add_generation_prompt` ends it with the beginning of an assistant message.
    ///
    /// Content that is spelt like a control token cannot be told from the template's own; use
    /// [`render_segments`](Self::render_segments) for everything that reaches a model.
    ///
    /// # Errors
    /// [`TemplateError::Refused`], [`TemplateError::Failed`], [`TemplateError::Image`].
    pub fn render(
        &self,
        messages: &[Message],
        tools: &[ToolSpec],
        add_generation_prompt: bool,
    ) -> Result<String, TemplateError> {
        let conversation = values::Conversation {
            messages,
            tools,
            nine_char_ids: self.nine_char_ids,
            typed_content: self.typed_content,
        };
        self.run(&conversation, add_generation_prompt, &mut Plain)
    }

    /// The prompt in segments, so that nobody can end a message or forge another role by writing control tokens
    /// into a message, a tool result or a tool's description.
    ///
    /// Text spelt like a control token is replaced by a private-use character before the template runs (so that
    /// trimming and slicing cannot tear it) and put back as a [`Segment::Content`] after. Where no such text occurs,
    /// which is nearly always, the result is a single [`Segment::Template`] with what [`render`](Self::render) gives.
    ///
    /// # Errors
    /// As [`render`](Self::render).
    pub fn render_segments(
        &self,
        messages: &[Message],
        tools: &[ToolSpec],
        add_generation_prompt: bool,
    ) -> Result<Vec<Segment>, TemplateError> {
        let conversation = values::Conversation {
            messages,
            tools,
            nine_char_ids: self.nine_char_ids,
            typed_content: self.typed_content,
        };
        let mut masked = Masked {
            control: &self.control,
            sees: self.sees,
            masks: control::Masks::default(),
        };
        let rendered = self.run(&conversation, add_generation_prompt, &mut masked)?;
        Ok(masked.masks.unmask(rendered))
    }

    fn run(
        &self,
        conversation: &values::Conversation<'_>,
        add_generation_prompt: bool,
        content: &mut dyn Outside,
    ) -> Result<String, TemplateError> {
        let messages = conversation.messages_value(content)?;
        let tools = conversation.tools_value(content);
        let context = Value::from_pairs([
            ("messages", messages),
            ("tools", tools),
            ("documents", Value::from(())),
            ("add_generation_prompt", Value::from(add_generation_prompt)),
            ("bos_token", Value::from(self.bos.as_str())),
            ("eos_token", Value::from(self.eos.as_str())),
        ]);
        let template = self.env.get_template(NAME).map_err(|error| failed(&error))?;
        template.render(context).map_err(|error| failed(&error))
    }
}

/// What comes from outside on its way into a template.
trait Outside {
    /// A text.
    fn text(&mut self, text: &str) -> String;
    /// An image; `None` where there can be none.
    fn image(&mut self, url: &str) -> Option<char>;
}

/// As it is.
struct Plain;

impl Outside for Plain {
    fn text(&mut self, text: &str) -> String {
        text.to_owned()
    }
    fn image(&mut self, _url: &str) -> Option<char> {
        None
    }
}

/// With stand-ins for control tokens and images.
struct Masked<'a> {
    control: &'a ControlTokens,
    sees: bool,
    masks: control::Masks,
}

impl Outside for Masked<'_> {
    fn text(&mut self, text: &str) -> String {
        self.masks.mask(self.control, text)
    }
    fn image(&mut self, url: &str) -> Option<char> {
        self.sees.then(|| self.masks.image(url)).flatten()
    }
}

/// Marks an error that the template raised on purpose.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Raised(String);

fn raise_exception(message: String) -> Result<Value, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, message.clone()).with_source(Raised(message)))
}

/// Python's signature: `tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False)`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the template engine hands keyword arguments over by value"
)]
fn to_json_filter(value: &Value, indent: Option<u32>, options: Kwargs) -> Result<String, Error> {
    let layout = python::JsonLayout {
        indent: indent.or(options.get("indent")?),
        separators: options.get("separators")?,
        ensure_ascii: options.get::<Option<bool>>("ensure_ascii")?.unwrap_or(false),
        sort_keys: options.get::<Option<bool>>("sort_keys")?.unwrap_or(false),
    };
    options.assert_all_used()?;
    python::json_dumps(value, &layout)
}

fn failed(error: &Error) -> TemplateError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(Raised(message)) = inner.downcast_ref() {
            return TemplateError::Refused(message.clone());
        }
        cause = inner.source();
    }
    TemplateError::Failed(describe(error))
}

/// The error and its causes on one line.
fn describe(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

/// `transformers` marks the assistant's part for training by `{% generation %} … {% endgeneration %}`, which has no
/// effect on the text; a condition that always holds trims whitespace in the same way.
fn without_generation_tags(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("{%") {
        let (before, tag) = rest.split_at(start);
        out.push_str(before);
        let end = tag.find("%}").map_or(tag.len(), |end| end + 2);
        let (tag, after) = tag.split_at(end);
        match tag.trim_matches(['{', '%', '}', '-', '+']).trim() {
            "generation" => out.push_str(&tag.replacen("generation", "if true", 1)),
            "endgeneration" => out.push_str(&tag.replacen("endgeneration", "endif", 1)),
            _ => out.push_str(tag),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
