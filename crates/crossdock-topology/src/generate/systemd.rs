//! systemd units: one for each router, and a target for all.

use super::{File, Form, slug};
use crate::model::{Mesh, is_this_machine};

pub(super) fn files(mesh: &Mesh, form: Form) -> Vec<File> {
    let name = slug(&mesh.name);
    let mut files = Vec::new();
    let mut wants = Vec::new();
    let mut add = |unit: String, about: String, command: String, host: &str, files: &mut Vec<File>| {
        // Units of other hosts go there.
        let place = if is_this_machine(host) { String::new() } else { format!("# For the host {host}.\n") };
        let text = format!(
            "{place}[Unit]\nDescription={about}\nAfter=network-online.target\nWants=network-online.target\nPartOf=crossdock-{name}.target\n\n\
             [Service]\nExecStart={command}\nRestart=on-failure\nRestartSec=1\nDynamicUser=yes\nLimitNOFILE=1048576\nNoNewPrivileges=yes\n\
             ProtectSystem=strict\nProtectHome=yes\nPrivateTmp=yes\n\n[Install]\nWantedBy=crossdock-{name}.target\n"
        );
        files.push(File { path: format!("systemd/{unit}"), text });
        wants.push(unit);
    };
    for router in &mesh.routers {
        let id = slug(&router.id);
        let command = format!("/usr/bin/crossdock run -c /etc/crossdock/{name}/{id}.{}", form.extension());
        let about = format!("Crossdock router {}", router.id);
        add(format!("crossdock-{name}-{id}.service"), about, command, &router.host, &mut files);
    }
    for broker in mesh.brokers.iter().filter(|broker| broker.embedded) {
        let command = format!("/usr/bin/crossdock test-broker --port {}", broker.port);
        let about = format!("Crossdock test broker {}", broker.id);
        add(format!("crossdock-{name}-{}.service", slug(&broker.id)), about, command, &broker.host, &mut files);
    }
    let text = format!(
        "[Unit]\nDescription=Crossdock mesh {name}\nWants={}\n\n[Install]\nWantedBy=multi-user.target\n",
        wants.join(" ")
    );
    files.push(File { path: format!("systemd/crossdock-{name}.target"), text });
    files
}
