//! `crossdock check`: everything that is wrong with a configuration, or what it amounts to.

use std::path::Path;
use std::process::ExitCode;

use crossdock_schema::{Address, Configuration, Connector, Listener, Log, Role, SchemaError, Warning, port_number};
use serde_json::{Value, json};

use super::paint::Paint;
use super::read::{ReadError, read};

pub(super) fn run(config: &Path, as_json: bool) -> ExitCode {
    let result = read(config);
    if as_json {
        println!("{}", report(config, &result));
    } else {
        match &result {
            Ok((configuration, warnings)) => print_success(config, configuration, warnings),
            Err(error) => {
                print_errors(error);
                eprintln!("{}", error.summary(config));
            }
        }
    }
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes each error to stderr.
pub(super) fn print_errors(error: &ReadError) {
    let label = Paint::on(&std::io::stderr()).red("error");
    for line in error.to_string().lines() {
        eprintln!("{label}: {line}");
    }
}

fn print_success(config: &Path, configuration: &Configuration, warnings: &[Warning]) {
    let label = Paint::on(&std::io::stderr()).yellow("warning");
    for warning in warnings {
        eprintln!("{label}: {warning}");
    }
    println!("{} {}", config.display(), Paint::on(&std::io::stdout()).green("can be run"));
    for (kind, text) in summary(configuration) {
        println!("  {kind:<9} {text}");
    }
}

/// One line for the router and for each section that does something.
fn summary(configuration: &Configuration) -> Vec<(&'static str, String)> {
    let router = &configuration.router;
    let id = router.id.as_deref().unwrap_or("(id chosen at start)");
    let mut lines = vec![("router", format!("{id}, mode {}, {} worker threads", router.mode, router.worker_threads))];
    lines.extend(configuration.listeners.iter().map(|located| ("listener", listener(&located.value))));
    lines.extend(configuration.connectors.iter().map(|located| ("connector", connector(&located.value))));
    if configuration.listeners.is_empty() {
        lines.push(("listener", String::from("none: nobody can connect")));
    }
    lines.extend(configuration.addresses.iter().map(|located| ("address", address(&located.value))));
    lines.push(("address", format!("all others: {}", router.default_distribution)));
    let policy = &configuration.policy;
    let size = match policy.max_message_size {
        0 => String::from("messages of any size"),
        bytes => format!("messages up to {bytes} bytes"),
    };
    lines.push(("policy", format!("up to {} connections, {size}", policy.max_connections)));
    lines.extend(configuration.logs.iter().map(|located| ("log", log(&located.value))));
    lines
}

fn listener(listener: &Listener) -> String {
    let host = if listener.host.is_empty() { "all addresses" } else { &listener.host };
    let mut text = place(host, &listener.port);
    if port_number(&listener.port) == Some(0) {
        text.push_str(" (chosen by the system)");
    }
    describe_party(&mut text, listener.role, listener.cost, listener.name.as_deref());
    text
}

fn connector(connector: &Connector) -> String {
    let mut text = format!("to {}", place(&connector.host, &connector.port));
    describe_party(&mut text, connector.role, connector.cost, connector.name.as_deref());
    text
}

fn place(host: &str, port: &str) -> String {
    let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
    match port_number(port) {
        Some(number) if number.to_string() != port => format!("{host}, port {port} ({number})"),
        Some(_) | None => format!("{host}, port {port}"),
    }
}

fn describe_party(text: &mut String, role: Role, cost: u32, name: Option<&str>) {
    if role != Role::Normal {
        text.push_str(&format!(", {role}, cost {cost}"));
    }
    if let Some(name) = name {
        text.push_str(&format!(", named {name}"));
    }
}

fn address(address: &Address) -> String {
    let which = match (&address.prefix, &address.pattern) {
        (Some(prefix), _) => format!("prefix {prefix}"),
        (None, pattern) => format!("pattern {}", pattern.as_deref().unwrap_or_default()),
    };
    let priority = address.priority.filter(|priority| *priority >= 0).map(|priority| format!(", priority {priority}"));
    format!("{which}: {}{}", address.distribution, priority.unwrap_or_default())
}

fn log(log: &Log) -> String {
    let levels = log.enable.as_deref().unwrap_or("levels as DEFAULT");
    let output = log.output_file.as_deref().map(|output| format!(" to {output}"));
    format!("{}: {levels}{}", log.module, output.unwrap_or_default())
}

fn report(config: &Path, result: &Result<(Configuration, Vec<Warning>), ReadError>) -> Value {
    let file = config.display().to_string();
    let mut warnings = Vec::new();
    let mut errors = Vec::new();
    let mut summary = Value::Null;
    match result {
        Ok((configuration, remarks)) => {
            warnings = remarks.iter().map(|w| remark(w.line, &w.entity, w.attribute.as_deref(), &w.problem)).collect();
            summary = values(configuration);
        }
        Err(ReadError::Invalid(problems)) => {
            let error = |e: &SchemaError| remark(e.line, &e.entity, e.attribute.as_deref(), &e.problem);
            errors = problems.iter().map(error).collect();
        }
        Err(ReadError::Unreadable { problem, .. }) => errors.push(remark(0, "", None, problem)),
        Err(ReadError::Empty { .. }) => errors.push(remark(0, "", None, "Configuration file was empty")),
    }
    json!({"file": file, "valid": result.is_ok(), "errors": errors, "warnings": warnings, "configuration": summary})
}

/// `line` and `entity` are null where they mean nothing.
fn remark(line: u32, entity: &str, attribute: Option<&str>, problem: &str) -> Value {
    let line = Some(line).filter(|line| *line > 0);
    let entity = Some(entity).filter(|entity| !entity.is_empty());
    json!({"line": line, "entity": entity, "attribute": attribute, "problem": problem})
}

/// All attributes of all sections, defaults filled in and secrets masked.
fn values(configuration: &Configuration) -> Value {
    json!({
        "router": object(configuration.router.values()),
        "policy": object(configuration.policy.values()),
        "listener": configuration.listeners.iter().map(|located| object(located.value.values())).collect::<Vec<_>>(),
        "connector": configuration.connectors.iter().map(|located| object(located.value.values())).collect::<Vec<_>>(),
        "address": configuration.addresses.iter().map(|located| object(located.value.values())).collect::<Vec<_>>(),
        "log": configuration.logs.iter().map(|located| object(located.value.values())).collect::<Vec<_>>(),
    })
}

fn object(values: Vec<(&'static str, crossdock_schema::Value)>) -> Value {
    values.into_iter().map(|(name, value)| (name.to_owned(), to_json(&value))).collect()
}

fn to_json(value: &crossdock_schema::Value) -> Value {
    use crossdock_schema::Value as Configured;
    match value {
        Configured::Null => Value::Null,
        Configured::Boolean(truth) => json!(truth),
        Configured::Integer(number) => json!(number),
        Configured::Float(number) => json!(number),
        Configured::Text(text) => json!(text),
        Configured::List(items) => items.iter().map(to_json).collect(),
        Configured::Map(map) => map.iter().map(|(key, value)| (key.clone(), to_json(value))).collect(),
    }
}
