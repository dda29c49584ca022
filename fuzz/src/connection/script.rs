//! Bytes as a list of steps: frames with small numbers in them, so that they fit together often enough to reach deep states.

use std::collections::BTreeMap;

use crossdock_amqp::codec::{
    Disposition, Flow, Performative, ProtocolHeader, SaslFrame, StateRef, Transfer, encode_disposition,
    encode_empty_frame, encode_flow, encode_performative, encode_sasl, encode_transfer_head,
};
use crossdock_amqp::condition::Condition;
use crossdock_amqp::engine::attach;
use fe2o3_amqp_types::definitions::{Handle, ReceiverSettleMode, Role, SenderSettleMode};
use fe2o3_amqp_types::messaging::{Source, Target, TargetArchetype};
use fe2o3_amqp_types::performatives::{Begin, Close, Detach, End, Open};
use fe2o3_amqp_types::primitives::{Array, Binary, Symbol};
use fe2o3_amqp_types::sasl::{SaslCode, SaslInit, SaslMechanisms, SaslOutcome};
use fe2o3_amqp_types::transaction::Coordinator;

/// One step of a run.
pub(super) enum Step {
    /// The peer sends this.
    Read(Vec<u8>),
    /// This many milliseconds pass.
    Wait(u64),
    /// The owner does something of its own accord.
    Do(Own),
}

/// What an owner does of its own accord.
pub(super) enum Own {
    Begin,
    Attach(Role),
    Detach,
    End,
    CloseGate,
    OpenGate,
    Abort,
    Close,
}

/// The steps that these bytes mean. The peer is a client, or a server if the machine `initiates`.
pub(super) fn steps(data: &[u8], initiates: bool) -> Vec<Step> {
    let mut script = Script { data, sessions: BTreeMap::new(), steps: Vec::new() };
    let greeting = script.byte();
    if greeting.is_multiple_of(2) {
        script.greet(initiates, greeting);
    }
    while !script.data.is_empty() {
        script.step();
    }
    script.steps
}

struct Script<'a> {
    data: &'a [u8],
    /// What the peer has begun and attached, so that most of what it sends has a meaning.
    sessions: BTreeMap<u16, Session>,
    steps: Vec<Step>,
}

#[derive(Default)]
struct Session {
    next_delivery: u32,
    /// Handles, and whether the peer is the sender.
    handles: BTreeMap<u32, bool>,
}

/// From this byte on a choice is one that makes no sense.
const ODD: u8 = 0xf8;

