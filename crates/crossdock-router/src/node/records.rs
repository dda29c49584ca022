//! All connections, links and addresses, in the order in which they came, for whoever wants to see them.

use crossdock_amqp::engine::LinkId;
use crossdock_core::batch::ConnId;
use crossdock_core::record::{ConnectionRecord, LinkRecord, Totals};
use crossdock_core::table::AddressEntry;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Node;

/// What there is to be seen. Every map is in the order in which its rows came, so that a reader that takes them page by page
/// finds each that stays.
#[derive(Debug, Default)]
pub(super) struct Records {
    links: BTreeMap<u64, (LinkId, Arc<LinkRecord>)>,
    connections: BTreeMap<ConnId, Arc<ConnectionRecord>>,
    addresses: BTreeMap<u64, Arc<AddressEntry>>,
    addresses_so_far: u64,
    /// Of the links that are gone.
    past: Totals,
}

impl Records {
    pub(super) fn add_link(&mut self, link: LinkId, record: Arc<LinkRecord>) {
        self.links.insert(record.number(), (link, record));
    }

    pub(super) fn remove_link(&mut self, number: u64) -> Option<(LinkId, Arc<LinkRecord>)> {
        let (link, record) = self.links.remove(&number)?;
        self.past.add_past(&record);
        Some((link, record))
    }

    /// The links that are attached, and their numbers on their connections.
    pub(super) fn links_with_ids(&self) -> impl Iterator<Item = (LinkId, &Arc<LinkRecord>)> {
        self.links.values().map(|(id, record)| (*id, record))
    }

    pub(super) fn add_connection(&mut self, record: Arc<ConnectionRecord>) {
        self.connections.insert(record.id, record);
    }

    pub(super) fn remove_connection(&mut self, conn: ConnId) {
        self.connections.remove(&conn);
    }

    /// Returns the address's number.
    pub(super) fn add_address(&mut self, entry: Arc<AddressEntry>) -> u64 {
        self.addresses_so_far += 1;
        self.addresses.insert(self.addresses_so_far, entry);
        self.addresses_so_far
    }

    pub(super) fn remove_address(&mut self, number: u64) {
        self.addresses.remove(&number);
    }
}

impl Node {
    /// The links that are attached, in the order in which they came. `skip` goes to a page.
    pub fn links(&self) -> impl ExactSizeIterator<Item = &Arc<LinkRecord>> {
        self.records.links.values().map(|(_, record)| record)
    }

    /// The link with this number.
    pub fn link(&self, number: u64) -> Option<&Arc<LinkRecord>> {
        self.records.links.get(&number).map(|(_, record)| record)
    }

    /// Number of links that are attached.
    pub fn link_count(&self) -> usize {
        self.records.links.len()
    }

    /// The connections that are open, in the order in which they came.
    pub fn connections(&self) -> impl ExactSizeIterator<Item = &Arc<ConnectionRecord>> {
        self.records.connections.values()
    }

    /// The connection with this number.
    pub fn connection(&self, conn: ConnId) -> Option<&Arc<ConnectionRecord>> {
        self.records.connections.get(&conn)
    }

    /// The addresses in use, in the order in which they came into use.
    pub fn addresses(&self) -> impl ExactSizeIterator<Item = &Arc<AddressEntry>> {
        self.records.addresses.values()
    }

    /// What this router has done with deliveries. Takes as long as there are links.
    pub fn totals(&self) -> Totals {
        let mut totals = self.records.past;
        self.links().for_each(|record| totals.add(record));
        totals
    }
}
