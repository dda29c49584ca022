//! The addresses that this router is a destination of, as it tells the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::MobileSeq;
use crate::message::{AddressUpdate, AdvertisedAddress};

/// Own addresses: as they are, as the others were told, and which differ.
#[derive(Debug, Default)]
pub(crate) struct LocalAddresses {
    seq: MobileSeq,
    present: BTreeMap<Arc<str>, i64>,
    told: BTreeMap<Arc<str>, i64>,
    changed: BTreeSet<Arc<str>>,
}

impl LocalAddresses {
    /// Version of what the others were told.
    pub(crate) fn seq(&self) -> MobileSeq {
        self.seq
    }

    pub(crate) fn add(&mut self, key: Arc<str>, hint: u8) {
        self.present.insert(Arc::clone(&key), hint.into());
        self.changed.insert(key);
    }

    pub(crate) fn remove(&mut self, key: &str) {
        if let Some((key, _)) = self.present.remove_entry(key) {
            self.changed.insert(key);
        }
    }

    /// The next version and what is different in it, if anything is. What was done and undone since does not show.
    pub(crate) fn advance(&mut self) -> Option<(MobileSeq, AddressUpdate)> {
        let (mut add, mut del) = (Vec::new(), Vec::new());
        for key in std::mem::take(&mut self.changed) {
            match (self.told.get(&key), self.present.get(&key)) {
                (None, None) => {}
                (Some(told), Some(present)) if told == present => {}
                (None | Some(_), Some(&hint)) => {
                    self.told.insert(Arc::clone(&key), hint);
                    add.push(AdvertisedAddress { key, hint: Some(hint) });
                }
                (Some(_), None) => {
                    self.told.remove(&key);
                    del.push(key);
                }
            }
        }
        if add.is_empty() && del.is_empty() {
            return None;
        }
        self.seq = self.seq.next();
        Some((self.seq, AddressUpdate::Differential { add, del }))
    }

    /// All that the others were told: the state of this version, without what changed since.
    pub(crate) fn all(&self) -> AddressUpdate {
        let exist = self.told.iter().map(|(key, &hint)| AdvertisedAddress { key: Arc::clone(key), hint: Some(hint) });
        AddressUpdate::Absolute { exist: exist.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(update: &AddressUpdate) -> (Vec<&str>, Vec<&str>) {
        match update {
            AddressUpdate::Differential { add, del } => {
                (add.iter().map(|address| &*address.key).collect(), del.iter().map(|key| &**key).collect())
            }
            AddressUpdate::Absolute { exist } => (exist.iter().map(|address| &*address.key).collect(), Vec::new()),
        }
    }

    #[test]
    fn what_is_done_and_undone_is_not_told() {
        let mut addresses = LocalAddresses::default();
        addresses.add("M0a".into(), 3);
        addresses.remove("M0a");
        assert_eq!(addresses.advance(), None);
        addresses.add("M0a".into(), 3);
        assert!(addresses.advance().is_some());
        addresses.remove("M0a");
        addresses.add("M0a".into(), 3);
        assert_eq!(addresses.advance(), None);
        assert_eq!(addresses.seq(), MobileSeq(1));
    }

    #[test]
    fn the_full_state_is_that_of_the_version_that_was_told() {
        let mut addresses = LocalAddresses::default();
        addresses.add("M0a".into(), 3);
        addresses.add("M0b".into(), 1);
        let (seq, update) = addresses.advance().unwrap();
        assert_eq!((seq, names(&update)), (MobileSeq(1), (vec!["M0a", "M0b"], vec![])));
        addresses.remove("M0a");
        addresses.add("M0c".into(), 3);
        assert_eq!(names(&addresses.all()).0, ["M0a", "M0b"], "without pending additions, with pending removals");
        let (seq, update) = addresses.advance().unwrap();
        assert_eq!((seq, names(&update)), (MobileSeq(2), (vec!["M0c"], vec!["M0a"])));
        assert_eq!(names(&addresses.all()).0, ["M0b", "M0c"]);
    }
}
