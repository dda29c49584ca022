//! The clients: who they are, which addresses they use, and that they come back when they lose their router.

use crossdock_topology::{ClientClass, Mesh, overlap};
use std::collections::{BTreeMap, BTreeSet};

use super::stage::Stage;
use crate::world::News;

/// Milliseconds after which a client that lost its connection or a link tries again.
const RETRY: u64 = 1_000;

/// Addresses at most that one client uses where the topology has a pattern.
const MOST_ADDRESSES: usize = 32;

/// Clients of a class, where the topology has more.
const MOST_CLIENTS: usize = 12;

/// A client of a class, whichever connection it has.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) class: usize,
    pub(super) name: String,
    /// Routers it may connect to, the one it prefers first.
    routers: Vec<usize>,
    pub(super) client: Option<usize>,
    /// What it sends to: pattern of the class, address, and the sender that it has.
    pub(super) senders: Vec<(usize, String, Option<usize>)>,
    receivers: Vec<(String, Option<usize>)>,
    /// When it tries again (milliseconds since the beginning), if something is missing.
    retry: Option<u64>,
}

/// All clients.
#[derive(Debug, Default)]
pub(super) struct Cast {
    pub(super) roles: Vec<Role>,
    /// Links that routers refused or detached, by their reasons.
    pub(super) unlinked: BTreeMap<String, u64>,
}

impl Cast {
    /// The clients of a mesh; `numbers` says how many of a class, where that is said.
    pub(super) fn new(mesh: &Mesh, stage: &Stage, numbers: &BTreeMap<String, u64>) -> Self {
        let mut roles = Vec::new();
        for (index, class) in mesh.clients.iter().enumerate() {
            let routers: Vec<usize> = class.routers.iter().filter_map(|id| stage.routers.get(id).copied()).collect();
            if routers.is_empty() {
                continue;
            }
            let usual = class.number.map_or(routers.len(), |number| usize::try_from(number).unwrap_or(MOST_CLIENTS));
            let usual = usual.clamp(1, MOST_CLIENTS.max(routers.len()));
            let number = numbers.get(&class.name).map_or(usual, |&number| usize::try_from(number).unwrap_or(usual));
            for n in 0..number {
                let mut routers = routers.clone();
                let preferred = n % routers.len();
                routers.rotate_left(preferred);
                let name = format!("{}-{}", class.name, n + 1);
                roles.push(Role {
                    class: index,
                    name,
                    routers,
                    client: None,
                    senders: Vec::new(),
                    receivers: Vec::new(),
                    retry: None,
                });
            }
        }
        let mut cast = Self { roles, unlinked: BTreeMap::new() };
        cast.choose_addresses(mesh);
        cast
    }

    /// Words for the wildcards: `*` is the name of whoever receives, `#` the same for all.
    fn choose_addresses(&mut self, mesh: &Mesh) {
        let said: BTreeSet<&str> =
            mesh.clients.iter().flat_map(|class| &class.send).map(|(text, _)| text.as_str()).collect();
        for role in &mut self.roles {
            let Some(class) = mesh.clients.get(role.class) else { continue };
            let mut own = BTreeSet::new();
            for (pattern, _) in &class.receive {
                let meeting = said.iter().copied().filter(|sent| overlap(sent, pattern));
                let (plain, wild): (Vec<&str>, Vec<&str>) = meeting.partition(|sent| !is_wild(sent));
                if !is_wild(pattern) || plain.is_empty() || !wild.is_empty() {
                    own.insert(filled(pattern, &role.name));
                }
                own.extend(plain.into_iter().filter(|_| is_wild(pattern)).take(MOST_ADDRESSES).map(str::to_owned));
            }
            role.receivers = own.into_iter().map(|address| (address, None)).collect();
        }
        let received: BTreeSet<String> =
            self.roles.iter().flat_map(|role| &role.receivers).map(|(address, _)| address.clone()).collect();
        for role in &mut self.roles {
            let Some(class) = mesh.clients.get(role.class) else { continue };
            role.senders = sends(class, &received, &role.name);
        }
    }

