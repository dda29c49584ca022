//! The scanner: one step for each leading section.

use super::{
    Head, Malformed, Span, annotations,
    reader::{BOOLEAN, FALSE, LIST8, NULL, Reader, TRUE, UBYTE, Value},
    section::{Peek, SectionKind, peek, whole_value},
};

/// How far to scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Priority and annotations: enough where the link has an address.
    Annotations,
    /// The destination as well: `to` in the properties, unless an override among the annotations makes it irrelevant.
    To,
}

/// Whether a scan has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// Scan again when more of the message has come, or call [`HeadScanner::finish`] if there is no more.
    NeedMore,
    /// What was wanted is known.
    Done,
}

/// Finds the [`Head`] of one message while its octets arrive.
///
/// Hand it the message from its first octet on, each time longer. After an error all further calls fail alike.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeadScanner {
    /// Where the next section begins.
    at: u32,
    progress: Progress,
    head: Head,
}

/// What is known so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    #[default]
    Start,
    Header,
    DeliveryAnnotations,
    /// All that precedes the bare message.
    Annotations,
    /// And `to`.
    To,
}

impl HeadScanner {
    /// The scanner of a message of which nothing has come.
    pub fn new() -> Self {
        Self::default()
    }

    /// Scans `message`, all octets of it that have come, as far as `want` says.
    ///
    /// With `strip_in`, router annotations are passed over unjudged: their presence is noted, their values are neither
    /// checked nor used.
    #[inline]
    pub fn scan(&mut self, message: &[u8], want: Want, strip_in: bool) -> Result<Scan, Malformed> {
        while !self.knows(want) {
            if self.step(message, strip_in)? == Scan::NeedMore {
                return Ok(Scan::NeedMore);
            }
        }
        Ok(Scan::Done)
    }

    /// As [`scan`](Self::scan), for a `message` that is complete: what is missing between two sections is simply not
    /// there, what is missing inside a section, or everything, is an error.
    pub fn finish(&mut self, message: &[u8], want: Want, strip_in: bool) -> Result<(), Malformed> {
        if self.scan(message, want, strip_in)? == Scan::NeedMore {
            if message.is_empty() || self.at as usize != message.len() {
                return Err(Malformed::Format);
            }
            self.head.rest = self.at;
            self.progress = Progress::To;
        }
        Ok(())
    }

    /// What was found. Fields beyond the part that was scanned have their defaults.
    #[inline]
    pub fn head(&self) -> &Head {
        &self.head
    }

    #[inline]
    fn knows(&self, want: Want) -> bool {
        match want {
            Want::Annotations => self.progress >= Progress::Annotations,
            Want::To => match self.progress {
                Progress::To => true,
                Progress::Annotations => self.head.override_and_phase().is_some(),
                Progress::Start | Progress::Header | Progress::DeliveryAnnotations => false,
            },
        }
    }

    /// Passes one section, or finds that the wanted ones have all been passed.
    #[inline]
    fn step(&mut self, message: &[u8], strip_in: bool) -> Result<Scan, Malformed> {
        let at = self.at as usize;
        let (kind, value_at) = match peek(message.get(at..).unwrap_or_default())? {
            Peek::NeedMore => return Ok(Scan::NeedMore),
            Peek::Section(kind, length) => (kind, at + length),
        };
        match (kind, self.progress) {
            (
                SectionKind::Properties | SectionKind::Other,
                Progress::Start | Progress::Header | Progress::DeliveryAnnotations,
            ) => {
                self.head.rest = self.at;
                self.progress = Progress::Annotations;
                return Ok(Scan::Done);
            }
            (SectionKind::Other, Progress::Annotations | Progress::To) => {
                self.progress = Progress::To;
                return Ok(Scan::Done);
            }
            (SectionKind::Header, Progress::Start)
            | (SectionKind::DeliveryAnnotations, Progress::Start | Progress::Header)
            | (SectionKind::MessageAnnotations, Progress::Start | Progress::Header | Progress::DeliveryAnnotations)
            | (SectionKind::Properties, Progress::Annotations | Progress::To) => {}
            // Once, and in this order. [AMQP 3.2]
            (SectionKind::Header | SectionKind::DeliveryAnnotations | SectionKind::MessageAnnotations, _) => {
                return Err(Malformed::Format);
            }
        }
        let Some(Value { constructor, content }) = whole_value(message, value_at, kind)? else {
            return Ok(Scan::NeedMore);
        };
        let section = Span { start: self.at, end: content.end };
        match kind {
            SectionKind::Header => {
                read_header(message, constructor, content, &mut self.head).ok_or(Malformed::Format)?;
                self.head.header = section;
                self.progress = Progress::Header;
            }
            SectionKind::DeliveryAnnotations => {
                self.head.delivery_annotations = section;
                self.progress = Progress::DeliveryAnnotations;
            }
            SectionKind::MessageAnnotations => {
                annotations::read(message, constructor, content, strip_in, &mut self.head)?;
                self.head.message_annotations = section;
                self.head.rest = section.end;
                self.progress = Progress::Annotations;
            }
            SectionKind::Properties => {
                read_to(message, constructor, content, &mut self.head).ok_or(Malformed::Format)?;
                self.progress = Progress::To;
            }
            SectionKind::Other => {}
        }
        self.at = section.end;
        Ok(Scan::Done)
    }
}

// The functions below take constructor and content apart: that goes in registers, where a `Value` would go through memory
// and cost some 6 ns for each section.

/// Durable and priority, the first two fields of the header [AMQP 3.2.1]. A value of another type says nothing.
#[inline]
fn read_header(message: &[u8], constructor: u8, content: Span, head: &mut Head) -> Option<()> {
    // The short list that almost every sender writes.
    if let (LIST8, &[2..=u8::MAX, durable @ (TRUE | FALSE), UBYTE, priority, ..]) = (constructor, content.of(message)) {
        head.durable = durable == TRUE;
        head.priority = priority.min(9);
        return Some(());
    }
    let mut fields = Reader::new(message, content)?;
    let count = fields.count(constructor)?;
    if count >= 1 {
        let durable = fields.value()?;
        head.durable = match durable.constructor {
            TRUE => true,
            BOOLEAN => *durable.content.of(message) == [1],
            _ => false,
        };
    }
    if count >= 2 {
        let priority = fields.value()?;
        if let (UBYTE, &[priority]) = (priority.constructor, priority.content.of(message)) {
            head.priority = priority.min(9);
        }
    }
    Some(())
}

/// `to`, the third field of the properties, after message-id and user-id [AMQP 3.2.4].
#[inline]
fn read_to(message: &[u8], constructor: u8, content: Span, head: &mut Head) -> Option<()> {
    let mut fields = Reader::new(message, content)?;
    if fields.count(constructor)? < 3 {
        return Some(());
    }
    fields.value()?;
    fields.value()?;
    let to = fields.value()?;
    if to.is_string() || to.is_symbol() {
        head.to = Some(to.content);
        return Some(());
    }
    (to.constructor == NULL).then_some(())
}
