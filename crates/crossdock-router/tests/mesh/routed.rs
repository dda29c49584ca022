//! Links that go on to a container, here or at other routers.

use crossdock_amqp::codec::{StateKind, StateRef};
use crossdock_amqp::engine::{LinkId, LinkRole, LinkState};
use crossdock_router::ConnectionRole;
use crossdock_schema::parse;
use fe2o3_amqp_types::definitions::{ReceiverSettleMode, Role, SenderSettleMode};
use fe2o3_amqp_types::messaging::TargetArchetype;
use fe2o3_amqp_types::performatives::Attach;
use fe2o3_amqp_types::primitives::{Symbol, Value};

use super::bench::{Bench, Container, Far, request};

const BOTH: &str = "linkRoute {\n prefix: lr\n containerId: broker\n direction: in\n}\n\
                    linkRoute {\n prefix: lr\n containerId: broker\n direction: out\n}\n";

/// A line of routers, a broker behind the last, and a client at the first.
struct Line {
    bench: Bench,
    broker: usize,
    client: usize,
}

impl Line {
    fn of(routers: usize) -> Self {
        Self::configured(routers, BOTH)
    }

    fn configured(routers: usize, configuration: &str) -> Self {
        let mut bench = Bench::new(10_000);
        for at in 0..routers {
            bench.router(&format!("R{at}"), 1);
            if at > 0 {
                bench.join(at - 1, at);
            }
        }
        configure(&mut bench, routers - 1, configuration);
        let broker = bench.connect(routers - 1, ConnectionRole::RouteContainer, "broker");
        bench.client(broker).container = Some(Container::default());
        bench.run_for(15_000);
        let client = bench.connect(0, ConnectionRole::Normal, "cli");
        Self { bench, broker, client }
    }

    fn attach(&mut self, role: Role, address: &str, credit: u32) -> LinkId {
        self.bench.attach(self.client, role, Some(address), credit)
    }

    /// The broker's ends of routed links, in their order.
    fn ends(&mut self) -> Vec<LinkId> {
        self.bench.client(self.broker).container.as_ref().unwrap().attached.iter().map(|(link, _)| *link).collect()
    }

    /// What the broker was asked for.
    fn asked(&mut self) -> Vec<Attach> {
        let container = self.bench.client(self.broker).container.as_ref().unwrap();
        container.attached.iter().map(|(_, attach)| Attach::clone(attach)).collect()
    }

    fn grant(&mut self, link: LinkId, credit: u32, drain: bool) {
        self.bench.client(self.broker).peer.conn.mirror_credit(link, credit, drain);
        self.bench.settle();
    }

    /// A sender with this much credit from the broker, and the broker's end.
    fn sender(&mut self, credit: u32) -> (LinkId, LinkId) {
        let sender = self.attach(Role::Sender, "lr.q", 0);
        let end = self.ends().pop().unwrap();
        self.grant(end, credit, false);
        (sender, end)
    }

    fn credit(&mut self, link: LinkId) -> u32 {
        self.bench.credit(self.client, link)
    }

    fn is_attached(&mut self, conn: usize, link: LinkId) -> bool {
        let link = self.bench.client(conn).peer.conn.link(link);
        link.is_some_and(|link| link.state() == LinkState::Attached)
    }

    fn errors(&mut self, conn: usize) -> Vec<String> {
        std::mem::take(&mut self.bench.client(conn).errors)
    }

    /// When both ends have gone, nothing is left of their links anywhere.
    fn finish(mut self) {
        for conn in [self.client, self.broker] {
            if !self.bench.conns[conn].over {
                self.bench.lose(conn);
            }
        }
        self.bench.run_for(1_000);
        for (at, conn) in self.bench.conns.iter().enumerate() {
            assert_eq!(self.bench.holdings(at), Default::default(), "connection {at}");
            if let Far::Router(_) = conn.far {
                let links = conn.adaptor.holdings().links;
                assert_eq!(links, 22, "connection {at} has its own links and no other");
            }
        }
        for site in &self.bench.sites {
            assert!(site.node.links().all(|link| link.peer().is_none() && link.terminus().is_none()));
        }
    }
}

