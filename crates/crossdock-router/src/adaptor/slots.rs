//! What the adaptor knows of each link, beside what its engine knows.

use crossdock_amqp::engine::{Chunk, LinkId, SessionId};
use crossdock_amqp::serial::DeliveryNumber;
use crossdock_core::batch::{Batch, ConnId, DeliveryRef, Flags, Forward, State};
use crossdock_core::message::HeadScanner;
use crossdock_core::record::{Arrival, LinkRecord, OriginIndex};
use crossdock_core::route::Route;
use crossdock_core::routed::Tag;
use crossdock_core::routers::Origin;
use crossdock_core::table::{OutgoingCounters, Party};
use crossdock_core::work::AutoLink;
use fe2o3_amqp_types::performatives::Attach;
use hashbrown::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;

use super::byte_queue::ByteQueue;
use super::routed::Routed;
use super::ways::WayId;

/// A link, as the adaptor sees it.
#[derive(Debug)]
pub(super) enum Slot {
    /// Attached by the peer, not answered yet: the node thinks. Or by this router, and the peer thinks.
    Pending(Box<PendingLink>),
    /// From a producer.
    In(Box<IncomingLink>),
    /// To a consumer.
    Out(Box<OutgoingLink>),
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkKind {
    /// A client's.
    Client,
    /// Control messages between routers.
    Control,
    /// Deliveries between routers.
    Data,
    /// Deliveries to another router whose end has not come yet, one at a time.
    Stream,
    /// Half of a routed link: the other half is on another connection.
    Routed,
}

#[derive(Debug)]
pub(super) struct PendingLink {
    pub(super) id: LinkId,
    /// The peer's attach, or its answer to ours.
    pub(super) attach: Box<Attach>,
    /// Once it is known that it is half of a routed link.
    pub(super) routed: Option<Box<Routed>>,
    /// What it is for, if this router attached it.
    pub(super) auto_link: Option<Box<AutoLink>>,
    pub(super) counters: Arc<OutgoingCounters>,
    pub(super) record: Arc<LinkRecord>,
}

#[derive(Debug)]
pub(super) struct IncomingLink {
    pub(super) id: LinkId,
    pub(super) session: SessionId,
    /// Number that the session's next delivery had when the link was attached: all of its own come later.
    pub(super) since: DeliveryNumber,
    pub(super) kind: LinkKind,
    /// Tells senders apart where they are shared out.
    pub(super) sender: u32,
    /// Who sends.
    pub(super) party: Party,
    /// Where its messages go; none if each message says so itself.
    pub(super) route: Option<Route>,
    /// The other half, if it is half of a routed link.
    pub(super) routed: Option<Box<Routed>>,
    /// The address of `route` as the peer wrote it: other routers are told in each message.
    pub(super) to: Option<Arc<str>>,
    /// The address that the peer wrote, if what is sent to it goes to another one; each message says so.
    pub(super) meant: Option<Box<str>>,
    /// Routes of an anonymous link's latest addresses.
    pub(super) routes: HashMap<RouteKey, Route>,
    /// Whether annotations of routers mean nothing on this link.
    pub(super) strips: bool,
    /// Where the latest annotated message entered the network.
    pub(super) origin: Option<KnownOrigin>,
    /// Whether the sender settles only after us (receiver settle mode second).
    pub(super) settles_second: bool,
    /// Bytes of the delivery under way.
    pub(super) received: u64,
    pub(super) current: Option<Ingress>,
    /// Whether the link waits for its credit to be granted at the end of this round.
    pub(super) credit_due: bool,
    /// Whether the link is in the list of those whose credit was not worth a flow.
    pub(super) credit_late: bool,
    /// The auto link that it belongs to.
    pub(super) auto_link: Option<u64>,
    /// What everybody may see of it.
    pub(super) record: Arc<LinkRecord>,
}

/// What an anonymous link's messages say about where they go: phase and address, as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RouteKey {
    pub(super) phase: u8,
    pub(super) text: Box<str>,
}

/// [`RouteKey`], borrowed.
#[derive(Hash)]
pub(super) struct RouteKeyRef<'a> {
    pub(super) phase: u8,
    pub(super) text: &'a str,
}

