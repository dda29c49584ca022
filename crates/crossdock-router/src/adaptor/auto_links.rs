//! Links that this router attaches to a container by itself, as the node orders.

use crossdock_amqp::engine::{LinkId, LinkRole, attach};
use crossdock_core::table::OutgoingCounters;
use crossdock_core::work::{Action, AttachRequest, AutoLink, Wish};
use fe2o3_amqp_types::definitions::{Role, SenderSettleMode};
use fe2o3_amqp_types::messaging::{Source, Target, TargetArchetype, TerminusExpiryPolicy};
use fe2o3_amqp_types::performatives::Attach;
use std::sync::Arc;

use super::Adaptor;
use super::slots::{LinkKind, PendingLink, Slot};

impl Adaptor {
    /// Attaches a link. Each has a session of its own, for some brokers end the session at a fault of one link, or do not
    /// put what a link had back into the queue before its session ends. Only if there are no more sessions they share one.
    pub(super) fn attach_auto_link(&mut self, auto_link: Box<AutoLink>) {
        let number = auto_link.number;
        let shared = self.container_session.filter(|&session| self.conn.session(session).is_some());
        let Some(session) = self.conn.begin().or(shared) else {
            return self.auto_link_lost(number, Some("no session can be begun".into()));
        };
        self.container_session = Some(session);
        let name = format!("qdlink.{}", crossdock_core::address::random_name(&(self.shared.entropy)()));
        let role = auto_link.role;
        let request = request(&name, &auto_link);
        let capacity = if role == LinkRole::Receiver { self.settings.link_capacity } else { 0 };
        let Some(link) = self.conn.attach(session, request.clone(), capacity) else {
            return self.auto_link_lost(number, Some("the container takes no more links".into()));
        };
        let record = self.new_record(&name, role, LinkKind::Client);
        self.make_room(link);
        if let Some(slot) = self.slots.get_mut(link.index()) {
            *slot = Some(Slot::Pending(Box::new(PendingLink {
                id: link,
                attach: Box::new(request),
                auto_link: Some(auto_link),
                routed: None,
                counters: Arc::new(OutgoingCounters::default()),
                record,
            })));
        }
    }

    /// The container has answered: with a terminus at its end the link is there, without one its detach follows.
    pub(super) fn auto_link_answered(&mut self, link: LinkId, answer: Box<Attach>) {
        let annotated = self.annotates();
        let (party, conn, mailbox) = (self.party(), self.id, Arc::clone(&self.mailbox));
        let Some(Slot::Pending(pending)) = self.slot_mut(link) else { return };
        let Some(auto_link) = &pending.auto_link else { return };
        let granted = match auto_link.role {
            LinkRole::Receiver => answer.source.as_deref().is_some_and(|source| source.address.is_some()),
            LinkRole::Sender => matches!(
                answer.target.as_deref(), Some(TargetArchetype::Target(target)) if target.address.is_some()
            ),
        };
        if !granted {
            return;
        }
        let request = AttachRequest {
            conn,
            mailbox,
            link,
            role: auto_link.role,
            wish: Wish::Address(auto_link.address.clone()),
            phase: Some(auto_link.phase),
            auto_link: Some(auto_link.number),
            counters: Arc::clone(&pending.counters),
            annotated,
            party,
            is_resumable: false,
            record: Arc::clone(&pending.record),
        };
        pending.attach = answer;
        self.shared.submit(Action::Attach(request));
    }

    /// The auto link has been deleted.
    pub(super) fn detach_auto_link(&mut self, auto_link: u64) {
        let links = self.slots.iter().flatten().map(Slot::id);
        let links: Vec<LinkId> = links.filter(|&link| self.auto_link_of(link) == Some(auto_link)).collect();
        for link in links {
            self.drop_link(link, "closed");
            self.detach_with_session(link, true, None);
        }
    }

    /// The auto link that a link belongs to.
    pub(super) fn auto_link_of(&self, link: LinkId) -> Option<u64> {
        match self.slot(link)? {
            Slot::Pending(slot) => slot.auto_link.as_ref().map(|auto_link| auto_link.number),
            Slot::In(slot) => slot.auto_link,
            Slot::Out(slot) => slot.auto_link,
        }
    }

    pub(super) fn auto_link_lost(&self, auto_link: u64, error: Option<String>) {
        self.shared.submit(Action::AutoLinkLost { auto_link, conn: self.id, error });
    }
}

/// The attach of an auto link, as qdrouterd writes it.
fn request(name: &str, auto_link: &AutoLink) -> Attach {
    let address = |role| (auto_link.role == role).then(|| auto_link.external_address.to_string());
    let expiry_policy = TerminusExpiryPolicy::LinkDetach;
    let source =
        Source { address: address(LinkRole::Receiver), expiry_policy: expiry_policy.clone(), ..Source::default() };
    let target = Target { address: address(LinkRole::Sender), expiry_policy, ..Target::default() };
    let role = match auto_link.role {
        LinkRole::Receiver => Role::Receiver,
        LinkRole::Sender => Role::Sender,
    };
    Attach {
        snd_settle_mode: SenderSettleMode::Mixed,
        ..attach(name, role, Some(source), Some(TargetArchetype::Target(target)))
    }
}
