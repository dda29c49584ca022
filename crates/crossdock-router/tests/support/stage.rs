//! A router and clients for transcripts: what clients do in short calls, what they hear in words.

use bytes::Bytes;
use crossdock_amqp::codec::StateRef;
use crossdock_amqp::engine::{Chunk, Config, Connection, Handshake, LinkId, NewDelivery, Payload, SessionId, attach};
use crossdock_amqp::serial::DeliveryNumber;
use crossdock_router::{ConnectionRole, ConnectionSettings, Holdings};
use fe2o3_amqp_types::definitions::{ReceiverSettleMode, Role, SenderSettleMode};
use fe2o3_amqp_types::messaging::{Source, Target, TargetArchetype};
use fe2o3_amqp_types::performatives::Attach;
use std::sync::Arc;

use super::net::Net;
use super::peer::{Part, Seen};

pub(crate) const REJECTED: StateRef<'static> = StateRef::Other(&[0x00, 0x53, 0x25, 0x45]);
pub(crate) const MODIFIED: StateRef<'static> = StateRef::Other(&[0x00, 0x53, 0x27, 0xc0, 0x02, 0x01, 0x41]);

/// The router and everybody around it.
pub(crate) struct Stage {
    pub(crate) net: Net,
    names: usize,
}

/// A client's link.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) end: usize,
    pub(crate) id: LinkId,
}

