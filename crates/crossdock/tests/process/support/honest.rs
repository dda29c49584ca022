//! What honest peers send.

use crossdock_amqp::codec::Flow;
use crossdock_amqp::engine::attach;
use fe2o3_amqp_types::definitions::Role;
use fe2o3_amqp_types::messaging::{Source, Target};
use fe2o3_amqp_types::performatives::{Attach, Begin, Open};

pub(crate) fn open() -> Open {
    Open {
        container_id: "peer".into(),
        hostname: None,
        max_frame_size: 65_536.into(),
        channel_max: u16::MAX.into(),
        idle_time_out: None,
        outgoing_locales: None,
        incoming_locales: None,
        offered_capabilities: None,
        desired_capabilities: None,
        properties: None,
    }
}

pub(crate) fn begin() -> Begin {
    Begin {
        remote_channel: None,
        next_outgoing_id: 0,
        incoming_window: i32::MAX as u32,
        outgoing_window: i32::MAX as u32,
        handle_max: u32::MAX.into(),
        offered_capabilities: None,
        desired_capabilities: None,
        properties: None,
    }
}

/// A link that sends; without an address, one whose messages say where they go.
pub(crate) fn sender(handle: u32, address: Option<&str>) -> Attach {
    let target = Target { address: address.map(Into::into), ..Target::default() };
    let mut attach = attach(format!("link-{handle}"), Role::Sender, Some(Source::default()), Some(target.into()));
    attach.handle = handle.into();
    attach.initial_delivery_count = Some(0);
    attach
}

pub(crate) fn receiver(handle: u32, address: &str) -> Attach {
    let source = Source { address: Some(address.into()), ..Source::default() };
    let mut attach = attach(format!("link-{handle}"), Role::Receiver, Some(source), Some(Target::default().into()));
    attach.handle = handle.into();
    attach
}

pub(crate) fn grant(handle: u32, received: u32, credit: u32) -> Flow<'static> {
    Flow {
        next_incoming_id: Some(0),
        incoming_window: i32::MAX as u32,
        next_outgoing_id: 0,
        outgoing_window: i32::MAX as u32,
        handle: Some(handle),
        delivery_count: Some(received),
        link_credit: Some(credit),
        ..Flow::default()
    }
}
