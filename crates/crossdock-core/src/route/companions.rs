//! The way of a delivery where other addresses may take it.

use std::sync::Arc;

use super::{Party, Route};
use crate::address::Treatment;
use crate::companions::Companions;
use crate::message::KeySource;
use crate::routers::{Origin, Routers};
use crate::shards::{KeyHash, OnLoss, Standing};

/// A sender's ways to the companions of an address.
#[derive(Debug)]
pub(super) struct CompanionRoutes {
    /// What they were made from.
    of: Arc<Companions>,
    fallback: Option<Route>,
    bypass: Option<Route>,
    shards: Option<ShardRoutes>,
}

#[derive(Debug)]
struct ShardRoutes {
    key: KeySource,
    on_loss: OnLoss,
    members: Vec<MemberRoute>,
    /// Whose turn it is with deliveries that have no key.
    next: usize,
}

#[derive(Debug)]
struct MemberRoute {
    route: Route,
    standing: Standing,
    draining: bool,
    /// Whether it had destinations when that was looked at last.
    is_up: bool,
}

/// What decides about a delivery where an address has companions.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Where it entered the network.
    pub origin: Origin,
    /// Whether its sender has settled it.
    pub settled: bool,
    /// Its key, if the address is sharded and the message has one.
    pub key: Option<KeyHash>,
}

/// Whose destinations take a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// The address's own.
    Own,
    /// The companion's that takes what has no other destination.
    Fallback,
    /// Those behind the waypoint.
    Bypass,
    /// The member's at this place.
    Shard(usize),
}

/// What the shards say to a delivery.
enum Share {
    Member(usize),
    /// Its member is lost, and nobody else may have it.
    Wait,
    /// There is no member.
    None,
}

impl Route {
    /// Whether another address may take deliveries of this one.
    #[inline]
    pub fn has_companions(&self) -> bool {
        self.companions.is_some()
    }

    /// Where messages have the key by which they are spread; none if they are not, be it only for this origin. They are
    /// where they enter the network.
    #[inline]
    pub fn key_source(&self, origin: Origin) -> Option<&KeySource> {
        let shards = self.companions.as_ref()?.shards.as_ref()?;
        (origin == Origin::Own).then_some(&shards.key)
    }

    /// Whose destinations take a delivery; none if it has nowhere to go.
    pub fn via(&mut self, case: Case, routers: &Routers) -> Option<Via> {
        let via = self.foresee_via(case, routers);
        if via == Some(Via::Fallback) {
            self.count_coming();
            self.counts.redirected.add(1);
        }
        via
    }

    /// The same of one that is not counted.
    #[inline]
    pub fn foresee_via(&mut self, case: Case, routers: &Routers) -> Option<Via> {
        let own = self.leads(case.origin);
        let Some(companions) = &mut self.companions else { return own.then_some(Via::Own) };
        if case.settled
            && let Some(bypass) = &mut companions.bypass
        {
            bypass.refresh(routers);
            // What other routers sent here may have consumers where it came from: it would not get there.
            if bypass.leads(case.origin) && (case.origin == Origin::Own || !bypass.local.is_empty()) {
                return Some(Via::Bypass);
            }
        }
        if case.origin == Origin::Own
            && let Some(shards) = &mut companions.shards
        {
            match shards.share(case.key, routers) {
                Share::Member(at) => return Some(Via::Shard(at)),
                Share::Wait => return None,
                Share::None => {}
            }
        }
        if own {
            return Some(Via::Own);
        }
        let fallback = companions.fallback.as_mut()?;
        fallback.refresh(routers);
        fallback.leads(case.origin).then_some(Via::Fallback)
    }

    /// The route to those destinations; none if there is no such companion.
    #[inline]
    pub fn via_mut(&mut self, via: Via) -> Option<&mut Self> {
        match via {
            Via::Own => Some(self),
            Via::Fallback => self.companions.as_mut()?.fallback.as_mut(),
            Via::Bypass => self.companions.as_mut()?.bypass.as_mut(),
            Via::Shard(at) => {
                self.companions.as_mut()?.shards.as_mut()?.members.get_mut(at).map(|member| &mut member.route)
            }
        }
    }

    /// The routes of which one takes the next unsettled delivery from there, with this key if it has one. Nothing is counted,
    /// and nobody's turn is used up.
    pub fn takers(&self, origin: Origin, key: Option<KeyHash>) -> Vec<&Self> {
        let companions = self.companions.as_deref();
        if let Some(shards) =
            companions.and_then(|companions| companions.shards.as_ref()).filter(|_| origin == Origin::Own)
        {
            let members: Vec<&MemberRoute> = match key {
                Some(key) => shards.winner(key).and_then(|at| shards.members.get(at)).into_iter().collect(),
                None => shards.members.iter().filter(|member| member.is_open()).collect(),
            };
            if !members.is_empty() {
                return members.into_iter().filter(|member| member.is_up).map(|member| &member.route).collect();
            }
        }
        let fallback = companions.and_then(|companions| companions.fallback.as_ref());
        let own = [Some(self), fallback].into_iter().flatten();
        own.filter(|route| route.leads(origin)).take(1).collect()
    }

