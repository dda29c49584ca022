//! SASL frames [AMQP 5.3.3], in the types of `fe2o3-amqp-types`.

use std::fmt;

use fe2o3_amqp_types::sasl::{SaslChallenge, SaslInit, SaslMechanisms, SaslOutcome, SaslResponse};

use super::frame::FrameKind;
use super::performative::{CheckedBody, encode_composite};
use super::{DecodeError, EncodeError, FrameHeader, Problem, composites, descriptor};

/// A SASL frame. Its `Debug` says how long a secret is, not what it is; that of the types inside shows everything.
#[derive(Clone)]
pub enum SaslFrame {
    /// sasl-mechanisms [AMQP 5.3.3.1]
    Mechanisms(SaslMechanisms),
    /// sasl-init [AMQP 5.3.3.2]
    Init(SaslInit),
    /// sasl-challenge [AMQP 5.3.3.3]
    Challenge(SaslChallenge),
    /// sasl-response [AMQP 5.3.3.4]
    Response(SaslResponse),
    /// sasl-outcome [AMQP 5.3.3.5]
    Outcome(SaslOutcome),
}

impl fmt::Debug for SaslFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaslFrame::Mechanisms(mechanisms) => mechanisms.fmt(f),
            SaslFrame::Init(init) => f
                .debug_struct("SaslInit")
                .field("mechanism", &init.mechanism)
                .field("initial_response", &init.initial_response.as_ref().map(|secret| Hidden(secret.len())))
                .field("hostname", &init.hostname)
                .finish(),
            SaslFrame::Challenge(challenge) => {
                f.debug_struct("SaslChallenge").field("challenge", &Hidden(challenge.challenge.len())).finish()
            }
            SaslFrame::Response(response) => {
                f.debug_struct("SaslResponse").field("response", &Hidden(response.response.len())).finish()
            }
            SaslFrame::Outcome(outcome) => f
                .debug_struct("SaslOutcome")
                .field("code", &outcome.code)
                .field("additional_data", &outcome.additional_data.as_ref().map(|secret| Hidden(secret.len())))
                .finish(),
        }
    }
}

/// Stands for so many bytes that are nobody's business.
struct Hidden(usize);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.0)
    }
}

macro_rules! from_each {
    ($($kind:ident $type:ident),+) => {
        $(impl From<$type> for SaslFrame {
            fn from(frame: $type) -> SaslFrame {
                SaslFrame::$kind(frame)
            }
        })+
    };
}

from_each!(Mechanisms SaslMechanisms, Init SaslInit, Challenge SaslChallenge, Response SaslResponse, Outcome SaslOutcome);

/// Reads the body of a complete SASL frame, which must end where the frame ends.
pub fn decode_sasl(frame: &[u8], header: &FrameHeader) -> Result<SaslFrame, DecodeError> {
    let body = CheckedBody::new(header.body(frame, FrameKind::Sasl)?, composites::SASL_FRAMES)?;
    Ok(match body.code {
        descriptor::SASL_MECHANISMS => SaslFrame::Mechanisms(body.read()?),
        descriptor::SASL_INIT => SaslFrame::Init(body.read()?),
        descriptor::SASL_CHALLENGE => SaslFrame::Challenge(body.read()?),
        descriptor::SASL_RESPONSE => SaslFrame::Response(body.read()?),
        descriptor::SASL_OUTCOME => SaslFrame::Outcome(body.read()?),
        code => return Err(DecodeError { offset: body.offset, problem: Problem::Descriptor(code) }),
    })
}

/// Writes a SASL frame. After an error (no mechanisms at all) nothing was written.
pub fn encode_sasl(out: &mut Vec<u8>, frame: &SaslFrame) -> Result<(), EncodeError> {
    match frame {
        SaslFrame::Mechanisms(mechanisms) => encode_composite(out, FrameKind::Sasl, 0, mechanisms),
        SaslFrame::Init(init) => encode_composite(out, FrameKind::Sasl, 0, init),
        SaslFrame::Challenge(challenge) => encode_composite(out, FrameKind::Sasl, 0, challenge),
        SaslFrame::Response(response) => encode_composite(out, FrameKind::Sasl, 0, response),
        SaslFrame::Outcome(outcome) => encode_composite(out, FrameKind::Sasl, 0, outcome),
    }
}
