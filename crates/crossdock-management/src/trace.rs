//! Which way a message took: the answer to TRACE.

use crate::fields::{Fields, map};
use crate::octets::Octets;
use crate::refusal::Refusal;
use crate::request::{Given, Properties};

/// How long is waited for reports unless the request says so (milliseconds).
const TIMEOUT: u32 = 5_000;

/// How long at most.
const MAX_TIMEOUT: u32 = 60_000;

/// What is to be traced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceRequest<'r> {
    /// The address, as clients write it.
    pub address: &'r str,
    /// The key of the message, where the address is spread over others by one.
    pub key: Option<&'r str>,
    /// Priority of the message.
    pub priority: u8,
    /// Whether it goes where settled messages go.
    pub settled: bool,
    /// How long is waited for reports (milliseconds).
    pub timeout: u32,
}

/// What became of a message that was sent to find that out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// Whether the end of every branch is known.
    pub is_complete: bool,
    /// How long that took (microseconds).
    pub micros: u64,
    /// Routers in the order in which their reports came; the first is the one that was asked.
    pub hops: Vec<TracedHop>,
}

/// What one router decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TracedHop {
    /// The routers on the way to it, and itself.
    pub path: Vec<String>,
    /// When its report came, after the start (microseconds).
    pub micros: u64,
    /// Key of the address whose destinations take the message, such as `M0news`; empty if there is none.
    pub address: String,
    /// How deliveries are distributed, such as `balanced`.
    pub treatment: String,
    /// Priority of the message.
    pub priority: u8,
    /// Number of the connection over which it came; 0 where it began.
    pub connection: u64,
    /// Number of the link, likewise.
    pub link: u64,
    /// Where it goes from here.
    pub steps: Vec<TracedStep>,
    /// Consumers that get it and are not among these.
    pub left_out: u64,
    /// Why it goes nowhere, if so.
    pub why: Option<String>,
}

/// A place to which the message goes from a router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracedStep {
    /// What that is.
    pub to: TracedTo,
    /// Its name: of a router its id, of a consumer its container.
    pub name: String,
    /// Number of the connection.
    pub connection: u64,
    /// Number of the link; 0 if it is not known.
    pub link: u64,
    /// What it costs to go to the consumer on that way.
    pub cost: u64,
    /// What there is to say.
    pub note: Option<String>,
    /// What became of the message on the way to a router.
    pub fate: Option<TracedFate>,
}

/// What a message goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TracedTo {
    /// A client.
    Consumer,
    /// A container of addresses, such as a broker.
    Container,
    /// The router itself.
    Own,
    /// Another router.
    Router,
    /// Another router that would deliver the message, so that it is not sent.
    Stranger,
}

/// What became of a message on the way to a router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracedFate {
    /// What.
    pub kind: FateKind,
    /// How long it was at the router before that (microseconds).
    pub micros: u64,
    /// What there is to say.
    pub note: Option<String>,
}

/// What becomes of messages between routers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FateKind {
    /// It waits.
    Waits,
    /// It has left.
    Left,
    /// It is gone.
    Lost,
}

impl TracedTo {
    const ALL: [Self; 5] = [Self::Consumer, Self::Container, Self::Own, Self::Router, Self::Stranger];

    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Container => "container",
            Self::Own => "self",
            Self::Router => "router",
            Self::Stranger => "stranger",
        }
    }

    /// What has this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|to| to.name() == name)
    }

    /// Whether somebody gets the message there.
    pub fn is_receiver(self) -> bool {
        match self {
            Self::Consumer | Self::Container | Self::Own => true,
            Self::Router | Self::Stranger => false,
        }
    }
}

impl FateKind {
    const ALL: [Self; 3] = [Self::Waits, Self::Left, Self::Lost];

    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::Left => "left",
            Self::Lost => "lost",
        }
    }

    /// What has this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl<'r> TraceRequest<'r> {
    pub(crate) fn read(properties: &Properties<'r>) -> Result<Self, Refusal> {
        let Some(address) = properties.address.text("address")? else {
            return Err(Refusal::bad_request("No 'address' property: it says where the message is for"));
        };
        let number = |given: Given<'_>, key: &str, default: u32, most: u32| -> Result<u32, Refusal> {
            let number = given.number(key)?.unwrap_or(default.into());
            u32::try_from(number)
                .ok()
                .filter(|number| *number <= most)
                .ok_or_else(|| Refusal::bad_request(format!("Property '{key}' is {number}; it may be 0 to {most}")))
        };
        Ok(Self {
            address,
            key: properties.key.text("key")?,
            priority: number(properties.priority, "priority", 4, 9)? as u8,
            settled: number(properties.settled, "settled", 0, 1)? == 1,
            timeout: number(properties.timeout, "timeout", TIMEOUT, MAX_TIMEOUT)?,
        })
    }
}

impl Trace {
    /// Whether somebody gets the message.
    pub fn is_delivered(&self) -> bool {
        self.hops.iter().flat_map(|hop| &hop.steps).any(|step| step.to.is_receiver())
    }
}

/// Writes the answer.
pub(crate) fn write(out: &mut Octets, router: &str, address: &str, trace: &Trace) {
    map(out, |fields| {
        fields.text("router", router);
        fields.text("address", address);
        fields.value("complete", |out| out.boolean(trace.is_complete));
        fields.value("delivered", |out| out.boolean(trace.is_delivered()));
        fields.number("elapsedMicros", trace.micros);
        fields.list("hops", &trace.hops, |out, hop| {
            map(out, |fields| {
                fields.text("router", hop.path.last().map_or("", String::as_str));
                fields.list("path", &hop.path, |out, router| out.string(router));
                fields.number("roundTripMicros", hop.micros);
                write_decision(fields, hop);
            });
        });
    });
}

/// What a router decided, as entries.
pub(crate) fn write_decision(fields: &mut Fields<'_>, hop: &TracedHop) {
    fields.text("key", &hop.address);
    fields.text("treatment", &hop.treatment);
    fields.number("priority", hop.priority);
    fields.number("connection", hop.connection);
    fields.number("link", hop.link);
    fields.list("next", &hop.steps, |out, step| map(out, |fields| write_step(fields, step)));
    fields.number("leftOut", hop.left_out);
    fields.optional_text("why", hop.why.as_deref());
}

fn write_step(fields: &mut Fields<'_>, step: &TracedStep) {
    fields.text("to", step.to.name());
    fields.text("name", &step.name);
    fields.number("connection", step.connection);
    fields.number("link", step.link);
    fields.number("cost", step.cost);
    fields.optional_text("note", step.note.as_deref());
    if let Some(fate) = &step.fate {
        write_fate(fields, fate);
    }
}

/// What became of a message on its way, as entries.
pub(crate) fn write_fate(fields: &mut Fields<'_>, fate: &TracedFate) {
    fields.text("fate", fate.kind.name());
    fields.number("residenceMicros", fate.micros);
    fields.optional_text("because", fate.note.as_deref());
}
