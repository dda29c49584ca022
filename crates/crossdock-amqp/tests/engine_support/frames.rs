//! Frames as a peer writes them.

use crossdock_amqp::codec::{
    Disposition, Flow, Performative, SaslFrame, StateRef, Transfer, encode_disposition, encode_empty_frame,
    encode_flow, encode_performative, encode_sasl, encode_transfer_head,
};
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine;
use fe2o3_amqp_types::definitions::{Handle, Role};
use fe2o3_amqp_types::messaging::{Source, Target, TargetArchetype};
use fe2o3_amqp_types::performatives::{Attach, Begin, Close, Detach, End};
use fe2o3_amqp_types::primitives::{Array, Binary, Symbol};
use fe2o3_amqp_types::sasl::{SaslChallenge, SaslCode, SaslInit, SaslMechanisms, SaslOutcome, SaslResponse};

pub(crate) const AMQP: &[u8] = b"AMQP\x00\x01\x00\x00";
pub(crate) const SASL: &[u8] = b"AMQP\x03\x01\x00\x00";

pub(crate) fn performative(channel: u16, performative: impl Into<Performative>) -> Vec<u8> {
    let mut out = Vec::new();
    encode_performative(&mut out, channel, &performative.into()).unwrap();
    out
}

pub(crate) fn open(max_frame_size: u32) -> Vec<u8> {
    let mut open = engine::Config::client("P").open;
    open.max_frame_size = max_frame_size.into();
    open.idle_time_out = None;
    performative(0, open)
}

/// The peer begins a session.
pub(crate) fn begin(channel: u16, window: u32) -> Vec<u8> {
    performative(channel, begin_performative(None, window))
}

/// The peer answers a begin that came on `remote`.
pub(crate) fn begin_answer(channel: u16, remote: u16, window: u32) -> Vec<u8> {
    performative(channel, begin_performative(Some(remote), window))
}

pub(crate) fn begin_performative(remote_channel: Option<u16>, window: u32) -> Begin {
    Begin {
        remote_channel,
        next_outgoing_id: 0,
        incoming_window: window,
        outgoing_window: 1000,
        handle_max: Handle(u32::MAX),
        offered_capabilities: None,
        desired_capabilities: None,
        properties: None,
    }
}

/// The peer attaches as sender.
pub(crate) fn attach_sender(handle: u32, name: &str) -> Vec<u8> {
    performative(0, attach(handle, name, Role::Sender))
}

/// The peer attaches as receiver.
pub(crate) fn attach_receiver(handle: u32, name: &str) -> Vec<u8> {
    performative(0, attach(handle, name, Role::Receiver))
}

pub(crate) fn attach(handle: u32, name: &str, role: Role) -> Attach {
    let sender = role == Role::Sender;
    let target = TargetArchetype::Target(Target::default());
    let mut attach = engine::attach(name, role, Some(Source::default()), Some(target));
    attach.handle = Handle(handle);
    attach.initial_delivery_count = sender.then_some(0);
    attach
}

pub(crate) fn detach(handle: u32, closed: bool) -> Vec<u8> {
    performative(0, Detach { handle: Handle(handle), closed, error: None })
}

pub(crate) fn end(channel: u16) -> Vec<u8> {
    performative(channel, End { error: None })
}

pub(crate) fn close() -> Vec<u8> {
    performative(0, Close { error: None })
}

/// The peer closes with amqp:connection:forced.
pub(crate) fn close_forced(description: &str) -> Vec<u8> {
    performative(0, Close { error: Some(Condition::ConnectionForced.error(description)) })
}

pub(crate) fn empty() -> Vec<u8> {
    let mut out = Vec::new();
    encode_empty_frame(&mut out);
    out
}

pub(crate) fn transfer(channel: u16, transfer: &Transfer<'_>, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode_transfer_head(&mut out, channel, transfer, payload.len());
    out.extend_from_slice(payload);
    out
}

/// A delivery in one frame on channel 0.
pub(crate) fn delivery(handle: u32, id: u32, payload: &[u8]) -> Vec<u8> {
    transfer(0, &first(handle, id, false), payload)
}

/// The first transfer of a delivery.
pub(crate) fn first(handle: u32, id: u32, more: bool) -> Transfer<'static> {
    Transfer { handle, delivery_id: Some(id), delivery_tag: Some(b"tag"), more, ..Transfer::default() }
}

/// A later transfer of a delivery.
pub(crate) fn later(handle: u32, more: bool) -> Transfer<'static> {
    Transfer { handle, more, ..Transfer::default() }
}

pub(crate) fn flow(channel: u16, flow: &Flow<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    encode_flow(&mut out, channel, flow);
    out
}

/// The peer's session can take `window` transfers after the first `seen`.
pub(crate) fn window(seen: u32, window: u32) -> Flow<'static> {
    Flow { next_incoming_id: Some(seen), incoming_window: window, outgoing_window: 1000, ..Flow::default() }
}

/// A receiver that has counted `count` deliveries gives credit; its session window is wide.
pub(crate) fn credit(handle: u32, seen: u32, count: u32, link_credit: u32) -> Flow<'static> {
    Flow { handle: Some(handle), delivery_count: Some(count), link_credit: Some(link_credit), ..window(seen, 1000) }
}

pub(crate) fn disposition(role_receiver: bool, first: u32, last: Option<u32>, state: StateRef<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let disposition = Disposition { role_receiver, first, last, settled: true, state, batchable: false };
    encode_disposition(&mut out, 0, &disposition);
    out
}

pub(crate) fn sasl(frame: impl Into<SaslFrame>) -> Vec<u8> {
    let mut out = Vec::new();
    encode_sasl(&mut out, &frame.into()).unwrap();
    out
}

pub(crate) fn mechanisms(names: &[&str]) -> Vec<u8> {
    let names: Vec<Symbol> = names.iter().copied().map(Symbol::from).collect();
    sasl(SaslMechanisms { sasl_server_mechanisms: Array::from(names) })
}

pub(crate) fn init(mechanism: &str) -> Vec<u8> {
    sasl(SaslInit { mechanism: Symbol::from(mechanism), initial_response: None, hostname: None })
}

pub(crate) fn challenge() -> Vec<u8> {
    sasl(SaslChallenge { challenge: Binary::from(&b"?"[..]) })
}

pub(crate) fn response() -> Vec<u8> {
    sasl(SaslResponse { response: Binary::from(&b"!"[..]) })
}

pub(crate) fn outcome(code: SaslCode) -> Vec<u8> {
    sasl(SaslOutcome { code, additional_data: None })
}
