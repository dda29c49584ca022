//! A connection that attaches and detaches links, several at a time.

use crossdock_amqp::engine::{Event, LinkId, SessionId};
use fe2o3_amqp_types::definitions::Role;
use fe2o3_amqp_types::performatives::Open;
use std::sync::Arc;

use super::control::Phase;
use super::counters::{Counters, Progress, Tally};
use super::driver::{Engine, Peer, Turn};
use super::link;

/// What a churner is to do.
#[derive(Clone, Debug)]
pub(super) struct ChurnSpec {
    /// Number of the connection.
    pub(super) id: u32,
    /// Addresses in turn: receivers and senders take them pairwise.
    pub(super) addresses: Vec<String>,
    /// Links to attach and detach in all.
    pub(super) cycles: u64,
    /// Links under way at once.
    pub(super) in_flight: usize,
}

#[derive(Debug)]
pub(super) struct Churn {
    spec: ChurnSpec,
    tally: Tally,
    session: Option<SessionId>,
    begun: u64,
    /// Links that are attached, or on their way there, or on their way out.
    links: Vec<LinkId>,
}

impl Churn {
    pub(super) fn new(spec: ChurnSpec, counters: Arc<Counters>) -> Self {
        Self { spec, tally: Tally::new(counters), session: None, begun: 0, links: Vec::new() }
    }

    /// Attaches the next link: receivers and senders by turns.
    fn attach(&mut self, engine: &mut Engine) -> Option<LinkId> {
        let name = format!("bench-churn-{}-{}", self.spec.id, self.begun);
        let turn = (self.begun / 2) as usize % self.spec.addresses.len().max(1);
        let address = self.spec.addresses.get(turn)?;
        let attach = match self.begun % 2 {
            0 => link::receiver(&name, address),
            _ => link::sender(&name, address, false),
        };
        engine.attach(self.session?, attach, 10)
    }
}

impl Peer for Churn {
    fn handle_open(&mut self, engine: &mut Engine, _open: &Open) -> Result<(), String> {
        self.session = Some(engine.begin().ok_or("the server allows no session")?);
        Ok(())
    }

    fn handle_event(&mut self, engine: &mut Engine, event: Event<'_>, _now: u64) -> Result<(), String> {
        match event {
            Event::Begun(..) => self.tally.set_progress(Progress::Ready),
            Event::AttachAnswered(link, attach) => {
                // A refusal is an attach without the server's own terminus; the detach with the reason follows.
                let accepted = match attach.role {
                    Role::Sender => attach.source.is_some(),
                    Role::Receiver => attach.target.is_some(),
                };
                if accepted {
                    engine.detach(link, true, None);
                }
            }
            event @ (Event::Opened(_)
            | Event::Closed { .. }
            | Event::Ended { .. }
            | Event::Attached(..)
            | Event::Detached { .. }
            | Event::Transfer(_)
            | Event::Disposition { .. }
            | Event::Credit(_)
            | Event::Drained(_)
            | Event::Window(_)) => link::refuse_loss(&event)?,
        }
        Ok(())
    }

    fn pump(&mut self, engine: &mut Engine, turn: &Turn<'_>) -> Result<(), String> {
        let before = self.links.len();
        // The engine forgets a link when both ends have detached.
        self.links.retain(|&link| engine.link(link).is_some());
        self.tally.counts.cycles += (before - self.links.len()) as u64;
        if turn.phase == Phase::Run {
            while self.links.len() < self.spec.in_flight && self.begun < self.spec.cycles {
                let Some(link) = self.attach(engine) else { break };
                self.links.push(link);
                self.begun += 1;
            }
        }
        self.tally.publish(turn.now);
        if self.links.is_empty() && (self.begun == self.spec.cycles || turn.phase == Phase::Stop) {
            self.tally.set_progress(Progress::Done);
        }
        Ok(())
    }
}
