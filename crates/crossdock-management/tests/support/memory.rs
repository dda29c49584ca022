//! A store of rows in memory.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crossdock_management::{
    Change, ConfigRow, Explanation, Key, LogLine, NewEntity, Record, Refusal, Rule, Slot, Store, Trace, TraceRequest,
    TracedHop, identity_of,
};
use crossdock_schema::{Entity, EntityKind, RouterMode};

use super::amqp::Tree;

/// A row: configuration, or values by attribute name.
#[derive(Debug, Clone)]
pub(crate) enum Stored {
    Configured { entity: Box<Entity>, identity: String, name: Option<String> },
    Values { kind: EntityKind, values: BTreeMap<String, Tree> },
}

/// A line of the log: module, level, text, source, time.
pub(crate) type Line = (String, String, String, Option<(String, u32)>, i64);

#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) id: String,
    pub(crate) mode: Option<RouterMode>,
    pub(crate) others: Vec<String>,
    pub(crate) rows: BTreeMap<EntityKind, Vec<Stored>>,
    pub(crate) lines: Vec<Line>,
    /// Identity of the next entity that has no better one.
    pub(crate) next: u64,
    pub(crate) changes: Vec<Change>,
    /// Rows that somebody has looked at.
    pub(crate) looked_at: Cell<usize>,
}

impl Memory {
    pub(crate) fn add(&mut self, entity: Entity) -> String {
        let identity = identity_of(&entity).unwrap_or_else(|| {
            self.next += 1;
            (self.next - 1).to_string()
        });
        let kind = *EntityKind::ALL
            .iter()
            .find(|kind| std::ptr::eq(kind.entity_type(), entity.entity_type()))
            .expect("a kind");
        let name = entity.name().map(str::to_owned);
        let row = Stored::Configured { entity: Box::new(entity), identity: identity.clone(), name };
        self.rows.entry(kind).or_default().push(row);
        identity
    }

    pub(crate) fn add_values(&mut self, kind: EntityKind, values: BTreeMap<String, Tree>) {
        self.rows.entry(kind).or_default().push(Stored::Values { kind, values });
    }

    fn table(&self, kind: EntityKind) -> &[Stored] {
        self.rows.get(&kind).map_or(&[], Vec::as_slice)
    }
}

impl Stored {
    fn with<R>(&self, visit: impl FnOnce(&dyn Record) -> R) -> R {
        let Stored::Configured { entity, identity, name } = self else { return visit(self) };
        let (identity, name) = (identity.as_str(), name.as_deref());
        match &**entity {
            Entity::Listener(entity) => visit(&ConfigRow { entity, identity, name }),
            Entity::Address(entity) => visit(&ConfigRow { entity, identity, name }),
            Entity::SslProfile(entity) => visit(&ConfigRow { entity, identity, name }),
            Entity::Log(entity) => visit(&ConfigRow { entity, identity, name }),
            Entity::Vhost(entity) => visit(&ConfigRow { entity, identity, name }),
            Entity::AuthServicePlugin(entity) => visit(&ConfigRow { entity, identity, name }),
            other => panic!("no rows of {}", other.entity_type().name),
        }
    }

    fn text(&self, attribute: &str) -> Option<String> {
        match self {
            Stored::Configured { identity, .. } if attribute == "identity" => Some(identity.clone()),
            Stored::Configured { identity, name, entity } => {
                let is_nameless = matches!(**entity, Entity::Address(_));
                name.clone().or_else(|| (!is_nameless).then(|| identity.clone()))
            }
            Stored::Values { values, .. } => values.get(attribute).and_then(Tree::text).map(str::to_owned),
        }
    }
}

/// Values are stored as trees; the slot decides how they are encoded.
impl Record for Stored {
    fn kind(&self) -> EntityKind {
        let Stored::Values { kind, .. } = self else { panic!("configuration has rows of its own") };
        *kind
    }

    fn write_at(&self, index: usize, slot: Slot<'_>) {
        let Stored::Values { kind, values } = self else { panic!("configuration has rows of its own") };
        let attribute = &kind.entity_type().attributes[index];
        let Some(value) = values.get(attribute.name) else { return slot.absent() };
        match value {
            value if value.is_null() => slot.absent(),
            Tree::EmptyList => slot.texts([]),
            Tree::List(elements) => match elements.iter().map(Tree::number).collect::<Option<Vec<i64>>>() {
                Some(counts) if attribute.name == "ingressHistogram" => {
                    slot.histogram(&counts.into_iter().map(|count| count as u64).collect::<Vec<_>>());
                }
                Some(numbers) if !numbers.is_empty() => slot.numbers(numbers),
                _ => slot.texts(value.texts()),
            },
            Tree::Map(entries) => slot.map(|map| {
                for (key, value) in entries {
                    match (value.text(), value.number()) {
                        (Some(text), _) => map.text(key, text),
                        (None, Some(number)) => map.number(key, number),
                        (None, None) => panic!("an entry of no known type"),
                    }
                }
            }),
            value => match (value.text(), value.number(), value.boolean()) {
                (Some(text), ..) => slot.text(text),
                (None, Some(number), _) => slot.number(number),
                (None, None, Some(truth)) => slot.boolean(truth),
                _ => panic!("{}: {value}", attribute.name),
            },
        }
    }
}

