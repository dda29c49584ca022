//! Configurations made of the topologies.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;

use crossdock_schema::{Configuration, Role, parse};
use crossdock_topology::Mesh;
use crossdock_topology::generate::{File, Form, generate};

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
    assert_eq!((count("Deployment"), count("Service"), count("ConfigMap")), (8, 8, 6));
    assert!(text("systemd/crossdock-two-datacentres.target").contains("crossdock-two-datacentres-rome-3.service"));
}