impl hashbrown::Equivalent<RouteKey> for RouteKeyRef<'_> {
    fn equivalent(&self, key: &RouteKey) -> bool {
        self.phase == key.phase && *self.text == *key.text
    }
}

/// An ingress annotation, and whom it means.
#[derive(Debug)]
pub(super) struct KnownOrigin {
    pub(super) identity: Box<str>,
    /// Of the routers, when it was looked up.
    pub(super) epoch: u64,
    pub(super) origin: Origin,
}

/// A delivery coming in whose last frame has not come.
#[derive(Debug)]
pub(super) struct Ingress {
    pub(super) number: DeliveryNumber,
    pub(super) phase: IngressPhase,
}

#[derive(Debug)]
pub(super) enum IngressPhase {
    /// It is not known yet where it goes: the head of the message is not complete.
    Head { scanner: HeadScanner, bytes: Vec<u8>, first: FirstFrame },
    /// A message for the node.
    Control(Vec<u8>),
    /// Parts are passed on as they come.
    Forwarding(Vec<(ConnId, LinkId)>),
    /// Its fate is sealed, the rest is read and thrown away, then it is settled.
    Discarding { state: State },
}

/// What the first frame of a delivery said, and no later one repeats.
#[derive(Debug)]
pub(super) struct FirstFrame {
    pub(super) message_format: u32,
    pub(super) rcv_second: bool,
    pub(super) state: State,
}

impl IngressPhase {
    /// Bytes kept of a message whose head is not complete.
    pub(super) fn head_len(&self) -> usize {
        match self {
            Self::Head { bytes, .. } => bytes.len(),
            Self::Control(_) | Self::Forwarding(_) | Self::Discarding { .. } => 0,
        }
    }
}

#[derive(Debug)]
pub(super) struct OutgoingLink {
    pub(super) id: LinkId,
    pub(super) session: SessionId,
    /// Number that the session's next delivery had when the link was attached: all of its own come later.
    pub(super) since: DeliveryNumber,
    pub(super) kind: LinkKind,
    pub(super) counters: Arc<OutgoingCounters>,
    /// The other half, if it is half of a routed link whose other half is there.
    pub(super) routed: Option<Box<Routed>>,
    /// How deliveries are sent whose settlement differs from what the consumer asked for.
    pub(super) settling: Settling,
    /// Deliveries started so far, or given up before they were: credit reaches from here.
    pub(super) started: u64,
    pub(super) queue: VecDeque<Waiting>,
    /// Bytes in the queue of settled deliveries from other routers.
    pub(super) transit_bytes: usize,
    pub(super) small: ByteQueue,
    pub(super) current: Option<Egress>,
    /// Whether the link is in the adaptor's list of links that wait for window or transport.
    pub(super) blocked: bool,
    /// The auto link that it belongs to.
    pub(super) auto_link: Option<u64>,
    /// What everybody may see of it.
    pub(super) record: Arc<LinkRecord>,
}

/// The consumer's wish for the sender settle mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settling {
    /// Each delivery as it came.
    AsSent,
    /// All settled: the router answers `accepted` for the consumer.
    AllSettled,
    /// All unsettled: what the consumer says of deliveries that came settled is nobody's business.
    AllUnsettled,
}

/// A delivery that waits for credit, window or transport.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) from: ConnId,
    pub(super) delivery: DeliveryRef,
    pub(super) message_format: u32,
    pub(super) flags: Flags,
    pub(super) priority: u8,
    pub(super) came: Arrival,
    pub(super) origin: OriginIndex,
    /// Its place among all deliveries to the peer.
    pub(super) place: u64,
    pub(super) state: State,
    /// That of its sender, on a routed link.
    pub(super) tag: Option<Box<Tag>>,
    pub(super) content: WaitingContent,
}

impl Waiting {
    /// The first part of a delivery, with what it holds of the content and its place among all deliveries to the peer.
    pub(super) fn new(batch: &Batch, index: usize, forward: &Forward, place: u64, content: WaitingContent) -> Self {
        Self {
            from: forward.from,
            delivery: forward.delivery,
            message_format: forward.message_format,
            flags: forward.flags,
            priority: forward.priority,
            came: forward.came,
            origin: forward.origin,
            place,
            state: State::from_wire(batch.state(index, forward)),
            tag: batch.tag(index, forward).map(|tag| Box::new(*tag)),
            content,
        }
    }
}

