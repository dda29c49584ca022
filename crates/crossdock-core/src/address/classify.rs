//! From text to key: what an address names, seen from this router.

use super::{
    canonical,
    key::{AddressClass, KeyRef},
};

/// Whether and how a router joins a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RouterMode {
    /// On its own.
    #[default]
    Standalone,
    /// A member of the mesh.
    Interior,
    /// A leaf with one uplink.
    Edge,
}

/// How this router is called, which decides what is local.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalNames {
    router_id: Box<str>,
    area: Box<str>,
    mode: RouterMode,
}

impl LocalNames {
    /// A router `router_id` in `area` (`0`, as areas are a placeholder).
    pub fn new(router_id: &str, area: &str, mode: RouterMode) -> Self {
        Self { router_id: router_id.into(), area: area.into(), mode }
    }

    /// The router id.
    pub fn router_id(&self) -> &str {
        &self.router_id
    }

    /// The area.
    pub fn area(&self) -> &str {
        &self.area
    }

    /// The mode.
    pub fn mode(&self) -> RouterMode {
        self.mode
    }

    /// How ingress and trace annotations call this router: area, slash, router id.
    pub fn identity(&self) -> String {
        format!("{}/{}", self.area, self.router_id)
    }
}

/// The key of the address `text`, as received; a mobile one in phase zero.
///
/// | canonical text | key |
/// |---|---|
/// | `_local/x` | `Lx` |
/// | `_topo/0/all/x`, `_topo/all/all/x` | `Tx` |
/// | `_topo/0/ME/x`, `_topo/all/ME/x` | `Lx` |
/// | `_topo/0/OTHER…` | `ROTHER`; edge: `L_edge`; standalone, something following: `Lx` |
/// | `_topo/OTHER-AREA…` | `AOTHER-AREA`; edge: `L_edge` |
/// | `_edge/ME/x` | `Lx` |
/// | `_edge/OTHER…` | `HOTHER`; edge: `L_edge` |
/// | anything else | `M0…` |
///
/// A standalone router knows no others and takes every router's name for its own, so that tools that address a router by
/// an old name reach it.
pub fn classify<'a>(text: &'a str, me: &LocalNames) -> KeyRef<'a> {
    classify_canonical(canonical(text), me)
}

/// As [`classify`], for a text that is canonical already.
pub fn classify_canonical<'a>(canonical: &'a str, me: &LocalNames) -> KeyRef<'a> {
    let special = canonical.strip_prefix('_').and_then(|rest| {
        if let Some(subscription) = rest.strip_prefix("local/") {
            Some(KeyRef::new(AddressClass::Local, subscription))
        } else if let Some(rest) = rest.strip_prefix("topo/") {
            Some(topological(rest, me))
        } else {
            rest.strip_prefix("edge/").map(|rest| edge(rest, me))
        }
    });
    special.unwrap_or(KeyRef::new(AddressClass::Mobile, canonical))
}

/// As [`classify`], on a listener whose clients have an address space of their own: a mobile address gets `tenant`
/// (`vhost/`) in front. The text is put together in `scratch`, which a caller keeps to avoid allocating.
///
/// Addresses that routers generated (`_$temp.…`) belong to no tenant.
pub fn classify_for_tenant<'a>(text: &'a str, me: &LocalNames, tenant: &str, scratch: &'a mut String) -> KeyRef<'a> {
    let key = classify(text, me);
    if key.class() != AddressClass::Mobile || key.text().starts_with("_$temp.") {
        return key;
    }
    scratch.clear();
    scratch.push_str(tenant);
    scratch.push_str(key.text());
    KeyRef::new(AddressClass::Mobile, scratch)
}

/// `rest` follows `_topo/`: an area, a router, something there.
fn topological<'a>(rest: &'a str, me: &LocalNames) -> KeyRef<'a> {
    let in_area = match rest.split_once('/') {
        Some((area, router)) if area == "all" || area == me.area() => router,
        Some((area, _)) => return elsewhere(AddressClass::Area, area, me),
        None => return elsewhere(AddressClass::Area, rest, me),
    };
    match in_area.split_once('/') {
        Some(("all", there)) => KeyRef::new(AddressClass::Topological, there),
        Some((router, here)) if router == me.router_id() || me.mode() == RouterMode::Standalone => {
            KeyRef::new(AddressClass::Local, here)
        }
        Some((router, _)) => elsewhere(AddressClass::Router, router, me),
        None => elsewhere(AddressClass::Router, in_area, me),
    }
}

/// `rest` follows `_edge/`: an edge router, something there.
fn edge<'a>(rest: &'a str, me: &LocalNames) -> KeyRef<'a> {
    match rest.split_once('/') {
        Some((router, here)) if router == me.router_id() => KeyRef::new(AddressClass::Local, here),
        Some((router, _)) => elsewhere(AddressClass::EdgeSummary, router, me),
        None => elsewhere(AddressClass::EdgeSummary, rest, me),
    }
}

/// An edge router knows no other router: all that is not here lies behind its uplink, `L_edge`.
fn elsewhere<'a>(class: AddressClass, name: &'a str, me: &LocalNames) -> KeyRef<'a> {
    match me.mode() {
        RouterMode::Edge => KeyRef::new(AddressClass::Local, "_edge"),
        RouterMode::Standalone | RouterMode::Interior => KeyRef::new(class, name),
    }
}