fn configure(bench: &mut Bench, site: usize, text: &str) {
    let text = format!("router {{\n mode: interior\n id: R{site}\n}}\n{text}");
    bench.sites[site].node.configure(&parse("test", &text).unwrap().0).unwrap();
}

#[test]
fn a_sender_reaches_the_container_over_any_number_of_routers() {
    for routers in 1..=3 {
        let mut line = Line::of(routers);
        let (sender, end) = line.sender(3);
        assert_eq!(line.credit(sender), 3, "what the container grants, and no more");
        for message in [&b"one"[..], b"two", b"three"] {
            line.bench.send(line.client, sender, message, false, false);
        }
        let got = &line.bench.client(line.broker).got;
        let got: Vec<_> = got.iter().map(|(link, _, octets)| (*link, &octets[..])).collect();
        assert_eq!(got, [(end, &b"one"[..]), (end, b"two"), (end, b"three")], "octets nobody has read");
        assert_eq!(line.bench.client(line.client).kinds(), [StateKind::Accepted; 3]);
        assert_eq!(line.credit(sender), 0);
        line.finish();
    }
}

#[test]
fn a_receiver_gets_what_the_container_sends_with_its_tags() {
    for routers in 1..=3 {
        let mut line = Line::of(routers);
        let receiver = line.attach(Role::Receiver, "lr.q", 2);
        let end = line.ends().pop().unwrap();
        assert_eq!(line.bench.credit(line.broker, end), 2);
        line.bench.send(line.broker, end, b"one", false, false);
        line.bench.send(line.broker, end, b"two", true, false);
        let got: Vec<_> = line.bench.client(line.client).got.clone();
        assert_eq!(got, [(receiver, false, b"one".to_vec()), (receiver, true, b"two".to_vec())]);
        assert_eq!(line.bench.client(line.client).tags, [b"tag".to_vec(), b"tag".to_vec()]);
        assert_eq!(line.bench.client(line.broker).kinds(), [StateKind::Accepted]);
        line.finish();
    }
}

#[test]
fn the_first_router_makes_the_name_unique_and_the_others_keep_it() {
    let mut line = Line::of(3);
    let mut wanted = request("mine", Role::Sender, Some("lr.q"));
    wanted.properties = Some([(Symbol::from("key"), Value::Int(7))].into_iter().collect());
    wanted.snd_settle_mode = SenderSettleMode::Unsettled;
    wanted.rcv_settle_mode = ReceiverSettleMode::Second;
    wanted.max_message_size = Some(5000);
    line.bench.attach_as(line.client, wanted, 0);
    let asked = line.asked().pop().unwrap();
    assert_eq!(asked.name, "mine@cli");
    assert!(asked.properties.unwrap().contains_key(&Symbol::from("key")), "between routers of this kind");
    assert_eq!(asked.snd_settle_mode, SenderSettleMode::Unsettled);
    assert_eq!(asked.rcv_settle_mode, ReceiverSettleMode::Second);
    assert_eq!(asked.max_message_size, Some(5000));
    line.finish();
}

#[test]
fn the_client_is_answered_when_the_container_is_and_as_it_answered() {
    let mut line = Line::of(2);
    line.bench.client(line.broker).container.as_mut().unwrap().is_slow = true;
    let sender = line.attach(Role::Sender, "lr.q", 0);
    assert!(!line.is_attached(line.client, sender));
    let (end, asked) = line.bench.client(line.broker).container.as_mut().unwrap().attached.pop().unwrap();
    let mut answer = Attach::clone(&asked);
    answer.properties = Some([(Symbol::from("said"), Value::Int(1))].into_iter().collect());
    if let Some(TargetArchetype::Target(target)) = answer.target.as_deref_mut() {
        target.capabilities = Some(vec![Symbol::from("queue")].into());
    }
    answer.max_message_size = Some(777);
    assert!(line.bench.client(line.broker).peer.conn.answer_link(end, answer));
    line.bench.settle();
    assert!(line.is_attached(line.client, sender));
    let answered = line.bench.client(line.client).answers.pop().unwrap();
    assert!(answered.properties.as_ref().unwrap().contains_key(&Symbol::from("said")));
    assert_eq!(answered.max_message_size, Some(777));
    let Some(TargetArchetype::Target(target)) = answered.target.as_deref() else { panic!("{answered:?}") };
    assert_eq!(target.address.as_deref(), Some("lr.q"));
    assert_eq!(target.capabilities.as_ref().unwrap().0, [Symbol::from("queue")]);
    line.finish();
}

