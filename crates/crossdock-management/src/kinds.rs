//! Entity types as requests name them: those of the schema, and the bases they derive from.

use crossdock_schema::{EntityKind, EntityType};

use crate::refusal::Refusal;
use crate::words::shorten;

/// In front of every full type name.
pub(crate) const PREFIX: &str = "org.apache.qpid.dispatch.";

/// A type from which others derive, and of which there are no entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base {
    Entity,
    Management,
    Configuration,
    Operational,
}

/// A type a request may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeRef {
    Base(Base),
    Kind(EntityKind),
}

impl Base {
    const ALL: [Base; 4] = [Base::Entity, Base::Management, Base::Configuration, Base::Operational];

    /// Name without [`PREFIX`].
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Base::Entity => "entity",
            Base::Management => "org.amqp.management",
            Base::Configuration => "configurationEntity",
            Base::Operational => "operationalEntity",
        }
    }

    pub(crate) const fn description(self) -> &'static str {
        match self {
            Base::Entity => "Base of all entity types.",
            Base::Management => "The standard management node.",
            Base::Configuration => "Base of entity types that can be configured.",
            Base::Operational => "Base of entity types that show the running router.",
        }
    }

    pub(crate) const fn operations(self) -> &'static [&'static str] {
        match self {
            Base::Entity => &[],
            Base::Management => {
                &["QUERY", "GET-TYPES", "GET-ANNOTATIONS", "GET-OPERATIONS", "GET-ATTRIBUTES", "GET-MGMT-NODES", "READ"]
            }
            Base::Configuration | Base::Operational => &["READ"],
        }
    }

    /// Bases of the base, the nearest first.
    const fn bases(self) -> &'static [Base] {
        match self {
            Base::Entity => &[],
            Base::Management => &[Base::Operational, Base::Entity],
            Base::Configuration | Base::Operational => &[Base::Entity],
        }
    }
}

impl TypeRef {
    /// All types, bases first.
    pub(crate) fn all() -> impl Iterator<Item = TypeRef> {
        Base::ALL.into_iter().map(TypeRef::Base).chain(EntityKind::ALL.iter().copied().map(TypeRef::Kind))
    }

    /// The type a text names, in full or without the prefix.
    pub(crate) fn parse(name: &str) -> Result<TypeRef, Refusal> {
        let short = name.strip_prefix(PREFIX).unwrap_or(name);
        TypeRef::all()
            .find(|candidate| candidate.short_name() == short)
            .ok_or_else(|| Refusal::bad_request(format!("No such entity type '{}'", shorten(name))))
    }

    /// Name in management messages, without the prefix.
    pub(crate) fn short_name(self) -> &'static str {
        match self {
            TypeRef::Base(base) => base.name(),
            TypeRef::Kind(kind) => {
                let name = kind.entity_type().wire_name;
                name.strip_prefix(PREFIX).unwrap_or(name)
            }
        }
    }

    /// Bases, the nearest first.
    pub(crate) fn bases(self) -> &'static [Base] {
        match self {
            TypeRef::Base(base) => base.bases(),
            TypeRef::Kind(EntityKind::Management) => &[Base::Management, Base::Operational, Base::Entity],
            // Clients make these, so they count as configuration.
            TypeRef::Kind(EntityKind::RouterConnectionLinkRoute) => &[Base::Configuration, Base::Entity],
            TypeRef::Kind(kind) if kind.entity_type().operational => &[Base::Operational, Base::Entity],
            TypeRef::Kind(_) => &[Base::Configuration, Base::Entity],
        }
    }

    /// Whether this is the other type, or derives from it.
    pub(crate) fn is_a(self, other: TypeRef) -> bool {
        self == other || matches!(other, TypeRef::Base(base) if self.bases().contains(&base))
    }

    pub(crate) fn operations(self) -> &'static [&'static str] {
        match self {
            TypeRef::Base(base) => base.operations(),
            TypeRef::Kind(kind) => kind.entity_type().operations,
        }
    }
}

/// The kinds that requests without a type look through: those qdrouterd's general agent knows. Links, connections and
/// addresses come only to those who ask for them.
pub(crate) fn general_kinds() -> impl Iterator<Item = EntityKind> {
    EntityKind::ALL.iter().copied().filter(|kind| {
        let EntityType { operational, core, .. } = kind.entity_type();
        !(*operational && *core) && has_rows(*kind)
    })
}

/// Whether there can be entities of a kind.
pub(crate) fn has_rows(kind: EntityKind) -> bool {
    !matches!(kind, EntityKind::VhostUserGroupSettings | EntityKind::Console)
}
