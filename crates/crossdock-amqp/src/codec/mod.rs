//! Bytes to frames and back.
//!
//! A transport delivers protocol headers ([`ProtocolHeader`]) and frames. A frame is a [`FrameHeader`] and a body. Three
//! bodies make up nearly all traffic: transfer, disposition and flow. [`decode_body`] reads them in place, with no
//! allocation, into structs that borrow from the read buffer; the `encode_` functions write them into the buffer that is
//! about to be sent. Everything else ([`decode_performative`], [`decode_sasl`]) is rare: it is read by `serde_amqp` into
//! the types of `fe2o3-amqp-types`, so that there is one AMQP type system in the house.
//!
//! Nothing that a peer sends may make this code panic, recurse without bound, or allocate more than it sent. So a
//! [`walk`] over the value comes before serde sees it: depth, number of elements, every size, every count. The same walk
//! checks delivery states and flow properties, which are kept as opaque bytes and passed on as they came.
//!
//! The two types to read first: [`Cursor`], which reads primitives, and [`Body`], what a frame can be.
//!
//! [`describe()`] writes any frame as text, for logs.
//!
//! Every error is a [`DecodeError`]: what is wrong, and at which byte of the frame.

mod composites;
mod cursor;
mod describe;
mod disposition;
mod error;
mod fields;
mod flow;
mod format;
mod frame;
mod header;
mod legible;
mod performative;
mod router_attach;
mod sasl;
mod shape;
mod sink;
mod state;
mod text;
mod transfer;
pub mod walk;

pub use cursor::{Compound, Cursor, Descriptor};
pub use describe::{FrameText, describe, describe_beginning};
pub use disposition::{Disposition, encode_disposition};
pub use error::{DecodeError, EncodeError, Expected, Problem};
pub use flow::{Flow, encode_flow};
pub use format::descriptor;
pub use frame::{Body, FrameHeader, FrameKind, decode_body, encode_empty_frame};
pub use header::{FirstBytes, ProtocolHeader};
pub use performative::{Performative, decode_performative, encode_performative};
pub use router_attach::{RouterAttach, encode_router_attach};
pub use sasl::{SaslFrame, decode_sasl, encode_sasl};
pub use state::{StateKind, StateRef};
pub use transfer::{Transfer, encode_transfer_head, transfer_head_len};
