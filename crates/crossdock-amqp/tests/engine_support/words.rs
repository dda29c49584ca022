//! Events and frames in words.

use crossdock_amqp::codec::{
    Body, FrameHeader, FrameKind, Performative, ProtocolHeader, SaslFrame, StateRef, decode_body, decode_performative,
    decode_sasl,
};
use crossdock_amqp::engine::Event;
use fe2o3_amqp_types::definitions::{Error, ErrorCondition, Role};

pub(crate) fn event(event: &Event<'_>) -> String {
    match event {
        Event::Opened(open) => format!("opened by {}", open.container_id),
        Event::Closed { error: err, by_us: true } => format!("closed by us{}", error(err)),
        Event::Closed { error: err, by_us: false } => format!("closed{}", error(err)),
        Event::Begun(session, _) => format!("begun {session:?}"),
        Event::Ended { session, error: err } => format!("ended {session:?}{}", error(err)),
        Event::Attached(link, attach) => format!("attached {link:?} {}", attach.name),
        Event::AttachAnswered(link, attach) => format!("answered {link:?} {}", attach.name),
        Event::Detached { link, closed, error: err } => {
            format!("{} {link:?}{}", if *closed { "detached for good" } else { "detached" }, error(err))
        }
        Event::Transfer(transfer) => {
            let mut text = format!("transfer {:?} on {:?}", transfer.delivery.wire(), transfer.link);
            let flags = [
                (transfer.first, "first"),
                (transfer.more, "more"),
                (transfer.settled, "settled"),
                (transfer.aborted, "aborted"),
                (transfer.rcv_second, "second"),
            ];
            for (_, flag) in flags.iter().filter(|(set, _)| *set) {
                text += " ";
                text += flag;
            }
            if transfer.payload.len() < 20 {
                text + &format!(" {:?}", String::from_utf8_lossy(transfer.payload))
            } else {
                text + &format!(" {} bytes", transfer.payload.len())
            }
        }
        Event::Disposition { of_outgoing, first, last, settled, state: st, .. } => {
            let of = if *of_outgoing { "ours" } else { "theirs" };
            format!("disposition of {of} {first}..={last}{}{}", if *settled { " settled" } else { "" }, state(st))
        }
        Event::Credit(link) => format!("credit {link:?}"),
        Event::Drained(link) => format!("drained {link:?}"),
        Event::Window(session) => format!("window {session:?}"),
    }
}

/// The frames in these bytes, in words.
pub(crate) fn written(mut bytes: &[u8]) -> Vec<String> {
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        if let Some(header) = bytes.first_chunk::<8>().and_then(|bytes| ProtocolHeader::decode(bytes).ok()) {
            frames.push(format!("{header:?}").to_uppercase());
            bytes = &bytes[8..];
            continue;
        }
        let header = FrameHeader::decode(bytes, usize::MAX >> 1).unwrap().expect("whole frames");
        frames.push(frame(&bytes[..header.size], &header));
        bytes = &bytes[header.size..];
    }
    frames
}

fn frame(bytes: &[u8], header: &FrameHeader) -> String {
    if header.kind == FrameKind::Sasl {
        return match decode_sasl(bytes, header).unwrap() {
            SaslFrame::Mechanisms(offer) => {
                let names: Vec<&str> = offer.sasl_server_mechanisms.0.iter().map(|name| name.as_str()).collect();
                format!("mechanisms {}", names.join(" "))
            }
            SaslFrame::Init(init) => {
                let response = init.initial_response.map(|response| response.into_vec()).unwrap_or_default();
                let response = String::from_utf8(response).unwrap().replace('\0', "|");
                format!("init {} {response}", init.mechanism.as_str()).trim_end().to_owned()
            }
            SaslFrame::Challenge(_) => "challenge".into(),
            SaslFrame::Response(_) => "response".into(),
            SaslFrame::Outcome(outcome) => format!("outcome {:?}", outcome.code),
        };
    }
    let channel = if header.channel == 0 { String::new() } else { format!(" on channel {}", header.channel) };
    let text = match decode_body(bytes, header).unwrap() {
        Body::Empty => "empty".into(),
        Body::Transfer(transfer, at) => {
            let mut text = format!("transfer on {}", transfer.handle);
            if let Some(id) = transfer.delivery_id {
                text += &format!(" of {id}");
            }
            let settled = transfer.settled == Some(true);
            for (set, flag) in [(transfer.more, " more"), (settled, " settled"), (transfer.aborted, " aborted")] {
                text += if set { flag } else { "" };
            }
            text + &format!(", {} bytes{}", bytes.len() - at, state(&transfer.state))
        }
        Body::Disposition(disposition) => {
            let last = disposition.last.unwrap_or(disposition.first);
            let of = if disposition.role_receiver { "theirs" } else { "ours" };
            let settled = if disposition.settled { " settled" } else { "" };
            format!("disposition of {of} {}..={last}{settled}{}", disposition.first, state(&disposition.state))
        }
        Body::Flow(flow) => {
            let mut text = String::from("flow");
            if let Some(handle) = flow.handle {
                text += &format!(" of {handle}");
                if let Some(count) = flow.delivery_count {
                    text += &format!(" count {count}");
                }
                text += &format!(" credit {}", flow.link_credit.unwrap_or_default());
            }
            text += if flow.drain { " drain" } else { "" };
            text += if flow.echo { " echo" } else { "" };
            text + &format!(" window {}", flow.incoming_window)
        }
        Body::Other(_) => match decode_performative(bytes, header).unwrap() {
            Performative::Open(open) => format!("open {}", open.container_id),
            Performative::Begin(begin) => match begin.remote_channel {
                Some(remote) => format!("begin for {remote}, window {}", begin.incoming_window),
                None => format!("begin, window {}", begin.incoming_window),
            },
            Performative::Attach(attach) => {
                let role = if attach.role == Role::Sender { "sender" } else { "receiver" };
                let refused = match attach.role {
                    Role::Sender if attach.source.is_none() => " without source",
                    Role::Receiver if attach.target.is_none() => " without target",
                    Role::Sender | Role::Receiver => "",
                };
                format!("attach {} {} as {role}{refused}", attach.handle.0, attach.name)
            }
            Performative::Detach(detach) => {
                let word = if detach.closed { "detach for good" } else { "detach" };
                format!("{word} {}{}", detach.handle.0, error(&detach.error))
            }
            Performative::End(end) => format!("end{}", error(&end.error)),
            Performative::Close(close) => format!("close{}", error(&close.error)),
        },
    };
    text + &channel
}

fn state(state: &StateRef<'_>) -> String {
    match state {
        StateRef::None => String::new(),
        StateRef::Accepted | StateRef::Released | StateRef::Other(_) => format!(" {:?}", state.kind()).to_lowercase(),
    }
}

fn error(error: &Option<Error>) -> String {
    let Some(error) = error else { return String::new() };
    let condition = match &error.condition {
        ErrorCondition::Custom(symbol) => symbol.clone(),
        ErrorCondition::AmqpError(condition) => condition.into(),
        ErrorCondition::ConnectionError(condition) => condition.into(),
        ErrorCondition::SessionError(condition) => condition.into(),
        ErrorCondition::LinkError(condition) => condition.into(),
        ErrorCondition::TransactionError(condition) => condition.into(),
    };
    let condition = condition.as_str();
    format!(": {condition} ({})", error.description.as_deref().unwrap_or_default())
}
