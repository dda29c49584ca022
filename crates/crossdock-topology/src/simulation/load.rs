//! What a class of clients sends.

use crossdock_schema::suggestion;

use crate::model::Mesh;
use crate::service::overlap;

/// What a class of clients sends to an address. What is not said the simulator chooses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// The class.
    pub class: String,
    /// One of the addresses that it sends to; none: all of them.
    pub address: Option<String>,
    /// Messages in a second, of all clients of the class together.
    pub rate: Option<u64>,
    /// So many messages, spread over the time.
    pub messages: Option<u64>,
    /// Bytes of a message.
    pub size: Option<u64>,
    /// Whether they are sent settled.
    pub settled: Option<bool>,
    /// How many clients of the class there are.
    pub number: Option<u64>,
}

/// Keys of a load as text.
const KEYS: [&str; 7] = ["clients", "address", "rate", "messages", "size", "settled", "number"];

/// Most of each number.
const MOST: u64 = 10_000_000;

impl Load {
    /// Reads `clients=CLASS address=ADDRESS rate=N size=N settled=yes …`.
    ///
    /// # Errors
    /// What is wrong with it, and what to write.
    pub fn parse(mesh: &Mesh, text: &str) -> Result<Self, String> {
        let mut load = Self::default();
        for word in text.split_whitespace() {
            let Some((key, value)) = word.split_once('=').filter(|(_, value)| !value.is_empty()) else {
                return Err(format!("'{word}' is not KEY=VALUE; keys are {}", KEYS.join(", ")));
            };
            let number = || {
                let number = value.parse().ok().filter(|number| *number <= MOST);
                number.ok_or_else(|| format!("'{key}' is '{value}'; a whole number up to {MOST} is needed"))
            };
            match key {
                "clients" => load.class = value.to_owned(),
                "address" => load.address = Some(value.to_owned()),
                "rate" => load.rate = Some(number()?),
                "messages" => load.messages = Some(number()?),
                "size" => load.size = Some(number()?),
                "number" => load.number = Some(number()?.max(1)),
                "settled" => load.settled = Some(matches!(value, "yes" | "true")),
                other => {
                    let hint = match suggestion(other, KEYS.into_iter()) {
                        Some(meant) => format!("did you mean '{meant}'?"),
                        None => format!("there are {}", KEYS.join(", ")),
                    };
                    return Err(format!("a load has no '{other}'; {hint}"));
                }
            }
        }
        load.check(mesh)?;
        Ok(load)
    }

    /// Whether it fits the mesh.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, mesh: &Mesh) -> Result<(), String> {
        let Some(class) = mesh.clients.iter().find(|class| class.name == self.class) else {
            let names = mesh.clients.iter().map(|class| class.name.as_str());
            let hint = match suggestion(&self.class, names.clone()) {
                Some(meant) => format!("did you mean '{meant}'?"),
                None => format!("there are {}", names.collect::<Vec<_>>().join(", ")),
            };
            return Err(format!("there is no client class '{}'; {hint}", self.class));
        };
        if class.send.is_empty() {
            return Err(format!("'{}' sends nothing", self.class));
        }
        if let Some(address) = &self.address
            && !class.send.iter().any(|(known, _)| overlap(known, address))
        {
            let known = class.send.iter().map(|(known, _)| known.as_str()).collect::<Vec<_>>().join(", ");
            return Err(format!("'{}' does not send to '{address}', but to {known}", self.class));
        }
        if self.rate.is_some() && self.messages.is_some() {
            return Err(String::from("give 'rate' or 'messages', not both"));
        }
        Ok(())
    }
}