/// How a client wants its connection.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) frame: u32,
    pub(crate) window: u32,
    pub(crate) capacity: u32,
    pub(crate) max_message_size: u64,
    pub(crate) pipe: usize,
    /// Silence after which the router closes (ms); 0 = never.
    pub(crate) idle_timeout: u64,
    /// What the router's listener is for, and its name.
    pub(crate) role: ConnectionRole,
    pub(crate) name: &'static str,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            frame: 16_384,
            window: 1000,
            capacity: 10,
            max_message_size: 0,
            pipe: 1 << 20,
            idle_timeout: 0,
            role: ConnectionRole::Normal,
            name: "",
        }
    }
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self { net: Net::new(), names: 0 }
    }

    pub(crate) fn client(&mut self) -> usize {
        self.client_with(Terms::default())
    }

    /// A client that has opened and begun a session.
    pub(crate) fn client_with(&mut self, terms: Terms) -> usize {
        let mut client = Config::client("client");
        client.handshake = Handshake::Plain;
        client.open.max_frame_size = terms.frame.into();
        client.incoming_window = terms.window;
        let mut server = Config::server("R");
        server.open.max_frame_size = terms.frame.into();
        for config in [&mut client, &mut server] {
            config.idle_timeout = 0;
            config.open.idle_time_out = None;
            config.handshake_timeout = 0;
        }
        server.idle_timeout = terms.idle_timeout;
        let settings = ConnectionSettings {
            link_capacity: terms.capacity,
            max_message_size: terms.max_message_size,
            role: terms.role,
            name: terms.name.into(),
            ..ConnectionSettings::new(Arc::new(server))
        };
        let end = self.net.connect_with(client, settings, terms.pipe);
        self.net.ends[end].peer.seen.clear();
        self.conn(end).begin().unwrap();
        self.net.run();
        end
    }

    pub(crate) fn conn(&mut self, end: usize) -> &mut Connection<(), u32> {
        &mut self.net.ends[end].peer.conn
    }

    pub(crate) fn session(&mut self, end: usize) -> SessionId {
        self.conn(end).sessions().next().unwrap()
    }

    // ---- links -----------------------------------------------------------------------------------------------------------

    pub(crate) fn sender(&mut self, end: usize, address: &str) -> Link {
        let request = self.sender_attach(Some(address));
        self.attach(end, request)
    }

    pub(crate) fn anonymous(&mut self, end: usize) -> Link {
        let request = self.sender_attach(None);
        self.attach(end, request)
    }

    pub(crate) fn receiver(&mut self, end: usize, address: &str) -> Link {
        let request = self.receiver_attach(address);
        self.attach(end, request)
    }

    pub(crate) fn sender_attach(&mut self, address: Option<&str>) -> Attach {
        let target = Target { address: address.map(Into::into), ..Target::default() };
        attach(self.name(), Role::Sender, Some(Source::default()), Some(TargetArchetype::Target(target)))
    }

    pub(crate) fn receiver_attach(&mut self, address: &str) -> Attach {
        let source = Source { address: Some(address.into()), ..Source::default() };
        let target = TargetArchetype::Target(Target::default());
        attach(self.name(), Role::Receiver, Some(source), Some(target))
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("link-{}", self.names)
    }

    /// Attaches and waits for the answer.
    pub(crate) fn attach(&mut self, end: usize, request: Attach) -> Link {
        let link = self.ask(end, request);
        self.net.run();
        link
    }

    /// Writes an attach.
    pub(crate) fn ask(&mut self, end: usize, request: Attach) -> Link {
        let session = self.session(end);
        let id = self.conn(end).attach(session, request, 0).unwrap();
        Link { end, id }
    }

    pub(crate) fn detach(&mut self, link: Link) {
        self.conn(link.end).detach(link.id, true, None);
        self.net.run();
    }

    pub(crate) fn grant(&mut self, link: Link, n: u32) {
        let conn = self.conn(link.end);
        conn.add_credit(link.id, n);
        conn.open_gate(link.id);
        self.net.run();
    }

    /// Credit that the router has given to a client's sender.
    pub(crate) fn credit(&mut self, link: Link) -> u32 {
        self.conn(link.end).link(link.id).unwrap().sender_credit().unwrap().available()
    }

    // ---- deliveries ------------------------------------------------------------------------------------------------------

    /// Sends a text, unsettled, and lets everything happen.
    pub(crate) fn send(&mut self, link: Link, text: &str) {
        self.start(link, &body(text), false, false);
        self.net.run();
    }

    pub(crate) fn send_settled(&mut self, link: Link, text: &str) {
        self.start(link, &body(text), true, false);
        self.net.run();
    }

    /// Sends the first part of a message whose text is `text` and so many bytes more.
    pub(crate) fn send_half(&mut self, link: Link, text: &str, settled: bool) -> DeliveryNumber {
        let number = self.start(link, &body(text), settled, true);
        self.net.run();
        number
    }

    pub(crate) fn start(&mut self, link: Link, bytes: &[u8], settled: bool, more: bool) -> DeliveryNumber {
        let new = NewDelivery {
            tag: b"tag",
            message_format: 0,
            context: (!settled).then_some(0),
            state: StateRef::None,
            rcv_second: false,
        };
        let sent =
            self.conn(link.end).start_delivery(link.id, new, Payload::Copied(bytes), more).expect("there is credit");
        assert!(sent.finished);
        sent.delivery
    }

    /// Sends a further part: whatever it is, it is more of the body.
    pub(crate) fn go_on(&mut self, link: Link, bytes: &[u8], more: bool) {
        let chunk = Chunk::free(Bytes::copy_from_slice(bytes));
        let sent = self.conn(link.end).continue_delivery(link.id, Payload::Shared(&chunk), more);
        assert!(sent.expect("a delivery is under way").finished);
        self.net.run();
    }

    pub(crate) fn abort(&mut self, link: Link) {
        assert!(self.conn(link.end).abort_delivery(link.id));
        self.net.run();
    }

    /// A client's word on a delivery: `of_incoming` as its receiver.
    pub(crate) fn say(
        &mut self,
        end: usize,
        of_incoming: bool,
        number: DeliveryNumber,
        settled: bool,
        state: StateRef<'_>,
    ) {
        let session = self.session_with(end, number, of_incoming);
        self.conn(end).write_disposition(session, of_incoming, number, number, settled, state);
        self.net.run();
    }

    /// A receiver settles the oldest delivery that it has got.
    pub(crate) fn settle(&mut self, end: usize, state: StateRef<'_>) {
        let number = self.oldest(end);
        self.say(end, true, number, true, state);
        self.forget(end, number);
    }

    /// The oldest delivery that a receiver has not settled.
    pub(crate) fn oldest(&mut self, end: usize) -> DeliveryNumber {
        let conn = self.conn(end);
        let mut sessions = conn.sessions().filter_map(|session| conn.session(session));
        sessions.find_map(|session| Some(session.incoming().iter().next()?.0)).expect("something unsettled")
    }

    /// The session that knows a delivery, or else the first: a container has one more, which the router began.
    fn session_with(&mut self, end: usize, number: DeliveryNumber, of_incoming: bool) -> SessionId {
        let conn = self.conn(end);
        let knows = |&session: &SessionId| {
            conn.session(session).is_some_and(|session| {
                if of_incoming {
                    session.incoming().get(number).is_some()
                } else {
                    session.outgoing().get(number).is_some()
                }
            })
        };
        conn.sessions().find(knows).or_else(|| conn.sessions().next()).expect("a session")
    }

    /// A receiver has done with a delivery.
    pub(crate) fn forget(&mut self, end: usize, number: DeliveryNumber) {
        let session = self.session_with(end, number, true);
        self.conn(end).session_mut(session).unwrap().incoming_mut().remove(number);
    }

    // ---- what is to be seen ----------------------------------------------------------------------------------------------

    /// What a client has heard since the last call, in words; not of flows.
    pub(crate) fn news(&mut self, end: usize) -> Vec<String> {
        let seen: Vec<Seen> = self.net.ends[end].peer.seen.drain(..).collect();
        seen.iter().filter_map(words).collect()
    }

    /// What the router holds for a client, links aside.
    pub(crate) fn holdings(&self, end: usize) -> Holdings {
        Holdings { links: 0, ..self.net.ends[end].adaptor.holdings() }
    }

    /// The router holds nothing of any delivery, for anybody.
    pub(crate) fn assert_at_rest(&self) {
        for end in 0..self.net.ends.len() {
            assert_eq!(self.holdings(end), Holdings::default(), "connection {end}");
        }
        for link in self.net.node.links() {
            assert_eq!((link.unsettled(), link.waiting(), link.stuck()), (0, 0, 0), "{link:?}");
        }
    }

    /// Everybody hangs up, and nothing is left.
    pub(crate) fn assert_leaves_nothing(mut self) {
        for end in 0..self.net.ends.len() {
            self.net.cut(end, true);
        }
        self.net.run();
        for end in &self.net.ends {
            assert_eq!(end.adaptor.holdings(), Holdings::default());
        }
        let shared = &self.net.shared;
        assert_eq!((shared.connection_count(), shared.address_count(), self.net.node.link_count()), (0, 0, 0));
        let node = &self.net.node;
        assert_eq!(node.connections().len(), 0);
    }
}

