//! Takes the steps of a plan, and waits for what they are to bring about.

use std::collections::BTreeSet;
use std::time::Duration;

use crossdock_schema::{EntityKind, Value as Written};
use crossdock_topology::apply::{Action, Plan, Step, Until};
use crossdock_topology::live::{Entity, LiveMesh};
use tokio::time::{Instant, sleep};

use super::super::live::Asked;
use super::PAUSE;
use super::tell::Teller;
use crate::management_client::{ClientError, Request, Value};

/// How often a request is sent whose answer does not come: the way it takes may just have changed.
const TRIES: usize = 3;

/// What there is to be seen of what steps bring about.
const WATCHED: [EntityKind; 5] =
    [EntityKind::Connector, EntityKind::Connection, EntityKind::AutoLink, EntityKind::LinkRoute, EntityKind::Shard];

/// How it ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Done,
    /// At a step, by index, which was not done, or did not bring about what it was for.
    Stopped {
        at: usize,
        /// The step itself was done.
        is_done: bool,
        problem: String,
    },
}

/// Takes all steps.
pub(super) async fn perform(
    asked: &mut Asked,
    routers: &[String],
    plan: &Plan,
    patience: Duration,
    teller: &mut Teller<'_>,
) -> Outcome {
    let mut waits: Vec<(usize, Until)> = Vec::new();
    for (at, step) in plan.steps.iter().enumerate() {
        let until = match take(asked, step).await {
            Ok(until) => until,
            Err(problem) => return Outcome::Stopped { at, is_done: false, problem },
        };
        teller.tell_step(at);
        waits.extend(until.map(|until| (at, until)));
        let is_last_of_phase = plan.steps.get(at + 1).is_none_or(|next| next.phase != step.phase);
        if is_last_of_phase
            && let Err((at, problem)) = wait(asked, routers, plan, std::mem::take(&mut waits), patience, teller).await
        {
            return Outcome::Stopped { at, is_done: true, problem };
        }
    }
    Outcome::Done
}

/// Takes a step. What is returned is what to wait for.
async fn take(asked: &mut Asked, step: &Step) -> Result<Option<Until>, String> {
    let mut until = step.until.clone();
    if let Some(Until::Closed { connection }) = &mut until {
        *connection = connection_of(asked, step).await.map_err(|error| error.to_string())?;
    }
    match &step.action {
        Action::Create { values } => send(asked, step, create(step, values)).await?,
        Action::Delete { identity } => send(asked, step, delete(step, identity)).await?,
        Action::Replace { before, values } => {
            send(asked, step, delete(step, before.text("identity"))).await?;
            if let Err(problem) = send(asked, step, create(step, values)).await {
                let back = Request { body: body(former(before)), ..create(step, &[]) }.with("name", before.label());
                return match send(asked, step, back).await {
                    Ok(()) => Err(format!("{problem}; the old one is there again{}", without_secret(step, before))),
                    Err(also) => Err(format!("{problem}; and the old one could not be made again: {also}")),
                };
            }
        }
    }
    Ok(until)
}

/// What is said of one that was made again, if it may have had a password: routers show none.
fn without_secret(step: &Step, before: &Entity) -> &'static str {
    let has_secret = step.kind.entity_type().attributes.iter().any(|attribute| attribute.secret);
    if has_secret && !before.text("saslUsername").is_empty() { ", but without its password" } else { "" }
}

/// The number of the connection of the connector that a step removes.
async fn connection_of(asked: &mut Asked, step: &Step) -> Result<Option<String>, ClientError> {
    let Action::Delete { identity } = &step.action else { return Ok(None) };
    let state = asked.state(&step.router, &[EntityKind::Connector]).await?;
    let own = state.entities.iter().find(|entity| entity.text("identity") == identity);
    Ok(own.and_then(Entity::connection).map(str::to_owned))
}

fn create(step: &Step, values: &[(String, Written)]) -> Request {
    let request = Request::new("CREATE").with("type", step.kind.entity_type().wire_name);
    let values = values.iter().filter(|(name, _)| name != "name");
    let values = values.map(|(name, value)| (name.clone(), wire(value))).collect();
    request.with("name", step.name.as_str()).with_body(body(values))
}

fn delete(step: &Step, identity: &str) -> Request {
    Request::new("DELETE").with("type", step.kind.entity_type().wire_name).with("identity", identity)
}

fn body(values: Vec<(String, Value)>) -> Value {
    Value::Map(values)
}

/// What an entity was made of.
fn former(entity: &Entity) -> Vec<(String, Value)> {
    let attributes = entity.kind.entity_type().attributes.iter();
    let set = attributes.filter(|attribute| attribute.create && attribute.name != "name" && !attribute.secret);
    let given = set.map(|attribute| (attribute.name.to_owned(), entity.text(attribute.wire_name)));
    // Lists and maps are not shown in full.
    let known = given.filter(|(_, text)| !text.is_empty() && *text != "…");
    known.map(|(name, text)| (name, Value::text(text))).collect()
}