#[test]
fn a_prefix_is_taken_off_and_another_put_in_front_and_back_in_the_answer() {
    let mut line = Line::configured(
        2,
        "linkRoute {\n pattern: pat.*.x\n containerId: broker\n direction: out\n delExternalPrefix: pat.\n \
         addExternalPrefix: ext/\n}",
    );
    line.attach(Role::Receiver, "pat.y.x", 0);
    let asked = line.asked().pop().unwrap();
    assert_eq!(asked.source.unwrap().address.as_deref(), Some("ext/y.x"));
    let answer = line.bench.client(line.client).answers.pop().unwrap();
    assert_eq!(answer.source.unwrap().address.as_deref(), Some("pat.y.x"));
    line.finish();
}

#[test]
fn credit_goes_up_and_down_as_the_container_says() {
    let mut line = Line::of(2);
    let (sender, end) = line.sender(10);
    line.bench.send(line.client, sender, b"one", true, false);
    line.grant(end, 20, false);
    assert_eq!(line.credit(sender), 20);
    line.grant(end, 3, false);
    assert_eq!(line.credit(sender), 3);
    line.grant(end, 0, false);
    assert_eq!(line.credit(sender), 0);
    line.grant(end, u32::MAX, false);
    assert_eq!(line.credit(sender), u32::MAX);
    line.bench.send(line.client, sender, b"two", true, false);
    assert_eq!(line.bench.client(line.broker).got.len(), 2);
    line.finish();
}

#[test]
fn a_drain_goes_to_the_sender_and_its_answer_back() {
    for routers in 1..=3 {
        let mut line = Line::of(routers);
        let (sender, end) = line.sender(5);
        line.bench.send(line.client, sender, b"one", false, false);
        line.grant(end, 4, true);
        let credit = *line.bench.client(line.client).peer.conn.link(sender).unwrap().sender_credit().unwrap();
        assert!(credit.drain() && credit.available() == 4, "nobody answers for the sender");
        assert_eq!(line.bench.client(line.broker).drained, 0);
        line.bench.send(line.client, sender, b"two", false, false);
        line.bench.client(line.client).peer.conn.answer_drain(sender);
        line.bench.settle();
        assert_eq!(line.bench.client(line.broker).got.len(), 2);
        assert_eq!(line.bench.client(line.broker).drained, 1);
        let back = line.bench.client(line.broker).peer.conn.link(end).unwrap().receiver_credit().unwrap().granted();
        assert_eq!(back, 0);
        line.grant(end, 2, false);
        assert_eq!(line.credit(sender), 2);
        line.finish();
    }
}

#[test]
fn outcomes_come_back_as_the_container_says_them() {
    let mut line = Line::of(2);
    line.bench.client(line.broker).accepts = false;
    let (sender, _) = line.sender(4);
    for _ in 0..4 {
        line.bench.send(line.client, sender, b"message", false, false);
    }
    let session = line.bench.session(line.broker);
    let rejected: &[u8] = b"\x00\x53\x25\xc0\x12\x01\x00\x53\x1d\xc0\x0c\x01\xa3\x09test:nope";
    let transactional: &[u8] = b"\x00\x53\x34\xc0\x08\x02\xa0\x01\x07\x00\x53\x24\x45";
    let states = [StateRef::Accepted, StateRef::Released, StateRef::Other(rejected), StateRef::Other(transactional)];
    let numbers = line.bench.client(line.broker).numbers.clone();
    let session = numbers.last().map_or(session, |(session, _)| *session);
    for (state, (_, number)) in states.into_iter().zip(numbers) {
        let engine = &mut line.bench.client(line.broker).peer.conn;
        engine.session_mut(session).unwrap().incoming_mut().remove(number);
        engine.write_disposition(session, true, number, number, true, state);
        line.bench.settle();
    }
    let outcomes = &line.bench.client(line.client).outcomes;
    let kinds: Vec<_> = outcomes.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [StateKind::Accepted, StateKind::Released, StateKind::Rejected, StateKind::Transactional]);
    assert_eq!(outcomes[2].1, rejected);
    assert_eq!(outcomes[3].1, transactional);
    line.finish();
}

