//! Kubernetes manifests: for each router a ConfigMap, a Deployment and a Service under which the others find it; for each
//! embedded broker the latter two; for listeners of the same name one Service for clients; a budget for disruptions.

use std::collections::BTreeMap;

use crossdock_schema::Role;

use super::names::slug;
use super::sections::Place;
use super::yaml::{Yaml, map};
use super::{Work, broker_arguments, environment, probe};
use crate::model::{Listener, Router};

/// User and group in containers: no one's.
const NOBODY: u16 = 10001;

/// Port at which clients find any router that has a listener for them.
const CLIENT_PORT: u16 = 5672;

pub(super) fn text(work: &Work<'_>) -> String {
    let mut documents = Vec::new();
    for router in &work.mesh.routers {
        documents.extend(router_objects(work, router));
    }
    for broker in work.embedded() {
        let name = work.names.broker(&broker.id);
        let ports = [(String::from("amqp"), broker.port)];
        let probe = map([("tcpSocket", map([("port", "amqp".into())]))]);
        let container = container(work, broker_arguments(broker, Some("0.0.0.0")), &ports)
            .with("livenessProbe", probe.clone().with("periodSeconds", 10))
            .with("readinessProbe", probe.with("periodSeconds", 5));
        let part = Part { work, name, component: "broker" };
        documents.push(part.deployment(container, &[], None, broker.port < 1024));
        documents.push(part.service(&ports));
    }
    documents.extend(client_services(work));
    if work.mesh.routers.len() > 1 {
        documents.push(disruption_budget(work));
    }
    let remarks: String = work.remarks().iter().map(|remark| format!("# {remark}\n")).collect();
    let documents: Vec<String> = documents.iter().map(Yaml::document).collect();
    format!(
        "# The mesh {name}, in a namespace of its own: names are those of the routers.\n# kubectl create namespace {name}; kubectl apply -n \
         {name} -f kubernetes.yaml\n{remarks}{}",
        documents.join("---\n"),
        name = work.name,
    )
}

/// A router or an embedded broker.
struct Part<'a> {
    work: &'a Work<'a>,
    name: &'a str,
    component: &'a str,
}

impl Part<'_> {
    fn labels(&self) -> Yaml {
        labels(self.work, self.component).with("app.kubernetes.io/instance", self.name)
    }

    fn metadata(&self) -> Yaml {
        map([("name", self.name.into()), ("labels", self.labels())])
    }

    fn deployment(&self, container: Yaml, doors: &[String], configuration: Option<&str>, has_low_port: bool) -> Yaml {
        let mut labels = self.labels();
        for door in doors {
            labels = labels.with(&door_label(door), "yes");
        }
        let nobody = map([
            ("runAsNonRoot", true.into()),
            ("runAsUser", NOBODY.into()),
            ("runAsGroup", NOBODY.into()),
            ("seccompProfile", map([("type", "RuntimeDefault".into())])),
        ]);
        let low_port = map([("name", "net.ipv4.ip_unprivileged_port_start".into()), ("value", "0".into())]);
        let nobody = nobody.with_some("sysctls", has_low_port.then(|| vec![low_port]));
        let spread = map([
            ("maxSkew", 1.into()),
            ("topologyKey", "kubernetes.io/hostname".into()),
            ("whenUnsatisfiable", "ScheduleAnyway".into()),
            ("labelSelector", map([("matchLabels", labels_of(self.work, self.component))])),
        ]);
        let mut pod = map([
            ("automountServiceAccountToken", false.into()),
            ("enableServiceLinks", false.into()),
            ("terminationGracePeriodSeconds", probe::FAREWELL.into()),
            ("securityContext", nobody),
            ("topologySpreadConstraints", vec![spread].into()),
            ("containers", vec![container].into()),
        ]);
        let mut metadata = map([("labels", labels)]);
        if let Some(text) = configuration {
            let volume = map([("name", "configuration".into()), ("configMap", map([("name", self.name.into())]))]);
            pod = pod.with("volumes", vec![volume]);
            // Another configuration makes another pod: a router reads it once.
            metadata = metadata.with("annotations", map([("checksum/configuration", checksum(text).into())]));
        }
        map([
            ("apiVersion", "apps/v1".into()),
            ("kind", "Deployment".into()),
            ("metadata", self.metadata()),
            (
                "spec",
                map([
                    ("replicas", 1.into()),
                    // Two routers of one id at a time would be one too many: the old one goes first.
                    ("strategy", map([("type", "Recreate".into())])),
                    (
                        "selector",
                        map([(
                            "matchLabels",
                            map([("app.kubernetes.io/instance", self.name.into()), part_of(self.work)]),
                        )]),
                    ),
                    ("template", map([("metadata", metadata), ("spec", pod)])),
                ]),
            ),
        ])
    }

    fn service(&self, ports: &[(String, u16)]) -> Yaml {
        let port = |(name, port): &(String, u16)| {
            map([("name", name.as_str().into()), ("port", (*port).into()), ("targetPort", name.as_str().into())])
        };
        let selector = map([("app.kubernetes.io/instance", self.name.into()), part_of(self.work)]);
        service(self.metadata(), selector, ports.iter().map(port).collect())
    }
}