fn wire(value: &Written) -> Value {
    match value {
        Written::Null => Value::Null,
        Written::Boolean(truth) => Value::Boolean(*truth),
        Written::Integer(number) => Value::Integer((*number).into()),
        Written::Float(number) => Value::Real(*number),
        Written::Text(text) => Value::text(text),
        Written::List(items) => Value::List(items.iter().map(wire).collect()),
        Written::Map(entries) => Value::Map(entries.iter().map(|(key, value)| (key.clone(), wire(value))).collect()),
    }
}

/// Sends a request. If its answer was lost, it may have been done: then what it makes is there, what it removes is gone.
async fn send(asked: &mut Asked, step: &Step, request: Request) -> Result<(), String> {
    let mut lost = None;
    for _ in 0..TRIES {
        let answer = match asked.agent(&step.router).await {
            Ok(agent) => agent.call(request.clone()).await,
            Err(error) => Err(error),
        };
        let Err(error) = answer else { return Ok(()) };
        match Verdict::of(&request.operation, error, lost.is_some()) {
            Verdict::Done => return Ok(()),
            Verdict::DoneIfThere(_) if is_there(asked, step).await => return Ok(()),
            Verdict::DoneIfThere(problem) | Verdict::Refused(problem) => return Err(problem),
            Verdict::Again(error) => {
                asked.forget(&step.router);
                lost = Some(error);
            }
        }
    }
    Err(lost.map(|error| error.to_string()).unwrap_or_default())
}

/// What an error says of a request.
#[derive(Debug)]
enum Verdict {
    /// It is done.
    Done,
    /// It is done if there is what it makes, by an earlier request whose answer was lost; otherwise it was refused.
    DoneIfThere(String),
    /// It was refused.
    Refused(String),
    /// Nobody knows.
    Again(ClientError),
}

impl Verdict {
    fn of(operation: &str, error: ClientError, was_lost: bool) -> Self {
        match (operation, error) {
            ("DELETE", ClientError::Status { code: 404, .. }) => Verdict::Done,
            ("CREATE", error @ ClientError::Status { .. }) if was_lost => Verdict::DoneIfThere(error.to_string()),
            (_, error @ ClientError::Status { .. }) => Verdict::Refused(error.to_string()),
            (_, error) => Verdict::Again(error),
        }
    }
}

/// Whether what a step makes is there.
async fn is_there(asked: &mut Asked, step: &Step) -> bool {
    let request = Request::new("READ").with("type", step.kind.entity_type().wire_name).with("name", step.name.as_str());
    match asked.agent(&step.router).await {
        Ok(agent) => agent.call(request).await.is_ok(),
        Err(_) => false,
    }
}

/// Waits until everything is so. The first that is not in time, by index, and what it lacks.
async fn wait(
    asked: &mut Asked,
    routers: &[String],
    plan: &Plan,
    mut waits: Vec<(usize, Until)>,
    patience: Duration,
    teller: &mut Teller<'_>,
) -> Result<(), (usize, String)> {
    let start = Instant::now();
    while let Some((first, _)) = waits.first() {
        let first = *first;
        let mut concerned: BTreeSet<String> = BTreeSet::new();
        for (at, until) in &waits {
            concerned.extend(plan.steps.get(*at).map(|step| step.router.clone()));
            if let Until::Connected { other: Some(other), .. } = until {
                concerned.insert(other.clone());
            }
        }
        let mut live = LiveMesh { routers: routers.to_vec(), ..LiveMesh::default() };
        for router in &concerned {
            match asked.state(router, &WATCHED).await {
                Ok(state) => live.states.push(state),
                // It may be out of reach for a moment.
                Err(_) => asked.forget(router),
            }
        }
        let mut lacks = Vec::new();
        waits.retain(|(at, until)| {
            let router = plan.steps.get(*at).map_or("", |step| step.router.as_str());
            match until.lack(router, &live) {
                Some(lack) => {
                    lacks.push(format!("{router}: {lack}"));
                    true
                }
                None => {
                    teller.tell_reached(*at, until, start.elapsed());
                    false
                }
            }
        });
        if !lacks.is_empty() {
            if start.elapsed() >= patience {
                return Err((first, format!("after {} s: {}", patience.as_secs(), lacks.join("; "))));
            }
            teller.tell_lacks(&lacks, start.elapsed());
            sleep(PAUSE).await;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(operation: &str, code: i128, was_lost: bool) -> Verdict {
        Verdict::of(operation, ClientError::Status { code, description: String::from("no") }, was_lost)
    }

    #[test]
    fn a_refusal_is_none_only_where_an_earlier_request_may_have_done_it() {
        assert!(matches!(verdict("CREATE", 400, false), Verdict::Refused(_)));
        assert!(matches!(verdict("CREATE", 400, true), Verdict::DoneIfThere(_)));
        assert!(matches!(verdict("DELETE", 404, false), Verdict::Done));
        assert!(matches!(verdict("DELETE", 403, true), Verdict::Refused(_)));
        let lost = ClientError::Address { address: String::from("$management"), problem: String::from("gone") };
        assert!(matches!(Verdict::of("CREATE", lost, true), Verdict::Again(_)));
    }
}
