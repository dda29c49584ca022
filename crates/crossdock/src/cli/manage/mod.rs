//! `crossdock manage`: reads and changes the configuration of a running router.
//!
//! `args` ─► [`plan::Plan`]: which requests ─► here: send them, print what comes back. The types of attributes come from the
//! schema of the router that is asked (`attributes`), not from this program.

mod args;
mod attributes;
mod plan;
mod types;

use std::io::{self, Write as _};
use std::process::ExitCode;

pub(crate) use args::ManageArgs;

use self::attributes::TypeSchema;
use self::plan::{Entity, Operation, Plan};
use super::failure::{Failure, Style, run_client};
use super::json::to_json;
use crate::management_client::{Agent, ClientError, Query, Request, Response, Rows, Value};

/// Runs `crossdock manage`, or what is called qdmanage.
pub(super) fn run(args: &ManageArgs, style: Style) -> ExitCode {
    run_client("manage", style, manage(args))
}

async fn manage(args: &ManageArgs) -> Result<(), Failure> {
    let plan = Plan::new(args, || io::read_to_string(io::stdin())).map_err(Failure::Usage)?;
    let mut session = args.connection.connect().await?;
    let mut agent = session.target(&args.target).await?;
    match plan {
        Plan::Query { entity_type, attributes } => {
            let attributes: Vec<_> = attributes.iter().map(String::as_str).collect();
            let query = Query { entity_type: entity_type.as_deref(), attributes: &attributes, limit: args.limit };
            let rows = agent.query(query).await?;
            print(&entities(&rows), args)?;
        }
        Plan::Request(request) => {
            let answer = send(&mut agent, request, args).await?;
            print(&answer, args)?;
        }
        Plan::Entities { operation, entities, many } => {
            let mut schema = None;
            let mut answers = Vec::new();
            for entity in entities {
                let entity = typed(&mut agent, entity, operation, &mut schema).await?;
                let request = entity.request(operation, args).map_err(Failure::Usage)?;
                let answer = send(&mut agent, request, args).await?;
                if operation != Operation::Delete || args.raw {
                    answers.push(answer);
                }
            }
            match answers.pop() {
                Some(answer) if many => {
                    answers.push(answer);
                    print(&Value::List(answers), args)?;
                }
                Some(answer) => print(&answer, args)?,
                None => {}
            }
        }
    }
    session.close().await;
    Ok(())
}

/// Gives the attributes the types of the router's schema. `schema` keeps it for the next entity.
async fn typed(
    agent: &mut Agent,
    entity: Entity,
    operation: Operation,
    schema: &mut Option<Value>,
) -> Result<Entity, Failure> {
    let Some(entity_type) = entity.entity_type.clone() else { return Ok(entity) };
    if operation == Operation::Read || operation == Operation::Delete || entity.attributes.is_empty() {
        return Ok(entity);
    }
    if schema.is_none() {
        // A router that has no schema to show has to make do with text.
        let response = agent.ask(Request::to_node("GET-SCHEMA")).await?;
        *schema = Some(if response.status == 200 { response.body } else { Value::Null });
    }
    let known = schema.as_ref().and_then(|schema| TypeSchema::find(schema, types::schema_name(&entity_type)));
    let Some(known) = known else { return Ok(entity) };
    let attributes = known.apply(entity.attributes).map_err(ClientError::Attribute)?;
    Ok(Entity { attributes, ..entity })
}

async fn send(agent: &mut Agent, request: Request, args: &ManageArgs) -> Result<Value, Failure> {
    if !args.raw {
        return Ok(agent.call(request).await?.body);
    }
    let Response { status, description, body } = agent.ask(request).await?;
    Ok(Value::Map(vec![
        (String::from("statusCode"), Value::Integer(status)),
        (String::from("statusDescription"), Value::Text(description)),
        (String::from("body"), body),
    ]))
}

/// A map for each row, without what is null.
fn entities(rows: &Rows) -> Value {
    let present = |(name, value): (&str, &Value)| (!value.is_null()).then(|| (name.to_owned(), value.clone()));
    Value::List(rows.iter().map(|row| Value::Map(row.entries().filter_map(present).collect())).collect())
}

/// Text as it is, all else as JSON.
fn print(value: &Value, args: &ManageArgs) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match value.as_text() {
        Some(text) => writeln!(out, "{text}"),
        None => writeln!(out, "{}", to_json(value, args.indent())),
    }
}