fn router_objects(work: &Work<'_>, router: &Router) -> Vec<Yaml> {
    let part = Part { work, name: work.names.router(&router.id), component: "router" };
    let configuration = work.configuration(router, Place::Containers);
    let key = format!("router.{}", work.extension());
    let ports = ports(router);
    let mut container = container(work, work.router_arguments(), &ports);
    let variables = environment(work.mesh, &router.id);
    let secret = |variable: &String| {
        // Made by whoever knows it: kubectl create secret generic NAME-secrets --from-literal=VARIABLE=...
        let key = map([("name", format!("{}-secrets", work.name).into()), ("key", variable.as_str().into())]);
        map([("name", variable.as_str().into()), ("valueFrom", map([("secretKeyRef", key)]))])
    };
    let variables: Vec<Yaml> = variables.iter().map(secret).collect();
    container = container.with_some("env", (!variables.is_empty()).then_some(variables));
    if let Some(port) = probe::door(router).and_then(|door| port_name(router, door)) {
        let open = map([("tcpSocket", map([("port", port.into())]))]);
        let answers = probe::question(router).map(|question| {
            let words = std::iter::once(String::from("crossdock")).chain(question);
            map([("exec", map([("command", words.collect::<Vec<_>>().into())]))])
        });
        container = container
            .with("startupProbe", open.clone().with("periodSeconds", 1).with("failureThreshold", 60))
            .with("readinessProbe", open.clone().with("periodSeconds", 5))
            .with(
                "livenessProbe",
                answers.unwrap_or(open).with("periodSeconds", 20).with("timeoutSeconds", probe::PATIENCE * 2),
            );
    }
    let mount =
        map([("name", "configuration".into()), ("mountPath", "/etc/crossdock".into()), ("readOnly", true.into())]);
    container = container.with("volumeMounts", vec![mount]);
    let doors: Vec<String> = doors(router).map(|(_, name)| name).collect();
    let mut objects = vec![
        map([
            ("apiVersion", "v1".into()),
            ("kind", "ConfigMap".into()),
            ("metadata", part.metadata()),
            ("data", Yaml::Map(vec![(key, Yaml::Lines(configuration.clone()))])),
        ]),
        part.deployment(container, &doors, Some(&configuration), probe::has_low_port(router)),
    ];
    if !ports.is_empty() {
        objects.push(part.service(&ports));
    }
    objects
}

fn container(work: &Work<'_>, arguments: Vec<String>, ports: &[(String, u16)]) -> Yaml {
    let port = |(name, port): &(String, u16)| map([("name", name.as_str().into()), ("containerPort", (*port).into())]);
    let ports: Vec<Yaml> = ports.iter().map(port).collect();
    let rights = map([
        ("allowPrivilegeEscalation", false.into()),
        ("readOnlyRootFilesystem", true.into()),
        ("capabilities", map([("drop", ["ALL"].into())])),
    ]);
    map([
        ("name", "crossdock".into()),
        ("image", work.options.image.as_str().into()),
        // $(NAME) would be a variable.
        ("args", arguments.into_iter().map(|word| word.replace("$(", "$$(")).collect::<Vec<_>>().into()),
        ("securityContext", rights),
        // What an idle router is content with; a limit of memory would end a router that holds messages for slow consumers.
        ("resources", map([("requests", map([("cpu", "100m".into()), ("memory", "64Mi".into())]))])),
    ])
    .with_some("ports", (!ports.is_empty()).then_some(ports))
}

