//! Near is what is connected: stress majorisation (each pair of items wants to be as far apart as the way between them is
//! long), then boxes that touch are pushed apart.

use std::f64::consts::TAU;

use crate::draw::geometry::Point;
use crate::draw::scene::{Kind, Scene};

/// Rounds of majorisation.
const ROUNDS: usize = 400;
/// Places less than this apart, in pixels, are made one line.
const NEARLY: f64 = 46.0;
/// Rounds of pushing apart.
const PUSHES: usize = 300;

pub(super) fn place(scene: &Scene) -> Vec<Point> {
    let count = scene.items.len();
    let distances = distances(scene);
    let mut places: Vec<Point> = start_order(&distances, count).into_iter().enumerate().fold(
        vec![Point::default(); count],
        |mut places, (position, index)| {
            let angle = TAU * position as f64 / count.max(1) as f64;
            if let Some(place) = places.get_mut(index) {
                // Not quite a circle: in perfect symmetry forces may cancel out.
                let radius = 300.0 + (position % 7) as f64 * 11.0;
                *place = Point::new(angle.cos() * radius * 1.3, angle.sin() * radius);
            }
            places
        },
    );
    for _ in 0..ROUNDS {
        majorise(&mut places, &distances);
    }
    lie_down(&mut places);
    if !scene.dots {
        align(&mut places);
    }
    push_apart(scene, &mut places);
    places
}

/// How far apart each pair wants to be, in pixels: the length of the shortest way of lines.
fn distances(scene: &Scene) -> Vec<Vec<f64>> {
    let count = scene.items.len();
    let mut all = vec![vec![f64::INFINITY; count]; count];
    let unit = if scene.dots { 62.0 } else { 150.0 };
    let mut set = |from: usize, to: usize, length: f64| {
        for (from, to) in [(from, to), (to, from)] {
            if let Some(place) = all.get_mut(from).and_then(|row| row.get_mut(to)) {
                *place = place.min(length);
            }
        }
    };
    for index in 0..count {
        set(index, index, 0.0);
    }
    for line in &scene.lines {
        let boxes: f64 =
            [line.from, line.to].iter().filter_map(|index| scene.items.get(*index)).map(|item| item.width).sum();
        let to_broker = scene.items.get(line.to).is_some_and(|item| item.kind == Kind::Broker);
        let basic = if to_broker { unit * 0.85 } else { unit * (1.0 + f64::from(line.cost).ln() * 0.28) };
        set(line.from, line.to, basic + boxes * 0.25);
    }
    // Floyd and Warshall: some hundred items at most are drawn.
    for over in 0..count {
        let Some(middle) = all.get(over).cloned() else { continue };
        for row in &mut all {
            let Some(first) = row.get(over).copied().filter(|first| first.is_finite()) else { continue };
            for (place, second) in row.iter_mut().zip(&middle) {
                *place = place.min(first + second);
            }
        }
    }
    // Parts that are not connected stand beside each other.
    let longest = all.iter().flatten().copied().filter(|length| length.is_finite()).fold(unit, f64::max);
    for length in all.iter_mut().flatten() {
        if !length.is_finite() {
            *length = longest * 0.7 + unit;
        }
    }
    all
}

/// Each item beside the one it is nearest to.
fn start_order(distances: &[Vec<f64>], count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(count);
    let mut rest: Vec<usize> = (0..count).collect();
    while !rest.is_empty() {
        let last = order.last().copied();
        let far = |index: &usize| {
            last.and_then(|last| distances.get(last)).and_then(|row| row.get(*index)).copied().unwrap_or_default()
        };
        let nearest = rest.iter().enumerate().min_by(|left, right| far(left.1).total_cmp(&far(right.1)));
        let Some((position, _)) = nearest else { break };
        order.push(rest.remove(position));
    }
    order
}

