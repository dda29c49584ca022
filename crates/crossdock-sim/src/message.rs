//! Messages whose every octet follows from their number, length, priority and what stands in their properties.

/// Where the number is.
const ID: std::ops::Range<usize> = 16..24;

/// Places of `to` and `group-id` among the properties.
const TO: usize = 2;
const GROUP_ID: usize = 10;

/// The octets of a message. `to` and `group` have at most 200 octets in all.
pub(crate) fn encode(id: u32, len: usize, priority: u8, to: Option<&str>, group: Option<&str>) -> Vec<u8> {
    let mut out = Vec::with_capacity(len + 96);
    // header: durable false, priority
    out.extend_from_slice(&[0x00, 0x53, 0x70, 0xc0, 4, 2, 0x42, 0x50, priority]);
    // properties: message-id; user-id null, to; nulls up to group-id
    let mut fields = vec![0x80];
    fields.extend_from_slice(&u64::from(id).to_be_bytes());
    let mut count = 1;
    for (place, text) in [(TO, to), (GROUP_ID, group)] {
        let Some(text) = text else { continue };
        fields.resize(fields.len() + place - count, 0x40);
        fields.extend_from_slice(&[0xa1, text.len() as u8]);
        fields.extend_from_slice(text.as_bytes());
        count = place + 1;
    }
    out.extend_from_slice(&[0x00, 0x53, 0x73, 0xc0, fields.len() as u8 + 1, count as u8]);
    out.extend_from_slice(&fields);
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
