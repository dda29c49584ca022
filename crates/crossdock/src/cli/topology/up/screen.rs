//! The mesh at a glance, for terminals.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use crossdock_topology::Mesh;

use super::fleet::Fleet;
use super::member::Member;
use super::watch::Sight;
use crate::cli::paint::Paint;

/// Most routers shown; those with trouble come first.
const MOST: usize = 40;

/// Takes the terminal over until it is dropped.
#[derive(Debug)]
pub(super) struct Screen(());

/// What there is to show.
pub(super) struct Scene<'a> {
    pub(super) mesh: &'a Mesh,
    pub(super) fleet: &'a Fleet,
    pub(super) sights: &'a [Option<Sight>],
    /// Since the start.
    pub(super) age: Duration,
    /// What the mesh lacks to be ready.
    pub(super) lacks: &'a [String],
}

impl Screen {
    pub(super) fn take() -> Self {
        write("\u{1b}[?1049h\u{1b}[?25l");
        Self(())
    }

    /// Shows it.
    pub(super) fn show(&self, scene: &Scene<'_>) {
        let text = draw(scene, Paint::on(&std::io::stdout())).replace('\n', "\u{1b}[K\r\n");
        write(&format!("\u{1b}[H{text}\u{1b}[J"));
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        write("\u{1b}[?25h\u{1b}[?1049l");
    }
}

fn write(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

fn draw(scene: &Scene<'_>, paint: Paint) -> String {
    let mesh = scene.mesh;
    let state = if scene.lacks.is_empty() { paint.green("ready") } else { paint.yellow("not ready") };
    let mut out = format!("{}  {state}  {} s   (Ctrl-C stops it)\n\n", mesh.name, scene.age.as_secs());
    let width = mesh.routers.iter().map(|router| router.id.chars().count()).max().unwrap_or(0).max(6);
    let others = mesh.routers.len().saturating_sub(1);
    let _ = writeln!(
        out,
        "{:<width$}  {:<10} {:>8} {:>9} {:>6} {:>6} {:>9} {:>9}  listens",
        "router", "state", "pid", "sees", "conns", "links", "in/s", "out/s"
    );
    let mut rows: Vec<_> = mesh.routers.iter().zip(scene.sights).collect();
    rows.sort_by_key(|(_, sight)| sight.as_ref().is_some_and(|sight| sight.sees == others));
    for (router, sight) in rows.iter().take(MOST) {
        let member = scene.fleet.router(&router.id);
        let pid = member.and_then(Member::pid).map_or_else(|| String::from("-"), |pid| pid.to_string());
        let ports: Vec<String> = router
            .listeners
            .iter()
            .filter_map(|listener| listener.port.map(|port| format!("{} {port}", listener.name)))
            .collect();
        let _ = write!(out, "{:<width$}  {} {pid:>8} ", router.id, word(member, sight.is_some(), paint));
        let _ = match sight {
            Some(Sight { sees, counts, rates, .. }) => write!(
                out,
                "{:>9} {:>6} {:>6} {:>9.0} {:>9.0}",
                format!("{sees}/{others}"),
                counts.connections,
                counts.links,
                rates.0,
                rates.1
            ),
            None => write!(out, "{:>9} {:>6} {:>6} {:>9} {:>9}", "-", "-", "-", "-", "-"),
        };
        let _ = writeln!(out, "  {}", ports.join(", "));
    }
    if rows.len() > MOST {
        let _ = writeln!(out, "… and {} more", rows.len() - MOST);
    }
    for member in &scene.fleet.brokers {
        let port = mesh.broker(&member.id).map_or(0, |broker| broker.port);
        let pid = member.pid().map_or_else(|| String::from("-"), |pid| pid.to_string());
        let _ = writeln!(out, "{:<width$}  {} {pid:>8}  broker, {port}", member.id, word(Some(member), true, paint));
    }
    out.push('\n');
    for lack in scene.lacks.iter().take(8) {
        let _ = writeln!(out, "{}", paint.yellow(lack));
    }
    let _ = writeln!(out, "logs: {}", scene.fleet.logs.display());
    out
}

/// The state in ten columns.
fn word(member: Option<&Member>, answers: bool, paint: Paint) -> String {
    let Some(member) = member else { return format!("{:<10}", "-") };
    if member.end.is_some() {
        return paint.red(format!("{:<10}", "ended"));
    }
    match (member.is_running(), answers) {
        (true, true) if member.restarts > 0 => paint.green(format!("{:<10}", format!("up again {}", member.restarts))),
        (true, true) => paint.green(format!("{:<10}", "up")),
        (true, false) => paint.yellow(format!("{:<10}", "starting")),
        (false, _) => format!("{:<10}", "waiting"),
    }
}
