//! From the first byte to the peer's open: protocol headers and SASL [AMQP 2.2, 5.3].
//!
//! ```text
//!  server: ClientHeader ─SASL─► Init ─ok─► AmqpHeader ─AMQP─► (AwaitOpen)
//!                   └───────AMQP, if SASL may be skipped──────────────────────┘
//!  client: SaslHeader ─► Mechanisms ─► Outcome ─► ServerHeader ─► (AwaitOpen)
//! ```

use fe2o3_amqp_types::primitives::{Array, Binary, Symbol};
use fe2o3_amqp_types::sasl::{SaslCode, SaslInit, SaslMechanisms, SaslOutcome};

use super::config::HANDSHAKE_BUDGET;
use super::connection::{State, Step, Violation, boxed};
use super::{Config, Connection, Handshake, Input, ProtocolError};
use crate::codec::{self, FrameHeader, FrameKind, ProtocolHeader, SaslFrame};
use crate::condition::Condition;

/// Where the negotiation of headers and SASL is: what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Negotiation {
    ClientHeader,
    Init,
    AmqpHeader,
    SaslHeader,
    Mechanisms,
    Outcome,
    ServerHeader,
}

const ANONYMOUS: &str = "ANONYMOUS";
const PLAIN: &str = "PLAIN";

impl<I: Default, O> Connection<I, O> {
    pub(super) fn begin_negotiation(&mut self) {
        let (header, next) = match self.config.handshake {
            Handshake::SaslAnonymous | Handshake::SaslPlain { .. } => (ProtocolHeader::Sasl, Negotiation::SaslHeader),
            Handshake::Plain => (ProtocolHeader::Amqp, Negotiation::ServerHeader),
            Handshake::Accept { .. } => {
                self.state = State::Negotiating(Negotiation::ClientHeader);
                return;
            }
        };
        self.output.buffer().extend_from_slice(&header.bytes());
        self.state = State::Negotiating(next);
        if next == Negotiation::ServerHeader {
            // Nothing is to be learnt from the server's header that would change the open [AMQP 2.4.5 pipelined open].
            self.open();
        }
    }

