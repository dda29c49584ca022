//! Lines that go around boxes, and labels that cover nothing.

use super::geometry::{Area, Curve, Point};
use super::scene::{Scene, text_width};

/// A label and where it goes.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) area: Area,
}

/// How each line is drawn, and the label of its cost.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub(super) curve: Curve,
    pub(super) label: Option<Label>,
}

/// Bends that are tried, in pixels; the first that passes by all boxes is taken.
const BENDS: [f64; 13] = [0.0, 24.0, -24.0, 44.0, -44.0, 66.0, -66.0, 90.0, -90.0, 120.0, -120.0, 160.0, -160.0];
/// Parts of the way at which a label is tried.
const PARTS: [f64; 9] = [0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.22, 0.78];

/// Draws all lines of a scene.
pub(super) fn draw(scene: &Scene, places: &[Point]) -> Vec<Drawn> {
    let areas: Vec<Area> =
        scene.items.iter().zip(places).map(|(item, place)| Area::new(*place, item.width, item.height)).collect();
    let count = places.len().max(1) as f64;
    let middle = places.iter().fold(Point::default(), |sum, place| sum.plus(*place)).times(1.0 / count);
    let around = if scene.dots { 2.5 } else { 6.0 };
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let mut curves: Vec<Curve> = Vec::new();
    for line in &scene.lines {
        let (Some(from), Some(to)) = (places.get(line.from), places.get(line.to)) else { continue };
        let pair = (line.from.min(line.to), line.from.max(line.to));
        // Of several lines between two boxes each has a bend of its own.
        let before = pairs.iter().filter(|other| **other == pair).count();
        pairs.push(pair);
        let bends = BENDS.iter().copied().skip(if before == 0 { 0 } else { 2 * before - 1 });
        let hits = |curve: &Curve| {
            let others = areas.iter().enumerate().filter(|(index, _)| *index != line.from && *index != line.to);
            others
                .filter(|(_, area)| (1..40).any(|step| area.grown(around).contains(curve.at(f64::from(step) / 40.0))))
                .count()
        };
        // Rather away from the middle of the picture than towards it.
        let inwards = middle.minus(Curve::bent(*from, *to, 50.0).control).length()
            < middle.minus(Curve::bent(*from, *to, -50.0).control).length();
        let side = if inwards { -1.0 } else { 1.0 };
        let candidates = bends.map(|bend| Curve::bent(*from, *to, bend * side));
        let best = candidates.map(|curve| (hits(&curve), curve)).min_by_key(|(hits, _)| *hits);
        curves.push(best.map_or_else(|| Curve::bent(*from, *to, 0.0), |(_, curve)| curve));
    }
    let shows_costs = scene.lines.iter().any(|line| line.cost != 1);
    let mut taken = areas;
    let mut drawn = Vec::new();
    for (index, (line, curve)) in scene.lines.iter().zip(&curves).enumerate() {
        let needs_label =
            shows_costs && (line.cost != 1 || !scene.dots) && line.role == crossdock_schema::Role::InterRouter;
        let label = needs_label.then(|| {
            let text = line.cost.to_string();
            let (width, height) = (text_width(&text, 12.0) + 10.0, 17.0);
            let crossed = |area: Area| {
                let others = curves.iter().enumerate().filter(|(other, _)| *other != index);
                others.filter(|(_, other)| (0..=40).any(|step| area.contains(other.at(f64::from(step) / 40.0)))).count()
            };
            let candidates = PARTS.iter().map(|part| Area::new(curve.at(*part), width, height));
            let badness = |area: &Area| {
                taken.iter().map(|other| area.grown(3.0).overlap(*other)).sum::<f64>() + crossed(*area) as f64 * 20.0
            };
            let best = candidates.min_by(|left, right| badness(left).total_cmp(&badness(right)));
            let area = best.unwrap_or(Area::new(curve.at(0.5), width, height));
            taken.push(area);
            Label { text, area }
        });
        drawn.push(Drawn { curve: *curve, label });
    }
    drawn
}

/// Where the names of dots go: beside them, where the least is in the way.
pub(super) fn names(scene: &Scene, places: &[Point], drawn: &[Drawn]) -> Vec<Area> {
    let mut taken: Vec<Area> = places.iter().map(|place| Area::new(*place, 16.0, 16.0)).collect();
    taken.extend(drawn.iter().filter_map(|drawn| drawn.label.as_ref().map(|label| label.area)));
    let mut areas = Vec::new();
    for (item, place) in scene.items.iter().zip(places) {
        let (width, height) = (text_width(&item.label, 10.5), 12.0);
        let (across, down) = (width / 2.0 + 10.0, 15.0);
        let offsets = [
            (across, 0.0),
            (-across, 0.0),
            (0.0, down),
            (0.0, -down),
            (across, -9.0),
            (across, 9.0),
            (-across, -9.0),
            (-across, 9.0),
        ];
        let candidates = offsets.iter().map(|(x, y)| Area::new(place.plus(Point::new(*x, *y)), width, height));
        let badness = |area: &Area| {
            let covered: f64 = taken.iter().map(|other| area.grown(1.0).overlap(*other)).sum();
            let crossed = drawn
                .iter()
                .map(|drawn| (0..=60).filter(|step| area.contains(drawn.curve.at(f64::from(*step) / 60.0))).count());
            covered + crossed.sum::<usize>() as f64 * 12.0
        };
        let best = candidates.min_by(|left, right| badness(left).total_cmp(&badness(right)));
        let area = best.unwrap_or(Area::new(*place, width, height));
        taken.push(area);
        areas.push(area);
    }
    areas
}
