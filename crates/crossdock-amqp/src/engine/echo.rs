//! The answer to an attach repeats what the peer wrote, and must fit the frames that the peer takes.
//!
//! A peer may write larger frames than it reads: its own limit is in its open, ours in ours [AMQP 2.7.1].

use fe2o3_amqp_types::messaging::TargetArchetype;
use fe2o3_amqp_types::performatives::Attach;

use super::{Connection, SessionId};
use crate::codec::{self, Performative};
use crate::condition::Condition;

use super::connection::Violation;

/// Bytes of an attach or detach beyond name and termini: numbers, modes, constructors, a short error.
const FRAME_ROOM: usize = 160;

/// Bytes that the owner may add to an answer: the address of a dynamic terminus.
const DYNAMIC_ROOM: usize = 128;

impl<I: Default, O> Connection<I, O> {
    /// Whether a link of this name can be spoken of at all.
    pub(super) fn require_room_for_name(&self, session: SessionId, name: &str) -> Result<(), Box<Violation>> {
        if name.len() + FRAME_ROOM <= self.peer_max_frame_size as usize {
            return Ok(());
        }
        let description = format!("link name of {} bytes does not fit the peer's max-frame-size", name.len());
        Err(Box::new(Violation::in_session(session, Condition::FrameSizeTooSmall, description)))
    }

    /// Whether the answer to this attach, with both termini as the peer wrote them, is a frame that the peer takes.
    pub(super) fn has_room_for_answer(&self, attach: &Attach) -> bool {
        let mut answer = attach.clone();
        answer.unsettled = None;
        answer.initial_delivery_count = Some(u32::MAX);
        answer.max_message_size = Some(u64::MAX);
        answer.offered_capabilities = None;
        answer.desired_capabilities = None;
        answer.properties = None;
        let is_dynamic = attach.source.as_ref().is_some_and(|source| source.dynamic)
            || matches!(attach.target.as_deref(), Some(TargetArchetype::Target(target)) if target.dynamic);
        self.fits_with(answer, if is_dynamic { DYNAMIC_ROOM } else { 0 })
    }

    /// Whether this attach, whatever its handle, is a frame that the peer takes.
    pub fn fits(&self, attach: &Attach) -> bool {
        self.fits_with(Attach { handle: u32::MAX.into(), ..attach.clone() }, 0)
    }

    fn fits_with(&self, attach: Attach, room: usize) -> bool {
        let mut frame = Vec::new();
        let encoded = codec::encode_performative(&mut frame, 0, &Performative::Attach(Box::new(attach)));
        encoded.is_ok() && frame.len() + room <= self.peer_max_frame_size as usize
    }
}
