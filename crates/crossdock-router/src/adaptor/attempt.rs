//! What a connector wants to know of the connection that it made.

use crossdock_amqp::engine::Attempt;

use super::Adaptor;

impl Adaptor {
    /// What became of the connection so far; none if the peer initiated it.
    pub fn attempt(&self) -> Option<&Attempt> {
        self.conn.attempt()
    }

    /// The SASL mechanism in use, if there is a SASL layer.
    pub fn sasl_mechanism(&self) -> Option<&'static str> {
        self.conn.sasl_mechanism()
    }

    /// The properties of the peer's open, as the log has them.
    pub fn open_properties(&self) -> String {
        let open = self.attempt().and_then(|attempt| attempt.open.as_ref());
        super::links::properties(open.and_then(|open| open.properties.as_ref()))
    }
}