impl Store for Memory {
    fn router_id(&self) -> &str {
        &self.id
    }

    fn mode(&self) -> RouterMode {
        self.mode.unwrap_or(RouterMode::Standalone)
    }

    fn for_each_router(&self, visit: &mut dyn FnMut(&str)) {
        self.others.iter().for_each(|other| visit(other));
    }

    fn count(&self, kind: EntityKind) -> usize {
        self.table(kind).len()
    }

    fn for_each_row(&self, kind: EntityKind, from: usize, visit: &mut dyn FnMut(&dyn Record) -> ControlFlow<()>) {
        for row in self.table(kind).iter().skip(from) {
            self.looked_at.set(self.looked_at.get() + 1);
            if row.with(&mut *visit).is_break() {
                return;
            }
        }
    }

    fn find(&self, kind: EntityKind, key: Key<'_>, visit: &mut dyn FnMut(&dyn Record)) -> bool {
        let is_meant = |row: &&Stored| match key {
            Key::Name(name) => row.text("name").as_deref() == Some(name),
            Key::Identity(identity) => row.text("identity").as_deref() == Some(identity),
        };
        match self.table(kind).iter().find(is_meant) {
            Some(row) => {
                row.with(visit);
                true
            }
            None => false,
        }
    }

    fn configured(&self, kind: EntityKind, wanted: &str) -> Option<Entity> {
        self.table(kind).iter().find_map(|row| match row {
            Stored::Configured { entity, identity, .. } if identity == wanted => Some((**entity).clone()),
            Stored::Configured { .. } | Stored::Values { .. } => None,
        })
    }

    fn create(&mut self, entity: NewEntity) -> Result<String, Refusal> {
        match entity {
            NewEntity::Configured(entity) => Ok(self.add(*entity)),
            NewEntity::ConnectionLinkRoute { .. } => Err(Refusal::forbidden("Forbidden")),
        }
    }

    fn update(&mut self, identity: &str, change: Change) -> Result<(), Refusal> {
        self.changes.push(change.clone());
        let (kind, entity) = match change {
            Change::Log(log) => (EntityKind::Log, Entity::Log(log)),
            Change::Shard(shard) => (EntityKind::Shard, Entity::Shard(shard)),
            Change::Vhost(vhost) => (EntityKind::Vhost, Entity::Vhost(*vhost)),
            Change::Connection { .. } => return Ok(()),
        };
        self.rows.get_mut(&kind).expect("the table").retain(|row| row.text("identity").as_deref() != Some(identity));
        self.add(entity);
        Ok(())
    }

    fn delete(&mut self, kind: EntityKind, identity: &str) -> Result<(), Refusal> {
        let table = self.rows.get_mut(&kind).expect("the table");
        table.retain(|row| row.text("identity").as_deref() != Some(identity));
        Ok(())
    }

    fn explain(&self, address: &str, _: Option<&str>) -> Explanation {
        Explanation {
            key: format!("M0{address}"),
            rule: Rule::Default,
            treatment: "balanced",
            priority: None,
            in_use: false,
            consumer_count: 0,
            consumers: Vec::new(),
            producer_count: 0,
            producers: Vec::new(),
            routers: Vec::new(),
            next: Vec::new(),
            companions: Vec::new(),
            why: vec!["There is no consumer".to_owned()],
        }
    }

    fn trace(&mut self, request: &TraceRequest<'_>) -> Result<Option<Trace>, Refusal> {
        let hop =
            TracedHop { path: vec!["R".to_owned()], address: format!("M0{}", request.address), ..TracedHop::default() };
        Ok((request.timeout > 0).then(|| Trace { is_complete: true, micros: 7, hops: vec![hop] }))
    }

    fn for_each_log_line(&self, visit: &mut dyn FnMut(&LogLine<'_>) -> ControlFlow<()>) {
        for (module, level, text, source, time) in self.lines.iter().rev() {
            let source = source.as_ref().map(|(file, line)| (file.as_str(), *line));
            if visit(&LogLine { module, level, text, source, time: *time }).is_break() {
                return;
            }
        }
    }
}
