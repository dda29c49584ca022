//! Configurations made of the topologies.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;

use crossdock_schema::{Configuration, Role, parse};
use crossdock_topology::Mesh;
use crossdock_topology::generate::{File, Form, Options, broker_arguments};

fn generate(mesh: &Mesh, form: Form) -> Vec<File> {
    crossdock_topology::generate::generate(mesh, &Options { form, ..Options::default() })
}

/// The configuration, if nothing is wrong with it but what this version does not do.
fn configuration(file: &File) -> Option<Configuration> {
    match parse(&file.path, &file.text) {
        Ok((configuration, warnings)) => {
            assert!(warnings.is_empty(), "{warnings:?}\n{}", file.text);
            Some(configuration)
        }
        Err(errors) => {
            for error in errors {
                assert!(error.is_refusal, "{error}\n{}", file.text);
            }
            None
        }
    }
}

fn is_configuration(file: &File) -> bool {
    file.path.starts_with("routers/") || file.path.starts_with("containers/")
}

fn meshes() -> Vec<Mesh> {
    let meshes: Vec<Mesh> = support::files().iter().map(|path| support::load(path).mesh).collect();
    assert!(meshes.len() >= 7);
    meshes
}

#[test]
fn every_generated_configuration_loads() {
    let mut loaded = 0;
    for mesh in meshes() {
        for form in [Form::Conf, Form::Json] {
            let files = generate(&mesh, form);
            let configurations: Vec<&File> = files.iter().filter(|file| is_configuration(file)).collect();
            assert_eq!(configurations.len(), mesh.routers.len() * 2);
            loaded += configurations.into_iter().filter_map(configuration).count();
        }
    }
    assert!(loaded >= 400, "{loaded}");
}

#[test]
fn both_forms_say_the_same() {
    for mesh in meshes() {
        let (conf, json) = (generate(&mesh, Form::Conf), generate(&mesh, Form::Json));
        for (conf, json) in conf.iter().zip(&json).filter(|(conf, _)| is_configuration(conf)) {
            let (Some(mut conf), Some(mut json)) = (configuration(conf), configuration(json)) else { continue };
            for configuration in [&mut conf, &mut json] {
                let lines = configuration.listeners.iter_mut().map(|located| &mut located.line);
                let lines = lines.chain(configuration.connectors.iter_mut().map(|located| &mut located.line));
                let lines = lines.chain(configuration.addresses.iter_mut().map(|located| &mut located.line));
                let lines = lines.chain(configuration.auto_links.iter_mut().map(|located| &mut located.line));
                lines.for_each(|line| *line = 0);
            }
            assert_eq!((conf.router, conf.listeners), (json.router, json.listeners));
            assert_eq!((conf.connectors, conf.addresses), (json.connectors, json.addresses));
            assert_eq!(conf.auto_links, json.auto_links);
        }
    }
}

#[test]
fn each_connector_to_a_router_finds_a_listener_of_its_role() {
    for mesh in meshes() {
        let files = generate(&mesh, Form::Conf);
        let all: Vec<Configuration> =
            files.iter().filter(|file| file.path.starts_with("routers/")).filter_map(configuration).collect();
        let listeners: BTreeSet<(String, Role)> = all
            .iter()
            .flat_map(|one| &one.listeners)
            .map(|located| (located.value.port.clone(), located.value.role))
            .collect();
        for connector in all.iter().flat_map(|one| &one.connectors).map(|located| &located.value) {
            let wanted = (connector.port.clone(), connector.role);
            assert!(
                connector.role == Role::RouteContainer || listeners.contains(&wanted),
                "{wanted:?} in {}",
                mesh.name
            );
        }
    }
}

#[test]
fn a_shard_is_a_section_everywhere_and_auto_links_at_its_brokers() {
    let mesh = support::topology("iot-gateway");
    let files = generate(&mesh, Form::Conf);
    let text = |path: &str| &files.iter().find(|file| file.path == path).unwrap().text;
    let count = |path: &str, what: &str| text(path).matches(what).count();
    assert_eq!((count("routers/edge-1.conf", "\nshard {"), count("routers/edge-1.conf", "\nautoLink {")), (3, 0));
    assert_eq!((count("routers/core-1.conf", "\nshard {"), count("routers/core-1.conf", "\nautoLink {")), (3, 4));
}

/// Two routers hold one broker, one of them the other too.
const SHARDS: &str = "
routers: [{id: a, listeners: [{port: 1}, {port: 2, role: inter-router}]}, {id: b, listeners: [{port: 3}]}]
connections: [{from: b, to: a}]
brokers:
  - {id: one, routers: [a, b], embedded: yes, port: 4, queues: [q $x]}
  - {id: two, routers: a, embedded: yes, port: 5}
