//! A connection that does nothing: a session and a receiving link with credit.

use crossdock_amqp::engine::Event;
use fe2o3_amqp_types::performatives::Open;
use std::sync::Arc;

use super::counters::{Counters, Progress};
use super::driver::{Engine, Peer, Turn};
use super::link;

#[derive(Debug)]
pub(super) struct Idle {
    pub(super) address: String,
    pub(super) credit: u32,
    pub(super) counters: Arc<Counters>,
}

impl Peer for Idle {
    fn handle_open(&mut self, engine: &mut Engine, _open: &Open) -> Result<(), String> {
        link::attach_first(engine, link::receiver("bench-idle", &self.address), self.credit).map(|_| ())
    }

    fn handle_event(&mut self, engine: &mut Engine, event: Event<'_>, _now: u64) -> Result<(), String> {
        if let Event::AttachAnswered(link, attach) = &event
            && attach.source.is_some()
        {
            engine.open_gate(*link);
            self.counters.set_progress(Progress::Ready);
        }
        link::refuse_loss(&event)
    }

    fn pump(&mut self, engine: &mut Engine, _turn: &Turn<'_>) -> Result<(), String> {
        engine.shrink();
        Ok(())
    }
}
