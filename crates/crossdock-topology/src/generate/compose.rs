//! A compose file: each router and embedded broker a container, client ports published.

use crossdock_schema::Role;

use super::yaml::{Yaml, map};
use super::{Work, broker_arguments, environment, probe};
use crate::model::Router;

pub(super) fn text(work: &Work<'_>) -> String {
    let routers = work.mesh.routers.iter().map(|router| (work.names.router(&router.id), router_service(work, router)));
    let brokers = work.embedded().map(|broker| {
        let arguments = broker_arguments(broker, Some("0.0.0.0"));
        (work.names.broker(&broker.id), service(work, arguments, broker.port < 1024))
    });
    let services = routers.chain(brokers).map(|(name, service)| (name.to_owned(), service));
    let document = map([("services", Yaml::Map(services.collect()))]);
    let remarks: String = work.remarks().iter().map(|remark| format!("# {remark}\n")).collect();
    format!(
        "# The mesh {name}: docker compose -p {name} up. CROSSDOCK_IMAGE overrules the image.\n{remarks}{}",
        document.document(),
        name = work.name
    )
}

fn service(work: &Work<'_>, arguments: Vec<String>, has_low_port: bool) -> Yaml {
    let low_port = map([("net.ipv4.ip_unprivileged_port_start", 0.into())]);
    let service = map([
        ("image", format!("${{CROSSDOCK_IMAGE:-{}}}", work.options.image).into()),
        ("command", arguments.into_iter().map(|word| literal(&word)).collect::<Vec<_>>().into()),
        ("restart", "unless-stopped".into()),
        ("stop_grace_period", format!("{}s", probe::FAREWELL).into()),
        ("user", "10001:10001".into()),
        ("read_only", true.into()),
        ("cap_drop", ["ALL"].into()),
        ("security_opt", ["no-new-privileges:true"].into()),
    ]);
    service.with_some("sysctls", has_low_port.then_some(low_port))
}

fn router_service(work: &Work<'_>, router: &Router) -> Yaml {
    let file = format!("./containers/{}.{}", work.names.router(&router.id), work.extension());
    let mut service = service(work, work.router_arguments(), probe::has_low_port(router));
    service = service.with("volumes", vec![format!("{file}:{}:ro", work.mounted())]);
    let clients = router.listeners.iter().filter(|listener| listener.role == Role::Normal);
    let ports: Vec<String> =
        clients.filter_map(|listener| listener.port).map(|port| format!("{port}:{port}")).collect();
    service = service.with_some("ports", (!ports.is_empty()).then_some(ports));
    let variables = environment(work.mesh, &router.id);
    service = service.with_some("environment", (!variables.is_empty()).then_some(variables));
    let check = probe::question(router).map(|question| {
        let words = ["CMD", "crossdock"].map(String::from).into_iter().chain(question);
        map([
            ("test", words.collect::<Vec<_>>().into()),
            ("interval", "20s".into()),
            ("timeout", format!("{}s", probe::PATIENCE * 2).into()),
            ("retries", 3.into()),
            ("start_period", "10s".into()),
        ])
    });
    service.with_some("healthcheck", check)
}

/// A text in which compose is to put no variables.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}
