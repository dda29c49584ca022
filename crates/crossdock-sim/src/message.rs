//! Messages whose every octet follows from their number, length and priority.

/// Where the number is.
const ID: std::ops::Range<usize> = 16..24;

/// The octets of a message.
pub(crate) fn encode(id: u32, len: usize, priority: u8, to: Option<&str>) -> Vec<u8> {
    let mut out = Vec::with_capacity(len + 96);
    // header: durable false, priority
    out.extend_from_slice(&[0x00, 0x53, 0x70, 0xc0, 4, 2, 0x42, 0x50, priority]);
    // properties: message-id; user-id null, to
    let (size, count) = to.map_or((10, 1), |to| (10 + 3 + to.len() as u8, 3));
    out.extend_from_slice(&[0x00, 0x53, 0x73, 0xc0, size, count, 0x80]);
    out.extend_from_slice(&u64::from(id).to_be_bytes());
    if let Some(to) = to {
        out.extend_from_slice(&[0x40, 0xa1, to.len() as u8]);
        out.extend_from_slice(to.as_bytes());
    }
    // data
    out.extend_from_slice(&[0x00, 0x53, 0x75, 0xb0]);
    out.extend_from_slice(&(len as u32).to_be_bytes());
    let mut state = id.wrapping_mul(0x9e37_79b9) | 1;
    for _ in 0..len {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        out.push(state as u8);
    }
    out
}

/// The number of a message, if as much of it has come.
pub(crate) fn id_of(bytes: &[u8]) -> Option<u32> {
    let id: [u8; 8] = bytes.get(ID)?.try_into().ok()?;
    u32::try_from(u64::from_be_bytes(id)).ok()
}
