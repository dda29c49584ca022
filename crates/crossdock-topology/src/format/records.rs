//! The tables themselves.

use crossdock_schema::EntityKind;

use super::FieldKind::{Boolean, Choice, Integer, One, Records, Span, Text, Texts, Variables};
use super::{Field, FieldKind, Record};

const fn field(name: &'static str, kind: FieldKind, description: &'static str) -> Field {
    Field { name, kind, required: false, description }
}

const fn required(name: &'static str, kind: FieldKind, description: &'static str) -> Field {
    Field { name, kind, required: true, description }
}

const PORT: FieldKind = Integer { min: 1, max: 65535 };

/// Keys of templates.
pub(crate) static TEMPLATE: &[Field] = &[
    field("count", Integer { min: 0, max: 10_000 }, "How many of these there are; ${n} counts them, from 1."),
    field("first", Integer { min: 0, max: 1_000_000 }, "Where ${n} begins instead of 1."),
    field("vars", Variables, "Variables that hold in this item: ${name} stands for the value."),
];

/// The whole file.
pub(crate) static MESH: Record = Record {
    name: "topology",
    description: "A mesh of AMQP routers: routers, the connections between them, brokers, addresses and clients.",
    fields: &[
        field("name", Text, "Name of the mesh: what pictures and generated files call it."),
        field("description", Text, "What the mesh is for, for people."),
        field("include", Texts, "Further files whose lists are added to those of this one, relative to this file."),
        field(
            "vars",
            Variables,
            "Variables: ${name} in any text stands for the value. They overrule those of included files.",
        ),
        field("routers", Records(&ROUTER), "The routers."),
        field("connections", Records(&CONNECTION), "The connections between routers."),
        field("brokers", Records(&BROKER), "The brokers, and which routers hold the connections to them."),
        field("addresses", Records(&ADDRESS), "How addresses are treated, on every router."),
        field("autoLinks", Records(&AUTO_LINK), "Links that routers attach to queues of brokers by themselves."),
        field("linkRoutes", Records(&LINK_ROUTE), "Addresses whose links end at brokers."),
        field("shards", Records(&SHARD), "Addresses spread over several brokers by a key."),
        field("clients", Records(&CLIENTS), "Classes of clients: where they attach, what they send and receive."),
        field("accept", Records(&ACCEPT), "Warnings that are meant to be so."),
        field("draw", One(&DRAW), "How the picture is laid out."),
        field("simulation", One(&SIMULATION), "What 'crossdock topology simulate' does with the mesh."),
    ],
    section: None,
    repeats: false,
};

/// A router.
pub(crate) static ROUTER: Record = Record {
    name: "router",
    description: "A router, with the attributes of the section 'router' of its configuration.",
    fields: &[
        required("id", Text, "Router id: its name in the mesh."),
        field("host", Text, "Host it runs on, as the others reach it. Default: 127.0.0.1."),
        field("tier", Text, "Which layer of the picture it belongs to, for example edge, interior, core."),
        field("listeners", Records(&LISTENER), "Where it accepts connections."),
    ],
    section: Some((EntityKind::Router, &["name"])),
    repeats: true,
};

/// A listener.
pub(crate) static LISTENER: Record = Record {
    name: "listener",
    description: "A listener, with the attributes of the section 'listener'. Default host: that of the router if it is this \
                  machine, otherwise all addresses.",
    fields: &[],
    section: Some((EntityKind::Listener, &[])),
    repeats: true,
};

/// A connection between routers.
pub(crate) static CONNECTION: Record = Record {
    name: "connection",
    description: "Connections between routers, with the attributes of the section 'connector', which the router 'from' gets. \
                  Several names on both sides mean every pair.",
    fields: &[
        required("from", Texts, "Router that opens the connection: an id, a list of ids, or a pattern such as edge-*."),
        required("to", Texts, "Router that accepts it: an id, a list of ids, or a pattern."),
        field(
            "role",
            Choice(&["inter-router", "edge"]),
            "inter-router (default), or edge: from an edge router to an interior one.",
        ),
        field("listener", Text, "Name of the listener to use, where the router 'to' has several of this role."),
    ],
    section: Some((EntityKind::Connector, &["host", "port"])),
    repeats: true,
};

/// A broker.
pub(crate) static BROKER: Record = Record {
    name: "broker",
    description: "A broker (an AMQP container), with the attributes of the section 'connector' for the connections to it.",
    fields: &[
        required("id", Text, "Its name in this file; the connectors to it are called so."),
        field("container", Text, "Container id it announces. Default: its id."),
        required("routers", Texts, "Routers that hold a connection to it: ids or patterns."),
        field("embedded", Boolean, "It is the built-in test broker, started with the mesh."),
        field("url", Text, "Where it is: amqp://host:port or host:port. Without it: port on 127.0.0.1."),
        field("port", PORT, "Port of a broker on 127.0.0.1."),
        field("queues", Texts, "Names of its queues. When given, auto links and shards must name one of them."),
    ],
    section: Some((EntityKind::Connector, &["name", "role", "host", "cost"])),
    repeats: true,
};

/// An address section.
pub(crate) static ADDRESS: Record = Record {
    name: "address",
    description: "How an address is treated, with the attributes of the section 'address'.",
    fields: &[field("routers", Texts, "Routers that have the section. Default: all.")],
    section: Some((EntityKind::Address, &[])),
    repeats: true,
};

