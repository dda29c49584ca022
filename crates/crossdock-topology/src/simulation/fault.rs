//! Faults as sentences: `at 5s kill router core-1 for 10s`, `every 20s cut any connection for 3s`.
//!
//! ```text
//! fault  = ("at" | "every") SPAN act ["for" SPAN]
//! act    = ("kill" | "restart") ("router" | "broker") name
//!        | ("cut" | "silence" | "restore") ["connection"] name
//!        | "slow" ["connection"] name "to" SPAN
//!        | "broker" name ("accepts" | "rejects" | "releases" | "stalls")
//! name   = "any" | id of a router or broker | FROM-TO
//! ```

use std::fmt;

use super::span::{parse_span, write_span};
use crate::model::Mesh;
use crate::network::Part;

/// What breaks, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// When.
    pub time: Time,
    /// What.
    pub act: Act,
    /// After so many milliseconds it is mended.
    pub lasts: Option<u64>,
}

/// When something breaks, in milliseconds from the beginning of the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// Then.
    At(u64),
    /// Again and again at random, with so much between on average.
    Every(u64),
}

/// What is done to the mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// The process of a router or broker dies.
    Kill(Target),
    /// It starts again.
    Restart(Target),
    /// A connection breaks, and cannot be made.
    Cut(Target),
    /// Nothing arrives over a connection any more, and nobody is told.
    Silence(Target),
    /// Bytes travel for so many milliseconds.
    Slow(Target, u64),
    /// All is well with a connection again.
    Restore(Target),
    /// A broker treats what comes in another way.
    Treat(Target, Manner),
}

/// To what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This one.
    Part(Part),
    /// Any router that runs.
    AnyRouter,
    /// Any connection between routers that works.
    AnyConnection,
    /// Any broker that runs.
    AnyBroker,
}

/// What a broker says of messages that come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It has them.
    Accepts,
    /// They cannot be used.
    Rejects,
    /// It does not want them now.
    Releases,
    /// Nothing.
    Stalls,
}

impl Manner {
    const ALL: [Self; 4] = [Self::Accepts, Self::Rejects, Self::Releases, Self::Stalls];

    /// The word in a sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepts => "accepts",
            Self::Rejects => "rejects",
            Self::Releases => "releases",
            Self::Stalls => "stalls",
        }
    }
}

/// The form of a sentence, for who has written another.
const FORM: &str = "write for example 'at 5s kill router NAME for 10s', 'every 20s cut any connection for 3s', \
                    'at 5s slow FROM-TO to 200ms' or 'at 5s broker NAME rejects for 5s'";

struct Words<'a> {
    all: Vec<&'a str>,
    next: usize,
}

impl<'a> Words<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.all.get(self.next).copied()
    }

    fn take(&mut self, wanted: &str) -> Result<&'a str, String> {
        let word = self.peek().ok_or_else(|| format!("{wanted} is missing at the end; {FORM}"))?;
        self.next += 1;
        Ok(word)
    }

    fn skip(&mut self, word: &str) -> bool {
        let is_it = self.peek() == Some(word);
        self.next += usize::from(is_it);
        is_it
    }

    fn span(&mut self) -> Result<u64, String> {
        let word = self.take("a time")?;
        parse_span(word).ok_or_else(|| format!("'{word}' is no time; write 5s, 250ms or 2m"))
    }
}

impl Fault {
    /// Reads a sentence about a mesh.
    ///
    /// # Errors
    /// What is wrong with it, and what to write.
    pub fn parse(mesh: &Mesh, text: &str) -> Result<Self, String> {
        let mut words = Words { all: text.split_whitespace().collect(), next: 0 };
        let time = match words.take("'at' or 'every'")? {
            "at" => Time::At(words.span()?),
            "every" => match words.span()? {
                0 => return Err(String::from("every 0s is too often")),
                span => Time::Every(span),
            },
            other => return Err(format!("a fault begins with 'at' or 'every', not with '{other}'; {FORM}")),
        };
        let act = Self::act(mesh, &mut words)?;
        let lasts = if words.skip("for") { Some(words.span()?) } else { None };
        if lasts.is_some() && matches!(act, Act::Restart(_) | Act::Restore(_)) {
            return Err(String::from("what is well again is so for good: leave out 'for'"));
        }
        match words.peek() {
            None => Ok(Self { time, act, lasts }),
            Some(more) => Err(format!("'{more}' is too much; {FORM}")),
        }
    }

