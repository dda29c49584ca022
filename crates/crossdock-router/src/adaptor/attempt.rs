//! What a connector wants to know of the connection that it made.

use crossdock_amqp::engine::Handshake;
use fe2o3_amqp_types::performatives::Open;

use super::{Adaptor, links};

impl Adaptor {
    /// The peer's open, once it has come; none if the peer initiated the connection.
    pub fn peer_open(&self) -> Option<&Open> {
        self.conn.attempt().and_then(|attempt| attempt.open.as_ref())
    }

    /// The error with which this side or the peer closed a connection that this side initiated: condition and description.
    pub fn failure(&self) -> Option<String> {
        self.conn.attempt().and_then(|attempt| attempt.error.as_ref()).map(links::error_text)
    }

    /// The SASL mechanism in use, if there is a SASL layer.
    pub fn sasl_mechanism(&self) -> Option<&'static str> {
        self.conn.sasl_mechanism()
    }

    /// Who is on the other side of the SASL layer, or who we are there; none where that is nobody in particular.
    pub fn user(&self) -> Option<&str> {
        match &self.settings.engine.handshake {
            Handshake::Accept { .. } => self.sasl_mechanism().map(|_| "anonymous"),
            Handshake::SaslPlain { credentials, .. } if self.sasl_mechanism() == Some("PLAIN") => {
                Some(credentials.username())
            }
            Handshake::SaslPlain { .. } | Handshake::SaslAnonymous | Handshake::Plain => None,
        }
    }

    /// The properties of the peer's open as the log has them.
    pub fn peer_properties(&self) -> String {
        links::properties(self.peer_open().and_then(|open| open.properties.as_ref()))
    }
}
