//! The shape of the tables in `generated.rs`: what is known about entity types and attributes without any value.

use crate::attributes::EntityKind;
use crate::value::Field;

/// A type of configuration entity, such as `listener`.
#[derive(Debug)]
pub struct EntityType {
    /// Name as written in a configuration file, for example `address`.
    pub name: &'static str,
    /// Full name in management messages, for example `org.apache.qpid.dispatch.router.config.address`.
    pub wire_name: &'static str,
    /// At most one such section may be given.
    pub singleton: bool,
    /// Never a section of its own; part of another entity.
    pub embedded: bool,
    /// State of the running router, never a section: shown by management only.
    pub operational: bool,
    /// Management answers as the core agent of qdrouterd does: null where there is no value.
    pub core: bool,
    /// Operations management offers on it.
    pub operations: &'static [&'static str],
    /// Whether the router honours such a section.
    pub effect: Effect,
    /// One or two sentences for people.
    pub description: &'static str,
    /// All attributes: those of the type in order, then name, identity, type.
    pub attributes: &'static [Attribute],
    /// What management answers to QUERY and READ, in order.
    pub columns: &'static [Column],
}

/// A column of the answers of management.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name, which may be a deprecated spelling of the attribute.
    pub name: &'static str,
    /// Index of its attribute in [`EntityType::attributes`].
    pub attribute: usize,
}

impl EntityType {
    /// Whether a configuration can have a section of this type.
    pub fn is_section(&self) -> bool {
        !self.embedded && !self.operational
    }

    /// The attribute called `name`; aliases are not looked at.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The attribute whose deprecated spelling is `alias`.
    pub fn attribute_by_alias(&self, alias: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.alias == Some(alias))
    }
}

/// An attribute of an entity type.
#[derive(Debug)]
pub struct Attribute {
    /// Name as written in a configuration file.
    pub name: &'static str,
    /// Name in management messages; nearly always the same.
    pub wire_name: &'static str,
    /// Type and range of values.
    pub kind: Kind,
    /// Value when none is given.
    pub default: Option<Constant>,
    /// Must be given.
    pub required: bool,
    /// No two sections of a file, of whatever types, may have the same value.
    pub unique: bool,
    /// May be set by management CREATE.
    pub create: bool,
    /// May be set by management UPDATE.
    pub update: bool,
    /// Deprecated spelling.
    pub alias: Option<&'static str>,
    /// AMQP type of an integer in management messages.
    pub wire: Wire,
    /// Configured, or shown by the running router.
    pub nature: Nature,
    /// Must never be shown.
    pub secret: bool,
    /// Unknown to qdrouterd.
    pub extension: bool,
    /// Whether the router honours it.
    pub effect: Effect,
    /// One or two sentences for people.
    pub description: &'static str,
}

/// Type of an attribute's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text, further restricted by a format.
    Text(Format),
    /// Name of a file or directory; existence is not checked.
    Path,
    /// A whole number within a range.
    Integer {
        /// Smallest value allowed.
        min: i64,
        /// Largest value allowed.
        max: i64,
    },
    /// Yes or no.
    Boolean,
    /// One of these tags, in the order that indexes them.
    Enum(&'static [&'static str]),
    /// A list.
    List,
    /// A map with text keys.
    Map,
    /// A map with ASCII keys.
    Properties,
}

/// AMQP type of an integer in management messages. Clients of qdrouterd see the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// int, or long where int is too small.
    Number,
    /// ulong
    Ulong,
    /// uint
    Uint,
    /// int
    Int,
    /// long
    Long,
}

/// What a text must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Anything.
    Any,
    /// A port number or the name of a service.
    Port,
    /// A log level expression, see [`crate::LevelSet`].
    Levels,
    /// A list of failover addresses, see [`crate::failover_urls`].
    FailoverUrls,
    /// A number of connections, or `auto`, see [`crate::data_connections`].
    DataConnections,
    /// SASL mechanisms of which one must be known, see [`crate::client_mechanisms`].
    ClientMechanisms,
    /// A part of messages, see [`crate::check_key_source`].
    KeySource,
}

/// A default value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    /// Default of a text or path.
    Text(&'static str),
    /// Default of an integer.
    Integer(i64),
    /// Default of a boolean.
    Boolean(bool),
    /// Default of an enumeration: its tag.
    Tag(&'static str),
}

/// Where the value of an attribute comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// From the configuration.
    Configuration,
    /// From the running router: a state.
    Status,
    /// From the running router: a counter or gauge.
    Statistic,
}

/// Whether the router does what an attribute or section says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It does.
    Full,
    /// Allowed, and nothing comes of it.
    Accepted,
    /// Refused, because ignoring it would mislead.
    None {
        /// Why, or until when; a phrase for the error message.
        reason: &'static str,
        /// Values allowed besides the default.
        honoured: &'static [&'static str],
    },
}

/// Defines an enumeration whose variants have tags: the texts used in files and messages.
macro_rules! tagged_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($variant:ident = $tag:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $tag, "`")] $variant,)+
        }

        impl $name {
            /// The tags of all variants, in order.
            pub const TAGS: &'static [&'static str] = &[$($tag),+];

            /// The text that stands for this variant in files and messages.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $tag,)+ }
            }

            /// The variant a text stands for.
            pub fn from_tag(tag: &str) -> Option<Self> {
                match tag { $($tag => Some($name::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use tagged_enum;

/// The attributes of one entity type that somebody has to supply when management asks: all but `type`.
///
/// What answers matches the enum of its type exhaustively, so that an attribute nobody supplies does not compile.
pub trait AttributeName: Copy + std::fmt::Debug + 'static {
    /// The entity type.
    const KIND: EntityKind;
    /// All of them: the one at an index is the one at that index of [`EntityType::attributes`].
    const ALL: &'static [Self];
}

/// Value of an attribute of a configured entity, seen from its struct.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Supply<'a, S> {
    /// What the configuration says.
    Configured(Field<'a>),
    /// Only the running router knows.
    Running(S),
}

/// Defines the enum of the attributes of an entity type, and what there is of them that no configuration says.
macro_rules! attribute_enum {
    ($(#[$meta:meta])* pub enum $name:ident of $kind:ident { $($variant:ident = $attribute:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $attribute, "`")] $variant,)+
        }

        impl AttributeName for $name {
            const KIND: EntityKind = EntityKind::$kind;
            const ALL: &'static [Self] = &[$($name::$variant),+];
        }
    };
}
pub(crate) use attribute_enum;
