//! The recorded mesh, and a tool that asks it.

use std::time::Instant;

use fe2o3_amqp_types::definitions::Role;
use fe2o3_amqp_types::messaging::{Source, Target};
use fe2o3_amqp_types::performatives::{Attach, Open};

use super::amqp::Tree;
use super::message::{Answer, Value, map, raw_request};
use crate::support::honest::{grant, open, receiver, sender};
use crate::support::{self, PATIENCE, Peer, Router, wire};
use crossdock_amqp::codec::{Flow, Performative};
use crossdock_amqp::engine::attach;

/// Routers A and B as they were configured, but for the ports: the system chooses those.
const A: &str = "\
workerThreads: 2
}
listener {
    host: 127.0.0.1
    port: 0
    name: clients
}
listener {
    host: 127.0.0.1
    port: 0
    role: inter-router
    name: ir
}
listener {
    host: 127.0.0.1
    port: 0
    role: route-container
    name: broker-in
}
address {
    prefix: multicast
    distribution: multicast
    name: mc
}
address {
    prefix: work
    waypoint: yes
    name: wp
}
linkRoute {
    prefix: lr
    containerId: broker
    direction: in
    name: lr-in
}
linkRoute {
    prefix: lr
    containerId: broker
    direction: out
    name: lr-out
}
autoLink {
    address: work.q
    direction: in
    containerId: broker
    name: al-in
}
autoLink {
    address: work.q
    direction: out
    containerId: broker
    name: al-out
";

/// Everything that the recordings show to be there.
pub(super) struct Mesh {
    // Peers first: they leave before the routers do.
    broker: Peer,
    receiver: Peer,
    a: Router,
    b: Router,
}

impl Mesh {
    /// Starts it, and waits until A knows all of it.
    pub(super) fn start() -> Mesh {
        let a = Router::with_router("clients ir broker-in", &format!("mode: interior\nid: A\n{A}"));
        let b = format!(
            "mode: interior\nid: B\nworkerThreads: 2\n}}\nconnector {{\nhost: 127.0.0.1\nport: {}\nrole: inter-router\n\
             name: to-a\ncost: 2\n}}\nlistener {{\nhost: 127.0.0.1\nport: 0\nname: clients-b\n",
            a.port_of("ir")
        );
        let b = Router::with_router("clients-b", &b);
        // One after the other, so that their connections have the numbers that they had.
        b.wait_for("its way to A", |line| line.contains("router A is a neighbour"));
        let receiver = receiver_of(&b);
        let broker = broker_of(&a);
        let mesh = Mesh { broker, receiver, a, b };
        mesh.wait_until_known();
        mesh
    }

    /// The port of A's listener for clients.
    pub(super) fn port(&self) -> u16 {
        self.a.port_of("clients")
    }

    /// The port of B's.
    pub(super) fn port_of_b(&self) -> u16 {
        self.b.port_of("clients-b")
    }

    /// Keeps the connections of those who have nothing to say.
    pub(super) fn show_life(&mut self) {
        for peer in [&mut self.broker, &mut self.receiver] {
            peer.send(&wire::frame(0, &[]));
        }
    }

    fn wait_until_known(&self) {
        let mut tool = Tool::connect(self.port(), "$management");
        let deadline = Instant::now() + PATIENCE / 2;
        let address = query("org.apache.qpid.dispatch.router.address", &["name", "remoteCount"]);
        let auto_link = query("org.apache.qpid.dispatch.router.config.autoLink", &["operStatus"]);
        loop {
            let addresses = tool.ask(&address);
            let is_known = addresses.rows().iter().any(|row| match row.elements() {
                [name, count] => name.text() == Some("M0golden.b") && count.number() == Some(1),
                _ => false,
            });
            let statuses = tool.ask(&auto_link).column("operStatus");
            let are_attached = statuses.iter().all(|status| status.text() == Some("active"));
            if is_known && are_attached {
                break;
            }
            assert!(Instant::now() < deadline, "the mesh has not come together: {:?} {statuses:?}", addresses.rows());
        }
    }
}

fn container(name: &str) -> Open {
    Open { container_id: name.into(), ..open() }
}

/// A container behind B, which receives from an address of the mesh.
fn receiver_of(b: &Router) -> Peer {
    let mut peer = Peer::open_with(b.port_of("clients-b"), &container("golden-receiver"));
    peer.begin(0);
    peer.attach_receiver(0, 0, "golden.b");
    peer.grant(0, 0, 0, 10);
    peer
}

/// The broker, to which A attaches one link for each of the auto links.
fn broker_of(a: &Router) -> Peer {
    let mut peer = Peer::connect(a.port_of("broker-in"));
    peer.log_in_and_open(&container("broker"));
    let mut attached = 0;
    while attached < 2 {
        let support::Answer::Performative(channel, performative) = peer.expect("a begin or attach") else { continue };
        match performative {
            Performative::Begin(begin) if begin.remote_channel.is_none() => {
                let answer = fe2o3_amqp_types::performatives::Begin {
                    remote_channel: Some(channel),
                    ..support::honest::begin()
                };
                peer.send(&wire::performative(channel, answer));
            }
            Performative::Attach(theirs) => {
                let (source, target) = (theirs.source.map(|source| *source), theirs.target.map(|target| *target));
                let role = if theirs.role == Role::Sender { Role::Receiver } else { Role::Sender };
                let mut ours = attach(theirs.name, role.clone(), source, target);
                ours.handle = theirs.handle.0.into();
                ours.initial_delivery_count = (role == Role::Sender).then_some(0);
                peer.send(&wire::performative(channel, ours));
                if role == Role::Receiver {
                    peer.send(&wire::flow(channel, &grant(theirs.handle.0, 0, 5)));
                }
                attached += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    peer
}

/// A name as the tools make it up.
const TOOL: &str = "9e17df5c-22fe-4050-963f-4f626c964fd5";

/// What the tools do: one sender, one dynamic receiver, credit for one answer at a time.
pub(super) struct Tool {
    peer: Peer,
    reply_to: String,
    answers: u32,
}

impl Tool {
    pub(super) fn connect(port: u16, address: &str) -> Tool {
        let tool = Open { hostname: Some("127.0.0.1".into()), ..container(TOOL) };
        let mut peer = Peer::open_with(port, &tool);
        peer.begin(0);
        let sending = Attach { name: format!("{TOOL}-{address}"), ..sender(0, Some(address)) };
        assert!(peer.attach(0, &sending).target.is_some(), "the router refused {address}");
        let dynamic = Source { dynamic: true, ..Source::default() };
        let attach = Attach {
            name: format!("{TOOL}-{TOOL}"),
            source: Some(Box::new(dynamic)),
            target: Some(Box::new(Target::default().into())),
            ..receiver(1, "")
        };
        let reply_to = peer.attach(0, &attach).source.and_then(|source| source.address).unwrap();
        Tool { peer, reply_to, answers: 0 }
    }

    /// Sends the request and waits for the answer to it.
    pub(super) fn ask(&mut self, request: &[u8]) -> Answer {
        let credit =
            Flow { next_incoming_id: Some(self.answers), next_outgoing_id: self.answers, ..grant(1, self.answers, 1) };
        self.peer.send(&wire::flow(0, &credit));
        let request = with_reply_to(request, &self.reply_to);
        self.peer.send_message(0, 0, false, &request);
        self.answers += 1;
        Answer::read(&self.peer.next_message().1)
    }
}

/// A QUERY for these attributes.
pub(super) fn query(entity: &str, names: &[&str]) -> Vec<u8> {
    let properties = [("operation", "QUERY".into()), ("entityType", entity.into()), ("name", "self".into())];
    let body = map([("attributeNames", Value::texts(names))]);
    raw_request(Value::Null, Value::Null, "1".into(), Some(map(properties)), Some(body))
}

/// The same request, with the answer to go here. The encoding of all else stays.
fn with_reply_to(request: &[u8], reply_to: &str) -> Vec<u8> {
    let (properties, rest) = Tree::split(request, 0x73);
    let elements = properties.elements().iter().enumerate();
    let fields = elements.map(|(at, field)| match field {
        _ if at == 4 => Value::from(reply_to),
        Tree::Scalar(bytes) => Value::Raw(bytes.clone()),
        other => panic!("a property {other}"),
    });
    let mut out = rest.0.to_vec();
    out.extend_from_slice(&[0x00, 0x53, 0x73]);
    Value::List(fields.collect()).encode(&mut out);
    out.extend_from_slice(rest.1);
    out
}

/// The same request, with the identity of now in place of that of then.
pub(super) fn with_identity(request: &[u8], identities: Option<&(String, String)>) -> Vec<u8> {
    let Some((then, now)) = identities else { return request.to_vec() };
    let (properties, rest) = Tree::split(request, 0x74);
    let entries = properties.entries().iter().map(|(key, value)| {
        let value = match value {
            value if key == "identity" && value.text() == Some(then) => Value::from(now.as_str()),
            Tree::Scalar(bytes) => Value::Raw(bytes.clone()),
            other => panic!("a property {other}"),
        };
        (key.clone(), value)
    });
    let mut out = rest.0.to_vec();
    out.extend_from_slice(&[0x00, 0x53, 0x74]);
    Value::Map(entries.collect()).encode(&mut out);
    out.extend_from_slice(rest.1);
    out
}
