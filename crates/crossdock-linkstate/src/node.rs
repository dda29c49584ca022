//! What is known of a remote router.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crossdock_amqp::engine::Time;

use crate::message::Peers;
use crate::{Instance, LsSeq, MobileSeq};

/// A remote router.
#[derive(Debug)]
pub(crate) struct Node {
    /// Its life; 0 while that is not known.
    pub(crate) instance: Instance,
    /// Version of its link state; 0 is none.
    pub(crate) ls_seq: LsSeq,
    pub(crate) peers: Peers,
    /// The highest version of its link state that was heard of.
    pub(crate) advertised_ls_seq: LsSeq,
    /// When it was last known to live.
    pub(crate) last_seen: Time,
    pub(crate) mobile_seq: MobileSeq,
    /// The highest version of its addresses that was heard of.
    pub(crate) advertised_mobile_seq: MobileSeq,
    /// The addresses it is a destination of, and the hints on their treatment.
    pub(crate) addresses: BTreeMap<Arc<str>, Option<i64>>,
    /// Whether its link state must be asked for.
    pub(crate) link_state_request: Request,
    /// Whether its addresses must be asked for.
    pub(crate) address_request: Request,
    /// When to tell it our versions: it came into reach and may have missed what was flooded before.
    pub(crate) greet_at: Option<Time>,
    /// How many ticks found that nobody knows it any more.
    pub(crate) orphan_ticks: u8,
    pub(crate) passed: Passed,
}

/// Whether something must be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Idle,
    Wanted,
    /// Asked this many times, at last `at`; asked again then if no answer comes.
    Asked {
        times: u32,
        at: Time,
        again: Time,
    },
}

impl Request {
    /// Asks, unless that was done already.
    pub(crate) fn want(&mut self) {
        *self = match *self {
            Self::Idle | Self::Wanted => Self::Wanted,
            Self::Asked { .. } => *self,
        }
    }

    /// The router is known to have a way to us now. What was asked before that may have found none for its answer: asks
    /// again, if the last time was not just now.
    pub(crate) fn hasten(&mut self, now: Time, spacing: u64) {
        *self = match *self {
            Self::Asked { times, at, .. } if now.millis_since(at) >= spacing => Self::Asked { times, at, again: now },
            Self::Idle | Self::Wanted | Self::Asked { .. } => *self,
        }
    }

    /// Whether the message is to be sent now.
    pub(crate) fn is_due(self, now: Time) -> bool {
        match self {
            Self::Idle => false,
            Self::Wanted => true,
            Self::Asked { again, .. } => now >= again,
        }
    }

    /// The message is sent. The time until the next one doubles, from `least` to `most`; what is returned is then.
    pub(crate) fn asked(&mut self, now: Time, least: u64, most: u64) -> Time {
        let times = match *self {
            Self::Idle | Self::Wanted => 0,
            Self::Asked { times, .. } => times,
        };
        let wait = least.saturating_mul(1_u64.checked_shl(times).unwrap_or(u64::MAX)).min(most);
        let again = now.plus_millis(wait);
        *self = Self::Asked { times: times.saturating_add(1), at: now, again };
        again
    }
}

impl Node {
    /// A router that was mentioned.
    pub(crate) fn new(now: Time) -> Self {
        Self {
            instance: Instance(0),
            ls_seq: LsSeq(0),
            peers: Peers::new(),
            advertised_ls_seq: LsSeq(0),
            last_seen: now,
            mobile_seq: MobileSeq(0),
            advertised_mobile_seq: MobileSeq(0),
            addresses: BTreeMap::new(),
            link_state_request: Request::Wanted,
            address_request: Request::Idle,
            greet_at: None,
            orphan_ticks: 0,
            passed: Passed::default(),
        }
    }

    /// Forgets its link state.
    pub(crate) fn clear_link_state(&mut self) {
        self.ls_seq = LsSeq(0);
        self.advertised_ls_seq = LsSeq(0);
        self.peers.clear();
    }

    /// There is a link state of this version, whether it came or not.
    pub(crate) fn note_ls_seq(&mut self, seq: LsSeq) {
        self.advertised_ls_seq = self.advertised_ls_seq.max(seq);
        if self.ls_seq < self.advertised_ls_seq {
            self.link_state_request.want();
        }
    }

    /// An answer came, with this version. One that was overtaken by news of a later version is asked for once more; if
    /// the answer is the same, there is no later version.
    pub(crate) fn note_link_state_answer(&mut self, seq: LsSeq) {
        self.link_state_request = if seq < self.advertised_ls_seq { Request::Wanted } else { Request::Idle };
        self.advertised_ls_seq = seq;
    }

    /// There are addresses of this version, whether they came or not.
    pub(crate) fn note_mobile_seq(&mut self, seq: MobileSeq) {
        self.advertised_mobile_seq = self.advertised_mobile_seq.max(seq);
        if self.mobile_seq >= self.advertised_mobile_seq {
            self.address_request = Request::Idle;
        } else {
            self.address_request.want();
        }
    }

    /// Notes its life. True if it is another one than before.
    pub(crate) fn is_restart(&mut self, instance: Instance) -> bool {
        if instance.0 == 0 {
            return false;
        }
        let known = std::mem::replace(&mut self.instance, instance);
        known.0 != 0 && known != instance
    }
}

/// What was flooded by a router and passed on lately.
///
/// Where connections form circles, copies of one flood come from several sides. Excluding the routers that a copy passed
/// already ends each copy some day, but their number grows with the number of paths. So each flood is passed on once: one
/// copy for each connection and direction at most.
#[derive(Debug, Default)]
pub(crate) struct Passed(VecDeque<(Flood, Time)>);

/// What tells floods of one router apart, from one another and from repetitions much later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flood {
    Advertisement(Instance, LsSeq, MobileSeq),
    Addresses(MobileSeq),
}

impl Passed {
    /// Milliseconds in which equal floods are taken for copies of one. Copies arrive within the delay of the network; a
    /// router does not repeat an advertisement sooner than after its flux interval.
    const WINDOW: u64 = 2_000;
    /// Floods remembered of one router.
    const MOST: usize = 8;

    /// Whether this one was not passed on before. It is from now on.
    pub(crate) fn is_new(&mut self, flood: Flood, now: Time) -> bool {
        while self.0.front().is_some_and(|&(_, at)| now.millis_since(at) >= Self::WINDOW) || self.0.len() > Self::MOST {
            self.0.pop_front();
        }
        let is_new = !self.0.iter().any(|&(known, _)| known == flood);
        if is_new {
            self.0.push_back((flood, now));
        }
        is_new
    }
}
