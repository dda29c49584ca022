//! Management requests.

use std::ops::ControlFlow;

use crossdock_amqp::codec::walk::{self, Budget};
use crossdock_management::{
    Change, ConfigRow, Explanation, Key, LogLine, NewEntity, Record, Refusal, Report, Rule, Store, Trace, TraceRequest,
    handle_request,
};
use crossdock_schema::{Entity, EntityKind, Log, LogModule, RouterMode};

/// The bytes as a request: whatever the answer is, it is a message, and no longer than it should be.
pub fn management(data: &[u8]) {
    // Routers send reports to the same address.
    let _ = Report::decode(data);
    let Some(response) = handle_request(data, &mut OneLog(log(None))) else { return };
    let mut rest = &response.message[..];
    while !rest.is_empty() {
        let length = walk::value(rest, &mut Budget { depth: 24, elements: 1 << 20 }).expect("our own message");
        rest = &rest[length..];
    }
    let most = if response.problem.is_some() { 4096 } else { 200_000 };
    assert!(response.message.len() < most + data.len(), "{} bytes", response.message.len());
}

/// A router of which no more is known than how one module logs.
struct OneLog(Log);

const IDENTITY: &str = "log/AGENT";

fn log(enable: Option<String>) -> Log {
    Log {
        module: LogModule::Agent,
        enable,
        include_timestamp: None,
        include_source: None,
        output_file: None,
        name: None,
        identity: None,
    }
}

impl Store for OneLog {
    fn router_id(&self) -> &str {
        "A"
    }

    fn mode(&self) -> RouterMode {
        RouterMode::Interior
    }

    fn for_each_router(&self, visit: &mut dyn FnMut(&str)) {
        visit("B");
    }

    fn count(&self, kind: EntityKind) -> usize {
        usize::from(kind == EntityKind::Log)
    }

    fn for_each_row(&self, kind: EntityKind, from: usize, visit: &mut dyn FnMut(&dyn Record) -> ControlFlow<()>) {
        if kind == EntityKind::Log && from == 0 {
            let _ = visit(&ConfigRow { entity: &self.0, identity: IDENTITY, name: None });
        }
    }

    fn find(&self, kind: EntityKind, key: Key<'_>, visit: &mut dyn FnMut(&dyn Record)) -> bool {
        let (Key::Name(text) | Key::Identity(text)) = key;
        let is_meant = kind == EntityKind::Log && text == IDENTITY;
        if is_meant {
            visit(&ConfigRow { entity: &self.0, identity: IDENTITY, name: None });
        }
        is_meant
    }

    fn configured(&self, _kind: EntityKind, _identity: &str) -> Option<Entity> {
        Some(Entity::Log(self.0.clone()))
    }

    fn create(&mut self, _entity: NewEntity) -> Result<String, Refusal> {
        Ok(String::from(IDENTITY))
    }

    fn update(&mut self, identity: &str, change: Change) -> Result<(), Refusal> {
        assert_eq!(identity, IDENTITY);
        let Change::Log(log) = change else { panic!("there is only a log") };
        self.0 = log;
        Ok(())
    }

    fn delete(&mut self, kind: EntityKind, _identity: &str) -> Result<(), Refusal> {
        panic!("a {} cannot be deleted", kind.entity_type().name);
    }

    fn explain(&self, address: &str, _: Option<&str>) -> Explanation {
        Explanation {
            key: address.to_owned(),
            rule: Rule::Default,
            treatment: "balanced",
            priority: None,
            in_use: false,
            companions: Vec::new(),
            consumer_count: 0,
            consumers: Vec::new(),
            producer_count: 0,
            producers: Vec::new(),
            routers: Vec::new(),
            next: Vec::new(),
            why: Vec::new(),
        }
    }

    fn trace(&mut self, _: &TraceRequest<'_>) -> Result<Option<Trace>, Refusal> {
        Ok(Some(Trace::default()))
    }

    fn for_each_log_line(&self, visit: &mut dyn FnMut(&LogLine<'_>) -> ControlFlow<()>) {
        let line = LogLine { module: "AGENT", level: "info", text: "line", source: None, time: 0 };
        let _ = visit(&line).is_continue() && visit(&line).is_continue();
    }
}