/// An auto link.
pub(crate) static AUTO_LINK: Record = Record {
    name: "autoLink",
    description: "A link between a router and a broker, with the attributes of the section 'autoLink'.",
    fields: &[
        required("broker", Texts, "Brokers to attach to: ids or patterns."),
        required("direction", Choice(&["in", "out", "both"]), "out: to the broker; in: from it; both: one of each."),
    ],
    section: Some((EntityKind::AutoLink, &["containerId", "connection"])),
    repeats: true,
};

/// A link route.
pub(crate) static LINK_ROUTE: Record = Record {
    name: "linkRoute",
    description: "A link route to brokers, with the attributes of the section 'linkRoute'.",
    fields: &[
        required("broker", Texts, "Brokers where the links end: ids or patterns."),
        required("direction", Choice(&["in", "out", "both"]), "in: links of senders; out: links of receivers; both."),
    ],
    section: Some((EntityKind::LinkRoute, &["containerId", "connection"])),
    repeats: true,
};

/// A shard.
pub(crate) static SHARD: Record = Record {
    name: "shard",
    description: "An address spread over several brokers: messages of one key go to one broker, in order.",
    fields: &[
        required("name", Text, "Name of the shard."),
        required("address", Text, "The address."),
        field("key", Text, "What decides: to, group-id, property:NAME or annotation:NAME. Default: group-id."),
        field(
            "onLoss",
            Choice(&["move", "wait"]),
            "What becomes of the keys of a lost broker: they move to others (default), or wait.",
        ),
        required("members", Records(&MEMBER), "The brokers."),
    ],
    section: None,
    repeats: true,
};

/// A broker of a shard.
pub(crate) static MEMBER: Record = Record {
    name: "member",
    description: "A broker that has a part of the keys.",
    fields: &[
        required("broker", Text, "The broker."),
        field("externalAddress", Text, "Name of the queue there. Default: the address."),
    ],
    section: None,
    repeats: true,
};

/// A client class.
pub(crate) static CLIENTS: Record = Record {
    name: "client class",
    description: "Clients that are alike.",
    fields: &[
        required("name", Text, "Name of the class."),
        required("routers", Texts, "Routers they attach to (each client to any one of them): ids or patterns."),
        field("send", Texts, "Addresses they send to; * and # may stand for words that differ from client to client."),
        field("receive", Texts, "Addresses they receive from; * and # may stand for words that differ."),
        field("number", Integer { min: 1, max: 100_000_000 }, "How many there are, about."),
    ],
    section: None,
    repeats: true,
};

/// A warning that is accepted.
pub(crate) static ACCEPT: Record = Record {
    name: "accept",
    description: "A warning that is meant to be so, and why.",
    fields: &[
        required("warning", Text, "Code of the warning, for example equal-cost."),
        field("about", Text, "Only warnings whose text has this in it."),
        required("because", Text, "Why it is meant to be so."),
    ],
    section: None,
    repeats: false,
};

/// A simulation.
pub(crate) static SIMULATION: Record = Record {
    name: "simulation",
    description: "What 'crossdock topology simulate' does with the mesh: load, delays, faults.",
    fields: &[
        field("for", Span, "How long the load runs, for example 20s."),
        field("delay", Span, "How long bytes travel over any connection. Default: 1ms."),
        field("delays", Records(&DELAY), "The same of single connections."),
        field("load", Records(&LOAD), "Who sends how much. Default: a little of everything that the clients send."),
        field(
            "faults",
            Texts,
            "What breaks, as sentences: 'at 5s kill router NAME for 10s', 'at 5s cut FROM-TO for 3s', 'silence FROM-TO', \
             'slow FROM-TO to 200ms', 'restart NAME', 'restore FROM-TO', 'broker NAME rejects' (releases, stalls, accepts); \
             'every 20s …' at random; 'any' instead of a name. Times count from the beginning of the load. Default: a router \
             that others need dies for a while; an empty list: nothing breaks.",
        ),
    ],
    section: None,
    repeats: false,
};

/// A slower connection.
pub(crate) static DELAY: Record = Record {
    name: "delay",
    description: "How long bytes travel over some connections.",
    fields: &[
        required("connection", Texts, "Connections between routers, as FROM-TO."),
        required("delay", Span, "How long, for example 20ms."),
    ],
    section: None,
    repeats: true,
};

/// What a class of clients sends.
pub(crate) static LOAD: Record = Record {
    name: "load",
    description: "What the clients of a class send in a simulation.",
    fields: &[
        required("clients", Text, "The class."),
        field("address", Text, "One of its addresses. Default: all of them, each with this load."),
        field("rate", Integer { min: 0, max: 1_000_000 }, "Messages in a second, of the whole class. Default: 10."),
        field(
            "messages",
            Integer { min: 0, max: 10_000_000 },
            "Instead of a rate: so many messages, spread over the time.",
        ),
        field("size", Integer { min: 0, max: 10_000_000 }, "Bytes of a message. Default: 200."),
        field("settled", Boolean, "Whether messages are sent settled, so that nobody is told what becomes of them."),
        field("number", Integer { min: 1, max: 10_000 }, "How many clients of the class are simulated."),
    ],
    section: None,
    repeats: true,
};

/// How to draw.
pub(crate) static DRAW: Record = Record {
    name: "draw",
    description: "How the picture is laid out.",
    fields: &[
        field(
            "layout",
            Choice(&["auto", "layers", "ring", "force"]),
            "layers: by tier; ring: a circle; force: near is what is connected; auto (default) chooses.",
        ),
        field("tiers", Texts, "The tiers in order, left to right. Default: as the routers name them."),
    ],
    section: None,
    repeats: false,
};
