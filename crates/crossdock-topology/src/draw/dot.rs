//! The mesh in the language of Graphviz.

use std::fmt::Write;

use crossdock_schema::Role;

use super::View;
use super::scene::{Kind, Scene};
use crate::model::Mesh;

/// The mesh as a DOT graph.
pub fn dot(mesh: &Mesh, view: &View) -> String {
    let scene = Scene::new(mesh, view);
    let mut out = format!(
        "graph {} {{\n  graph [overlap=false, splines=true];\n  node [shape=box, style=rounded];\n",
        quote(&mesh.name)
    );
    let name = |index: usize| scene.items.get(index).map(|item| quote(&item.label)).unwrap_or_default();
    for item in &scene.items {
        let shape = match item.kind {
            _ if item.is_lost => " [style=\"rounded,dotted\", fontcolor=\"#b42318\", color=\"#b42318\"]",
            Kind::Interior => "",
            Kind::Edge => " [color=\"#3b9457\"]",
            Kind::Broker => " [shape=cylinder, color=\"#c78a1e\"]",
        };
        let _ = writeln!(out, "  {}{shape};", quote(&item.label));
    }
    for line in &scene.lines {
        let style = match line.role {
            _ if line.is_lost => "style=dotted, color=\"#b42318\", ",
            _ if line.carries != (false, false) => "color=\"#d4451c\", penwidth=3, ",
            Role::RouteContainer => "style=dashed, ",
            Role::Edge => "color=\"#3b9457\", ",
            Role::InterRouter | Role::Normal => "",
        };
        let label = if line.role == Role::InterRouter {
            format!("label=\"{}\"", line.cost)
        } else {
            String::from("label=\"\"")
        };
        let _ = writeln!(out, "  {} -- {} [{style}{label}];", name(line.from), name(line.to));
    }
    out.push_str("}\n");
    out
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
