//! The picture as SVG.

use std::fmt::Write;

use crossdock_schema::Role;

use super::geometry::{Area, Curve, Point};
use super::lines::Drawn;
use super::scene::{Item, Kind, Line, Scene, text_width};
use super::{View, layout, legend, lines};
use crate::model::Mesh;
use crate::network::Part;

const MARGIN: f64 = 36.0;
const MIN_WIDTH: f64 = 820.0;

const STYLE: &str = r#"
text { font-family: "Inter", "Segoe UI", "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; fill: #1d2b3a }
.title { font-size: 21px; font-weight: 700 } .about { font-size: 13px; fill: #5b6b7c } .legend { font-size: 12px; fill: #3d4d5e }
.name { font-size: 14px; font-weight: 600; text-anchor: middle } .dotname { font-size: 10.5px; fill: #3d4d5e }
.brokername { font-size: 13px; font-weight: 600; fill: #6d4a06; text-anchor: middle }
.cost { font-size: 12px; font-weight: 600; fill: #44546a; text-anchor: middle } .costbox { fill: #ffffff; stroke: #ccd5df }
.tier { fill: #eef3f9; stroke: #dde6f0 } .tiername { font-size: 12px; font-weight: 600; fill: #7d8fa3; letter-spacing: 0.08em }
.router { fill: #ffffff; stroke: #2d6cb5; stroke-width: 2 } .edge { fill: #f2faf3; stroke: #3b9457; stroke-width: 2 }
.dot { fill: #2d6cb5; stroke: #ffffff; stroke-width: 1.5 }
.broker { fill: #fff4dc; stroke: #c78a1e; stroke-width: 1.8 }
.link { fill: none; stroke: #8795a5; stroke-width: 2.2 } .uplink { fill: none; stroke: #3b9457; stroke-width: 1.8 }
.held { fill: none; stroke: #c78a1e; stroke-width: 1.6; stroke-dasharray: 6 4 }
.way { fill: none; stroke: #d4451c; stroke-width: 3.6 } .head { fill: #d4451c }
.faint { opacity: 0.28 }
"#;

/// Of what has failed.
const LOST_STYLE: &str = r#".lost { fill: none; stroke: #9aa5b1; stroke-width: 1.8; stroke-dasharray: 2 5 }
.cross { fill: none; stroke: #b42318; stroke-width: 3.2; stroke-linecap: round } .gone { opacity: 0.42 }
"#;

const CLASS_COLOURS: [&str; 8] =
    ["#c2410c", "#0f766e", "#7c3aed", "#be185d", "#4d7c0f", "#0369a1", "#a16207", "#475569"];

/// The colour of a client class.
pub(super) fn class_colour(index: usize) -> &'static str {
    CLASS_COLOURS.get(index % CLASS_COLOURS.len()).copied().unwrap_or("#475569")
}

/// Draws a mesh.
pub fn svg(mesh: &Mesh, view: &View) -> String {
    let scene = Scene::new(mesh, view);
    let (places, on_ring) = layout::place(&scene, &mesh.layout);
    let drawn = lines::draw(&scene, &places);
    // On a ring the names of dots stand along the rays.
    let names = if scene.dots && !on_ring { lines::names(&scene, &places, &drawn) } else { Vec::new() };
    let tiers = tiers(&scene, &places);
    let bounds = bounds(&scene, &places, &drawn, &tiers);
    let mut title = match &view.address {
        Some(address) => format!("{} · {address}", mesh.name),
        None => mesh.name.clone(),
    };
    if !view.without.is_empty() {
        let lost: Vec<String> = view.without.iter().map(|part| part.describe(mesh)).collect();
        title = format!("{title} · without {}", lost.join(", "));
    }
    let lost_style = if view.without.is_empty() { "" } else { LOST_STYLE };
    let width = (bounds.width + 2.0 * MARGIN).max(MIN_WIDTH).max(text_width(&title, 21.0) + 2.0 * MARGIN);
    let about = wrap(&mesh.description, ((width - 2.0 * MARGIN) / (13.0 * 0.55)) as usize);
    let head = 40.0 + about.len() as f64 * 19.0 + 24.0;
    let shift = Point::new(width / 2.0 - bounds.middle.x, head + bounds.height / 2.0 - bounds.middle.y);
    let mut legend = String::new();
    let legend_top = head + bounds.height + 30.0;
    let legend_height = legend::write(&mut legend, mesh, &scene, MARGIN, legend_top, width - 2.0 * MARGIN);
    let height = legend_top + legend_height + 10.0;

    let mut out = String::new();
    let _ = writeln!(
        out,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {height:.0}" width="{width:.0}" height="{height:.0}" role="img">
<title>{title}</title>
<style>{STYLE}{lost_style}</style>
<rect width="100%" height="100%" rx="12" fill="#fbfcfe"/>
<text x="{MARGIN}" y="44" class="title">{title}</text>"##,
        title = escape(&title),
    );
    for (number, line) in about.iter().enumerate() {
        let y = 66.0 + number as f64 * 19.0;
        let _ = writeln!(out, r#"<text x="{MARGIN}" y="{y:.0}" class="about">{}</text>"#, escape(line));
    }
    let _ = writeln!(out, r#"<g transform="translate({:.1} {:.1})">"#, shift.x, shift.y);
    for (name, area) in &tiers {
        tier(&mut out, name, *area);
    }
    // What stands out is drawn last.
    let stands_out = |line: &Line| line.carries.0 || line.carries.1;
    for faint in [true, false] {
        for (line, drawn) in scene.lines.iter().zip(&drawn).filter(|(line, _)| stands_out(line) != faint) {
            connection(&mut out, &scene, line, drawn);
        }
    }
    for (line, drawn) in scene.lines.iter().zip(&drawn) {
        cost(&mut out, &scene, line, drawn);
    }
    let middle = bounds.middle;
    for (index, (item, place)) in scene.items.iter().zip(&places).enumerate() {
        draw_item(&mut out, &scene, item, *place, middle, names.get(index).map(|name| name.middle.minus(*place)));
    }
    crosses(&mut out, mesh, view, &scene, &places, &drawn);
    out.push_str("</g>\n");
    out.push_str(&legend);
    out.push_str("</svg>\n");
    out
}

/// Strikes out what has failed itself: not what went with it.
fn crosses(out: &mut String, mesh: &Mesh, view: &View, scene: &Scene, places: &[Point], drawn: &[Drawn]) {
    let mut cross = |at: Point, width: f64, height: f64| {
        let (left, right, top, bottom) = (at.x - width, at.x + width, at.y - height, at.y + height);
        let _ = writeln!(
            out,
            r#"<path d="M{left:.1} {top:.1} L{right:.1} {bottom:.1} M{left:.1} {bottom:.1} L{right:.1} {top:.1}" class="cross"/>"#
        );
    };
    for part in &view.without {
        let (id, is_broker) = match part {
            Part::Router(id) => (id, false),
            Part::Broker(id) => (id, true),
            Part::Connection(index) => {
                // The lines of connections come first, in their order.
                if let Some(drawn) = drawn.get(*index).filter(|_| *index < mesh.connections.len()) {
                    let at = drawn.label.as_ref().map_or(drawn.curve.at(0.5), |label| label.area.middle);
                    cross(at, 11.0, 11.0);
                }
                continue;
            }
        };
        let is_it = |(item, _): &(&Item, &Point)| item.label == *id && (item.kind == Kind::Broker) == is_broker;
        if let Some((item, place)) = scene.items.iter().zip(places).find(is_it) {
            cross(*place, item.width / 2.0 + 4.0, item.height / 2.0 + 4.0);
        }
    }
}

/// A box around the routers of each tier; none if they would overlap.
fn tiers(scene: &Scene, places: &[Point]) -> Vec<(String, Area)> {
    let mut tiers: Vec<(String, f64, f64, f64, f64)> = Vec::new();
    for (item, place) in scene.items.iter().zip(places) {
        let Some(name) = &item.tier else { continue };
        let (left, right) = (place.x - item.width / 2.0, place.x + item.width / 2.0);
        let (top, bottom) = (place.y - item.height / 2.0, place.y + item.height / 2.0);
        match tiers.iter_mut().find(|tier| tier.0 == *name) {
            Some((_, l, t, r, b)) => (*l, *t, *r, *b) = (l.min(left), t.min(top), r.max(right), b.max(bottom)),
            None => tiers.push((name.clone(), left, top, right, bottom)),
        }
    }
    let areas: Vec<(String, Area)> = tiers
        .into_iter()
        .map(|(name, left, top, right, bottom)| {
            let (left, right, top, bottom) = (left - 22.0, right + 22.0, top - 38.0, bottom + 22.0);
            let middle = Point::new((left + right) / 2.0, (top + bottom) / 2.0);
            (name, Area::new(middle, right - left, bottom - top))
        })
        .collect();
    let overlap = areas
        .iter()
        .enumerate()
        .any(|(index, (_, area))| areas.iter().skip(index + 1).any(|(_, other)| area.overlap(*other) > 0.0));
    let strangers = areas.iter().any(|(name, area)| {
        let others = scene.items.iter().zip(places).filter(|(item, _)| item.tier.as_ref() != Some(name));
        others.into_iter().any(|(item, place)| area.overlap(Area::new(*place, item.width, item.height)) > 0.0)
    });
    if overlap || strangers { Vec::new() } else { areas }
}

fn bounds(scene: &Scene, places: &[Point], drawn: &[Drawn], tiers: &[(String, Area)]) -> Area {
    // Names of dots stand outside of them.
    let room = if scene.dots { 34.0 } else { 2.0 };
    let items =
        scene.items.iter().zip(places).map(|(item, place)| Area::new(*place, item.width, item.height).grown(room));
    let curves = drawn.iter().map(|drawn| Area::new(drawn.curve.at(0.5), 8.0, 8.0));
    let areas = items.chain(curves).chain(tiers.iter().map(|(_, area)| *area));
    let (mut left, mut top, mut right, mut bottom) = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
    for area in areas {
        left = left.min(area.middle.x - area.width / 2.0);
        right = right.max(area.middle.x + area.width / 2.0);
        top = top.min(area.middle.y - area.height / 2.0);
        bottom = bottom.max(area.middle.y + area.height / 2.0);
    }
    if left > right {
        return Area::new(Point::default(), 0.0, 0.0);
    }
    Area::new(Point::new((left + right) / 2.0, (top + bottom) / 2.0), right - left, bottom - top)
}

fn tier(out: &mut String, name: &str, area: Area) {
    let (left, top) = (area.middle.x - area.width / 2.0, area.middle.y - area.height / 2.0);
    let _ = writeln!(
        out,
        r#"<rect x="{left:.1}" y="{top:.1}" width="{:.1}" height="{:.1}" rx="14" class="tier"/><text x="{:.1}" y="{:.1}" class="tiername">{}</text>"#,
        area.width,
        area.height,
        left + 14.0,
        top + 22.0,
        escape(&name.to_uppercase())
    );
}

fn connection(out: &mut String, scene: &Scene, line: &Line, drawn: &Drawn) {
    let class = match line.role {
        _ if line.is_lost => "lost",
        _ if line.carries.0 || line.carries.1 => "way",
        Role::Edge => "uplink",
        Role::RouteContainer => "held",
        Role::InterRouter | Role::Normal => "link",
    };
    let faint = if scene.is_highlighted && class != "way" && !line.is_lost { " faint" } else { "" };
    let Curve { from, control, to } = drawn.curve;
    let _ = writeln!(
        out,
        r#"<path d="M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1}" class="{class}{faint}"/>"#,
        from.x, from.y, control.x, control.y, to.x, to.y
    );
    let ends = [(line.carries.0, line.to, true), (line.carries.1, line.from, false)];
    for (_, end, forwards) in ends.into_iter().filter(|(carries, ..)| *carries) {
        let Some(item) = scene.items.get(end) else { continue };
        let middle = if forwards { to } else { from };
        let area = Area::new(middle, item.width, item.height).grown(2.0);
        // The last point of the way that is outside of the box.
        let parts = (0..=200).map(|step| f64::from(step) / 200.0).map(|part| if forwards { 1.0 - part } else { part });
        let Some(part) = parts.into_iter().find(|part| !area.contains(drawn.curve.at(*part))) else { continue };
        let tip = drawn.curve.at(part);
        let before = drawn.curve.at(if forwards { part - 0.03 } else { part + 0.03 });
        let along = tip.minus(before).unit();
        let (side, back) = (along.normal().times(6.5), tip.minus(along.times(12.0)));
        let (left, right) = (back.plus(side), back.minus(side));
        let _ = writeln!(
            out,
            r#"<path d="M{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} Z" class="head"/>"#,
            tip.x, tip.y, left.x, left.y, right.x, right.y
        );
    }
}

fn cost(out: &mut String, scene: &Scene, line: &Line, drawn: &Drawn) {
    let Some(label) = &drawn.label else { return };
    let faint = if scene.is_highlighted && line.carries == (false, false) { r#" class="faint""# } else { "" };
    let area = label.area;
    let _ = writeln!(
        out,
        r#"<g{faint}><rect x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" rx="8" class="costbox"/><text x="{:.1}" y="{:.1}" class="cost">{}</text></g>"#,
        area.middle.x - area.width / 2.0,
        area.middle.y - area.height / 2.0,
        area.width,
        area.height,
        area.middle.x,
        area.middle.y + 4.3,
        label.text
    );
}

fn draw_item(out: &mut String, scene: &Scene, item: &Item, place: Point, middle: Point, name: Option<Point>) {
    let faint = match (item.is_lost, item.is_faint) {
        (true, _) => r#" class="gone""#,
        (false, true) => r#" class="faint""#,
        (false, false) => "",
    };
    let _ = write!(out, r#"<g transform="translate({:.1} {:.1})"{faint}>"#, place.x, place.y);
    let (half_width, half_height) = (item.width / 2.0, item.height / 2.0);
    let label = escape(&item.label);
    match item.kind {
        Kind::Broker => {
            let _ = write!(
                out,
                r#"<path d="M{:.1} {:.1} v{:.1} a{half_width:.1} 7 0 0 0 {:.1} 0 v-{:.1}" class="broker"/><ellipse cx="0" cy="{:.1}" rx="{half_width:.1}" ry="7" class="broker"/><text x="0" y="9" class="brokername">{label}</text>"#,
                -half_width,
                -half_height + 7.0,
                item.height - 14.0,
                item.width,
                item.height - 14.0,
                -half_height + 7.0,
            );
        }
        Kind::Interior | Kind::Edge if scene.dots => dot_with_name(out, item, place.minus(middle), name, &label),
        Kind::Interior | Kind::Edge => {
            let class = if item.kind == Kind::Edge { "edge" } else { "router" };
            let y = if item.classes.is_empty() { 5.0 } else { -2.0 };
            let _ = write!(
                out,
                r#"<rect x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" rx="9" class="{class}"/><text x="0" y="{y:.0}" class="name">{label}</text>"#,
                -half_width, -half_height, item.width, item.height
            );
            class_dots(out, &item.classes, Point::new(0.0, 13.0));
        }
    }
    out.push_str("</g>\n");
}

/// A router of a large mesh. On a ring its name stands on the far side of the middle of the picture, along the ray.
fn dot_with_name(out: &mut String, item: &Item, away: Point, name: Option<Point>, label: &str) {
    let _ = write!(out, r#"<circle r="6.5" class="dot"/>"#);
    if let Some(name) = name {
        let y = name.y + 3.6;
        let _ =
            write!(out, r#"<text x="{:.1}" y="{y:.1}" text-anchor="middle" class="dotname">{label}</text>"#, name.x);
        let below = Point::new(0.0, if name.y > 4.0 { -13.0 } else { 13.0 });
        class_dots(out, &item.classes, below);
        return;
    }
    let ray = away.unit();
    let angle = ray.y.atan2(ray.x).to_degrees();
    // Never upside down.
    let (turn, anchor, x) = if ray.x < 0.0 { (angle + 180.0, "end", -12.0) } else { (angle, "start", 12.0) };
    let _ = write!(
        out,
        r#"<text transform="rotate({turn:.1})" x="{x:.0}" y="3.6" text-anchor="{anchor}" class="dotname">{label}</text>"#
    );
    let inwards = ray.times(-16.0);
    class_dots(out, &item.classes, inwards);
}

fn class_dots(out: &mut String, classes: &[usize], at: Point) {
    let first = at.x - (classes.len() as f64 - 1.0) * 6.5;
    for (position, class) in classes.iter().enumerate() {
        let x = first + position as f64 * 13.0;
        let _ = write!(out, r#"<circle cx="{x:.1}" cy="{:.1}" r="4.5" fill="{}"/>"#, at.y, class_colour(*class));
    }
}

/// Lines of at most this many characters.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A text as it stands in XML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
