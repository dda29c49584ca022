//! What is said on a connection, unit by unit.

use crossdock_amqp::codec::{
    Body, FrameHeader, FrameKind, Performative, SaslFrame, decode_body, decode_performative, decode_sasl,
};
use crossdock_core::message::{Head, HeadScanner, Want};

/// A protocol header or a frame.
#[derive(Debug)]
pub(crate) enum Unit {
    Header(Vec<u8>),
    Sasl(SaslFrame),
    Performative(u16, Performative),
    Transfer {
        channel: u16,
        more: bool,
        settled: bool,
        payload: Vec<u8>,
    },
    Disposition {
        channel: u16,
        first: u32,
        last: u32,
        settled: bool,
    },
    /// Of a link: the credit, and how much was used.
    Credit {
        channel: u16,
        handle: u32,
        count: u32,
        credit: u32,
    },
    Other,
}

/// All complete units of these bytes.
pub(crate) fn units(mut bytes: &[u8]) -> Vec<Unit> {
    let mut units = Vec::new();
    while !bytes.is_empty() {
        if bytes.starts_with(b"AMQP") {
            units.push(Unit::Header(bytes[..8].to_vec()));
            bytes = &bytes[8..];
            continue;
        }
        let header = FrameHeader::decode(bytes, 1 << 20).unwrap().expect("a whole frame");
        let (frame, rest) = bytes.split_at(header.size);
        units.push(unit(frame, &header));
        bytes = rest;
    }
    units
}

fn unit(frame: &[u8], header: &FrameHeader) -> Unit {
    if header.kind == FrameKind::Sasl {
        return Unit::Sasl(decode_sasl(frame, header).unwrap());
    }
    let channel = header.channel;
    match decode_body(frame, header).unwrap() {
        Body::Empty => Unit::Other,
        Body::Other(_) => Unit::Performative(channel, decode_performative(frame, header).unwrap()),
        Body::Transfer(transfer, at) => Unit::Transfer {
            channel,
            more: transfer.more,
            settled: transfer.settled == Some(true),
            payload: frame[at..].to_vec(),
        },
        Body::Disposition(said) => Unit::Disposition {
            channel,
            first: said.first,
            last: said.last.unwrap_or(said.first),
            settled: said.settled,
        },
        Body::Flow(flow) => match (flow.handle, flow.delivery_count, flow.link_credit) {
            (Some(handle), Some(count), Some(credit)) => Unit::Credit { channel, handle, count, credit },
            _ => Unit::Other,
        },
    }
}

/// What a message says of its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) to: Option<String>,
    pub(crate) override_to: Option<String>,
    pub(crate) ingress: Option<String>,
    pub(crate) trace: Vec<String>,
    /// Keys of the annotations, in their order.
    pub(crate) keys: Vec<String>,
    pub(crate) priority: u8,
    pub(crate) durable: bool,
    /// What follows the annotations.
    pub(crate) bare: Vec<u8>,
}

impl Letter {
    pub(crate) fn read(message: &[u8]) -> Self {
        let mut scanner = HeadScanner::new();
        scanner.finish(message, Want::To, false).unwrap();
        let head: &Head = scanner.head();
        let text = |span: crossdock_core::message::Span| String::from_utf8(span.of(message).to_vec()).unwrap();
        let annotations = head.router_annotations.unwrap_or_default();
        Self {
            to: head.to.map(text),
            override_to: annotations.to.map(text),
            ingress: annotations.ingress.map(text),
            trace: annotations.trace_entries(message).map(|entry| String::from_utf8(entry.to_vec()).unwrap()).collect(),
            keys: keys(head.message_annotations.of(message)),
            priority: head.priority,
            durable: head.durable,
            bare: message[head.rest as usize..].to_vec(),
        }
    }
}

/// The keys of a message-annotations section.
fn keys(section: &[u8]) -> Vec<String> {
    if section.is_empty() {
        return Vec::new();
    }
    let mut cursor = crossdock_amqp::codec::Cursor::new(section);
    cursor.descriptor().unwrap();
    let mut map = cursor.map().unwrap().expect("a map");
    let mut keys = Vec::new();
    while !map.elements.is_empty() {
        keys.push(map.elements.symbol().unwrap().expect("a key").to_owned());
        map.elements.pass_over().unwrap();
    }
    keys
}
