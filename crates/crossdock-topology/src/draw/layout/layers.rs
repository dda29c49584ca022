//! Tiers in columns, left to right, brokers in a column beside their routers; within a column in the order that lets lines
//! cross least.

use crate::draw::geometry::Point;
use crate::draw::scene::{Kind, Scene};

/// Between columns, from box to box.
const ACROSS: f64 = 150.0;
/// Between boxes of a column.
const DOWN: f64 = 44.0;
/// Sweeps that improve the order.
const SWEEPS: usize = 12;

pub(super) fn place(scene: &Scene, tiers: &[String]) -> Vec<Point> {
    let mut columns = columns(scene, tiers);
    for sweep in 0..SWEEPS {
        let forwards = sweep % 2 == 0;
        for step in 1..columns.len() {
            let column = if forwards { step } else { columns.len() - 1 - step };
            let fixed = if forwards { column.checked_sub(1) } else { Some(column + 1) };
            let neighbours = fixed.and_then(|fixed| columns.get(fixed)).cloned().unwrap_or_default();
            if let Some(column) = columns.get_mut(column) {
                sort_by_neighbours(scene, column, &neighbours);
            }
        }
    }
    let mut places = vec![Point::default(); scene.items.len()];
    let size = |index: &usize| scene.items.get(*index).map_or((0.0, 0.0), |item| (item.width, item.height));
    let height = |column: &[usize], gap: f64| {
        column.iter().map(|index| size(index).1 + gap).sum::<f64>() - if column.is_empty() { 0.0 } else { gap }
    };
    let tallest = columns.iter().map(|column| height(column, DOWN)).fold(0.0, f64::max);
    let mut left = 0.0;
    for column in columns.iter().filter(|column| !column.is_empty()) {
        let width = column.iter().map(|index| size(index).0).fold(0.0, f64::max);
        // A short column spreads out, but not over the whole height.
        let slack = tallest - height(column, DOWN);
        let gap = DOWN + slack / (column.len() as f64 + 1.0);
        let mut top = -height(column, gap) / 2.0;
        for index in column {
            let own = size(index).1;
            if let Some(place) = places.get_mut(*index) {
                *place = Point::new(left + width / 2.0, top + own / 2.0);
            }
            top += own + gap;
        }
        left += width + ACROSS;
    }
    places
}

/// The items of each column: brokers of the left half, the tiers, brokers of the right half.
fn columns(scene: &Scene, tiers: &[String]) -> Vec<Vec<usize>> {
    let mut names: Vec<Option<String>> = tiers.iter().cloned().map(Some).collect();
    for item in scene.items.iter().filter(|item| item.kind != Kind::Broker) {
        if !names.contains(&item.tier) {
            names.push(item.tier.clone());
        }
    }
    let tier_of = |index: usize| {
        let item = scene.items.get(index).filter(|item| item.kind != Kind::Broker)?;
        names.iter().position(|name| *name == item.tier)
    };
    let mut columns = vec![Vec::new(); names.len() + 2];
    for (index, item) in scene.items.iter().enumerate() {
        let column = if item.kind == Kind::Broker {
            let holders = scene.lines.iter().filter(|line| line.to == index).filter_map(|line| tier_of(line.from));
            let (count, sum) = holders.fold((0, 0), |(count, sum), tier| (count + 1, sum + tier));
            // Twice the mean, against twice the middle.
            if names.len() > 1 && 2 * sum < count * (names.len() - 1) { 0 } else { names.len() + 1 }
        } else {
            tier_of(index).unwrap_or_default() + 1
        };
        if let Some(column) = columns.get_mut(column) {
            column.push(index);
        }
    }
    columns
}

/// Orders a column by the mean position of the neighbours in the one beside it.
fn sort_by_neighbours(scene: &Scene, column: &mut Vec<usize>, beside: &[usize]) {
    let mean = |index: usize| {
        let others = scene.lines.iter().filter_map(|line| match (line.from == index, line.to == index) {
            (true, _) => Some((line.to, line.cost)),
            (_, true) => Some((line.from, line.cost)),
            _ => None,
        });
        // Cheap connections pull more.
        let weighed = others.filter_map(|(other, cost)| {
            let position = beside.iter().position(|index| *index == other)?;
            Some((position as f64, 1.0 / f64::from(cost)))
        });
        let (sum, weight) =
            weighed.fold((0.0, 0.0), |(sum, all), (position, weight)| (sum + position * weight, all + weight));
        if weight > 0.0 { Some(sum / weight) } else { None }
    };
    let mut keyed: Vec<(f64, usize)> =
        column.iter().enumerate().map(|(position, index)| (mean(*index).unwrap_or(position as f64), *index)).collect();
    keyed.sort_by(|left, right| left.0.total_cmp(&right.0));
    *column = keyed.into_iter().map(|(_, index)| index).collect();
}
