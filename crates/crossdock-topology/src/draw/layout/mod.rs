//! Where the items go.

mod force;
mod layers;
mod ring;

use super::geometry::Point;
use super::scene::{Kind, Scene};
use crate::model::LayoutWish;

/// Places the items, as wished or as fits the shape of the mesh. The flag says that they are on a ring.
pub(super) fn place(scene: &Scene, wish: &LayoutWish) -> (Vec<Point>, bool) {
    let layout = match wish.layout.as_deref() {
        Some(layout) => layout,
        None if !wish.tiers.is_empty() => "layers",
        None if is_ring(scene) => "ring",
        None => "force",
    };
    match layout {
        "layers" => (layers::place(scene, &wish.tiers), false),
        "ring" => (ring::place(scene), true),
        _ => (force::place(scene), false),
    }
}

/// Whether each router has two neighbours, and there are some.
fn is_ring(scene: &Scene) -> bool {
    let routers = scene.items.iter().enumerate().filter(|(_, item)| item.kind != Kind::Broker);
    let mut count = 0;
    for (index, _) in routers {
        let touches = |from: usize, to: usize| (from == index) != (to == index);
        let is_router = |other: usize| scene.items.get(other).is_some_and(|item| item.kind != Kind::Broker);
        let degree = scene.lines.iter().filter(|line| touches(line.from, line.to) && is_router(line.to)).count();
        if degree != 2 {
            return false;
        }
        count += 1;
    }
    count > 2
}
