//! Session windows, as far as others may see them: whether a peer with credit may send at all.

use crossdock_amqp::engine::SessionId;
use crossdock_core::record::SessionWindow;
use hashbrown::HashMap;
use std::sync::Arc;

use super::Adaptor;

/// The windows of the sessions in which the peer has links.
#[derive(Debug, Default)]
pub(super) struct Windows {
    windows: HashMap<SessionId, Arc<SessionWindow>>,
    /// Those that are shown as shut.
    shut: Vec<SessionId>,
}

impl Windows {
    /// The window of a session, to be shown with its links.
    pub(super) fn of(&mut self, session: SessionId) -> &Arc<SessionWindow> {
        self.windows.entry(session).or_default()
    }

    /// The sessions whose windows are kept.
    pub(super) fn sessions(&self) -> impl Iterator<Item = SessionId> {
        self.windows.keys().copied()
    }

    pub(super) fn forget(&mut self, session: SessionId) {
        self.windows.remove(&session);
        self.shut.retain(|shut| *shut != session);
    }

    fn show(&self, session: SessionId, shut: bool) {
        if let Some(window) = self.windows.get(&session) {
            window.set_shut(shut);
        }
    }
}

impl Adaptor {
    /// Shows which windows are shut now.
    #[inline]
    pub(super) fn note_windows(&mut self) {
        if !self.windows.shut.is_empty() || self.conn.shut_sessions().next().is_some() {
            self.note_shut_windows();
        }
    }

    #[cold]
    fn note_shut_windows(&mut self) {
        let shut: Vec<SessionId> = self.conn.shut_sessions().collect();
        for &session in self.windows.shut.iter().filter(|session| !shut.contains(session)) {
            self.windows.show(session, false);
        }
        for &session in shut.iter().filter(|session| !self.windows.shut.contains(session)) {
            self.windows.show(session, true);
        }
        self.windows.shut = shut;
    }
}