/// A message whose body is this text.
pub(crate) fn body(text: &str) -> Vec<u8> {
    [&[0x00, 0x53, 0x75, 0xa0, text.len() as u8], text.as_bytes()].concat()
}

fn words(seen: &Seen) -> Option<String> {
    Some(match seen {
        Seen::Part(part) => part_words(part),
        Seen::State { first, last, settled, state, of_outgoing, .. } => {
            let kind = format!("{:?}", state.as_wire().kind()).to_lowercase();
            let settled = if *settled { "settled" } else { "unsettled" };
            let of = if *of_outgoing { "" } else { "sender says " };
            if first == last {
                format!("{of}{first} {kind} {settled}")
            } else {
                format!("{of}{first}..={last} {kind} {settled}")
            }
        }
        Seen::Detached { error, .. } => format!("detached{}", reason(error)),
        Seen::Ended { error, .. } => format!("ended{}", reason(error)),
        Seen::Closed { error, by_us } => format!("closed{}{}", if *by_us { " by us" } else { "" }, reason(error)),
        Seen::Drained(_) => "drained".into(),
        Seen::Answered(_, attach) if attach.source.is_none() || attach.target.is_none() => "refused".into(),
        Seen::Attached(..) => "attached".into(),
        Seen::Opened | Seen::Begun(_) | Seen::Answered(..) | Seen::Credit(_) | Seen::Window(_) => return None,
    })
}

fn part_words(part: &Part) -> String {
    let text = match part.payload.strip_prefix(&[0x00, 0x53, 0x75, 0xa0]) {
        Some([_, text @ ..]) => String::from_utf8_lossy(text).into_owned(),
        Some(_) | None => format!("{} bytes", part.payload.len()),
    };
    let mut words = text;
    let flags = [(!part.first, " later"), (part.more, " more"), (part.settled, " settled"), (part.aborted, " aborted")];
    for (_, flag) in flags.iter().filter(|(set, _)| *set) {
        words += flag;
    }
    words
}

/// The condition of an error.
fn reason(error: &Option<String>) -> String {
    error.as_deref().map_or(String::new(), |error| format!(": {}", error.split(' ').next().unwrap_or_default()))
}

/// Settle modes of a link to be attached.
pub(crate) fn modes(mut attach: Attach, snd: SenderSettleMode, rcv: ReceiverSettleMode) -> Attach {
    attach.snd_settle_mode = snd;
    attach.rcv_settle_mode = rcv;
    attach
}
