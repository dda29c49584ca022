//! systemd units: one for each router, and a target for all.

use super::{File, Work, broker_arguments, environment, probe};
use crate::model::is_this_machine;

/// What all units have: who runs it, and what it may not do.
const LIMITS: &str = "\
DynamicUser=yes
LimitNOFILE=1048576
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
PrivateDevices=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0077
";

struct Unit<'a> {
    about: String,
    arguments: Vec<String>,
    host: &'a str,
    /// Ports below 1024 need a privilege.
    has_low_port: bool,
    /// A file with environment variables, if some are needed: the file and the variables.
    environment: Option<(String, Vec<String>)>,
}

pub(super) fn files(work: &Work<'_>) -> Vec<File> {
    let name = &work.name;
    let mut units: Vec<(String, Unit<'_>)> = Vec::new();
    for router in &work.mesh.routers {
        let own = work.names.router(&router.id);
        let configuration = format!("/etc/crossdock/{name}/{own}.{}", work.extension());
        let variables = environment(work.mesh, &router.id);
        let unit = Unit {
            about: format!("Crossdock router {}", router.id),
            arguments: vec![String::from("run"), String::from("--config"), configuration],
            host: &router.host,
            has_low_port: probe::has_low_port(router),
            environment: (!variables.is_empty()).then(|| (format!("/etc/crossdock/{name}/{own}.env"), variables)),
        };
        units.push((own.to_owned(), unit));
    }
    for broker in work.embedded() {
        let host = (!is_this_machine(&broker.host)).then_some("0.0.0.0");
        let unit = Unit {
            about: format!("Crossdock test broker {}", broker.id),
            arguments: broker_arguments(broker, host),
            host: &broker.host,
            has_low_port: broker.port < 1024,
            environment: None,
        };
        units.push((work.names.broker(&broker.id).to_owned(), unit));
    }
    let unit_name = |own: &str| format!("crossdock-{name}-{own}.service");
    let wants: Vec<String> = units.iter().map(|(own, _)| unit_name(own)).collect();
    let file = |path: String, text: String| File { path: format!("systemd/{path}"), text };
    let mut files: Vec<File> =
        units.iter().map(|(own, unit)| file(unit_name(own), unit.text(&format!("crossdock-{name}.target")))).collect();
    let target = format!(
        "[Unit]\nDescription=Crossdock mesh {name}\nWants={}\n\n[Install]\nWantedBy=multi-user.target\n",
        wants.join(" ")
    );
    files.push(file(format!("crossdock-{name}.target"), target));
    files
}

impl Unit<'_> {
    fn text(&self, target: &str) -> String {
        let mut out = String::new();
        // Units of other hosts go there.
        if !is_this_machine(self.host) {
            out.push_str(&format!("# For the host {}.\n", one_line(self.host)));
        }
        out.push_str(&format!(
            "[Unit]\nDescription={}\nWants=network-online.target\nAfter=network-online.target\nPartOf={target}\n\n[Service]\nType=exec\n\
             ExecStart=/usr/bin/crossdock {}\nRestart=on-failure\nRestartSec=1\nTimeoutStopSec={}\n",
            one_line(&self.about).replace('%', "%%"),
            self.arguments.iter().map(|word| escaped(word)).collect::<Vec<_>>().join(" "),
            probe::FAREWELL,
        ));
        if let Some((file, variables)) = &self.environment {
            out.push_str(&format!("# Sets {}; readable by root only.\nEnvironmentFile={file}\n", variables.join(", ")));
        }
        let privilege = if self.has_low_port { "CAP_NET_BIND_SERVICE" } else { "" };
        out.push_str(&format!("CapabilityBoundingSet={privilege}\nAmbientCapabilities={privilege}\n{LIMITS}"));
        out.push_str(&format!("\n[Install]\nWantedBy={target}\n"));
        out
    }
}

fn one_line(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

/// A word of a command, as systemd reads it.
fn escaped(word: &str) -> String {
    let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || b"-_./:=,@+".contains(&letter);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    let mut out = String::from("\"");
    for letter in word.chars() {
        match letter {
            '%' => out.push_str("%%"),
            '$' => out.push_str("$$"),
            '"' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
