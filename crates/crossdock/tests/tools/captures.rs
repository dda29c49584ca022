//! What was recorded; `tests/captures/README.md` tells how.

use fe2o3_amqp_types::primitives::Value;
use serde_json::Value as Json;

use crate::captures;
use crate::router::{Answer, Asked, Router};

/// Properties that tell one request from another.
const TELLING: [&str; 4] = ["entityType", "type", "name", "identity"];

/// One run of a stock tool.
pub(crate) struct Capture(Json);

impl Capture {
    pub(crate) fn read(name: &str) -> Self {
        let path = captures().join(format!("{name}.json"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Capture(serde_json::from_str(&text).unwrap())
    }

    /// All captures, by name.
    pub(crate) fn names() -> Vec<String> {
        let files = std::fs::read_dir(captures()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = files.filter_map(|file| file.strip_suffix(".json").map(str::to_owned)).collect();
        names.sort();
        names
    }

    pub(crate) fn tool(&self) -> &str {
        self.0["tool"].as_str().unwrap()
    }

    pub(crate) fn arguments(&self) -> Vec<&str> {
        self.0["arguments"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap()).collect()
    }

    pub(crate) fn status(&self) -> Option<i32> {
        Some(i32::try_from(self.0["status"].as_i64().unwrap()).unwrap())
    }

    /// What the tool printed; the time at the beginning is `TIME`.
    pub(crate) fn stdout(&self) -> String {
        let lines = self.0["stdout"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// A router that answers as the recorded one did. Where it was asked the same twice, the tool showed the first answer.
    pub(crate) fn router(&self) -> Router {
        let exchanges = self.0["exchanges"].as_array().unwrap().clone();
        Router::start(move |asked| {
            let recorded = exchanges.iter().filter(|exchange| is_same(exchange, asked));
            let mut answers = recorded.map(|exchange| (exchange, body(exchange)));
            let Some((exchange, body)) = answers.find(|(_, body)| has_all(body, &asked.body)) else {
                return Some(Answer::new(501, "not recorded", Value::Null));
            };
            let status = i32::try_from(exchange["statusCode"].as_i64().unwrap()).unwrap();
            Some(Answer::new(status, exchange["statusDescription"].as_str().unwrap(), body))
        })
    }
}

fn is_same(exchange: &Json, asked: &Asked) -> bool {
    let recorded = |name: &str| exchange[name].as_str().unwrap_or_default().to_owned();
    recorded("address") == asked.address
        && recorded("operation") == asked.property("operation").to_ascii_uppercase()
        && TELLING.iter().all(|name| recorded(name) == asked.property(name))
}

fn body(exchange: &Json) -> Value {
    serde_amqp::from_slice(&unhex(exchange["body"].as_str().unwrap())).unwrap()
}

/// Whether rows that were recorded have the attributes that a QUERY asks for.
fn has_all(recorded: &Value, asked: &Value) -> bool {
    let names = |body: &Value| {
        let Value::Map(map) = body else { return Vec::new() };
        let Some(Value::List(names)) = map.get(&Value::String(String::from("attributeNames"))) else {
            return Vec::new();
        };
        names.clone()
    };
    let recorded = names(recorded);
    names(asked).iter().all(|name| recorded.contains(name))
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
