//! Everything that is not as the file says.

use std::collections::BTreeMap;
use std::fmt;

use crossdock_schema::{Entity as Written, EntityKind, RouterMode, Value};

use super::{Entity, KINDS, RouterState, Way, planned_ways};
use crate::model::Mesh;
use crate::network::Network;
use crate::sections::{Section, honoured_sections};

/// What management shows of the attributes of a router.
const OF_ROUTER: [&str; 3] = ["mode", "metadata", "workerThreads"];

/// What a router fills in itself, or each make of router by a default of its own.
const ROUTERS_CHOICE: [&str; 5] = ["phase", "member", "ingressPhase", "egressPhase", "initialHandshakeTimeoutSeconds"];

/// Written so, it is as good as absent.
const NO_PRIORITY: (&str, &str) = ("priority", "-1");

/// In which way something is not as in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The mesh does not have it.
    Missing,
    /// The file does not have it.
    Extra,
    /// An attribute has another value.
    Differs,
    /// It is there and does not work.
    Down,
    /// A way between routers is another one.
    Way,
}

impl Kind {
    /// `missing`, `extra`, `differs`, `down` or `way`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Missing => "missing",
            Kind::Extra => "extra",
            Kind::Differs => "differs",
            Kind::Down => "down",
            Kind::Way => "way",
        }
    }
}

/// Something that is not as the file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The router where it is so.
    pub router: String,
    /// In which way.
    pub kind: Kind,
    /// What it is about; none: the router, or a way from it.
    pub entity: Option<EntityKind>,
    /// Its name, or what tells it from others.
    pub name: String,
    /// The attribute that differs.
    pub attribute: Option<&'static str>,
    /// As in the file.
    pub file: Option<String>,
    /// As in the mesh.
    pub live: Option<String>,
    /// The section of the file.
    pub section: Option<Section>,
    /// What stands for it in the mesh.
    pub found: Option<Entity>,
}

impl Difference {
    fn new(router: &str, kind: Kind, entity: Option<EntityKind>, name: &str) -> Self {
        let (router, name) = (router.to_owned(), name.to_owned());
        Self { router, kind, entity, name, attribute: None, file: None, live: None, section: None, found: None }
    }

    /// `router`, or the type of an entity.
    pub fn what(&self) -> &'static str {
        self.entity.map_or("router", |kind| kind.entity_type().name)
    }
}

impl fmt::Display for Difference {
    /// As a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { router, kind, name, .. } = self;
        let what = self.what();
        let file = self.file.as_deref().unwrap_or_default();
        let live = self.live.as_deref().unwrap_or_default();
        let or_nothing = |text: &str| if text.is_empty() { String::from("nothing") } else { format!("'{text}'") };
        match kind {
            Kind::Missing if self.entity.is_none() => write!(f, "{router}: the mesh has no such router"),
            Kind::Extra if self.entity.is_none() => write!(f, "{router}: this router is not in the file"),
            Kind::Missing => write!(f, "{router}: no {what} {name}"),
            Kind::Extra => write!(f, "{router}: the {what} {name} is not in the file"),
            Kind::Down => write!(f, "{router}: {what} {name} is down ({live})"),
            Kind::Way => write!(f, "{router}: the way to {name} has {live}; planned is {file}"),
            Kind::Differs => {
                let attribute = self.attribute.unwrap_or_default();
                let (live, file) = (or_nothing(live), or_nothing(file));
                write!(f, "{router}: {what} {name} has {attribute} {live}; in the file {file}")
            }
        }
    }
}

/// What does not matter.
#[derive(Clone, Copy, Debug)]
pub struct Leave {
    /// Ports, as a mesh on free ports has others.
    pub ports: bool,
}

/// Everything that differs at one router, which is there.
pub fn compare(network: &Network<'_>, state: &RouterState, leave: Leave) -> Vec<Difference> {
    let mut out = Vec::new();
    let (sections, _) = honoured_sections(network.mesh(), &state.id);
    let mode = network.mesh().router(&state.id).map_or(RouterMode::Interior, |router| router.mode);
    for (kind, keys) in KINDS {
        let wanted = sections.iter().filter(|section| section.kind == kind);
        let mut live: ByKey<'_> = BTreeMap::new();
        for entity in state.of(kind) {
            live.entry(keys.iter().map(|key| entity.text(key).to_owned()).collect()).or_default().push(entity);
        }
        for section in wanted {
            entity(&state.id, mode, section, keys, &mut live, leave, &mut out);
        }
        let extra = live.values().flatten().filter(|_| kind != EntityKind::Router);
        out.extend(extra.map(|entity| Difference {
            found: Some((*entity).clone()),
            ..Difference::new(&state.id, Kind::Extra, Some(kind), entity.label())
        }));
    }
    routes(network, state, &mut out);
    out
}

