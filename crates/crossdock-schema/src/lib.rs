//! Configuration of a router: entity types and attributes, and the parsers of configuration files.
//!
//! `router-config/schema.json` describes every entity type and attribute once. [`generated`] holds what follows from
//! it: one struct per entity type, one enum per enumeration and the static tables ([`EntityType`], [`Attribute`]) that
//! validation uses. [`attributes`] holds the attribute names of each type as an enum ([`AttributeName`]), for what answers
//! management. Both are checked in; a test proves them fresh.
//!
//! The one function to know is [`parse`]: text in, a [`Configuration`] and [`Warning`]s out, or every [`SchemaError`]
//! that could be found. It reads no file and no clock. The way of a text through the crate:
//!
//! ```text
//! native.rs or json_form.rs     text            -> sections: names, lines, untyped values
//! check.rs (convert.rs)         one section     -> typed values, defaults, aliases, effects -> Entity
//! rules.rs                      all entities    -> what holds between sections
//! configuration.rs              all entities    -> Configuration
//! ```
//!
//! The crate accepts what qdrouterd 1.19 accepts, with these deliberate exceptions: integers have ranges, attributes
//! without an effect in this version are refused rather than ignored, lists and maps are not taken as texts. It also
//! accepts more: balanced JSON with trailing commas, the unquoted form of `groups`, whole values in double quotes.

mod alone;
#[rustfmt::skip]
pub mod attributes;
mod check;
mod configuration;
mod convert;
mod entity;
mod error;
mod formats;
#[rustfmt::skip]
#[allow(clippy::derivable_impls, clippy::vec_init_then_push)]
pub mod generated;
mod json;
mod json_form;
mod levels;
mod names;
mod native;
mod rules;
mod section;
mod value;

pub use alone::{check_entity, check_written};
pub use attributes::*;
pub use configuration::{Configuration, Located, parse};
pub use entity::{Attribute, AttributeName, Column, Constant, Effect, EntityType, Format, Kind, Nature, Supply, Wire};
pub use error::{SchemaError, Warning};
pub use formats::{
    ClientMechanism, FailoverUrl, check_key_source, client_mechanisms, data_connections, failover_urls, port_number,
};
pub use generated::*;
pub use levels::{Level, LevelError, LevelSet};
pub use names::suggestion;
pub use value::{Field, Secret, Value};
