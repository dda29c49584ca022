//! The head of a message: the sections in front of the body, as far as a router cares for them.
//!
//! A message is carried as the octets that came. [`HeadScanner`] finds, while they arrive, what decides about its way:
//! priority, router annotations, destination. It allocates nothing and decodes nothing else; its result, [`Head`], is
//! offsets into the message. [`write_annotations`] writes the sections in front of the bare message for the next hop, with
//! router annotations removed, kept, extended or added; the octets from [`Head::rest`] on follow as they are.
//!
//! ```text
//! header | delivery-annotations | message-annotations | properties | application-properties | body | footer
//!                                 user… router…         …,…,to,…
//! \____________ as they were ___/ \___ rewritten ___/ \_______________ as they were ______________________/
//!                                                     ^ rest
//! ```
//!
//! Behind the entries of routers there may be the mark of a probe ([`ProbeMark`]), where no user can put it.
//!
//! Scanning resumes at section boundaries. A section says its size in front, so looking again at one that is not complete
//! costs a few nanoseconds however large it is, and a sender that trickles octets costs linear time in all.

mod annotations;
mod head;
mod key;
mod malformed;
mod probe;
mod reader;
mod scanner;
mod section;
mod write;

pub use head::{Destination, Head, RouterAnnotations, Span, TraceEntries};
pub use key::{KeyScan, KeySource, KeyValue, NotAKeySource};
pub use malformed::Malformed;
pub use probe::{PROBE_ID, ProbeId, ProbeMark};
pub use scanner::{HeadScanner, Scan, Want};
pub use section::HEAD_LIMIT;
pub use write::{NewRouterAnnotations, NewTrace, write_annotations, write_probe, write_user_annotation};