/// Routers of the file that the mesh does not have, and the other way round.
pub fn membership(mesh: &Mesh, live: &[String]) -> Vec<Difference> {
    let missing = mesh.routers.iter().filter(|router| !live.contains(&router.id));
    let extra = live.iter().filter(|id| mesh.router(id).is_none());
    let missing = missing.map(|router| Difference::new(&router.id, Kind::Missing, None, &router.id));
    missing.chain(extra.map(|id| Difference::new(id, Kind::Extra, None, id))).collect()
}

/// Entities by what tells one from another. Nothing keeps a router from having two that are alike in that.
type ByKey<'e> = BTreeMap<Vec<String>, Vec<&'e Entity>>;

/// A section against the entity that stands for it, which is taken out of `live`: of several that which differs least.
fn entity(
    router: &str,
    mode: RouterMode,
    section: &Section,
    keys: &[&str],
    live: &mut ByKey<'_>,
    leave: Leave,
    out: &mut Vec<Difference>,
) {
    // With defaults, as management shows them.
    let Ok(written) = section.entity(mode) else { return };
    let values = values(&written);
    let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string());
    let key: Vec<String> = keys.iter().map(|key| value(key).unwrap_or_default()).collect();
    let kind = section.kind;
    let difference = |what: Kind, found: Option<&Entity>| Difference {
        section: Some(section.clone()),
        found: found.cloned(),
        ..Difference::new(router, what, Some(kind), &name_of(section))
    };
    let differs = |found: &Entity| -> Vec<(&'static str, String, String)> {
        let compared = kind.entity_type().attributes.iter().filter(|attribute| {
            let is_said = section.value(attribute.name).is_some();
            // What the file leaves out has its default, unless the router chooses the value or does not know the attribute.
            let is_free = ROUTERS_CHOICE.contains(&attribute.name) || found.text(attribute.wire_name).is_empty();
            let is_left = matches!(attribute.name, "host" | "name") || (leave.ports && attribute.name == "port");
            let is_hidden = kind == EntityKind::Router && (!is_said || !OF_ROUTER.contains(&attribute.name));
            // Maps are not shown in full.
            let is_left = is_left || found.text(attribute.wire_name) == "…";
            attribute.create && !is_left && !is_hidden && !attribute.secret && (is_said || !is_free)
        });
        let both = compared.map(|attribute| {
            let file = value(attribute.name).unwrap_or_default();
            let plain =
                |text: &str| if (attribute.name, text) == NO_PRIORITY { String::new() } else { text.to_owned() };
            (attribute.name, plain(&file), plain(found.text(attribute.wire_name)))
        });
        both.filter(|(_, file, live)| file != live).collect()
    };
    let alike = live.get_mut(&key);
    let best =
        alike.as_ref().and_then(|alike| (0..alike.len()).min_by_key(|at| alike.get(*at).map(|one| differs(one).len())));
    let (Some(alike), Some(best)) = (alike, best) else {
        // Of the router itself there is nothing to be seen but where management shows it.
        if kind != EntityKind::Router {
            out.push(difference(Kind::Missing, None));
        }
        return;
    };
    let found = alike.remove(best);
    for (attribute, file, live) in differs(found) {
        let (file, live, attribute) = (Some(file), Some(live), Some(attribute));
        out.push(Difference { attribute, file, live, ..difference(Kind::Differs, Some(found)) });
    }
    if let Some(reason) = found.why_down() {
        out.push(Difference { live: Some(reason), ..difference(Kind::Down, Some(found)) });
    }
}

fn routes(network: &Network<'_>, state: &RouterState, out: &mut Vec<Difference>) {
    for (to, way) in planned_ways(network, &state.id) {
        // A router that is missing is told once.
        let Some(known) = state.ways.get(&to) else { continue };
        if *known != way {
            let text = |way: &Way| Some(format!("cost {} by {}", way.cost, way.next_hop));
            let (file, live) = (text(&way), text(known));
            out.push(Difference { file, live, ..Difference::new(&state.id, Kind::Way, None, &to) });
        }
    }
}

/// What a section is called: its name, or what it is for.
pub(crate) fn name_of(section: &Section) -> String {
    let texts = ["name", "prefix", "pattern", "address", "id"].iter().find_map(|attribute| section.text(attribute));
    texts.unwrap_or_default()
}

fn values(entity: &Written) -> Vec<(&'static str, Value)> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "these are compared")]
    match entity {
        Written::Router(one) => one.values(),
        Written::Listener(one) => one.values(),
        Written::Connector(one) => one.values(),
        Written::Address(one) => one.values(),
        Written::AutoLink(one) => one.values(),
        Written::LinkRoute(one) => one.values(),
        Written::Shard(one) => one.values(),
        _ => Vec::new(),
    }
}
