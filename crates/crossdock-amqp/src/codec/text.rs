//! Text of limited length, and how bytes and numbers look in it.

use std::fmt::{self, Write};

/// Writes until there is no room left, and then says so with an error: whoever writes can stop.
pub(super) struct Text<'f, 'o> {
    out: &'f mut fmt::Formatter<'o>,
    room: usize,
    /// Why writing stopped: there was no room. Otherwise the other side wants no more.
    pub(super) is_full: bool,
}

impl<'f, 'o> Text<'f, 'o> {
    /// Text of at most `room` bytes.
    pub(super) fn new(out: &'f mut fmt::Formatter<'o>, room: usize) -> Self {
        Self { out, room, is_full: false }
    }

    /// Writes beyond the room: to say that there was too little.
    pub(super) fn finish(&mut self, last: &str) -> fmt::Result {
        self.out.write_str(last)
    }

    /// What is left after a part that may take `most` bytes; for [`Text::leave`].
    pub(super) fn enter(&mut self, most: usize) -> usize {
        let behind = self.room.saturating_sub(most);
        self.room -= behind;
        behind
    }

    /// Ends a part that was [entered](Text::enter); true if it was cut.
    pub(super) fn leave(&mut self, behind: usize) -> bool {
        self.room += behind;
        std::mem::replace(&mut self.is_full, false)
    }

    /// Bytes as they are where they are printable and mean nothing here, `\x0a` otherwise.
    pub(super) fn escaped(&mut self, bytes: &[u8]) -> fmt::Result {
        let mut rest = bytes;
        loop {
            let plain = rest.iter().position(|&byte| !is_plain(byte)).unwrap_or(rest.len());
            let (before, behind) = rest.split_at(plain);
            // Plain bytes are ASCII.
            self.cut(std::str::from_utf8(before).unwrap_or_default())?;
            let Some((&byte, behind)) = behind.split_first() else { return Ok(()) };
            let [high, low] = hex(byte);
            let escape = [b'\\', b'x', high, low];
            self.write_str(std::str::from_utf8(&escape).unwrap_or_default())?;
            rest = behind;
        }
    }

    /// Writes as much of it as there is room for.
    fn cut(&mut self, piece: &str) -> fmt::Result {
        let end = piece.floor_char_boundary(self.room);
        self.write_str(piece.get(..end).unwrap_or_default())?;
        if end < piece.len() { self.fill() } else { Ok(()) }
    }

    fn fill(&mut self) -> fmt::Result {
        self.room = 0;
        self.is_full = true;
        Err(fmt::Error)
    }

    /// Two digits for each byte.
    pub(super) fn hex(&mut self, bytes: &[u8]) -> fmt::Result {
        for &byte in bytes {
            self.write_str(std::str::from_utf8(&hex(byte)).unwrap_or_default())?;
        }
        Ok(())
    }

    /// A number with six significant digits, as C's `%g` writes it.
    pub(super) fn float(&mut self, value: f64) -> fmt::Result {
        if value.is_nan() {
            return self.write_str(if value.is_sign_negative() { "-nan" } else { "nan" });
        }
        if value.is_infinite() {
            return self.write_str(if value < 0.0 { "-inf" } else { "inf" });
        }
        let text = format!("{value:.5e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        if (-4..6).contains(&exponent) {
            let decimals = usize::try_from(5 - exponent).unwrap_or(0);
            return self.write_str(without_zeros(&format!("{value:.decimals$}")));
        }
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(self, "{}e{sign}{:02}", without_zeros(digits), exponent.unsigned_abs())
    }
}

impl Write for Text<'_, '_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        if piece.len() > self.room {
            return self.fill();
        }
        self.room -= piece.len();
        self.out.write_str(piece)
    }
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\'' | b'\\')
}

fn hex(byte: u8) -> [u8; 2] {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
    [digit(byte >> 4), digit(byte & 15)]
}

fn without_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}