#[test]
fn a_tag_that_is_too_long_rejects_its_delivery_and_no_other() {
    for more in [false, true] {
        let mut line = Line::of(2);
        let (sender, _) = line.sender(3);
        line.bench.send_as(&[7; 33], line.client, sender, b"one", false, more);
        if more {
            line.bench.send(line.client, sender, b"and more", false, false);
        }
        line.bench.send_as(&[7; 32], line.client, sender, b"two", false, false);
        assert_eq!(line.bench.client(line.broker).got.len(), 1);
        assert_eq!(line.bench.client(line.client).kinds(), [StateKind::Rejected, StateKind::Accepted]);
        line.finish();
    }
}

#[test]
fn large_messages_go_on_before_they_have_come_and_are_aborted_with_their_sender() {
    let mut line = Line::of(3);
    let (sender, _) = line.sender(2);
    let message = vec![7; 5_000_000];
    line.bench.send(line.client, sender, &message, false, false);
    assert_eq!(line.bench.client(line.broker).got[0].2, message);
    line.bench.send(line.client, sender, b"begun", false, true);
    assert!(line.bench.client(line.broker).begun() > 0, "cut through from the first frame");
    let client = line.client;
    line.bench.lose(client);
    assert_eq!(line.bench.client(line.broker).begun(), 0, "aborted");
    assert_eq!(line.bench.client(line.broker).got.len(), 1);
    let errors = line.errors(line.broker);
    assert_eq!(errors, ["detached: qd:routed-link-lost (Connectivity to the peer container was lost)"]);
    line.finish();
}

#[test]
fn a_detach_goes_to_the_other_end_as_it_came() {
    for routers in 1..=3 {
        let mut line = Line::of(routers);
        let (sender, end) = line.sender(1);
        let error = crossdock_amqp::condition::Condition::ResourceLimitExceeded.error("queue deleted");
        line.bench.client(line.broker).peer.conn.detach(end, true, Some(error));
        line.bench.settle();
        assert_eq!(line.errors(line.client), ["detached: amqp:resource-limit-exceeded (queue deleted)"]);
        assert!(!line.is_attached(line.client, sender));
        let receiver = line.attach(Role::Receiver, "lr.q", 1);
        line.bench.client(line.client).peer.conn.detach(receiver, false, None);
        line.bench.settle();
        assert_eq!(line.errors(line.broker), ["detached: "]);
        assert_eq!(line.bench.client(line.broker).closed, [false]);
        line.finish();
    }
}

#[test]
fn what_was_sent_before_a_detach_arrives_before_it() {
    let mut line = Line::of(2);
    let (sender, _) = line.sender(100);
    let engine = &mut line.bench.client(line.client).peer.conn;
    for _ in 0..100 {
        let new = crossdock_amqp::engine::NewDelivery {
            tag: b"t",
            message_format: 0,
            context: None,
            state: StateRef::None,
            rcv_second: false,
        };
        engine.start_delivery(sender, new, crossdock_amqp::engine::Payload::Copied(b"last words"), false).unwrap();
    }
    engine.detach(sender, true, None);
    line.bench.settle();
    assert_eq!(line.bench.client(line.broker).got.len(), 100);
    assert_eq!(line.errors(line.broker), ["detached: "]);
    line.finish();
}

#[test]
fn a_refusal_of_the_container_is_passed_on() {
    for routers in 1..=3 {
        let mut line = Line::of(routers);
        line.bench.client(line.broker).container.as_mut().unwrap().refuses = true;
        let receiver = line.attach(Role::Receiver, "lr.q", 10);
        assert!(!line.is_attached(line.client, receiver));
        let answer = line.bench.client(line.client).answers.pop().unwrap();
        assert!(answer.source.is_none(), "there is no such source");
        assert_eq!(line.errors(line.client), ["detached: amqp:not-found (no such node)"]);
        line.finish();
    }
}

