//! Writing AMQP values [AMQP 1.6] in the encodings qdrouterd chooses: compounds with sizes of four octets, everything else as
//! short as it can be.

const NULL: u8 = 0x40;
const TRUE: u8 = 0x41;
const FALSE: u8 = 0x42;
const LIST_0: u8 = 0x45;
const LIST_32: u8 = 0xd0;
const MAP_32: u8 = 0xd1;

/// Encoded values, one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Octets(Vec<u8>);

/// A list or map that is being written.
#[derive(Debug)]
#[must_use = "its size and count are written when it is closed"]
pub(crate) struct Open {
    /// Where the size goes.
    at: usize,
}

impl Octets {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// What has been written since `at`.
    pub(crate) fn since(&self, at: usize) -> &[u8] {
        self.0.get(at..).unwrap_or_default()
    }

    /// Takes back what has been written since `at`.
    pub(crate) fn truncate(&mut self, at: usize) {
        self.0.truncate(at);
    }

    /// The descriptor of a section of a message, its code below 256.
    pub(crate) fn section(&mut self, code: u8) {
        self.0.extend_from_slice(&[0x00, 0x53, code]);
    }

    /// Values encoded by somebody else.
    pub(crate) fn encoded(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn list(&mut self) -> Open {
        self.open(LIST_32)
    }

    pub(crate) fn map(&mut self) -> Open {
        self.open(MAP_32)
    }

    pub(crate) fn empty_list(&mut self) {
        self.0.push(LIST_0);
    }

    fn open(&mut self, constructor: u8) -> Open {
        self.0.push(constructor);
        let at = self.0.len();
        self.0.extend_from_slice(&[0; 8]);
        Open { at }
    }

    /// Ends a compound of this many elements; in a map, keys and values both count.
    pub(crate) fn close(&mut self, open: Open, count: usize) {
        let size = octets_of(self.0.len() - open.at - 4);
        let count = octets_of(count);
        if let Some(place) = self.0.get_mut(open.at..open.at + 8) {
            place.copy_from_slice(&[size, count].concat());
        }
    }

    pub(crate) fn null(&mut self) {
        self.0.push(NULL);
    }

    pub(crate) fn boolean(&mut self, truth: bool) {
        self.0.push(if truth { TRUE } else { FALSE });
    }

    pub(crate) fn string(&mut self, text: &str) {
        match u8::try_from(text.len()) {
            Ok(length) => self.0.extend_from_slice(&[0xa1, length]),
            Err(_) => {
                self.0.push(0xb1);
                self.0.extend_from_slice(&octets_of(text.len()));
            }
        }
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn ulong(&mut self, number: u64) {
        match u8::try_from(number) {
            Ok(0) => self.0.push(0x44),
            Ok(small) => self.0.extend_from_slice(&[0x53, small]),
            Err(_) => {
                self.0.push(0x80);
                self.0.extend_from_slice(&number.to_be_bytes());
            }
        }
    }

    pub(crate) fn uint(&mut self, number: u32) {
        match u8::try_from(number) {
            Ok(0) => self.0.push(0x43),
            Ok(small) => self.0.extend_from_slice(&[0x52, small]),
            Err(_) => {
                self.0.push(0x70);
                self.0.extend_from_slice(&number.to_be_bytes());
            }
        }
    }

    pub(crate) fn int(&mut self, number: i32) {
        match i8::try_from(number) {
            Ok(small) => self.0.extend_from_slice(&[0x54, small.to_be_bytes()[0]]),
            Err(_) => self.wide_int(number),
        }
    }

    /// An int in its long encoding, however small.
    pub(crate) fn wide_int(&mut self, number: i32) {
        self.0.push(0x71);
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    pub(crate) fn long(&mut self, number: i64) {
        match i8::try_from(number) {
            Ok(small) => self.0.extend_from_slice(&[0x55, small.to_be_bytes()[0]]),
            Err(_) => {
                self.0.push(0x81);
                self.0.extend_from_slice(&number.to_be_bytes());
            }
        }
    }

    /// An int, or a long where an int is too small.
    pub(crate) fn number(&mut self, number: i64) {
        match i32::try_from(number) {
            Ok(number) => self.int(number),
            Err(_) => self.long(number),
        }
    }

    pub(crate) fn double(&mut self, number: f64) {
        self.0.push(0x82);
        self.0.extend_from_slice(&number.to_be_bytes());
    }
}

/// Whether these octets are the null value.
pub(crate) fn is_null(bytes: &[u8]) -> bool {
    bytes == [NULL]
}

/// A size or count. Answers are far below 4 GiB.
fn octets_of(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}
