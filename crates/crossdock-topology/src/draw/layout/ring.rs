//! Routers on a circle, each beside those it is connected with; brokers outside, beside their routers.

use std::f64::consts::TAU;

use crate::draw::geometry::Point;
use crate::draw::scene::{Kind, Scene};

pub(super) fn place(scene: &Scene) -> Vec<Point> {
    let order = walk(scene);
    let mut places = vec![Point::default(); scene.items.len()];
    let room: f64 = order
        .iter()
        .filter_map(|index| scene.items.get(*index))
        .map(|item| if scene.dots { 24.0 } else { item.width.max(item.height) + 40.0 })
        .sum();
    let radius = (room / TAU).max(150.0);
    let count = order.len().max(1) as f64;
    for (position, index) in order.iter().enumerate() {
        // Clockwise from the top.
        let angle = TAU * position as f64 / count - TAU / 4.0;
        if let Some(place) = places.get_mut(*index) {
            *place = Point::new(angle.cos() * radius, angle.sin() * radius);
        }
    }
    for (index, item) in scene.items.iter().enumerate().filter(|(_, item)| item.kind == Kind::Broker) {
        let holders: Vec<Point> = scene
            .lines
            .iter()
            .filter(|line| line.to == index)
            .filter_map(|line| places.get(line.from).copied())
            .collect();
        let sum = holders.iter().fold(Point::default(), |sum, place| sum.plus(*place));
        if let Some(place) = places.get_mut(index) {
            *place = sum.unit().times(radius + item.width / 2.0 + 110.0);
        }
    }
    places
}

/// The routers in the order in which connections lead from one to the next.
fn walk(scene: &Scene) -> Vec<usize> {
    let routers =
        || scene.items.iter().enumerate().filter(|(_, item)| item.kind != Kind::Broker).map(|(index, _)| index);
    let mut order: Vec<usize> = Vec::new();
    for start in routers() {
        let mut next = Some(start).filter(|start| !order.contains(start));
        while let Some(here) = next {
            order.push(here);
            let others = scene.lines.iter().filter_map(|line| match (line.from == here, line.to == here) {
                (true, _) => Some(line.to),
                (_, true) => Some(line.from),
                _ => None,
            });
            let is_router = |other: &usize| scene.items.get(*other).is_some_and(|item| item.kind != Kind::Broker);
            next = others.filter(is_router).find(|other| !order.contains(other));
        }
    }
    order
}
