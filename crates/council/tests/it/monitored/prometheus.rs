//! A Prometheus that scrapes a server once a second, with the rules of `deploy/prometheus`.

use super::{deployed, tool};
use crate::program::{Server, World};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Child;

/// Ends when it is dropped.
pub(super) struct Prometheus {
    child: Child,
    address: String,
    _world: World,
}

impl Prometheus {
    /// Watches this server from now on.
    pub(super) fn of(server: &Server) -> Self {
        let world = World::new();
        let read = |name: &str| std::fs::read_to_string(deployed("prometheus").join(name)).unwrap();
        let config = read("prometheus.yml")
            .replace("council:9000", server.address())
            .replace("15s", "1s");
        assert!(config.contains(server.address()), "{config}");
        std::fs::write(world.path().join("prometheus.yml"), config).unwrap();
        let rules = read("rules.yml").replace("interval: 15s", "interval: 1s");
        std::fs::write(world.path().join("rules.yml"), rules).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (config, data) = (world.path().join("prometheus.yml"), world.path().join("data"));
        let child = tool(
            "prometheus",
            &[
                &format!("--config.file={}", config.display()),
                &format!("--storage.tsdb.path={}", data.display()),
                &format!("--web.listen-address={free}"),
                "--log.level=error",
            ],
        );
        let mut prometheus = Self {
            child,
            address: free.to_string(),
            _world: world,
        };
        while prometheus.ask("/-/ready").is_none_or(|(status, _)| status != 200) {
            if let Some(status) = prometheus.child.try_wait().unwrap() {
                unreachable!("prometheus ended with {status}");
            }
            std::thread::yield_now();
        }
        prometheus
    }

    /// The samples that an expression has now.
    ///
    /// # Errors
    /// What Prometheus says of an expression that it does not take.
    pub(super) fn query(&self, expression: &str) -> Result<Vec<Value>, String> {
        let encoded = expression.bytes().fold(String::new(), |mut text, byte| {
            write!(text, "%{byte:02X}").unwrap();
            text
        });
        let (_, answer) = self.ask(&format!("/api/v1/query?query={encoded}")).unwrap();
        if answer["status"] != "success" {
            return Err(answer["error"].to_string());
        }
        Ok(answer["data"]["result"].as_array().cloned().unwrap_or_default())
    }

    /// All rules, as Prometheus has them.
    pub(super) fn rules(&self) -> Vec<Value> {
        let (_, answer) = self.ask("/api/v1/rules").unwrap();
        let groups = answer["data"]["groups"].as_array().unwrap().clone();
        let rules = |group: &Value| group["rules"].as_array().unwrap().clone();
        groups.iter().flat_map(rules).collect()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the test's own connection, to a program of its own"
    )]
    /// Status and body of `GET path`; `None` while nobody listens.
    fn ask(&self, path: &str) -> Option<(u16, Value)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        // HTTP/1.0: the body is not sent in chunks.
        let request = format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, serde_json::from_str(body).unwrap_or_default()))
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether there is a sample that is a number.
pub(super) fn shows_something(samples: &[Value]) -> bool {
    samples.iter().any(|sample| sample["value"][1] != "NaN")
}
