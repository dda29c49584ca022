//! Protocol headers, and telling from its first bytes what a peer speaks [AMQP 2.2].

use super::{DecodeError, Problem};

const VERSION: [u8; 3] = [1, 0, 0];

/// The eight bytes in which peers agree on protocol and version [AMQP 2.2, 5.2.1, 5.3.1].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtocolHeader {
    /// Protocol id 0: AMQP frames follow.
    Amqp,
    /// Protocol id 3: SASL frames follow.
    Sasl,
    /// Protocol id 2: a TLS handshake follows.
    TlsTunnel,
}

impl ProtocolHeader {
    /// The header in these bytes; an error when it is none, or one of another version.
    pub fn decode(bytes: &[u8; 8]) -> Result<ProtocolHeader, DecodeError> {
        [ProtocolHeader::Amqp, ProtocolHeader::Sasl, ProtocolHeader::TlsTunnel]
            .into_iter()
            .find(|header| header.bytes() == *bytes)
            .ok_or(DecodeError { offset: 0, problem: Problem::ProtocolHeader })
    }

    /// The header as it goes over the wire.
    #[must_use]
    pub const fn bytes(self) -> [u8; 8] {
        let id = match self {
            ProtocolHeader::Amqp => 0,
            ProtocolHeader::TlsTunnel => 2,
            ProtocolHeader::Sasl => 3,
        };
        let [major, minor, revision] = VERSION;
        [b'A', b'M', b'Q', b'P', id, major, minor, revision]
    }
}

/// What the first bytes of a transport are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstBytes {
    /// Still undecided: read more.
    NeedMore,
    /// A protocol header, complete.
    Header(ProtocolHeader),
    /// The record of a TLS client hello: the peer expects TLS from the start.
    TlsClientHello,
    /// Neither. A peer whose header names another version is here too: answer with the header that is supported and
    /// close [AMQP 2.2].
    Unknown,
}

impl FirstBytes {
    /// Looks at the bytes received so far; eight are always enough.
    #[must_use]
    pub fn sniff(bytes: &[u8]) -> FirstBytes {
        if let Some(Ok(header)) = bytes.first_chunk().map(ProtocolHeader::decode) {
            return FirstBytes::Header(header);
        }
        // A TLS record of type handshake, major version 3 [RFC 8446, 5.1].
        const TLS_HANDSHAKE: [u8; 2] = [0x16, 0x03];
        if bytes.starts_with(&TLS_HANDSHAKE) {
            return FirstBytes::TlsClientHello;
        }
        let candidates =
            [ProtocolHeader::Amqp, ProtocolHeader::Sasl, ProtocolHeader::TlsTunnel].map(ProtocolHeader::bytes);
        let undecided =
            TLS_HANDSHAKE.starts_with(bytes) || candidates.iter().any(|candidate| candidate.starts_with(bytes));
        if undecided { FirstBytes::NeedMore } else { FirstBytes::Unknown }
    }
}
