//! A server that all kinds of things happen to, so that every metric has something to count.

use super::server;
use crate::cloud::StandIn;
use crate::program::{Server, World};
use serde_json::json;

/// A server, and who answers for a model elsewhere.
pub(super) struct Busy {
    pub(super) server: Server,
    _world: World,
    _stand_in: StandIn,
}

impl Busy {
    /// With caps, a remote model that costs money and answers, and one that nobody answers for.
    pub(super) fn start() -> Self {
        let (world, stand_in) = (World::new(), StandIn::start());
        let lines = format!(
            "[budget]\ndaily_usd = 10\nmonthly_usd = 100\n[[remote]]\nid = \"near\"\nprovider = \"stand-in\"\n\
             base_url = \"http://{}/v1\"\nmodel = \"m\"\ncontext_tokens = 4096\ninput_usd_per_million = 1\n\
             output_usd_per_million = 1\n",
            stand_in.address
        );
        let mut server = server(&world, &lines);
        server.read_log();
        Self {
            server,
            _world: world,
            _stand_in: stand_in,
        }
    }

    /// A bit of everything.
    pub(super) fn live(&self, round: u32) {
        let post = |path: &str, body: serde_json::Value| self.server.post(path, &body.to_string());
        let conversation =
            json!({"session_id": "busy", "prompt": format!("my sister Ada lives in Oslo {round}")});
        post("/hybrid", conversation);
        post("/hybrid", json!({"prompt": format!("what is {round} times 17?")}));
        post("/hybrid?stream=true", json!({"prompt": "one two three"}));
        post(
            "/v1/chat/completions",
            json!({"model": "near", "messages": [{"role": "user", "content": "write to ada@example.org"}]}),
        );
        post(
            "/orchestrate",
            json!({"prompt": "hello", "route": ["far", "echo"]}),
        );
        post("/hybrid", json!({"prompt": "hello", "model": "far"}));
        post("/vote", json!({"prompt": "is two even?"}));
        post(
            "/v1/memory",
            json!({"text": format!("the kettle is blue, {round} times")}),
        );
        post("/v1/memory/search", json!({"query": "kettle"}));
        post("/v1/tools/memory_load", json!({"query": "kettle"}));
        post("/v1/tools/no_such_tool", json!({}));
        post(
            "/v1/sandbox/run",
            json!({"language": "python", "code": "print(6 * 7)"}),
        );
        post("/v1/sandbox/run", json!({"language": "none", "code": ""}));
        self.server.get("/v1/system");
        self.server.get("/nowhere");
    }
}
