//! Messages whose every octet follows from their number and length.

/// What a message looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// Seeds the content.
    pub(crate) id: u32,
    /// Length of the body's content.
    pub(crate) len: usize,
    /// The `to` of its properties.
    pub(crate) to: Option<String>,
    /// Whether it has message annotations of its sender.
    pub(crate) annotated: bool,
    /// Whether it has annotations of routers, which clients may not send: they are taken out.
    pub(crate) forged: bool,
    /// Whether it is no message at all.
    pub(crate) garbled: bool,
}

impl Message {
    pub(crate) fn new(id: u32, len: usize) -> Self {
        Self { id, len, ..Self::default() }
    }

    pub(crate) fn to(self, to: &str) -> Self {
        Self { to: Some(to.into()), ..self }
    }

    /// As its sender sends it.
    pub(crate) fn sent(&self) -> Vec<u8> {
        self.encode(self.forged)
    }

    /// As its receiver is to get it.
    pub(crate) fn received(&self) -> Vec<u8> {
        self.encode(false)
    }

    fn encode(&self, forged: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.len + 128);
        if self.garbled {
            // A list where a section should be.
            out.extend_from_slice(&[0xd0, 0, 0, 0, 4, 0, 0, 0, 0]);
        }
        let mut entries = Vec::new();
        let mut count = 0;
        if self.annotated {
            symbol(&mut entries, b"x-opt-colour");
            string(&mut entries, b"blue");
            count += 2;
        }
        if forged {
            symbol(&mut entries, b"x-opt-qd.to");
            string(&mut entries, b"elsewhere");
            count += 2;
        }
        if count > 0 {
            out.extend_from_slice(&[0x00, 0x53, 0x72, 0xc1, entries.len() as u8 + 1, count]);
            out.extend_from_slice(&entries);
        }
        if let Some(to) = &self.to {
            // message-id null, user-id null, to
            out.extend_from_slice(&[0x00, 0x53, 0x73, 0xc0, to.len() as u8 + 5, 3, 0x40, 0x40]);
            string(&mut out, to.as_bytes());
        }
        out.extend_from_slice(&[0x00, 0x53, 0x75, 0xb0]);
        out.extend_from_slice(&(self.len as u32).to_be_bytes());
        let mut state = self.id.wrapping_mul(0x9e37_79b9) | 1;
        for _ in 0..self.len {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            out.push(state as u8);
        }
        out
    }
}

fn symbol(out: &mut Vec<u8>, text: &[u8]) {
    out.extend_from_slice(&[0xa3, text.len() as u8]);
    out.extend_from_slice(text);
}

fn string(out: &mut Vec<u8>, text: &[u8]) {
    out.extend_from_slice(&[0xa1, text.len() as u8]);
    out.extend_from_slice(text);
}
