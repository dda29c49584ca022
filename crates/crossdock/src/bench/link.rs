//! What all peers do alike: begin, attach, and give up when the server does.

use crossdock_amqp::engine::{Event, LinkId, attach};
use fe2o3_amqp_types::definitions::{Role, SenderSettleMode};
use fe2o3_amqp_types::messaging::{Source, Target, TargetArchetype};
use fe2o3_amqp_types::performatives::Attach;

use super::driver::{Engine, describe};

/// A sender's attach.
pub(super) fn sender(name: &str, address: &str, settled: bool) -> Attach {
    let target = Target { address: Some(address.to_owned()), ..Target::default() };
    let mut attach = attach(name, Role::Sender, Some(Source::default()), Some(TargetArchetype::Target(target)));
    attach.snd_settle_mode = if settled { SenderSettleMode::Settled } else { SenderSettleMode::Unsettled };
    attach
}

/// A receiver's attach.
pub(super) fn receiver(name: &str, address: &str) -> Attach {
    let source = Source { address: Some(address.to_owned()), ..Source::default() };
    attach(name, Role::Receiver, Some(source), Some(TargetArchetype::Target(Target::default())))
}

/// Begins the connection's session and attaches its link.
///
/// # Errors
/// The server allows no session or no link.
pub(super) fn attach_first(engine: &mut Engine, attach: Attach, credit: u32) -> Result<LinkId, String> {
    let session = engine.begin().ok_or("the server allows no session")?;
    engine.attach(session, attach, credit).ok_or_else(|| "the server allows no link".into())
}

/// The server took a session or a link away. Other events mean nothing to a peer that does not look for them.
///
/// # Errors
/// What it said.
pub(super) fn refuse_loss(event: &Event<'_>) -> Result<(), String> {
    match event {
        Event::Ended { error, .. } => Err(format!("the server ended the session: {}", describe(error.as_ref()))),
        Event::Detached { error, .. } => Err(format!("the server detached the link: {}", describe(error.as_ref()))),
        Event::Opened(_)
        | Event::Closed { .. }
        | Event::Begun(..)
        | Event::Attached(..)
        | Event::AttachAnswered(..)
        | Event::Transfer(_)
        | Event::Disposition { .. }
        | Event::Credit(_)
        | Event::Drained(_)
        | Event::Window(_) => Ok(()),
    }
}
