//! Kubernetes manifests: for each router a ConfigMap, a Deployment and a Service; for each embedded broker the latter two.

use std::fmt::Write;

use super::sections::{Place, sections};
use super::{Form, environment, slug, write};
use crate::model::Mesh;

pub(super) fn text(mesh: &Mesh, form: Form) -> String {
    let name = slug(&mesh.name);
    let mut parts = Vec::new();
    for router in &mesh.routers {
        let (id, extension) = (slug(&router.id), form.extension());
        let configuration = write::write(&sections(mesh, router, Place::Containers), form, &mesh.name);
        let mut data = String::new();
        for line in configuration.lines() {
            let _ = writeln!(data, "{}{line}", if line.is_empty() { "" } else { "    " });
        }
        parts.push(format!(
            "apiVersion: v1\nkind: ConfigMap\n{}data:\n  router.{extension}: |\n{}",
            metadata(&id, &name),
            data
        ));
        let mut ports: Vec<(String, u16)> = Vec::new();
        for listener in &router.listeners {
            let Some(port) = listener.port.filter(|port| *port > 0) else { continue };
            ports.push((format!("p{port}"), port));
        }
        let mut further = format!(
            "          volumeMounts:\n            - {{name: configuration, mountPath: /etc/crossdock, readOnly: true}}\n      volumes:\n        \
             - name: configuration\n          configMap: {{name: {id}}}\n"
        );
        let variables = environment(mesh, &router.id);
        if !variables.is_empty() {
            let mut env = String::from("          env:\n");
            for variable in variables {
                // The secret is made by whoever knows it: kubectl create secret generic NAME --from-literal=VARIABLE=…
                let _ = writeln!(
                    env,
                    "            - {{name: {variable}, valueFrom: {{secretKeyRef: {{name: {name}-secrets, key: {variable}}}}}}}"
                );
            }
            further.insert_str(0, &env);
        }
        let command = format!("[run, -c, /etc/crossdock/router.{extension}]");
        parts.push(deployment(&id, &name, &command, &ports, &further));
        if !ports.is_empty() {
            parts.push(service(&id, &name, &ports));
        }
    }
    for broker in mesh.brokers.iter().filter(|broker| broker.embedded) {
        let id = slug(&broker.id);
        let ports = [(format!("p{}", broker.port), broker.port)];
        let command = format!("[test-broker, --host, 0.0.0.0, --port, \"{}\"]", broker.port);
        parts.push(deployment(&id, &name, &command, &ports, ""));
        parts.push(service(&id, &name, &ports));
    }
    parts.join("---\n")
}

fn metadata(id: &str, mesh: &str) -> String {
    format!("metadata:\n  name: {id}\n  labels: {{app: {id}, mesh: {mesh}}}\n")
}

fn deployment(id: &str, mesh: &str, command: &str, ports: &[(String, u16)], further: &str) -> String {
    let ports: Vec<String> =
        ports.iter().map(|(name, port)| format!("{{name: {name}, containerPort: {port}}}")).collect();
    // Two routers of one id at a time would be one too many: the old one goes first.
    format!(
        "apiVersion: apps/v1\nkind: Deployment\n{}spec:\n  replicas: 1\n  strategy: {{type: Recreate}}\n  selector:\n    matchLabels: {{app: {id}}}\n  \
         template:\n    metadata:\n      labels: {{app: {id}, mesh: {mesh}}}\n    spec:\n      containers:\n        - name: crossdock\n          \
         image: crossdock:latest\n          args: {command}\n          ports: [{}]\n{further}",
        metadata(id, mesh),
        ports.join(", ")
    )
}

fn service(id: &str, mesh: &str, ports: &[(String, u16)]) -> String {
    let ports: Vec<String> =
        ports.iter().map(|(name, port)| format!("    - {{name: {name}, port: {port}}}\n")).collect();
    format!(
        "apiVersion: v1\nkind: Service\n{}spec:\n  selector: {{app: {id}}}\n  ports:\n{}",
        metadata(id, mesh),
        ports.concat()
    )
}