#[test]
fn links_of_a_lost_container_are_lost_and_new_ones_have_no_route() {
    for routers in 1..=3 {
        let mut line = Line::of(routers);
        line.sender(1);
        let broker = line.broker;
        line.bench.lose(broker);
        let lost = "detached: qd:routed-link-lost (Connectivity to the peer container was lost)";
        assert_eq!(line.errors(line.client), [lost]);
        if routers == 1 {
            // Elsewhere it is an ordinary address by then.
            line.attach(Role::Sender, "lr.q", 0);
            let refused = "detached: qd:no-route-to-dest (No route to the destination node)";
            assert_eq!(line.errors(line.client), [refused]);
        }
        line.finish();
    }
}

#[test]
fn a_durable_subscription_outlives_its_client() {
    let mut line = Line::of(2);
    let mut wanted = request("sub", Role::Receiver, Some("lr.topic"));
    wanted.source.as_mut().unwrap().expiry_policy = fe2o3_amqp_types::messaging::TerminusExpiryPolicy::Never;
    line.bench.attach_as(line.client, wanted, 1);
    let client = line.client;
    line.bench.lose(client);
    assert_eq!(line.bench.client(line.broker).closed, [false], "detached, not closed");
    line.finish();
}

#[test]
fn a_durable_subscription_is_taken_over_by_a_client_that_comes_back_early() {
    for routers in 1..=3 {
        let mut line = Line::of(routers);
        let mut wanted = request("sub", Role::Receiver, Some("lr.topic"));
        wanted.source.as_mut().unwrap().expiry_policy = fe2o3_amqp_types::messaging::TerminusExpiryPolicy::Never;
        line.bench.attach_as(line.client, wanted.clone(), 5);
        let end = line.ends().pop().unwrap();
        line.bench.send(line.broker, end, b"one", false, false);
        let back = line.bench.connect(0, ConnectionRole::Normal, "cli");
        line.bench.attach_as(back, wanted, 5);
        let names: Vec<String> = line.asked().into_iter().map(|attach| attach.name).collect();
        assert_eq!(names, ["sub@cli", "sub@cli"], "one subscription");
        assert_eq!(line.bench.client(line.broker).closed, [false], "detached, not closed");
        assert!(line.errors(line.client)[0].contains("amqp:link:stolen"));
        let end = line.ends().pop().unwrap();
        line.bench.send(line.broker, end, b"two", false, false);
        assert_eq!(line.bench.client(back).got.len(), 1);
        line.bench.lose(back);
        line.finish();
    }
}

#[test]
fn a_coordinator_is_routed_where_a_link_route_says_so() {
    let mut line = Line::configured(2, "linkRoute {\n prefix: $coordinator\n containerId: broker\n direction: in\n}");
    let mut wanted = request("tx", Role::Sender, None);
    wanted.target = Some(Box::new(TargetArchetype::Coordinator(fe2o3_amqp_types::transaction::Coordinator::new(None))));
    line.bench.attach_as(line.client, wanted, 0);
    let asked = line.asked().pop().unwrap();
    assert!(matches!(asked.target.as_deref(), Some(TargetArchetype::Coordinator(_))));
    let end = line.ends().pop().unwrap();
    line.grant(end, 1, false);
    assert!(line.errors(line.client).is_empty());
    line.finish();
}

#[test]
fn local_containers_take_turns_and_come_before_those_of_others() {
    let mut line = Line::of(2);
    configure(&mut line.bench, 0, BOTH);
    let mut near = Vec::new();
    for _ in 0..2 {
        let broker = line.bench.connect(0, ConnectionRole::RouteContainer, "broker");
        line.bench.client(broker).container = Some(Container::default());
        near.push(broker);
    }
    line.bench.run_for(2_000);
    for _ in 0..4 {
        line.attach(Role::Sender, "lr.q", 0);
    }
    let count = |line: &mut Line, conn: usize| line.bench.client(conn).container.as_ref().unwrap().attached.len();
    assert_eq!([count(&mut line, near[0]), count(&mut line, near[1])], [2, 2]);
    let far = line.broker;
    assert_eq!(count(&mut line, far), 0);
    for broker in near {
        line.bench.lose(broker);
    }
    line.finish();
}