    /// Whether a delivery that went nowhere says nothing about those that follow: they may go to a companion.
    pub fn others_may_pass(&self) -> bool {
        self.companions.as_ref().is_some_and(|companions| {
            let bypass = companions.bypass.as_ref().is_some_and(|bypass| bypass.leads(Origin::Own));
            let shards = companions.shards.as_ref();
            bypass || shards.is_some_and(|shards| shards.members.iter().any(MemberRoute::is_open))
        })
    }

    /// Whether there is a destination for a delivery from there.
    fn leads(&self, origin: Origin) -> bool {
        if !self.local.is_empty() {
            return true;
        }
        match self.entry.treatment() {
            Treatment::Balanced | Treatment::LinkBalanced => {
                self.remote.iter().any(|remote| remote.takes_from(origin, true))
            }
            Treatment::Multicast | Treatment::MulticastFlood => {
                self.remote.iter().any(|remote| remote.takes_from(origin, false))
            }
            Treatment::Closest | Treatment::Unavailable => !self.remote.is_empty(),
        }
    }

    /// Follows what has become of the companions.
    pub(super) fn reload_companions(&mut self, companions: Option<Arc<Companions>>, routers: &Routers) {
        let Some(of) = companions.filter(|companions| !companions.is_empty()) else {
            self.companions = None;
            return;
        };
        if self.companions.as_ref().is_none_or(|known| !Arc::ptr_eq(&known.of, &of)) {
            let sender = self.sender;
            let route_of = |entry, party| {
                let mut route = Self::new(entry, sender, party);
                route.is_companion = true;
                route
            };
            let route = |entry| route_of(entry, self.party);
            self.companions = Some(Box::new(CompanionRoutes {
                // What it takes has come to the address itself.
                fallback: of.fallback.clone().map(|entry| route_of(entry, Party::Network)),
                bypass: of.bypass.clone().map(route),
                shards: of.shards.as_ref().map(|shards| ShardRoutes {
                    key: shards.key.clone(),
                    on_loss: shards.on_loss,
                    members: shards
                        .members
                        .iter()
                        .map(|member| MemberRoute {
                            route: route(Arc::clone(&member.entry)),
                            standing: member.standing,
                            draining: member.draining,
                            is_up: false,
                        })
                        .collect(),
                    next: 0,
                }),
                of,
            }));
        }
        let Some(companions) = &mut self.companions else { return };
        companions.bypass.iter_mut().chain(&mut companions.fallback).for_each(|route| route.refresh(routers));
        for member in companions.shards.iter_mut().flat_map(|shards| &mut shards.members) {
            member.look(routers);
        }
    }
}

impl MemberRoute {
    /// Whether it takes keys, as far as is known.
    fn is_open(&self) -> bool {
        self.is_up && !self.draining
    }

    fn look(&mut self, routers: &Routers) {
        self.route.refresh(routers);
        self.is_up = self.route.leads(Origin::Own);
    }
}

impl ShardRoutes {
    /// The member that takes a delivery with this key. Each turn finds one, or one fewer that is up.
    fn share(&mut self, key: Option<KeyHash>, routers: &Routers) -> Share {
        loop {
            let Some(at) = (match key {
                Some(key) => self.winner(key),
                None => self.in_turn(),
            }) else {
                return Share::None;
            };
            let Some(member) = self.members.get_mut(at) else { return Share::None };
            member.look(routers);
            match (member.is_up, self.on_loss, key) {
                (true, _, _) => return Share::Member(at),
                (false, OnLoss::Wait, Some(_)) => return Share::Wait,
                (false, OnLoss::Move, _) | (false, OnLoss::Wait, None) => {}
            }
        }
    }

    fn winner(&self, key: KeyHash) -> Option<usize> {
        let waits = self.on_loss == OnLoss::Wait;
        let members = self.members.iter().enumerate();
        members
            .filter(|(_, member)| !member.draining && (waits || member.is_up))
            .max_by_key(|(_, member)| member.standing.score(key))
            .map(|(at, _)| at)
    }

    fn in_turn(&mut self) -> Option<usize> {
        let count = self.members.len();
        let start = self.next.checked_rem(count)?;
        let mut turns = (0..count).map(|step| (start + step) % count);
        let at = turns.find(|&at| self.members.get(at).is_some_and(MemberRoute::is_open))?;
        self.next = at + 1;
        Some(at)
    }
}
