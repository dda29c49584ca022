//! Pictures of a mesh: SVG for people, DOT for tools. The same file gives the same picture, byte for byte.
//!
//! ```text
//! scene.rs       mesh             -> boxes and lines, with sizes
//! layout/        boxes and lines  -> places: on a ring, in layers, or near what is connected
//! lines.rs       places           -> curves around boxes, labels that cover nothing
//! svg.rs         all that         -> text, with title and legend.rs
//! ```

mod dot;
mod geometry;
mod layout;
mod legend;
mod lines;
mod scene;
mod svg;

use crate::network::Part;

pub use dot::dot;
pub use svg::svg;

/// What to show.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The ways of messages of this address stand out.
    pub address: Option<String>,
    /// Parts that have failed: they are struck out. The ways of the address are those that hold then; without an address
    /// the ways between routers stand out that are other ones then.
    pub without: Vec<Part>,
}