#[test]
fn of_containers_at_other_routers_the_nearest_is_taken() {
    // R0 - R1 - R2, with the broker at R1 and at R2.
    let mut line = Line::of(3);
    configure(&mut line.bench, 1, BOTH);
    let near = line.bench.connect(1, ConnectionRole::RouteContainer, "broker");
    line.bench.client(near).container = Some(Container::default());
    line.bench.run_for(5_000);
    for _ in 0..4 {
        line.attach(Role::Receiver, "lr.q", 0);
    }
    assert_eq!(line.bench.client(near).container.as_ref().unwrap().attached.len(), 4);
    line.bench.lose(near);
    line.finish();
}

#[test]
fn a_client_that_goes_before_the_container_answers_leaves_nothing() {
    let mut line = Line::of(2);
    line.bench.client(line.broker).container.as_mut().unwrap().is_slow = true;
    let sender = line.attach(Role::Sender, "lr.q", 0);
    line.bench.client(line.client).peer.conn.detach(sender, true, None);
    line.bench.settle();
    assert_eq!(line.errors(line.broker), ["detached: "]);
    line.attach(Role::Receiver, "lr.q", 5);
    line.finish();
}

#[test]
fn a_session_that_the_container_ends_takes_its_links_and_new_ones_get_another() {
    let mut line = Line::of(2);
    let (_, end) = line.sender(1);
    let engine = &mut line.bench.client(line.broker).peer.conn;
    let session = engine.link(end).unwrap().session();
    engine.end(session, None);
    line.bench.settle();
    let lost = "detached: qd:routed-link-lost (Connectivity to the peer container was lost)";
    assert_eq!(line.errors(line.client), [lost]);
    let (again, _) = line.sender(7);
    assert_eq!(line.credit(again), 7);
    line.finish();
}

#[test]
fn a_storm_of_attaches_at_a_container_that_does_not_answer_is_bounded() {
    let mut line = Line::of(1);
    line.bench.client(line.broker).container.as_mut().unwrap().is_silent = true;
    // It keeps the session, with which the others would go.
    line.attach(Role::Sender, "lr.kept", 0);
    let mut refused = 0;
    for _ in 0..6_000 {
        let link = line.attach(Role::Sender, "lr.q", 0);
        line.bench.client(line.client).peer.conn.detach(link, true, None);
        line.bench.settle();
        refused += line.errors(line.client).len();
    }
    assert!(refused > 0, "some are refused at once");
    line.finish();
}

#[test]
fn nothing_is_kept_of_sessions_whose_links_have_gone() {
    let mut line = Line::of(2);
    for round in 0..4 {
        let client = line.bench.connect(0, ConnectionRole::Normal, "comes-and-goes");
        let link = line.bench.attach(client, Role::Receiver, Some("lr.q"), 10);
        let end = line.ends().pop().unwrap();
        line.bench.send(line.broker, end, b"one", false, false);
        assert_eq!(line.bench.client(client).got.len(), 1);
        if round % 2 == 0 {
            line.bench.client(client).peer.conn.detach(link, true, None);
            line.bench.settle();
        }
        line.bench.lose(client);
        line.bench.run_for(1_000);
    }
    for conn in 0..line.bench.conns.len() {
        assert_eq!(line.bench.holdings(conn).ended_sessions, 0, "connection {conn}");
    }
    assert_eq!(line.bench.conns[line.broker].adaptor.holdings().links, 0);
    line.finish();
}

#[test]
fn links_of_one_name_do_not_meet() {
    let mut line = Line::of(2);
    let twin = line.bench.connect(0, ConnectionRole::Normal, "cli");
    for client in [line.client, twin] {
        line.bench.attach_as(client, request("mine", Role::Receiver, Some("lr.q")), 1);
    }
    let names: Vec<String> = line.asked().into_iter().map(|attach| attach.name).collect();
    assert_eq!(names[0], "mine@cli");
    assert!(names[1].starts_with("mine@cli#"), "{names:?}");
    line.bench.lose(twin);
    line.finish();
}