impl Script<'_> {
    /// The next byte; 0 at the end.
    fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.data.split_first() else { return 0 };
        self.data = rest;
        byte
    }

    /// A number below `limit`.
    fn below(&mut self, limit: u8) -> u8 {
        self.byte() % limit
    }

    fn flag(&mut self) -> bool {
        self.byte() & 1 != 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::from(self.byte()) % from.len()]
    }

    /// A channel with a session, mostly.
    fn channel(&mut self) -> u16 {
        let byte = self.byte();
        let known = self.sessions.keys().nth(usize::from(byte) % self.sessions.len().max(1));
        known.copied().filter(|_| byte < ODD).unwrap_or(u16::from(byte & 3))
    }

    /// A handle with a link, mostly, of which the peer is the sender if that is asked for.
    fn handle(&mut self, channel: u16, as_sender: bool) -> Option<u32> {
        let byte = self.byte();
        let handles = self.sessions.entry(channel).or_default().handles.iter();
        let mut fit: Vec<u32> = handles.filter(|(_, sends)| **sends || !as_sender).map(|(&handle, _)| handle).collect();
        if byte >= ODD {
            fit = vec![0, 1, 2, 70_000];
        }
        fit.get(usize::from(byte) % fit.len().max(1)).copied()
    }

    fn some(&mut self, from: &[u32]) -> Option<u32> {
        let number = self.pick(from);
        (number != 99).then_some(number)
    }

    /// What a well-behaved peer says first.
    fn greet(&mut self, initiates: bool, greeting: u8) {
        let mut bytes = Vec::new();
        if greeting & 2 != 0 {
            bytes.extend_from_slice(&ProtocolHeader::Sasl.bytes());
            if initiates {
                self.mechanisms(&mut bytes);
                outcome(&mut bytes, SaslCode::Ok);
            } else {
                init(&mut bytes, "ANONYMOUS");
            }
        }
        bytes.extend_from_slice(&ProtocolHeader::Amqp.bytes());
        self.open(&mut bytes);
        begin(&mut bytes, 0, None, 100);
        self.sessions.insert(0, Session::default());
        self.steps.push(Step::Read(bytes));
    }

    fn step(&mut self) {
        let mut bytes = Vec::new();
        match self.below(20) {
            0 if self.byte() >= ODD => {
                bytes.extend_from_slice(&self.pick(&[ProtocolHeader::Amqp, ProtocolHeader::Sasl]).bytes());
            }
            1 if self.byte() >= ODD => match self.below(5) {
                0 => self.mechanisms(&mut bytes),
                1 => outcome(&mut bytes, SaslCode::Ok),
                2 => init(&mut bytes, "ANONYMOUS"),
                3 => init(&mut bytes, "PLAIN"),
                _ => self.open(&mut bytes),
            },
            0..=2 => {
                let byte = self.byte();
                let unused = (0..3).find(|channel| !self.sessions.contains_key(channel));
                let channel = unused.filter(|_| byte < ODD).unwrap_or(u16::from(byte));
                let remote = self.some(&[99, 99, 99, 99, 99, 99, 0, 1]).map(|channel| channel as u16);
                let window = self.pick(&[100, 5, 1, 0, u32::MAX]);
                self.sessions.insert(channel, Session::default());
                begin(&mut bytes, channel, remote, window);
            }
            3 => {}
            4..=6 => self.attach(&mut bytes),
            7 | 8 => self.flow(&mut bytes),
            9..=12 => self.transfer(&mut bytes),
            13 => self.disposition(&mut bytes),
            14 => {
                let channel = self.channel();
                let Some(handle) = self.handle(channel, false) else { return };
                self.sessions.entry(channel).or_default().handles.remove(&handle);
                let (handle, closed) = (Handle(handle), self.flag());
                let error = self.flag().then(|| Condition::DetachForced.error("enough"));
                write(&mut bytes, channel, Detach { handle, closed, error });
            }
            15 => {
                let channel = self.channel();
                self.sessions.remove(&channel);
                write(&mut bytes, channel, End { error: None });
            }
            16 => match self.below(16) {
                0 => write(&mut bytes, 0, Close { error: None }),
                1 => {
                    let length = usize::from(self.byte()).min(self.data.len());
                    let (raw, rest) = self.data.split_at(length);
                    bytes.extend_from_slice(raw);
                    self.data = rest;
                }
                _ => encode_empty_frame(&mut bytes),
            },
            17 => {
                let millis = self.pick(&[1, 50, 2000, 7999, 20_000]);
                self.steps.push(Step::Wait(millis));
            }
            _ => {
                let own = match self.below(8) {
                    0 => Own::Begin,
                    1 => Own::Attach(Role::Sender),
                    2 => Own::Attach(Role::Receiver),
                    3 => Own::Detach,
                    4 => Own::End,
                    5 => Own::CloseGate,
                    6 => Own::OpenGate,
                    _ if self.flag() => Own::Abort,
                    _ => Own::Close,
                };
                self.steps.push(Step::Do(own));
            }
        }
        if !bytes.is_empty() {
            self.steps.push(Step::Read(bytes));
        }
    }

    fn mechanisms(&mut self, out: &mut Vec<u8>) {
        let names = if self.flag() { ["PLAIN", "EXTERNAL"] } else { ["PLAIN", "ANONYMOUS"] };
        let sasl_server_mechanisms = Array::from(names.map(Symbol::from).to_vec());
        sasl(out, &SaslFrame::Mechanisms(SaslMechanisms { sasl_server_mechanisms }));
    }

    fn open(&mut self, out: &mut Vec<u8>) {
        let open = Open {
            container_id: "peer".into(),
            hostname: None,
            max_frame_size: self.pick(&[65_536, 512, 1000, 511, u32::MAX, 512, 700, 16_384]).into(),
            channel_max: self.pick(&[1000, 1000, 1000, 0, 1, u16::MAX]).into(),
            idle_time_out: self.some(&[99, 0, 1, 1000]),
            outgoing_locales: None,
            incoming_locales: None,
            offered_capabilities: None,
            desired_capabilities: None,
            properties: None,
        };
        write(out, 0, open);
    }

    fn attach(&mut self, out: &mut Vec<u8>) {
        let channel = self.channel();
        let role = if self.flag() { Role::Sender } else { Role::Receiver };
        let byte = self.byte();
        let handles = &mut self.sessions.entry(channel).or_default().handles;
        let unused = (0..3).find(|handle| !handles.contains_key(handle));
        let handle = unused.filter(|_| byte < ODD).unwrap_or(u32::from(byte & 3));
        handles.insert(handle, role == Role::Sender);
        let name = match self.below(8) {
            0 => "refused",
            1 => "pending",
            2 => "pending, refused",
            3 => "own-0",
            _ => "link",
        };
        let long = "x".repeat(self.pick(&[0, 0, 0, 0, 0, 400, 3000]));
        let address = self.flag().then(|| format!("q{long}"));
        let source = Source { address: address.clone(), dynamic: self.flag(), ..Source::default() };
        let target = match self.below(5) {
            0 => None,
            1 => Some(TargetArchetype::Coordinator(Coordinator { capabilities: None })),
            _ => Some(TargetArchetype::Target(Target { address, ..Target::default() })),
        };
        let initial_delivery_count =
            if role == Role::Sender { self.some(&[0, 99, u32::MAX - 1, 5]) } else { self.some(&[99, 0]) };
        let mut attach = attach(name, role, self.flag().then_some(source), target);
        attach.handle = Handle(handle);
        attach.initial_delivery_count = initial_delivery_count;
        attach.snd_settle_mode = match self.below(3) {
            0 => SenderSettleMode::Mixed,
            1 => SenderSettleMode::Settled,
            _ => SenderSettleMode::Unsettled,
        };
        attach.rcv_settle_mode = if self.flag() { ReceiverSettleMode::Second } else { ReceiverSettleMode::First };
        write(out, channel, attach);
    }

    fn flow(&mut self, out: &mut Vec<u8>) {
        let channel = self.channel();
        let flow = Flow {
            next_incoming_id: self.some(&[0, 0, 1, 3, 99, u32::MAX]),
            incoming_window: self.pick(&[100, 5, 1, 0, u32::MAX]),
            next_outgoing_id: self.pick(&[0, 1, 2, u32::MAX]),
            outgoing_window: 100,
            handle: if self.below(4) == 0 { None } else { self.handle(channel, false) },
            delivery_count: self.some(&[0, 0, 1, 4, 99, u32::MAX]),
            link_credit: self.some(&[10, 1, 2, 0, 99, u32::MAX]),
            available: None,
            drain: self.below(4) == 1,
            echo: self.below(4) == 1,
            properties: None,
        };
        encode_flow(out, channel, &flow);
    }

    fn transfer(&mut self, out: &mut Vec<u8>) {
        let channel = self.channel();
        let Some(handle) = self.handle(channel, true) else { return };
        let kind = self.byte();
        let is_later = kind & 7 == 7;
        let next = &mut self.sessions.entry(channel).or_default().next_delivery;
        let id = if kind >= ODD { next.wrapping_add(u32::from(kind)) } else { *next };
        if !is_later {
            *next = id.wrapping_add(1);
        }
        let tag = [kind];
        let transfer = Transfer {
            handle,
            delivery_id: (!is_later || kind & 8 != 0).then_some(id),
            delivery_tag: (!is_later).then_some(&tag[..]),
            message_format: None,
            settled: [None, Some(true), Some(false), None][usize::from(self.below(4))],
            more: self.below(3) == 1,
            aborted: self.below(8) == 1,
            state: if self.below(8) == 1 { StateRef::Accepted } else { StateRef::None },
            ..Transfer::default()
        };
        let length = self.pick(&[0, 10, 400, 3000]);
        encode_transfer_head(out, channel, &transfer, length);
        out.resize(out.len() + length, 0x75);
    }

    fn disposition(&mut self, out: &mut Vec<u8>) {
        let channel = self.channel();
        let disposition = Disposition {
            role_receiver: self.below(4) != 0,
            first: self.pick(&[0, 1, 2, u32::MAX]),
            last: self.some(&[99, 0, 1, 4, u32::MAX]),
            settled: self.flag(),
            state: self.pick(&[StateRef::Accepted, StateRef::Released, StateRef::None]),
            batchable: false,
        };
        encode_disposition(out, channel, &disposition);
    }
}

fn begin(out: &mut Vec<u8>, channel: u16, remote_channel: Option<u16>, incoming_window: u32) {
    let begin = Begin {
        remote_channel,
        next_outgoing_id: 0,
        incoming_window,
        outgoing_window: 100,
        handle_max: Handle(u32::from(channel) + 2),
        offered_capabilities: None,
        desired_capabilities: None,
        properties: None,
    };
    write(out, channel, begin);
}

fn init(out: &mut Vec<u8>, mechanism: &str) {
    let initial_response = Some(Binary::from(&b"x"[..]));
    sasl(out, &SaslFrame::Init(SaslInit { mechanism: Symbol::from(mechanism), initial_response, hostname: None }));
}

fn outcome(out: &mut Vec<u8>, code: SaslCode) {
    sasl(out, &SaslFrame::Outcome(SaslOutcome { code, additional_data: None }));
}

fn sasl(out: &mut Vec<u8>, frame: &SaslFrame) {
    encode_sasl(out, frame).expect("our own frame can be encoded");
}

fn write(out: &mut Vec<u8>, channel: u16, performative: impl Into<Performative>) {
    encode_performative(out, channel, &performative.into()).expect("our own frame can be encoded");
}