shards: [{name: s, address: event, members: [{broker: one}, {broker: two}]}]
addresses: [{pattern: event, waypoint: yes}]
";

/// Patterns and distributions of the address sections of a router.
fn addresses(mesh: &Mesh, path: &str) -> Vec<(String, &'static str)> {
    let files = generate(mesh, Form::Conf);
    let configuration = configuration(files.iter().find(|file| file.path == path).unwrap()).unwrap();
    let addresses = configuration.addresses.iter().map(|located| &located.value);
    addresses.map(|address| (address.pattern.clone().unwrap(), address.distribution.as_str())).collect()
}

#[test]
fn messages_for_a_shard_that_several_routers_can_reach_take_one_way() {
    let mesh = support::text(SHARDS).mesh;
    let own = (String::from("event"), "balanced");
    for router in ["routers/a.conf", "routers/b.conf", "containers/a.conf"] {
        assert_eq!(addresses(&mesh, router), [own.clone(), (String::from("event/one"), "closest")], "{router}");
    }
}

#[test]
fn two_queues_of_one_broker_are_two_members() {
    let text = SHARDS.replace("{broker: one}", "{broker: one}, {broker: one, externalAddress: more}");
    let mesh = support::text(&text).mesh;
    let files = generate(&mesh, Form::Conf);
    let configuration = configuration(files.iter().find(|file| file.path == "routers/a.conf").unwrap()).unwrap();
    let shards: Vec<_> = configuration.shards.iter().map(|located| located.value.member.clone().unwrap()).collect();
    assert_eq!(shards, ["event/one/event", "event/one/more", "event/two"]);
    let mut names: Vec<_> =
        configuration.auto_links.iter().map(|located| located.value.name.clone().unwrap()).collect();
    names.dedup();
    assert_eq!(names.len(), 6, "{names:?}");
    assert_eq!(names[2], "s-one-more-out");
}

#[test]
fn what_the_file_says_of_a_shard_counts() {
    let said = "addresses: [{pattern: event.one, distribution: multicast}, ";
    let mesh = support::text(&SHARDS.replace("addresses: [", said)).mesh;
    let patterns = [("event.one", "multicast"), ("event", "balanced")];
    assert_eq!(addresses(&mesh, "routers/a.conf"), patterns.map(|(pattern, way)| (pattern.to_owned(), way)));
}

#[test]
fn embedded_brokers_are_started_with_the_same_arguments_everywhere() {
    let mesh = support::text(&format!("name: m\n{SHARDS}")).mesh;
    let arguments = broker_arguments(&mesh.brokers[0], Some("0.0.0.0"));
    let expected =
        ["test-broker", "--host=0.0.0.0", "--port=4", "--container-id=one", "--queue=q $x"].map(String::from);
    assert_eq!(arguments, expected);
    let files = generate(&mesh, Form::Conf);
    let text = |path: &str| &files.iter().find(|file| file.path == path).unwrap().text;
    let all = r#"[test-broker, "--host=0.0.0.0", "--port=4", "--container-id=one", "--queue=q $x"]"#;
    assert!(text("kubernetes.yaml").contains(&format!("args: {all}\n")));
    // Both have variables, and these are none.
    assert!(text("compose.yaml").contains(&format!("command: {}\n", all.replace("$x", "$$x"))));
    let unit = text("systemd/crossdock-m-one.service");
    assert!(unit.contains(" test-broker --port=4 --container-id=one \"--queue=q $$x\"\n"), "{unit}");
}

#[test]
fn containers_find_each_other_by_name() {
    let mesh = support::topology("two-datacentres");
    let files = generate(&mesh, Form::Conf);
    let text = |path: &str| &files.iter().find(|file| file.path == path).unwrap().text;
    assert!(text("containers/oslo-1.conf").contains("host: rome-1\n"));
    assert!(text("containers/oslo-2.conf").contains("host: oslo-broker\n"));
    assert!(!text("containers/oslo-2.conf").contains("127.0.0.1"));
    for name in ["oslo-1:", "rome-3:", "rome-broker:"] {
        assert!(text("compose.yaml").contains(&format!("\n  {name}\n")), "{name}");
    }
    let manifests = text("kubernetes.yaml");
    let count = |kind: &str| manifests.matches(&format!("kind: {kind}\n")).count();
    assert_eq!((count("Deployment"), count("Service"), count("ConfigMap")), (8, 9, 6));
    assert!(text("systemd/crossdock-two-datacentres.target").contains("crossdock-two-datacentres-rome-3.service"));
}
