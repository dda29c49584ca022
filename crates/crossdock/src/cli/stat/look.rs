//! One look at one or more routers.

use jiff::Timestamp;

use super::args::StatArgs;
use super::view::{Answer, Answers, Ask, ROUTER, View};
use crate::cli::connection::Session;
use crate::management_client::{Agent, ClientError, Query, Request, Value};

/// What was seen.
pub(super) struct Sight {
    pub(super) at: Timestamp,
    pub(super) routers: Vec<RouterSight>,
}

/// What was seen of one router.
pub(super) struct RouterSight {
    /// Empty if nothing shows it.
    pub(super) id: String,
    /// The views asked for, with their answers.
    pub(super) views: Vec<(&'static View, Answers)>,
}

/// A connection, and the agents to ask on it.
pub(super) struct Watcher<'a> {
    session: Session,
    /// The ids that are known before asking, and the agents.
    agents: Vec<(Option<String>, Agent)>,
    args: &'a StatArgs,
}

impl<'a> Watcher<'a> {
    pub(super) async fn connect(args: &'a StatArgs) -> Result<Watcher<'a>, ClientError> {
        let mut session = args.connection.connect().await?;
        let mut agents = Vec::new();
        if args.all_routers {
            let mut here = session.here().await?;
            let routers = here.routers().await?;
            if routers.len() > 1 {
                for (id, address) in routers {
                    agents.push((Some(id), session.at(&address).await?));
                }
            } else {
                agents.push((None, here));
            }
        } else {
            agents.push((None, session.target(&args.target).await?));
        }
        Ok(Watcher { session, agents, args })
    }

    /// Asks all agents all questions.
    pub(super) async fn look(&mut self) -> Result<Sight, ClientError> {
        let at = Timestamp::now();
        let views = self.args.views();
        let shows_id = self.args.json || views.iter().any(|view| view.headed);
        let mut routers = Vec::new();
        for (id, agent) in &mut self.agents {
            let mut seen = Vec::new();
            for view in &views {
                seen.push((*view, ask_all(agent, view, self.args.limit()).await?));
            }
            let id = match id {
                Some(id) => id.clone(),
                None if shows_id => router_id(agent).await?,
                None => String::new(),
            };
            routers.push(RouterSight { id, views: seen });
        }
        Ok(Sight { at, routers })
    }

    pub(super) async fn close(self) {
        self.session.close().await;
    }
}

async fn ask_all(agent: &mut Agent, view: &View, limit: usize) -> Result<Answers, ClientError> {
    let mut answers = Vec::new();
    for ask in view.asks {
        answers.push(match ask {
            Ask::Query { entity, attributes, limited } => {
                let limit = if *limited { limit } else { 0 };
                Answer::Rows(agent.query(Query { entity_type: Some(entity), attributes, limit }).await?)
            }
            Ask::Operation { name, limited } => {
                let request = Request::to_node(*name);
                let request = if *limited && limit > 0 { request.with("limit", limit) } else { request };
                Answer::Body(agent.call(request).await?.body)
            }
        });
    }
    Ok(Answers(answers))
}

/// What stands above the tables. A router that does not tell its id is shown all the same.
async fn router_id(agent: &mut Agent) -> Result<String, ClientError> {
    let rows = agent.query(Query { entity_type: Some(ROUTER), attributes: &["id"], limit: 0 }).await?;
    Ok(rows.first().and_then(|router| router.value("id").as_text()).unwrap_or("-").to_owned())
}

/// Rows as JSON has them: an object for each row, with all attributes that were asked for.
pub(super) fn objects(answer: &Answer) -> Value {
    match answer {
        Answer::Rows(rows) => {
            let object = |(name, value): (&str, &Value)| (name.to_owned(), value.clone());
            Value::List(rows.iter().map(|row| Value::Map(row.entries().map(object).collect())).collect())
        }
        Answer::Body(body) => body.clone(),
    }
}
