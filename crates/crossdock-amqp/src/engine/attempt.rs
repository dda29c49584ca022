//! What the side that connected remembers of the other.

use fe2o3_amqp_types::definitions::Error;
use fe2o3_amqp_types::performatives::Open;

use super::Connection;

/// What became of a connection that this side initiated, for whoever decides where and when to try again.
#[derive(Debug, Default)]
pub struct Attempt {
    /// The peer's open, once it has come.
    pub open: Option<Open>,
    /// Why the connection ended: the error of our close or of the peer's.
    pub error: Option<Error>,
}

impl<I, O> Connection<I, O> {
    /// What became of the connection so far; none if the peer initiated it.
    pub fn attempt(&self) -> Option<&Attempt> {
        self.attempt.as_deref()
    }

    pub(super) fn note_open(&mut self, open: &Open) {
        if let Some(attempt) = &mut self.attempt {
            attempt.open = Some(open.clone());
        }
    }

    /// The first error is the reason, what follows from it is not.
    pub(super) fn note_error(&mut self, error: Option<&Error>) {
        if let Some(attempt) = &mut self.attempt
            && attempt.error.is_none()
        {
            attempt.error = error.cloned();
        }
    }
}