    #[cold]
    pub(super) fn negotiate<'b>(&mut self, at: Negotiation, input: &mut Input<'b>) -> Result<Step<'b>, Box<Violation>> {
        let rest = input.bytes.get(input.consumed..).unwrap_or_default();
        match at {
            Negotiation::ClientHeader
            | Negotiation::AmqpHeader
            | Negotiation::SaslHeader
            | Negotiation::ServerHeader => {
                let Some(bytes) = rest.first_chunk::<8>() else {
                    return if b"AMQP".iter().zip(rest).all(|(expected, byte)| expected == byte) {
                        Ok(Step::NeedInput)
                    } else {
                        self.refuse_header(at, "transport does not speak AMQP")
                    };
                };
                let Ok(header) = ProtocolHeader::decode(bytes) else {
                    return self.refuse_header(at, "protocol header is not AMQP 1.0");
                };
                input.consumed += bytes.len();
                self.handshake_bytes += bytes.len();
                self.handle_header(at, header)
            }
            Negotiation::Init | Negotiation::Mechanisms | Negotiation::Outcome => {
                let limit = (self.config.max_frame_size() as usize).min(HANDSHAKE_BUDGET / 2);
                let Some(header) = FrameHeader::decode(rest, limit).map_err(boxed)? else { return Ok(Step::NeedInput) };
                let Some(frame) = rest.get(..header.size) else { return Ok(Step::NeedInput) };
                input.consumed += header.size;
                self.handshake_bytes += header.size;
                if header.kind != FrameKind::Sasl {
                    // An AMQP frame here would get past authentication, were it listened to.
                    return Err(breach("AMQP frame during SASL"));
                }
                if self.handshake_bytes > HANDSHAKE_BUDGET {
                    return Err(breach("too much SASL"));
                }
                let sasl = codec::decode_sasl(frame, &header).map_err(boxed)?;
                self.handle_sasl(at, sasl)
            }
        }
    }

    fn handle_header<'b>(&mut self, at: Negotiation, header: ProtocolHeader) -> Result<Step<'b>, Box<Violation>> {
        let config = self.config.clone();
        let next = match (at, header) {
            (Negotiation::ClientHeader, ProtocolHeader::Sasl) => {
                self.output.buffer().extend_from_slice(&ProtocolHeader::Sasl.bytes());
                let mechanisms = mechanisms(&config).into_iter().map(Symbol::from).collect::<Vec<_>>();
                self.write_sasl(&SaslFrame::Mechanisms(SaslMechanisms {
                    sasl_server_mechanisms: Array::from(mechanisms),
                }));
                State::Negotiating(Negotiation::Init)
            }
            (Negotiation::ClientHeader, ProtocolHeader::Amqp) => {
                self.output.buffer().extend_from_slice(&ProtocolHeader::Amqp.bytes());
                if matches!(config.handshake, Handshake::Accept { required: true, .. }) {
                    self.state = State::AwaitOpen;
                    return Err(Box::new(
                        ProtocolError::connection(Condition::PolicyError, "Client skipped authentication - forbidden")
                            .into(),
                    ));
                }
                State::AwaitOpen
            }
            (Negotiation::AmqpHeader, ProtocolHeader::Amqp) => {
                self.output.buffer().extend_from_slice(&ProtocolHeader::Amqp.bytes());
                State::AwaitOpen
            }
            (Negotiation::ServerHeader, ProtocolHeader::Amqp) => State::AwaitOpen,
            (Negotiation::SaslHeader, ProtocolHeader::Sasl) => State::Negotiating(Negotiation::Mechanisms),
            (Negotiation::SaslHeader, ProtocolHeader::Amqp) => {
                return self.refuse_header(at, "server has no SASL layer");
            }
            (_, ProtocolHeader::Amqp | ProtocolHeader::Sasl | ProtocolHeader::TlsTunnel) => {
                return self.refuse_header(at, "protocol header out of place");
            }
        };
        self.state = next;
        Ok(Step::Continue)
    }

    fn handle_sasl<'b>(&mut self, at: Negotiation, frame: SaslFrame) -> Result<Step<'b>, Box<Violation>> {
        let next = match (at, frame) {
            (Negotiation::Init, SaslFrame::Init(init)) => {
                let chosen = init.mechanism.as_str();
                let accepted = chosen == ANONYMOUS && mechanisms(&self.config).contains(&ANONYMOUS);
                let code = if accepted { SaslCode::Ok } else { SaslCode::Auth };
                self.write_sasl(&SaslFrame::Outcome(SaslOutcome { code, additional_data: None }));
                if !accepted {
                    return Err(Box::new(
                        ProtocolError::connection(
                            Condition::UnauthorizedAccess,
                            format!("Authentication failed: mechanism {} is not available", printable(chosen)),
                        )
                        .into(),
                    ));
                }
                self.mechanism = Some(ANONYMOUS);
                Negotiation::AmqpHeader
            }
            (Negotiation::Mechanisms, SaslFrame::Mechanisms(offer)) => {
                let (mechanism, response) = self.choose_mechanism(&offer)?;
                self.mechanism = Some(mechanism);
                self.write_sasl(&SaslFrame::Init(SaslInit {
                    mechanism: Symbol::from(mechanism),
                    initial_response: Some(Binary::from(response)),
                    hostname: None,
                }));
                Negotiation::Outcome
            }
            (Negotiation::Outcome, SaslFrame::Outcome(outcome)) => {
                if outcome.code != SaslCode::Ok {
                    return Err(Box::new(
                        ProtocolError::connection(
                            Condition::UnauthorizedAccess,
                            format!("server refused {}", self.mechanism.unwrap_or_default()),
                        )
                        .into(),
                    ));
                }
                self.output.buffer().extend_from_slice(&ProtocolHeader::Amqp.bytes());
                self.state = State::Negotiating(Negotiation::ServerHeader);
                self.open();
                return Ok(Step::Continue);
            }
            (
                _,
                SaslFrame::Mechanisms(_)
                | SaslFrame::Init(_)
                | SaslFrame::Challenge(_)
                | SaslFrame::Response(_)
                | SaslFrame::Outcome(_),
            ) => return Err(breach("SASL frame out of place")),
        };
        self.state = State::Negotiating(next);
        Ok(Step::Continue)
    }

    /// The best mechanism that both sides have, and the first thing to say in it.
    fn choose_mechanism(&self, offer: &SaslMechanisms) -> Result<(&'static str, Vec<u8>), Box<Violation>> {
        let offers = |name: &str| offer.sasl_server_mechanisms.0.iter().any(|offered| offered.as_str() == name);
        let (plain, anonymous, wanted) = match &self.config.handshake {
            Handshake::SaslPlain { credentials, or_anonymous: false } => (Some(credentials), false, PLAIN),
            Handshake::SaslPlain { credentials, or_anonymous: true } => (Some(credentials), true, "PLAIN or ANONYMOUS"),
            Handshake::SaslAnonymous | Handshake::Plain | Handshake::Accept { .. } => (None, true, ANONYMOUS),
        };
        if let Some(credentials) = plain
            && offers(PLAIN)
        {
            return Ok((PLAIN, credentials.response()));
        }
        if anonymous && offers(ANONYMOUS) {
            // A trace for whoever looks at the server [RFC 4505]; nothing is told that the server does not know.
            let place = self.config.open.hostname.as_deref().filter(|name| name.len() <= 255);
            let trace = place.map_or_else(|| "anonymous".to_owned(), |name| format!("anonymous@{name}"));
            return Ok((ANONYMOUS, trace.into_bytes()));
        }
        let description = format!("server does not offer {wanted}");
        Err(Box::new(ProtocolError::connection(Condition::UnauthorizedAccess, description).into()))
    }

    /// A header that cannot be: tell the peer what is spoken here, and stop [AMQP 2.2].
    fn refuse_header<'b>(&mut self, at: Negotiation, description: &str) -> Result<Step<'b>, Box<Violation>> {
        match at {
            Negotiation::ClientHeader => {
                self.output.buffer().extend_from_slice(&ProtocolHeader::Amqp.bytes());
                // The state in which the end of the connection is told with an open and a close.
                self.state = State::AwaitOpen;
            }
            Negotiation::AmqpHeader => {
                self.output.buffer().extend_from_slice(&ProtocolHeader::Amqp.bytes());
            }
            Negotiation::Init
            | Negotiation::SaslHeader
            | Negotiation::Mechanisms
            | Negotiation::Outcome
            | Negotiation::ServerHeader => {}
        }
        Err(breach(description))
    }

    fn write_sasl(&mut self, frame: &SaslFrame) {
        let buffer = self.output.buffer();
        let start = buffer.len();
        if codec::encode_sasl(buffer, frame).is_err() {
            buffer.truncate(start);
        }
    }
}

fn mechanisms(config: &Config) -> Vec<&str> {
    match &config.handshake {
        Handshake::Accept { mechanisms, .. } => mechanisms.iter().map(String::as_str).collect(),
        Handshake::SaslAnonymous | Handshake::SaslPlain { .. } | Handshake::Plain => Vec::new(),
    }
}

fn breach(description: &str) -> Box<Violation> {
    Box::new(ProtocolError::connection(Condition::FramingError, description).into())
}

/// A peer's word, fit for a log line.
fn printable(text: &str) -> String {
    text.chars().take(32).map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect()
}