/// One round: each item goes where the others want it, the near ones most.
fn majorise(places: &mut [Point], distances: &[Vec<f64>]) {
    for index in 0..places.len() {
        let (Some(own), Some(row)) = (places.get(index).copied(), distances.get(index)) else { continue };
        let mut sum = Point::default();
        let mut weights = 0.0;
        for (other, (place, wanted)) in places.iter().zip(row).enumerate() {
            if other == index || *wanted <= 0.0 {
                continue;
            }
            let away = own.minus(*place);
            let away = if away.length() < 1e-6 { Point::new(1.0, other as f64 * 0.01) } else { away };
            let weight = 1.0 / (wanted * wanted);
            sum = sum.plus(place.plus(away.unit().times(*wanted)).times(weight));
            weights += weight;
        }
        if weights > 0.0
            && let Some(place) = places.get_mut(index)
        {
            *place = sum.times(1.0 / weights);
        }
    }
}

/// Turns the picture so that it is wide rather than high, and the first item is on the left or top.
fn lie_down(places: &mut [Point]) {
    let count = places.len().max(1) as f64;
    let middle = places.iter().fold(Point::default(), |sum, place| sum.plus(*place)).times(1.0 / count);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for place in places.iter_mut() {
        *place = place.minus(middle);
        xx += place.x * place.x;
        yy += place.y * place.y;
        xy += place.x * place.y;
    }
    let angle = -0.5 * (2.0 * xy).atan2(xx - yy);
    let (sin, cos) = angle.sin_cos();
    for place in places.iter_mut() {
        *place = Point::new(place.x * cos - place.y * sin, place.x * sin + place.y * cos);
    }
    let Some(first) = places.first().copied() else { return };
    let (mirror_x, mirror_y) = (if first.x > 1.0 { -1.0 } else { 1.0 }, if first.y > 1.0 { -1.0 } else { 1.0 });
    for place in places {
        *place = Point::new(place.x * mirror_x, place.y * mirror_y);
    }
}

/// Puts what is nearly at one height at one height, and what is nearly below each other below each other.
fn align(places: &mut [Point]) {
    type Axis = (fn(&Point) -> f64, fn(&mut Point, f64));
    let axes: [Axis; 2] =
        [(|place| place.y, |place, value| place.y = value), (|place| place.x, |place, value| place.x = value)];
    for (value, set) in axes {
        let mut order: Vec<usize> = (0..places.len()).collect();
        let values: Vec<f64> = places.iter().map(value).collect();
        let of = |index: usize| values.get(index).copied().unwrap_or_default();
        order.sort_by(|left, right| of(*left).total_cmp(&of(*right)));
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for index in order {
            match groups.last_mut() {
                Some(group) if group.first().is_some_and(|first| of(index) - of(*first) < NEARLY) => group.push(index),
                Some(_) | None => groups.push(vec![index]),
            }
        }
        for group in groups {
            let mean = group.iter().map(|index| of(*index)).sum::<f64>() / group.len() as f64;
            for index in group {
                if let Some(place) = places.get_mut(index) {
                    set(place, mean);
                }
            }
        }
    }
}

/// Moves boxes that touch away from each other, along the shorter way out.
fn push_apart(scene: &Scene, places: &mut [Point]) {
    let gap = if scene.dots { 16.0 } else { 40.0 };
    for _ in 0..PUSHES {
        let mut moved = false;
        for (index, item) in scene.items.iter().enumerate() {
            for (other, other_item) in scene.items.iter().enumerate().skip(index + 1) {
                let (Some(own), Some(their)) = (places.get(index).copied(), places.get(other).copied()) else {
                    continue;
                };
                let away = their.minus(own);
                // The names of dots stand below them.
                let name = if scene.dots { 26.0 } else { 0.0 };
                let across = (item.width + other_item.width) / 2.0 + gap + name - away.x.abs();
                let down = (item.height + other_item.height) / 2.0 + gap - away.y.abs();
                if across <= 0.1 || down <= 0.1 {
                    continue;
                }
                moved = true;
                let push = if across < down {
                    Point::new(across / 2.0 * if away.x < 0.0 { -1.0 } else { 1.0 }, 0.0)
                } else {
                    Point::new(0.0, down / 2.0 * if away.y < 0.0 { -1.0 } else { 1.0 })
                };
                if let Some(place) = places.get_mut(index) {
                    *place = own.minus(push);
                }
                if let Some(place) = places.get_mut(other) {
                    *place = their.plus(push);
                }
            }
        }
        if !moved {
            break;
        }
    }
}
