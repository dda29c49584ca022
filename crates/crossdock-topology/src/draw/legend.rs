//! What the signs mean, and who the clients are.

use std::fmt::Write;

use super::scene::{Kind, Scene, text_width};
use super::svg::{class_colour, escape};
use crate::model::{ClientClass, Mesh};
use crossdock_schema::Role;

const LINE: f64 = 22.0;

/// Writes the legend from this height on; what it needs is returned.
pub(super) fn write(out: &mut String, mesh: &Mesh, scene: &Scene, left: f64, top: f64, width: f64) -> f64 {
    let mut y = top + 8.0;
    let _ = writeln!(
        out,
        r##"<line x1="{left:.0}" y1="{top:.0}" x2="{:.0}" y2="{top:.0}" stroke="#d9e0e8"/>"##,
        left + width
    );
    y += 16.0;
    let mut x = left;
    for (sign, text) in signs(scene) {
        let needed = 46.0 + text_width(text, 12.0) + 22.0;
        if x + needed > left + width && x > left {
            x = left;
            y += LINE;
        }
        let _ = writeln!(
            out,
            r#"<g transform="translate({x:.0} {y:.0})">{sign}<text x="40" y="4" class="legend">{text}</text></g>"#
        );
        x += needed;
    }
    y += LINE + 8.0;
    for (index, class) in mesh.clients.iter().enumerate() {
        let text = describe(class);
        let room = ((width - 30.0 - text_width(&class.name, 12.5)) / (12.0 * 0.55)) as usize;
        let text = shorten(&text, room);
        let _ = writeln!(
            out,
            r#"<circle cx="{:.0}" cy="{:.1}" r="5" fill="{}"/><text x="{:.0}" y="{y:.0}" class="legend"><tspan font-weight="600">{}</tspan>  {}</text>"#,
            left + 6.0,
            y - 4.0,
            class_colour(index),
            left + 20.0,
            escape(&class.name),
            escape(&text)
        );
        y += LINE;
    }
    y - top
}

/// The signs that are used.
fn signs(scene: &Scene) -> Vec<(&'static str, &'static str)> {
    let has = |kind: Kind| scene.items.iter().any(|item| item.kind == kind);
    let has_line = |role: Role| scene.lines.iter().any(|line| line.role == role);
    let mut signs = Vec::new();
    if scene.dots {
        signs.push((r#"<circle cx="18" cy="0" r="6.5" class="dot"/>"#, "router"));
    } else if has(Kind::Interior) {
        signs.push((r#"<rect x="4" y="-8" width="28" height="16" rx="5" class="router"/>"#, "router"));
    }
    if has(Kind::Edge) && !scene.dots {
        signs.push((r#"<rect x="4" y="-8" width="28" height="16" rx="5" class="edge"/>"#, "edge router"));
    }
    if has(Kind::Broker) {
        signs.push((
            r#"<path d="M6 -5 v11 a12 3.5 0 0 0 24 0 v-11" class="broker"/><ellipse cx="18" cy="-5" rx="12" ry="3.5" class="broker"/>"#,
            "broker",
        ));
    }
    if has_line(Role::InterRouter) {
        let costs = scene.lines.iter().any(|line| line.cost != 1);
        let text = match (costs, scene.dots) {
            (true, true) => "connection, cost 1 or as written",
            (true, false) => "connection, with its cost",
            (false, _) => "connection, cost 1",
        };
        signs.push((r#"<line x1="2" y1="0" x2="34" y2="0" class="link"/>"#, text));
    }
    if has_line(Role::Edge) {
        signs.push((r#"<line x1="2" y1="0" x2="34" y2="0" class="uplink"/>"#, "uplink of an edge router"));
    }
    if has_line(Role::RouteContainer) {
        signs.push((r#"<line x1="2" y1="0" x2="34" y2="0" class="held"/>"#, "connection to a broker"));
    }
    if scene.lines.iter().any(|line| line.is_lost) || scene.items.iter().any(|item| item.is_lost) {
        signs.push((
            r#"<line x1="2" y1="0" x2="34" y2="0" class="lost"/><path d="M12 -6 L24 6 M12 6 L24 -6" class="cross"/>"#,
            "failed; dotted: down with it",
        ));
    }
    if scene.shows_changes && scene.lines.iter().any(|line| line.carries != (false, false)) {
        signs.push((r#"<line x1="2" y1="0" x2="34" y2="0" class="way"/>"#, "ways that change lead here now"));
    }
    if scene.is_highlighted {
        signs.push((r#"<line x1="2" y1="0" x2="34" y2="0" class="way"/>"#, "way of the messages"));
    }
    signs
}

fn describe(class: &ClientClass) -> String {
    let mut parts = Vec::new();
    if let Some(number) = class.number {
        parts.push(format!("{number} clients"));
    }
    let list = |addresses: &[(String, crate::text::Place)]| {
        addresses.iter().map(|(address, _)| address.as_str()).collect::<Vec<_>>().join(", ")
    };
    if !class.send.is_empty() {
        parts.push(format!("send {}", list(&class.send)));
    }
    if !class.receive.is_empty() {
        parts.push(format!("receive {}", list(&class.receive)));
    }
    parts.join(" · ")
}

/// Cuts a text that is too long.
pub(super) fn shorten(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(room.saturating_sub(1)).collect();
    short.push('…');
    short
}