#[test]
fn management_shows_both_halves() {
    let mut line = Line::of(1);
    line.sender(1);
    let node = &line.bench.sites[0].node;
    let halves: Vec<_> = node.links().filter(|link| link.peer().is_some()).collect();
    let [first, second] = halves[..] else { panic!("{halves:?}") };
    assert_eq!((first.role(), second.role()), (LinkRole::Receiver, LinkRole::Sender));
    assert_eq!((first.peer(), second.peer()), (Some(second.number()), Some(first.number())));
    assert_eq!(first.terminus(), Some("lr.q"));
    assert_eq!(second.name(), format!("{}@cli", first.name()));
    line.finish();
}

#[test]
fn what_a_receiver_said_in_a_transaction_is_settled_by_the_container() {
    for routers in 1..=3 {
        let mut line = Line::of(routers);
        line.bench.client(line.client).accepts = false;
        line.attach(Role::Receiver, "lr.q", 2);
        let end = line.ends().pop().unwrap();
        line.bench.send(line.broker, end, b"one", false, false);
        let (session, number) = line.bench.client(line.client).numbers[0];
        let transactional: &[u8] = b"\x00\x53\x34\xc0\x08\x02\xa0\x01\x07\x00\x53\x24\x45";
        let engine = &mut line.bench.client(line.client).peer.conn;
        engine.write_disposition(session, true, number, number, false, StateRef::Other(transactional));
        line.bench.settle();
        let engine = &mut line.bench.client(line.broker).peer.conn;
        let session = engine.link(end).unwrap().session();
        let number = engine.session(session).unwrap().outgoing().iter().next().unwrap().0;
        engine.session_mut(session).unwrap().outgoing_mut().remove(number);
        engine.write_disposition(session, false, number, number, true, StateRef::Accepted);
        line.bench.settle();
        assert_eq!(line.bench.client(line.client).kinds(), [StateKind::Accepted], "{routers} routers");
        line.finish();
    }
}

#[test]
fn the_end_of_a_transaction_does_not_overtake_what_was_said_in_it() {
    for routers in 1..=3 {
        let mut line = Line::of(routers);
        line.bench.client(line.client).accepts = false;
        line.bench.client(line.broker).accepts = false;
        line.attach(Role::Receiver, "lr.q", 1);
        let from = line.ends().pop().unwrap();
        let (sender, _) = line.sender(1);
        line.bench.send(line.broker, from, b"one", false, false);
        let (session, number) = line.bench.client(line.client).numbers[0];
        // One write, which the router reads at once: the word, and then the message.
        let engine = &mut line.bench.client(line.client).peer.conn;
        let transactional: &[u8] = b"\x00\x53\x34\xc0\x08\x02\xa0\x01\x07\x00\x53\x24\x45";
        engine.write_disposition(session, true, number, number, false, StateRef::Other(transactional));
        line.bench.client(line.broker).order.clear();
        line.bench.send(line.client, sender, b"discharge", false, false);
        assert_eq!(line.bench.client(line.broker).order, ["state", "message"], "{routers} routers");
    }
}

#[test]
fn each_session_of_a_client_has_one_at_the_container() {
    let mut line = Line::of(2);
    let other = line.bench.connect(0, ConnectionRole::Normal, "other");
    let attach = |line: &mut Line, client: usize| {
        line.bench.attach(client, Role::Sender, Some("lr.q"), 0);
        let end = line.ends().pop().unwrap();
        line.bench.client(line.broker).peer.conn.link(end).unwrap().session()
    };
    let client = line.client;
    let sessions = [attach(&mut line, client), attach(&mut line, client), attach(&mut line, other)];
    assert_eq!(sessions[0], sessions[1]);
    assert_ne!(sessions[0], sessions[2]);
    // A fault of the container is the one client's alone.
    let engine = &mut line.bench.client(line.broker).peer.conn;
    engine.end(sessions[0], None);
    line.bench.settle();
    assert_eq!(line.errors(line.client).len(), 2);
    assert_eq!(line.errors(other), [""; 0]);
    line.bench.lose(other);
    line.finish();
}
