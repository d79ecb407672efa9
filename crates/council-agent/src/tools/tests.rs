//! Which tools can be put together, and which of them are offered.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use async_trait::async_trait;
use serde_json::json;

struct Named(ToolDescription);

#[async_trait]
impl Tool for Named {
    fn spec(&self) -> &ToolDescription {
        &self.0
    }

    async fn call(&self, _: Value, _: &ToolContext) -> Result<ToolOutput, ToolError> {
        Ok(ToolOutput::text(self.0.name.clone()))
    }
}

fn named(name: &str, effect: Effect) -> Arc<dyn Tool> {
    Arc::new(Named(ToolDescription {
        name: name.to_owned(),
        description: String::new(),
        parameters: json!({}),
        effect,
    }))
}

fn toolbox(tools: Vec<Arc<dyn Tool>>, allow_effects: Effect) -> Result<Toolbox, ToolboxError> {
    let limits = ToolLimits {
        allow_effects,
        ..ToolLimits::default()
    };
    Toolbox::new(
        tools,
        limits,
        ToolMetrics::register(&prometheus::Registry::new()).unwrap(),
    )
}

#[test]
fn two_tools_of_one_name_and_names_that_cannot_be_called_are_refused() {
    for (names, expected) in [
        (["a", "a"], ToolboxError::Taken("a".to_owned())),
        (["a", ""], ToolboxError::Name(String::new())),
        (["a", "b c"], ToolboxError::Name("b c".to_owned())),
        (["a", "é"], ToolboxError::Name("é".to_owned())),
    ] {
        let tools = names.map(|name| named(name, Effect::ReadOnly)).to_vec();
        assert_eq!(toolbox(tools, Effect::Egress).err(), Some(expected));
    }
}

#[test]
fn what_is_allowed_goes_up_to_an_effect_and_what_is_named_beyond_it() {
    let tools = || {
        let effects = Effect::ALL.into_iter();
        effects.map(|effect| named(effect.as_str(), effect)).collect()
    };
    let names = |toolbox: &Toolbox, which: &WhichTools| -> Vec<String> {
        let offered = toolbox.offered(which).into_iter();
        offered.map(|tool| tool.name).collect()
    };
    let all = Effect::ALL.map(Effect::as_str);
    for (strongest, many) in Effect::ALL.into_iter().zip(1..) {
        let toolbox = toolbox(tools(), strongest).unwrap();
        assert_eq!(names(&toolbox, &WhichTools::Allowed), all[..many]);
        let wanted = WhichTools::Named(vec!["egress".to_owned(), "none".to_owned(), "writes".to_owned()]);
        assert_eq!(names(&toolbox, &wanted), ["writes", "egress"]);
    }
}
