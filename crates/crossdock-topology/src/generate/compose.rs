//! A compose file: each router and embedded broker a container, client ports published.

use std::fmt::Write;

use crossdock_schema::Role;

use super::{Form, environment, slug};
use crate::model::Mesh;

pub(super) fn text(mesh: &Mesh, form: Form) -> String {
    let mut out = format!(
        "# docker compose up; the image is chosen with CROSSDOCK_IMAGE.\nname: {}\nservices:\n",
        slug(&mesh.name)
    );
    for router in &mesh.routers {
        let (id, extension) = (slug(&router.id), form.extension());
        let _ = write!(
            out,
            "  {id}:\n    image: ${{CROSSDOCK_IMAGE:-crossdock:latest}}\n    command: [run, -c, /etc/crossdock/router.{extension}]\n    \
             volumes: [\"./containers/{id}.{extension}:/etc/crossdock/router.{extension}:ro\"]\n    restart: unless-stopped\n"
        );
        let clients = router.listeners.iter().filter(|listener| listener.role == Role::Normal);
        let ports: Vec<String> =
            clients.filter_map(|listener| listener.port).map(|port| format!("\"{port}:{port}\"")).collect();
        if !ports.is_empty() {
            let _ = writeln!(out, "    ports: [{}]", ports.join(", "));
        }
        let variables = environment(mesh, &router.id);
        if !variables.is_empty() {
            let _ = writeln!(out, "    environment: [{}]", variables.join(", "));
        }
    }
    for broker in mesh.brokers.iter().filter(|broker| broker.embedded) {
        let _ = write!(
            out,
            "  {}:\n    image: ${{CROSSDOCK_IMAGE:-crossdock:latest}}\n    command: [test-broker, --host, 0.0.0.0, --port, \"{}\"]\n    \
             restart: unless-stopped\n",
            slug(&broker.id),
            broker.port
        );
    }
    out
}