/// For clients: one Service for all routers that have a listener for clients of this name.
fn client_services(work: &Work<'_>) -> Vec<Yaml> {
    let mut names: BTreeMap<String, ()> = BTreeMap::new();
    for router in &work.mesh.routers {
        names.extend(doors(router).map(|(_, name)| (name, ())));
    }
    let taken: Vec<&str> = work.mesh.routers.iter().map(|router| work.names.router(&router.id)).collect();
    let service = |name: &String| {
        let full = format!("{}-{name}", work.name);
        let full = if taken.contains(&&*full) { format!("{full}-service") } else { full };
        let port = map([("name", "amqp".into()), ("port", CLIENT_PORT.into()), ("targetPort", name.as_str().into())]);
        let metadata = map([("name", full.into()), ("labels", labels(work, "clients"))]);
        let selector = map([part_of(work)]).with(&door_label(name), "yes");
        self::service(metadata, selector, vec![port])
    };
    names.keys().map(service).collect()
}

/// Nodes are drained one router at a time.
fn disruption_budget(work: &Work<'_>) -> Yaml {
    map([
        ("apiVersion", "policy/v1".into()),
        ("kind", "PodDisruptionBudget".into()),
        ("metadata", map([("name", format!("{}-routers", work.name).into()), ("labels", labels(work, "router"))])),
        ("spec", map([("maxUnavailable", 1.into()), ("selector", map([("matchLabels", labels_of(work, "router"))]))])),
    ])
}

fn service(metadata: Yaml, selector: Yaml, ports: Vec<Yaml>) -> Yaml {
    map([
        ("apiVersion", "v1".into()),
        ("kind", "Service".into()),
        ("metadata", metadata),
        ("spec", map([("selector", selector), ("ports", ports.into())])),
    ])
}

fn part_of<'a>(work: &Work<'_>) -> (&'a str, Yaml) {
    ("app.kubernetes.io/part-of", work.name.as_str().into())
}

/// What all parts of one kind have in common, by which they are chosen.
fn labels_of(work: &Work<'_>, component: &str) -> Yaml {
    map([part_of(work), ("app.kubernetes.io/component", component.into())])
}

fn labels(work: &Work<'_>, component: &str) -> Yaml {
    map([
        ("app.kubernetes.io/name", "crossdock".into()),
        part_of(work),
        ("app.kubernetes.io/component", component.into()),
    ])
}

fn door_label(name: &str) -> String {
    format!("crossdock-listener-{name}")
}

/// Listeners for clients that have a port, with their names as ports.
fn doors(router: &Router) -> impl Iterator<Item = (&Listener, String)> {
    let clients = router.listeners.iter().filter(|listener| listener.role == Role::Normal && listener.port.is_some());
    clients.filter_map(|listener| Some((listener, port_name(router, listener)?)))
}

/// Ports by the names of their listeners.
fn ports(router: &Router) -> Vec<(String, u16)> {
    let port = |listener: &Listener| Some((port_name(router, listener)?, listener.port.filter(|port| *port > 0)?));
    router.listeners.iter().filter_map(port).collect()
}

/// The name of a listener as that of a port: at most 15 small letters, digits and dashes, no two dashes together, a letter among
/// them. Two listeners of one router have different ones.
fn port_name(router: &Router, wanted: &Listener) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for listener in &router.listeners {
        let words: Vec<String> =
            slug(&listener.name).split('-').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let mut basic = words.join("-");
        if !basic.contains(|letter: char| letter.is_ascii_alphabetic()) {
            basic = format!("p-{basic}");
        }
        let cut =
            |text: &str, length: usize| text.chars().take(length).collect::<String>().trim_end_matches('-').to_owned();
        let numbered = (2..100).map(|number: u32| format!("{}-{number}", cut(&basic, 12)));
        let name = std::iter::once(cut(&basic, 15)).chain(numbered).find(|name| !names.contains(name))?;
        if listener.name == wanted.name {
            return Some(name);
        }
        names.push(name);
    }
    None
}

/// FNV-1a: the same for the same text wherever it is made.
fn checksum(text: &str) -> String {
    let sum = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, octet| (sum ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3));
    format!("{sum:016x}")
}