    fn act(mesh: &Mesh, words: &mut Words<'_>) -> Result<Act, String> {
        let verb = words.take("what is to be done")?;
        match verb {
            "kill" | "restart" => {
                let target = if words.skip("broker") {
                    target(mesh, words, Kind::Broker)?
                } else {
                    words.skip("router");
                    target(mesh, words, Kind::Process)?
                };
                Ok(if verb == "kill" { Act::Kill(target) } else { Act::Restart(target) })
            }
            "cut" | "silence" | "restore" | "slow" => {
                words.skip("connection");
                let target = target(mesh, words, Kind::Connection)?;
                Ok(match verb {
                    "cut" => Act::Cut(target),
                    "silence" => Act::Silence(target),
                    "restore" => Act::Restore(target),
                    _ => {
                        if !words.skip("to") {
                            return Err(format!("to which delay? {FORM}"));
                        }
                        Act::Slow(target, words.span()?)
                    }
                })
            }
            "broker" => {
                let target = target(mesh, words, Kind::Broker)?;
                let word = words.take("what the broker does")?;
                let manner = Manner::ALL.into_iter().find(|manner| manner.as_str() == word);
                let manner =
                    manner.ok_or_else(|| format!("a broker accepts, rejects, releases or stalls; not '{word}'"))?;
                Ok(Act::Treat(target, manner))
            }
            other => {
                let verbs = ["kill", "restart", "cut", "silence", "slow", "restore", "broker"];
                let hint = match crossdock_schema::suggestion(other, verbs.into_iter()) {
                    Some(meant) => format!("did you mean '{meant}'?"),
                    None => FORM.to_owned(),
                };
                Err(format!("'{other}' cannot be done to a mesh; {hint}"))
            }
        }
    }

    /// The sentence, names of the mesh filled in.
    pub fn describe(&self, mesh: &Mesh) -> String {
        let time = match self.time {
            Time::At(millis) => format!("at {}", write_span(millis)),
            Time::Every(millis) => format!("every {}", write_span(millis)),
        };
        let lasts = self.lasts.map(|millis| format!(" for {}", write_span(millis))).unwrap_or_default();
        format!("{time} {}{lasts}", self.act.describe(mesh))
    }
}

impl Act {
    /// In words.
    pub fn describe(&self, mesh: &Mesh) -> String {
        let called = |target: &Target| match target {
            Target::Part(part) => part.describe(mesh),
            Target::AnyRouter => String::from("any router"),
            Target::AnyConnection => String::from("any connection"),
            Target::AnyBroker => String::from("any broker"),
        };
        match self {
            Self::Kill(target) => format!("kill {}", called(target)),
            Self::Restart(target) => format!("restart {}", called(target)),
            Self::Cut(target) => format!("cut {}", called(target)),
            Self::Silence(target) => format!("silence {}", called(target)),
            Self::Slow(target, delay) => format!("slow {} to {}", called(target), write_span(*delay)),
            Self::Restore(target) => format!("restore {}", called(target)),
            Self::Treat(target, manner) => format!("{} {}", called(target), manner.as_str()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A router or a broker.
    Process,
    Broker,
    Connection,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Process => "a router or broker",
            Self::Broker => "a broker",
            Self::Connection => "a connection",
        })
    }
}

fn target(mesh: &Mesh, words: &mut Words<'_>, kind: Kind) -> Result<Target, String> {
    let name = words.take(&kind.to_string())?;
    if name == "any" {
        return Ok(match kind {
            Kind::Process if words.skip("broker") => Target::AnyBroker,
            Kind::Process => {
                words.skip("router");
                Target::AnyRouter
            }
            Kind::Broker => Target::AnyBroker,
            Kind::Connection => {
                words.skip("connection");
                Target::AnyConnection
            }
        });
    }
    let part = Part::named(mesh, name)?;
    let is_right = match (&part, kind) {
        (Part::Router(_), Kind::Process) | (Part::Broker(_), Kind::Process | Kind::Broker) => true,
        (Part::Connection(_), kind) => kind == Kind::Connection,
        (Part::Router(_), Kind::Broker | Kind::Connection) | (Part::Broker(_), Kind::Connection) => false,
    };
    if is_right { Ok(Target::Part(part)) } else { Err(format!("'{name}' is not {kind}")) }
}
