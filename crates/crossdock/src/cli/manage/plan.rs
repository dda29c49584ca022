//! From a command line to requests.

use serde_json::Value as JsonValue;

use super::args::ManageArgs;
use super::attributes::{self, Attributes};
use super::types::full_name;
use crate::management_client::{Request, Value};

/// What to do with an agent.
#[derive(Debug, PartialEq)]
pub(super) enum Plan {
    /// QUERY, page by page.
    Query { entity_type: Option<String>, attributes: Vec<String> },
    /// One request for each entity. `many`: they came as a list, and so goes what is printed.
    Entities { operation: Operation, entities: Vec<Entity>, many: bool },
    /// One request that needs nothing else.
    Request(Request),
}

/// An operation on entities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operation {
    Create,
    Read,
    Update,
    Delete,
}

impl Operation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Operation::Create => "CREATE",
            Operation::Read => "READ",
            Operation::Update => "UPDATE",
            Operation::Delete => "DELETE",
        }
    }
}

/// Which entity, and its attributes if there are any to be set.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Entity {
    /// The full name of the type.
    pub(super) entity_type: Option<String>,
    pub(super) name: Option<String>,
    pub(super) identity: Option<String>,
    pub(super) attributes: Attributes,
}

impl Plan {
    /// Makes sense of the arguments. `stdin` is read if they say so. The error is about the command line.
    pub(super) fn new(args: &ManageArgs, stdin: impl FnOnce() -> std::io::Result<String>) -> Result<Plan, String> {
        let Some(operation) = args.operation.as_deref() else { return Err(String::from("No operation specified")) };
        let node = ["GET-TYPES", "GET-ATTRIBUTES", "GET-OPERATIONS", "GET-ANNOTATIONS", "GET-MGMT-NODES"];
        let upper = operation.to_ascii_uppercase();
        let entities = match upper.as_str() {
            "QUERY" => return Ok(query(args)),
            "CREATE" => Operation::Create,
            "READ" => Operation::Read,
            "UPDATE" => Operation::Update,
            "DELETE" => Operation::Delete,
            name if node.contains(&name) => return Ok(Plan::Request(to_node(args, name)?)),
            _ => return Ok(Plan::Request(any(args, operation)?)),
        };
        // What is wrong with them must be known before anything is changed.
        with_extras(Request::new(upper), args)?;
        let reads_attributes = matches!(entities, Operation::Create | Operation::Update);
        if args.stdin {
            let text = stdin().map_err(|error| format!("stdin: {error}"))?;
            return from_stdin(args, entities, &text);
        }
        if !reads_attributes && !args.arguments.is_empty() {
            return Err(format!("Unexpected arguments: {}", args.arguments.join(" ")));
        }
        let entity = entity(args, attributes::parse(&args.arguments))?;
        Ok(Plan::Entities { operation: entities, entities: vec![entity], many: false })
    }
}

impl Entity {
    /// The request that does the operation on the entity.
    pub(super) fn request(&self, operation: Operation, args: &ManageArgs) -> Result<Request, String> {
        let mut request = Request::new(operation.name());
        if let Some(entity_type) = &self.entity_type {
            request = request.with("type", entity_type.as_str());
        }
        // An identity says more than a name.
        match (&self.identity, &self.name, operation) {
            (Some(identity), _, Operation::Read | Operation::Update | Operation::Delete) => {
                request = request.with("identity", identity.as_str());
            }
            (_, Some(name), _) => request = request.with("name", name.as_str()),
            (_, None, _) => {}
        }
        let request = request.with_body(Value::Map(self.attributes.clone()));
        with_extras(request, args)
    }
}

fn query(args: &ManageArgs) -> Plan {
    let attributes = args.arguments.iter().chain(&args.attributes).filter(|name| !name.is_empty()).cloned().collect();
    Plan::Query { entity_type: args.r#type.as_deref().map(full_name), attributes }
}

/// A request about types rather than entities.
fn to_node(args: &ManageArgs, operation: &str) -> Result<Request, String> {
    let mut request = Request::to_node(operation);
    match (args.r#type.as_deref(), args.arguments.as_slice()) {
        (Some(name), []) => request = request.with("entityType", full_name(name).as_str()),
        (None, [name]) => request = request.with("entityType", name.as_str()),
        (None, []) => {}
        (_, more) => return Err(format!("Unexpected arguments: {}", more.join(" "))),
    }
    with_extras(request, args)
}

/// Any other operation, for routers that know it.
fn any(args: &ManageArgs, operation: &str) -> Result<Request, String> {
    let mut request = Request::new(operation);
    if let Some(entity_type) = &args.r#type {
        request = request.with("type", full_name(entity_type).as_str());
    }
    for (name, value) in [("name", &args.name), ("identity", &args.identity)] {
        if let Some(value) = value {
            request = request.with(name, value.as_str());
        }
    }
    for (name, value) in attributes::parse(&args.arguments) {
        request = request.with(&name, value);
    }
    if args.limit > 0 {
        request = request.with("limit", args.limit);
    }
    with_extras(request, args)
}

/// What --properties and --body say.
fn with_extras(mut request: Request, args: &ManageArgs) -> Result<Request, String> {
    if let Some(text) = &args.properties {
        let wrong = "--properties: give a JSON map of text and numbers";
        let JsonValue::Object(map) = serde_json::from_str(text).map_err(|error| format!("{wrong}: {error}"))? else {
            return Err(String::from(wrong));
        };
        for (name, value) in &map {
            let value = Value::from_json(value);
            if value.to_property().is_none() {
                return Err(String::from(wrong));
            }
            request = request.with(name, value);
        }
    }
    if let Some(text) = &args.body {
        let json: JsonValue =
            serde_json::from_str(text).map_err(|error| format!("--body: this is no JSON: {error}"))?;
        request = request.with_body(Value::from_json(&json));
    }
    Ok(request)
}

fn from_stdin(args: &ManageArgs, operation: Operation, text: &str) -> Result<Plan, String> {
    let json: JsonValue = serde_json::from_str(text).map_err(|error| format!("stdin: this is no JSON: {error}"))?;
    let one = |json: &JsonValue| match Value::from_json(json) {
        Value::Map(attributes) => entity(args, attributes),
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Real(_) | Value::Text(_) | Value::List(_) => {
            Err(String::from("stdin: give a JSON map of attributes, or a list of such maps"))
        }
    };
    let (entities, many) = match json.as_array() {
        Some(maps) => (maps.iter().map(one).collect::<Result<_, _>>()?, true),
        None => (vec![one(&json)?], false),
    };
    Ok(Plan::Entities { operation, entities, many })
}

/// Type, name and identity may be options or attributes.
fn entity(args: &ManageArgs, mut attributes: Attributes) -> Result<Entity, String> {
    for (name, value) in &mut attributes {
        if let ("type", Value::Text(text)) = (name.as_str(), &*value) {
            *value = Value::Text(full_name(text));
        }
    }
    let given = |option: &Option<String>, name: &str| -> Result<Option<String>, String> {
        let attribute = attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        match (option, attribute.and_then(Value::as_text)) {
            (Some(option), Some(attribute)) if option != attribute => {
                Err(format!("--{name} {option} or {name}={attribute}? Give one of them"))
            }
            (Some(text), _) => Ok(Some(text.clone())),
            (None, attribute) => Ok(attribute.map(str::to_owned)),
        }
    };
    let option = args.r#type.as_deref().map(full_name);
    Ok(Entity {
        entity_type: given(&option, "type")?,
        name: given(&args.name, "name")?,
        identity: given(&args.identity, "identity")?,
        attributes,
    })
}
