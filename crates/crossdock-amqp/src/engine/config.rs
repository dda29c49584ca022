//! What a connection is told at birth.

use fe2o3_amqp_types::performatives::Open;
use std::fmt;

/// A point in time since an origin that all callers of one process share, to the microsecond. Machines compare and add; only
/// the shell (or the simulator) knows a clock. Timers are a matter of milliseconds; microseconds are for what is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Time(u64);

impl Time {
    /// A time later than all others: a whole millisecond, so that it is the same when it has been kept as milliseconds.
    pub const NEVER: Self = Self(u64::MAX / 1000 * 1000);

    /// This many milliseconds after the origin.
    pub const fn from_millis(millis: u64) -> Self {
        Self::from_micros(millis.saturating_mul(1000))
    }

    /// This many microseconds after the origin.
    pub const fn from_micros(micros: u64) -> Self {
        if micros > Self::NEVER.0 { Self::NEVER } else { Self(micros) }
    }

    /// Whole milliseconds since the origin.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1000
    }

    /// `millis` milliseconds later.
    #[must_use]
    pub const fn plus_millis(self, millis: u64) -> Self {
        Self::from_micros(self.0.saturating_add(millis.saturating_mul(1000)))
    }

    /// Whole milliseconds from `earlier` to this time, 0 if it is not earlier.
    pub const fn millis_since(self, earlier: Self) -> u64 {
        self.micros_since(earlier) / 1000
    }

    /// Microseconds from `earlier` to this time, 0 if it is not earlier.
    pub const fn micros_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.as_millis())
    }
}

/// How a connection begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handshake {
    /// Server: takes a SASL or an AMQP header, whichever the peer sends. `mechanisms` are offered in this order;
    /// `required` refuses a peer that skips SASL.
    Accept {
        /// Mechanism names offered. Only `ANONYMOUS` can succeed.
        mechanisms: Vec<String>,
        /// Whether a peer that starts with the AMQP header is refused.
        required: bool,
    },
    /// Client: SASL ANONYMOUS, then AMQP.
    SaslAnonymous,
    /// Client: SASL PLAIN, then AMQP.
    SaslPlain {
        /// Who this is.
        credentials: Credentials,
        /// Whether ANONYMOUS will do where PLAIN is not offered.
        or_anonymous: bool,
    },
    /// Client: AMQP without a SASL layer.
    Plain,
}

/// User name and password for SASL PLAIN. The password is not in the `Debug` form.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    username: String,
    password: String,
}

impl Credentials {
    /// Most octets of name and password together: with them the frame keeps within the 512 octets that every peer takes
    /// [AMQP 5.3.1].
    const LIMIT: usize = 440;

    /// None if they cannot be sent: the name is empty, one of them holds a NUL, or they are too long.
    pub fn new(username: &str, password: &str) -> Option<Self> {
        let is_fit = !username.is_empty()
            && !username.contains('\0')
            && !password.contains('\0')
            && username.len() + password.len() <= Self::LIMIT;
        is_fit.then(|| Self { username: username.to_owned(), password: password.to_owned() })
    }

    /// The user name.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The message of [RFC 4616], acting for nobody else.
    pub(super) fn response(&self) -> Vec<u8> {
        [&[0], self.username.as_bytes(), &[0], self.password.as_bytes()].concat()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

/// Settings of one connection.
#[derive(Clone, Debug)]
pub struct Config {
    /// How it begins.
    pub handshake: Handshake,
    /// The open that this side sends: container-id, max-frame-size (bytes), channel-max, idle-time-out (ms) and the rest.
    pub open: Open,
    /// Close the connection when no frame came for this long (ms); 0 = never. Peers are told half of it in the open.
    pub idle_timeout: u64,
    /// Milliseconds until the peer's open must have arrived; 0 = for ever.
    pub handshake_timeout: u64,
    /// Highest handle a peer may use on a session [AMQP 2.5.10 handle-max].
    pub handle_max: u32,
    /// Transfer frames of any size that one session may send before it must be allowed more.
    pub incoming_window: u32,
    /// Bytes of content that the connection should hold for others, over all its sessions: windows are sized so that, at the
    /// frame sizes seen lately, no more than this is under way. Content that stays in the processor's cache is cheap.
    pub content_target: usize,
    /// Bytes of content that the connection may at most hold or have promised to take, whatever frames come.
    pub content_limit: usize,
}

/// Bytes that a peer may send before its open is complete.
pub(super) const HANDSHAKE_BUDGET: usize = 32 * 1024;

/// Frames that each session may send even when the connection's content limit is promised to others, so that every
/// session moves.
pub(super) const WINDOW_FLOOR: u32 = 2;

/// Heartbeats are not sent more often than this (ms), however short the peer's idle-time-out.
pub(super) const MIN_HEARTBEAT: u64 = 50;

impl Config {
    /// A client's settings: the open is `container_id` with max-frame-size 64 KiB and no limits to speak of.
    pub fn client(container_id: impl Into<String>) -> Self {
        Self { handshake: Handshake::SaslAnonymous, open: open(container_id.into(), 65_536), ..Self::defaults() }
    }

    /// A server's settings with the defaults of a qdrouterd listener.
    pub fn server(container_id: impl Into<String>) -> Self {
        let handshake = Handshake::Accept { mechanisms: vec!["ANONYMOUS".into()], required: false };
        Self { handshake, open: open(container_id.into(), 16_384), ..Self::defaults() }
    }

    fn defaults() -> Self {
        Self {
            handshake: Handshake::Plain,
            open: open(String::new(), 16_384),
            idle_timeout: 16_000,
            handshake_timeout: 10_000,
            handle_max: 65_535,
            incoming_window: 2048,
            content_target: 2 * 1024 * 1024,
            content_limit: 32 * 1024 * 1024,
        }
    }

    /// The largest frame that this side accepts (bytes).
    pub fn max_frame_size(&self) -> u32 {
        self.open.max_frame_size.0.max(512)
    }
}

fn open(container_id: String, max_frame_size: u32) -> Open {
    Open {
        container_id,
        hostname: None,
        max_frame_size: max_frame_size.into(),
        channel_max: 32_767.into(),
        idle_time_out: Some(8_000),
        outgoing_locales: None,
        incoming_locales: None,
        offered_capabilities: None,
        desired_capabilities: None,
        properties: None,
    }
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn never_stays_never_whatever_it_is_kept_as_and_whatever_is_added() {
        for never in [Time::NEVER, Time::from_millis(u64::MAX), Time::from_micros(u64::MAX)] {
            assert_eq!(never, Time::NEVER);
            assert_eq!(Time::from_millis(never.as_millis()), Time::NEVER);
            assert_eq!(never.plus_millis(1), Time::NEVER);
        }
        let time = Time::from_micros(1_234_567);
        assert_eq!((time.as_millis(), time.millis_since(Time::from_millis(1_000))), (1_234, 234));
        assert_eq!(time.plus_millis(2).micros_since(time), 2_000);
        assert!(time < Time::NEVER);
    }
}
