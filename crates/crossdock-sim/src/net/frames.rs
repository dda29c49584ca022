//! Counts the transfers in a stream of frames, whatever pieces it comes in.

/// A transfer's descriptor, after the frame's header of eight octets.
const TRANSFER: [u8; 3] = [0x00, 0x53, 0x14];

/// One direction of a connection, as somebody sees it who listens in.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    /// The beginning of a frame, as much of it as is needed; empty within a frame's rest.
    head: Vec<u8>,
    /// Octets of the frame that are still to come.
    rest: usize,
    pub(crate) transfers: u64,
}

impl Frames {
    pub(crate) fn listen(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let skipped = self.rest.min(bytes.len());
            self.rest -= skipped;
            bytes = &bytes[skipped..];
            let wanted = 11 - self.head.len();
            if self.rest > 0 || bytes.is_empty() {
                return;
            }
            let taken = wanted.min(bytes.len());
            self.head.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            self.judge();
        }
    }

    fn judge(&mut self) {
        if self.head.starts_with(b"AMQP") {
            // A protocol header: eight octets.
            if self.head.len() >= 8 {
                self.head.drain(..8);
            }
            return;
        }
        let Some(size) = self.head.get(..4).and_then(|size| size.try_into().ok()).map(u32::from_be_bytes) else {
            return;
        };
        let size = size as usize;
        if self.head.len() == 11 && size >= 11 {
            self.transfers += u64::from(self.head[8..] == TRANSFER);
            self.rest = size - 11;
            self.head.clear();
        } else if size <= self.head.len() {
            // An empty frame.
            self.head.drain(..size.max(1));
            self.judge();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfers_are_counted_in_whatever_pieces_they_come() {
        let mut stream = b"AMQP\x00\x01\x00\x00".to_vec();
        let frame = |descriptor: u8, len: u8| {
            let mut frame = vec![0, 0, 0, 11 + len, 2, 0, 0, 0, 0, 0x53, descriptor];
            frame.extend(vec![0x14; usize::from(len)]);
            frame
        };
        let empty = [0, 0, 0, 8, 2, 0, 0, 0];
        for part in [&frame(0x10, 5)[..], &empty, &frame(0x14, 40), &frame(0x14, 0), &empty, &frame(0x13, 9)] {
            stream.extend_from_slice(part);
        }
        for piece in 1..stream.len() {
            let mut frames = Frames::default();
            stream.chunks(piece).for_each(|piece| frames.listen(piece));
            assert_eq!((frames.transfers, frames.rest, frames.head.len()), (2, 0, 0), "pieces of {piece}");
        }
    }
}
