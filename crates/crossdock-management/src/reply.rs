//! A response to octets.

use crate::octets::Octets;
use crate::refusal::{Refusal, Status};
use crate::request::Envelope;

/// Sections of a message.
const HEADER: u8 = 0x70;
const PROPERTIES: u8 = 0x73;
const APPLICATION_PROPERTIES: u8 = 0x74;
const AMQP_VALUE: u8 = 0x77;

/// Octets of an answer. A million links do not fit; who wants them asks for pages.
const MAX_REPLY: usize = 64 << 20;

/// Which of the two agents of qdrouterd would answer. Clients can see the difference, though few look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// The one written in C, for the types that are `core` in the schema.
    Core,
    /// The one written in Python, for all else.
    General,
}

/// A response that is being written: its head first, then the body, straight into the message.
#[derive(Debug)]
pub(crate) struct Reply<'m> {
    envelope: Envelope<'m>,
    pub(crate) style: Style,
    pub(crate) status: Status,
    /// Whether it is to come later.
    pub(crate) is_put_off: bool,
    out: Octets,
}

impl<'m> Reply<'m> {
    pub(crate) fn new(envelope: Envelope<'m>) -> Self {
        Reply { envelope, style: Style::General, status: Status::Ok, is_put_off: false, out: Octets::default() }
    }

    /// The response is to come later.
    pub(crate) fn put_off(&mut self) {
        self.is_put_off = true;
    }

    /// Writes everything up to the body. The body has to follow, as one value.
    pub(crate) fn begin(&mut self, status: Status) -> &mut Octets {
        self.head(status, status.phrase())
    }

    /// Writes a response without result.
    pub(crate) fn refuse(&mut self, refusal: &Refusal, null_body: bool) {
        let out = self.head(refusal.status, &refusal.description);
        if null_body {
            out.null();
        } else {
            let open = out.map();
            out.close(open, 0);
        }
    }

    fn head(&mut self, status: Status, description: &str) -> &mut Octets {
        self.status = status;
        let out = &mut self.out;
        out.truncate(0);
        out.section(HEADER);
        let header = out.list();
        out.boolean(false);
        out.close(header, 1);
        out.section(PROPERTIES);
        let properties = out.list();
        out.null();
        out.null();
        out.string(self.envelope.reply_to);
        out.null();
        out.null();
        out.encoded(self.envelope.correlation_id);
        out.close(properties, 6);
        out.section(APPLICATION_PROPERTIES);
        let map = out.map();
        let code = |out: &mut Octets| {
            out.string("statusCode");
            out.wide_int(status.code());
        };
        let words = |out: &mut Octets| {
            out.string("statusDescription");
            out.string(description);
        };
        match self.style {
            Style::Core => {
                words(out);
                code(out);
            }
            Style::General => {
                code(out);
                words(out);
            }
        }
        out.close(map, 4);
        out.section(AMQP_VALUE);
        out
    }

    /// An error when the response has become too long.
    pub(crate) fn check_length(out: &Octets) -> Result<(), Refusal> {
        if out.len() > MAX_REPLY {
            let problem = format!("The answer has more than {MAX_REPLY} bytes; ask for fewer rows with 'count'");
            return Err(Refusal::bad_request(problem));
        }
        Ok(())
    }

    pub(crate) fn into_message(self) -> Vec<u8> {
        self.out.into_bytes()
    }
}