    /// Everybody connects who is not there and may try again now.
    pub(super) fn come(&mut self, stage: &mut Stage) {
        let now = stage.world.net.age();
        for role in &mut self.roles {
            if role.client.is_some_and(|client| stage.world.clients[client].gone) {
                role.client = None;
            }
            if role.retry.is_some_and(|retry| retry > now) {
                continue;
            }
            role.retry = None;
            if role.client.is_none() {
                let there = role.routers.iter().find(|&&router| stage.world.is_running(router));
                role.client = there.and_then(|&router| stage.connect(router, &role.name));
                role.senders.iter_mut().for_each(|(.., link)| *link = None);
                role.receivers.iter_mut().for_each(|(_, link)| *link = None);
            }
            let Some(client) = role.client else {
                role.retry = Some(now + RETRY);
                continue;
            };
            for (_, address, link) in &mut role.senders {
                if link.is_some_and(|link| !stage.world.senders[link].gone) {
                    continue;
                }
                *link = None;
                if stage.is_open(client, address, false) {
                    *link = Some(stage.world.sender(client, address));
                } else {
                    role.retry = Some(now + RETRY);
                }
            }
            for (address, link) in &mut role.receivers {
                if link.is_some_and(|link| !stage.world.receivers[link].gone) {
                    continue;
                }
                *link = None;
                if stage.is_open(client, address, true) {
                    *link = Some(stage.world.receiver(client, address));
                } else {
                    role.retry = Some(now + RETRY);
                }
            }
        }
    }

    /// Takes note of who lost what. How many clients lost their connection.
    pub(super) fn listen(&mut self, stage: &mut Stage) -> usize {
        let now = stage.world.net.age();
        let mut lost = 0;
        while let Some(news) = stage.world.news.as_mut().and_then(std::collections::VecDeque::pop_front) {
            let (News::Lost { client } | News::Unlinked { client, .. }) = news;
            if let Some(role) = self.roles.iter_mut().find(|role| role.client == Some(client)) {
                role.retry = Some(now + RETRY);
                lost += usize::from(matches!(news, News::Lost { .. }));
            }
            if let News::Unlinked { error, .. } = news {
                *self.unlinked.entry(error).or_default() += 1;
            }
        }
        lost
    }

    /// When somebody tries again, at the earliest.
    pub(super) fn next_retry(&self) -> Option<u64> {
        self.roles.iter().filter_map(|role| role.retry).min()
    }

    /// How many clients have no connection, or not all their links.
    pub(super) fn missing(&self, stage: &Stage) -> usize {
        let world = &stage.world;
        let is_there = |role: &&Role| {
            let senders = role
                .senders
                .iter()
                .all(|(.., link)| link.is_some_and(|link| world.senders[link].attached && !world.senders[link].gone));
            let receivers = role.receivers.iter().all(|(_, link)| {
                link.is_some_and(|link| world.receivers[link].attached && !world.receivers[link].gone)
            });
            role.client.is_some() && senders && receivers
        };
        self.roles.len() - self.roles.iter().filter(is_there).count()
    }
}

fn sends(class: &ClientClass, received: &BTreeSet<String>, name: &str) -> Vec<(usize, String, Option<usize>)> {
    let mut all = Vec::new();
    for (at, (pattern, _)) in class.send.iter().enumerate() {
        if !is_wild(pattern) {
            all.push((at, pattern.clone(), None));
            continue;
        }
        let meeting: Vec<&String> = received.iter().filter(|address| overlap(pattern, address)).collect();
        let step = meeting.len().div_ceil(MOST_ADDRESSES).max(1);
        let before = all.len();
        all.extend(meeting.into_iter().step_by(step).map(|address| (at, address.clone(), None)));
        if all.len() == before {
            all.push((at, filled(pattern, name), None));
        }
    }
    all
}

fn is_wild(pattern: &str) -> bool {
    pattern.split(['/', '.']).any(|word| word == "*" || word == "#")
}

/// The pattern with words for its wildcards.
fn filled(pattern: &str, name: &str) -> String {
    let words = pattern.split('/').map(|part| {
        let tokens = part.split('.').map(|token| match token {
            "*" => name,
            "#" => "any",
            other => other,
        });
        tokens.collect::<Vec<_>>().join(".")
    });
    words.collect::<Vec<_>>().join("/")
}
