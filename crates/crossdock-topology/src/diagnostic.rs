//! What there is to say about a topology: always with a place, a code for scripts, and what to do next.

use crate::text::Place;

/// Kept at most; a file that is no topology at all would fill memory otherwise.
const LIMIT: usize = 500;

/// Whether the mesh can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It cannot, or not as it is meant.
    Error,
    /// It can; perhaps this is not what is meant.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        /// Which rule is broken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $variant,)+ }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// How scripts and `accept` call it.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)+ }
            }
        }
    };
}

codes! {
    /// The text is neither YAML nor JSON.
    Syntax = "syntax",
    /// A file that is included cannot be read, or includes itself.
    Include = "include",
    /// A variable or expression that cannot be filled in.
    Template = "template",
    /// A key nobody knows.
    UnknownKey = "unknown-key",
    /// A key that is needed.
    MissingKey = "missing-key",
    /// A value of the wrong kind.
    WrongType = "wrong-type",
    /// An attribute of a section that the configuration schema refuses.
    Attribute = "attribute",
    /// Something that this version of the router does not do.
    NotYet = "not-yet",
    /// Two things of one name.
    Duplicate = "duplicate",
    /// A router that is named and not there.
    UnknownRouter = "unknown-router",
    /// A broker that is named and not there.
    UnknownBroker = "unknown-broker",
    /// A connection that goes where no listener takes it.
    NoListener = "no-listener",
    /// A connection that makes no sense for the modes of its ends.
    Mode = "mode",
    /// A connection of a router with itself.
    SelfConnection = "self-connection",
    /// Several connections between two routers.
    ParallelConnections = "parallel-connections",
    /// Two listeners on one port of one host.
    PortClash = "port-clash",
    /// Routers that cannot reach each other.
    Disconnected = "disconnected",
    /// A router or connection whose loss cuts others off.
    SinglePointOfFailure = "single-point-of-failure",
    /// Two paths of the same cost, of which names decide.
    EqualCost = "equal-cost",
    /// Messages are sent where nobody takes them.
    NobodyServes = "nobody-serves",
    /// Messages are waited for that nobody sends.
    NobodySends = "nobody-sends",
    /// An address section nobody's address matches.
    Unused = "unused",
    /// A pattern that never speaks because others do.
    HiddenPattern = "hidden-pattern",
    /// A waypoint that no auto link leads to.
    Waypoint = "waypoint",
    /// A phase that no auto link or client uses.
    Phase = "phase",
    /// A queue that the broker does not have.
    UnknownQueue = "unknown-queue",
    /// An address that is treated in two ways at once.
    Conflict = "conflict",
    /// Clients that find no listener.
    NoClientListener = "no-client-listener",
    /// A shard that cannot do its work.
    Shard = "shard",
    /// A fallback that is never used.
    Fallback = "fallback",
    /// A load or fault of a simulation that cannot be.
    Simulation = "simulation",
}

/// One thing there is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the mesh can be run.
    pub severity: Severity,
    /// Which rule is broken.
    pub code: Code,
    /// Where.
    pub at: Place,
    /// A sentence without full stop.
    pub problem: String,
    /// What to do next; may be empty.
    pub hint: String,
}

/// Collects everything there is to say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    pub(crate) fn error(&mut self, code: Code, at: Place, problem: impl Into<String>) {
        self.push(Severity::Error, code, at, problem.into(), String::new());
    }

    pub(crate) fn error_hint(&mut self, code: Code, at: Place, problem: impl Into<String>, hint: impl Into<String>) {
        self.push(Severity::Error, code, at, problem.into(), hint.into());
    }

    pub(crate) fn warn(&mut self, code: Code, at: Place, problem: impl Into<String>, hint: impl Into<String>) {
        self.push(Severity::Warning, code, at, problem.into(), hint.into());
    }

    fn push(&mut self, severity: Severity, code: Code, at: Place, problem: String, hint: String) {
        let diagnostic = Diagnostic { severity, code, at, problem, hint };
        // A template says the same of each of its copies.
        if self.list.len() < LIMIT && !self.list.contains(&diagnostic) {
            self.list.push(diagnostic);
        }
    }

    pub(crate) fn has(&self, code: Code) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.code == code)
    }

    /// In the order of files and lines.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|diagnostic| (diagnostic.at, diagnostic.severity));
        self.list
    }
}