#[derive(Debug)]
pub(super) enum WaitingContent {
    /// So many bytes at the front of the link's `small` queue, once it is this one's turn.
    Small(usize),
    /// All parts that have come; the last of the message if `MORE` is not set any more.
    Parts(VecDeque<Chunk>),
}

impl WaitingContent {
    /// Bytes that have come.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Small(len) => *len,
            Self::Parts(parts) => parts.iter().map(Chunk::len).sum(),
        }
    }
}

/// A delivery going out whose last frame has not gone.
#[derive(Debug)]
pub(super) struct Egress {
    pub(super) from: ConnId,
    pub(super) delivery: DeliveryRef,
    pub(super) number: DeliveryNumber,
    /// Parts that have not gone.
    pub(super) parts: VecDeque<Chunk>,
    pub(super) rest: Rest,
    /// Whether it is over when it has gone: the consumer's settlement is not waited for.
    pub(super) settled: bool,
    /// What its origin is told when it has gone.
    pub(super) left: Option<State>,
    pub(super) priority: u8,
    pub(super) came: Arrival,
    /// Its place among all deliveries to the peer.
    pub(super) place: u64,
}

/// What is to follow the parts of a delivery that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Parts that have not come.
    Coming,
    /// Nothing: the last part has come.
    Nothing,
    /// An abort, as soon as the window lets it through: the consumer wants no more, or there is no more.
    Abort,
}

/// What is remembered of an unsettled delivery from the peer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Incoming {
    /// Nothing yet.
    #[default]
    Unrouted,
    /// Its head is not complete, or its fate is sealed and the rest is thrown away. `settled` by its sender.
    Coming { link: LinkId, settled: bool, came: Arrival },
    /// It went to one destination; `way` counts it while it is under way to another router.
    To { link: LinkId, conn: ConnId, settled: bool, way: WayId, came: Arrival },
    /// It went to several.
    Multicast { link: LinkId, index: u32, settled: bool, came: Arrival },
    /// Everything is said but the sender's own settlement.
    AwaitSender { link: LinkId, came: Arrival },
}

/// There may be very many unsettled deliveries: what is remembered of each stays small.
const _: () = assert!(size_of::<Incoming>() == 24 && size_of::<Outgoing>() == 48);

impl Incoming {
    pub(super) fn link(&self) -> Option<LinkId> {
        match *self {
            Self::Unrouted => None,
            Self::Coming { link, .. }
            | Self::To { link, .. }
            | Self::Multicast { link, .. }
            | Self::AwaitSender { link, .. } => Some(link),
        }
    }

    /// Whether its sender has not settled it.
    pub(super) fn is_unsettled(&self) -> bool {
        match *self {
            Self::Coming { settled, .. } | Self::To { settled, .. } | Self::Multicast { settled, .. } => !settled,
            Self::Unrouted | Self::AwaitSender { .. } => true,
        }
    }

    /// When it came; none of what has just come.
    pub(super) fn came(&self) -> Option<Arrival> {
        match *self {
            Self::Unrouted => None,
            Self::Coming { came, .. }
            | Self::To { came, .. }
            | Self::Multicast { came, .. }
            | Self::AwaitSender { came, .. } => Some(came),
        }
    }

    /// The same, to be changed.
    pub(super) fn came_mut(&mut self) -> Option<&mut Arrival> {
        match self {
            Self::Unrouted => None,
            Self::Coming { came, .. }
            | Self::To { came, .. }
            | Self::Multicast { came, .. }
            | Self::AwaitSender { came, .. } => Some(came),
        }
    }
}

/// What is remembered of an unsettled delivery to the peer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outgoing {
    /// Whom its settlement concerns; none if it came settled, or its sender has gone.
    pub(super) origin: Option<(ConnId, DeliveryRef)>,
    pub(super) link: LinkId,
    /// Whether its origin has been told an outcome.
    pub(super) decided: bool,
    pub(super) came: Arrival,
}
