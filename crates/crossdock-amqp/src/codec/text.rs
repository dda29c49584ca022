//! Text of limited length, and how bytes and numbers look in it.

use std::fmt::{self, Write};

/// Takes pieces until there is no room left, and then says so with an error, which can only mean that: whoever writes can
/// stop.
pub(super) struct Text {
    text: String,
    room: usize,
}

impl Text {
    /// Text of at most `room` bytes.
    pub(super) fn new(room: usize) -> Self {
        Self { text: String::with_capacity(256), room }
    }

    /// What was written, and behind it something that is written in any case.
    pub(super) fn finish(mut self, last: &str) -> String {
        self.text.push_str(last);
        self.text
    }

    /// From here on there is room for no more than this.
    pub(super) fn limit(&mut self, room: usize) {
        self.room = self.room.min(room);
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
            if self.room < 4 {
                return self.fill();
            }
            self.room -= 4;
            self.text.push_str("\\x");
            self.text.extend(hex(byte));
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
        Err(fmt::Error)
    }

    /// Two digits for each byte.
    pub(super) fn hex(&mut self, bytes: &[u8]) -> fmt::Result {
        if self.room < 2 * bytes.len() {
            return self.fill();
        }
        self.room -= 2 * bytes.len();
        self.text.extend(bytes.iter().copied().flat_map(hex));
        Ok(())
    }

    /// A number as `0x1f`.
    pub(super) fn unsigned(&mut self, number: u64) -> fmt::Result {
        let digits = (67 - (number | 1).leading_zeros()) / 4;
        self.write_str("0x")?;
        for digit in (0..digits).rev() {
            self.write_char(hex((number >> (4 * digit)) as u8 & 15)[1])?;
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

impl Write for Text {
    #[inline]
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        if piece.len() > self.room {
            return self.fill();
        }
        self.room -= piece.len();
        self.text.push_str(piece);
        Ok(())
    }
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\'' | b'\\')
}

fn hex(byte: u8) -> [char; 2] {
    let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 });
    [digit(byte >> 4), digit(byte & 15)]
}

fn without_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}
