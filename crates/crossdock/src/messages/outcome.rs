//! What became of a delivery, in words.

use fe2o3_amqp::connection::ConnectionStopReason;
use fe2o3_amqp::link::LinkStateError;
use fe2o3_amqp::link::SessionStopReason;
use fe2o3_amqp_types::definitions::{Error, ErrorCondition};
use fe2o3_amqp_types::messaging::Outcome;
use fe2o3_amqp_types::primitives::Symbol;

/// The outcome and what it says about itself.
pub(super) fn outcome_text(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted(_) => String::from("accepted"),
        Outcome::Released(_) => String::from("released"),
        Outcome::Rejected(rejected) => match &rejected.error {
            Some(error) => format!("rejected: {}", error_text(error)),
            None => String::from("rejected"),
        },
        Outcome::Modified(modified) => {
            let failed = modified.delivery_failed.unwrap_or(false).then_some("delivery failed");
            let elsewhere = modified.undeliverable_here.unwrap_or(false).then_some("undeliverable here");
            let said: Vec<&str> = failed.into_iter().chain(elsewhere).collect();
            if said.is_empty() { String::from("modified") } else { format!("modified: {}", said.join(", ")) }
        }
        Outcome::Declared(_) => String::from("declared"),
    }
}

/// Condition and description of an error.
pub(super) fn error_text(error: &Error) -> String {
    let condition = condition_text(&error.condition);
    match &error.description {
        Some(description) if !description.is_empty() => format!("{description} ({condition})"),
        Some(_) | None => condition,
    }
}

fn condition_text(condition: &ErrorCondition) -> String {
    match condition {
        ErrorCondition::AmqpError(error) => Symbol::from(error).into_inner(),
        ErrorCondition::ConnectionError(error) => Symbol::from(error).into_inner(),
        ErrorCondition::SessionError(error) => Symbol::from(error).into_inner(),
        ErrorCondition::LinkError(error) => Symbol::from(error).into_inner(),
        ErrorCondition::TransactionError(error) => Symbol::from(error).into_inner(),
        ErrorCondition::Custom(symbol) => symbol.clone().into_inner(),
    }
}

/// Why a link is no more.
pub(super) fn end_text(error: &LinkStateError) -> String {
    match error {
        LinkStateError::SessionStopped(reason) => stop_text(reason),
        LinkStateError::RemoteDetachedWithError(error) | LinkStateError::RemoteClosedWithError(error) => {
            format!("the link was detached: {}", error_text(error))
        }
        LinkStateError::RemoteDetached | LinkStateError::RemoteClosed | LinkStateError::ExpectImmediateDetach => {
            String::from("the link was detached")
        }
        LinkStateError::IllegalState => String::from("the connection was lost"),
    }
}

/// Why a session is no more.
pub(super) fn stop_text(reason: &SessionStopReason) -> String {
    match reason {
        SessionStopReason::ConnectionStopped(
            ConnectionStopReason::ClosedWithError(error) | ConnectionStopReason::RemoteClosedWithError(error),
        ) => format!("the connection was closed: {}", error_text(error)),
        SessionStopReason::ConnectionStopped(ConnectionStopReason::Closed | ConnectionStopReason::RemoteClosed) => {
            String::from("the connection was closed")
        }
        SessionStopReason::EndedWithError(error) | SessionStopReason::RemoteEndedWithError(error) => {
            format!("the session was ended: {}", error_text(error))
        }
        SessionStopReason::Ended | SessionStopReason::RemoteEnded => String::from("the session was ended"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fe2o3_amqp_types::definitions::AmqpError;
    use fe2o3_amqp_types::messaging::{Modified, Rejected};

    #[test]
    fn a_rejection_tells_its_reason_before_the_condition() {
        let error = Error::new(AmqpError::NotAllowed, Some(String::from("not today")), None);
        let text = outcome_text(&Outcome::Rejected(Rejected { error: Some(error) }));
        assert_eq!(text, "rejected: not today (amqp:not-allowed)");
        let error = Error::new(ErrorCondition::Custom(Symbol::from("x:y")), None, None);
        assert_eq!(outcome_text(&Outcome::Rejected(Rejected { error: Some(error) })), "rejected: x:y");
        assert_eq!(outcome_text(&Outcome::Rejected(Rejected { error: None })), "rejected");
    }

    #[test]
    fn a_modification_tells_what_was_modified() {
        let modified = |failed, elsewhere| {
            let modified =
                Modified { delivery_failed: failed, undeliverable_here: elsewhere, message_annotations: None };
            outcome_text(&Outcome::Modified(modified))
        };
        assert_eq!(modified(Some(true), Some(true)), "modified: delivery failed, undeliverable here");
        assert_eq!(modified(Some(false), None), "modified");
    }
}
