//! What listener and connector sections say.

use crossdock_amqp::engine::{Config, Credentials, Handshake};
use crossdock_schema::{
    ClientMechanism, Connector, FailoverUrl, Listener, Role, Secret, StripAnnotations, client_mechanisms, failover_urls,
};
use fe2o3_amqp_types::definitions::Fields;
use fe2o3_amqp_types::performatives::Open;
use fe2o3_amqp_types::primitives::{Array, OrderedMap, Symbol, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::RouterPlan;
use crate::node::COMPATIBLE_VERSION;
use crate::shared::{ConnectionRole, ConnectionSettings, LINK_CAPACITY, StripAnnotations as Strip};

/// Milliseconds that a peer we connect to has for its open.
const HANDSHAKE_TIMEOUT: u64 = 10_000;

/// Finds the password that a configured text stands for. The second part is for the log.
pub type Reveal<'a> = &'a dyn Fn(&Secret) -> (String, Option<String>);

/// What a listener section says.
#[derive(Clone, Debug)]
pub struct ListenerPlan {
    /// Where it listens.
    pub host: String,
    /// Number or name of a service.
    pub port: String,
    /// What it is called.
    pub name: Option<String>,
    /// Who may come.
    pub role: Role,
    /// Of the connections it accepts.
    pub settings: Arc<ConnectionSettings>,
}

/// What a connector section says.
#[derive(Clone, Debug)]
pub struct ConnectorPlan {
    /// Of a connection to anywhere.
    settings: ConnectionSettings,
    /// Whether there is a way to introduce ourselves; without one no connection is made.
    pub is_possible: bool,
    /// What the log has to be told about the section.
    pub remarks: Vec<String>,
}

impl ConnectorPlan {
    /// Settings of a connection to a host of this name.
    pub fn settings_for(&self, hostname: &str) -> Arc<ConnectionSettings> {
        let mut engine = Config::clone(&self.settings.engine);
        engine.open.hostname = Some(hostname.to_owned());
        Arc::new(ConnectionSettings { engine: Arc::new(engine), ..self.settings.clone() })
    }
}

/// What listeners and connectors have in common.
struct Party<'a> {
    role: Role,
    cost: u32,
    name: Option<&'a str>,
    max_frame_size: u32,
    max_sessions: u32,
    max_session_frames: Option<u32>,
    idle_timeout_seconds: u32,
    strip_annotations: StripAnnotations,
    link_capacity: Option<u32>,
    open_properties: Option<&'a BTreeMap<String, crossdock_schema::Value>>,
    /// What the open tells beside them.
    failover: Option<Value>,
    handshake: Handshake,
    /// Milliseconds.
    handshake_timeout: u64,
    /// Bytes; 0 = what the router's policy says.
    max_message_size: u64,
}

/// What a listener section means for the connections it accepts.
pub fn listener(listener: &Listener, router: &RouterPlan) -> ListenerPlan {
    let mechanisms = match &listener.sasl_mechanisms {
        Some(list) => list.split_whitespace().map(str::to_owned).collect(),
        None => vec!["ANONYMOUS".to_owned()],
    };
    let party = Party {
        role: listener.role,
        cost: listener.cost,
        name: listener.name.as_deref(),
        max_frame_size: listener.max_frame_size,
        max_sessions: listener.max_sessions,
        max_session_frames: listener.max_session_frames,
        idle_timeout_seconds: listener.idle_timeout_seconds,
        strip_annotations: listener.strip_annotations,
        link_capacity: listener.link_capacity,
        open_properties: listener.open_properties.as_ref(),
        // The schema has checked the list.
        failover: listener
            .failover_urls
            .as_deref()
            .and_then(|urls| failover_urls(urls).ok())
            .map(|urls| failover_list(&urls)),
        handshake: Handshake::Accept { mechanisms, required: listener.authenticate_peer },
        handshake_timeout: u64::from(listener.initial_handshake_timeout_seconds) * 1000,
        max_message_size: listener.max_message_size,
    };
    ListenerPlan {
        host: listener.host.clone(),
        port: listener.port.clone(),
        name: listener.name.clone(),
        role: listener.role,
        settings: Arc::new(party.settings(router)),
    }
}

/// What a connector section means for its connections.
pub fn connector(connector: &Connector, router: &RouterPlan, reveal: Reveal<'_>) -> ConnectorPlan {
    let mut remarks = Vec::new();
    let handshake = client_handshake(connector, reveal, &mut remarks);
    let is_possible = handshake.is_some();
    if !is_possible {
        remarks.push(format!("Connector to {} stays idle: no SASL mechanism that it may use", connector.host));
    }
    // A peer that never opens is as silent as one that never says anything later.
    let handshake_timeout = match u64::from(connector.idle_timeout_seconds) * 1000 {
        0 => HANDSHAKE_TIMEOUT,
        idle => HANDSHAKE_TIMEOUT.min(idle),
    };
    let party = Party {
        role: connector.role,
        cost: connector.cost,
        name: connector.name.as_deref(),
        max_frame_size: connector.max_frame_size,
        max_sessions: connector.max_sessions,
        max_session_frames: connector.max_session_frames,
        idle_timeout_seconds: connector.idle_timeout_seconds,
        strip_annotations: connector.strip_annotations,
        link_capacity: connector.link_capacity,
        open_properties: connector.open_properties.as_ref(),
        failover: None,
        handshake: handshake.unwrap_or(Handshake::SaslAnonymous),
        handshake_timeout,
        max_message_size: 0,
    };
    ConnectorPlan { settings: party.settings(router), is_possible, remarks }
}

/// Who we say we are: a user where there is a name, and where that is allowed. None if nothing is left that is allowed.
fn client_handshake(connector: &Connector, reveal: Reveal<'_>, remarks: &mut Vec<String>) -> Option<Handshake> {
    let allowed = connector.sasl_mechanisms.as_deref().and_then(|list| client_mechanisms(list).ok());
    let lists = |mechanism| allowed.as_ref().map(|allowed| allowed.contains(&mechanism));
    let username = connector.sasl_username.as_deref().filter(|_| lists(ClientMechanism::Plain) != Some(false));
    // Whoever has a name does not go without it, unless that is said to be good enough.
    let anonymous = lists(ClientMechanism::Anonymous).unwrap_or(username.is_none());
    if let Some(username) = username {
        let (password, remark) = connector.sasl_password.as_ref().map(reveal).unwrap_or_default();
        remarks.extend(remark);
        if let Some(credentials) = Credentials::new(username, &password) {
            return Some(Handshake::SaslPlain { credentials, or_anonymous: anonymous });
        }
        remarks.push("saslUsername and saslPassword cannot be used: empty, too long, or with a NUL".to_owned());
    }
    anonymous.then_some(Handshake::SaslAnonymous)
}

impl Party<'_> {
    fn settings(self, router: &RouterPlan) -> ConnectionSettings {
        let role = match self.role {
            Role::Normal => ConnectionRole::Normal,
            Role::RouteContainer => ConnectionRole::RouteContainer,
            Role::InterRouter => ConnectionRole::InterRouter,
            Role::Edge => ConnectionRole::Edge,
        };
        let is_router = matches!(role, ConnectionRole::InterRouter | ConnectionRole::Edge);
        let strip = match self.strip_annotations {
            // Routers find each other's messages by them.
            _ if is_router => Strip::Neither,
            StripAnnotations::In => Strip::Incoming,
            StripAnnotations::Out => Strip::Outgoing,
            StripAnnotations::Both => Strip::Both,
            StripAnnotations::No => Strip::Neither,
        };
        let max_message_size = match self.max_message_size {
            // What is under way between routers has been let in by one of them.
            0 if is_router => 0,
            0 => router.max_message_size,
            limit => limit,
        };
        ConnectionSettings {
            link_capacity: self.link_capacity.filter(|&credit| credit > 0).unwrap_or(LINK_CAPACITY),
            max_message_size,
            role,
            cost: self.cost,
            strip,
            name: self.name.unwrap_or_default().to_owned(),
            data_connections: if role == ConnectionRole::InterRouter { router.data_connections } else { 0 },
            ..ConnectionSettings::new(Arc::new(self.engine(&router.settings.id, is_router)))
        }
    }

    fn engine(self, router_id: &str, is_router: bool) -> Config {
        let max_sessions = match self.max_sessions {
            0 | 32_769.. => 32_768,
            n => n,
        };
        let idle = u64::from(self.idle_timeout_seconds) * 1000;
        let capabilities: &[&str] =
            if is_router { &["ANONYMOUS-RELAY", "qd.streaming-links"] } else { &["ANONYMOUS-RELAY"] };
        let capabilities = || Array::from(capabilities.iter().map(|name| Symbol::from(*name)).collect::<Vec<_>>());
        let mut properties: Fields = OrderedMap::new();
        properties.insert(Symbol::from("product"), Value::String("qpid-dispatch-router".into()));
        properties.insert(Symbol::from("version"), Value::String(COMPATIBLE_VERSION.into()));
        if let Some(failover) = self.failover {
            properties.insert(Symbol::from("failover-server-list"), failover);
        }
        for (key, value) in self.open_properties.into_iter().flatten() {
            properties.insert(Symbol::from(key.as_str()), amqp_value(value));
        }
        let open = Open {
            container_id: router_id.to_owned(),
            hostname: None,
            max_frame_size: self.max_frame_size.max(512).into(),
            channel_max: u16::try_from(max_sessions - 1).unwrap_or(u16::MAX).into(),
            idle_time_out: Some(u32::try_from(idle / 2).unwrap_or(u32::MAX)).filter(|&ms| ms > 0),
            outgoing_locales: None,
            incoming_locales: None,
            offered_capabilities: Some(capabilities()),
            desired_capabilities: is_router.then(capabilities),
            properties: Some(properties),
        };
        let window = self.max_session_frames.filter(|&frames| frames > 0);
        let defaults = Config::server(router_id);
        Config {
            handshake: self.handshake,
            open,
            idle_timeout: idle,
            handshake_timeout: self.handshake_timeout,
            incoming_window: window.unwrap_or(defaults.incoming_window),
            ..defaults
        }
    }
}

/// The list of maps that clients read from the open, to know where else they can go.
fn failover_list(urls: &[FailoverUrl]) -> Value {
    let servers = urls.iter().map(|url| {
        let fields = [("network-host", Some(&url.host)), ("port", Some(&url.port)), ("scheme", url.scheme.as_ref())];
        let mut server = OrderedMap::new();
        for (key, text) in fields {
            if let Some(text) = text {
                server.insert(Value::Symbol(Symbol::from(key)), Value::String(text.clone()));
            }
        }
        Value::Map(server)
    });
    Value::List(servers.collect())
}

fn amqp_value(value: &crossdock_schema::Value) -> Value {
    use crossdock_schema::Value as Json;
    match value {
        Json::Null => Value::Null,
        Json::Boolean(value) => Value::Bool(*value),
        Json::Integer(integer) => i32::try_from(*integer).map_or(Value::Long(*integer), Value::Int),
        Json::Float(float) => Value::Double((*float).into()),
        Json::Text(text) => Value::String(text.clone()),
        Json::List(list) => Value::List(list.iter().map(amqp_value).collect()),
        Json::Map(map) => {
            let mut fields = OrderedMap::new();
            for (key, value) in map {
                fields.insert(Value::String(key.clone()), amqp_value(value));
            }
            Value::Map(fields)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::shared::RouterSettings;
    use crossdock_core::address::RouterMode;

    fn router() -> RouterPlan {
        let settings = RouterSettings::new("A", RouterMode::Interior, 1);
        RouterPlan { settings, max_message_size: 5000, data_connections: 3 }
    }

    fn handshake(mechanisms: Option<&str>, user: Option<&str>) -> Option<&'static str> {
        let section = Connector {
            sasl_mechanisms: mechanisms.map(String::from),
            sasl_username: user.map(String::from),
            sasl_password: user.map(|_| Secret::new("pass:secret".into())),
            ..Connector::default()
        };
        let plan = connector(&section, &router(), &|_| ("secret".into(), None));
        plan.is_possible.then(|| match &plan.settings.engine.handshake {
            Handshake::SaslPlain { or_anonymous: true, .. } => "plain or anonymous",
            Handshake::SaslPlain { .. } => "plain",
            Handshake::SaslAnonymous => "anonymous",
            Handshake::Plain | Handshake::Accept { .. } => "nothing",
        })
    }

    #[test]
    fn a_mechanism_is_used_only_if_it_is_allowed_and_a_name_is_not_left_out_unasked() {
        assert_eq!(handshake(None, None), Some("anonymous"));
        assert_eq!(handshake(None, Some("me")), Some("plain"));
        assert_eq!(handshake(Some("PLAIN ANONYMOUS"), Some("me")), Some("plain or anonymous"));
        assert_eq!(handshake(Some("ANONYMOUS"), Some("me")), Some("anonymous"));
        assert_eq!(handshake(Some("PLAIN"), None), None);
        assert_eq!(handshake(None, Some("m\0e")), None);
        assert_eq!(handshake(Some("PLAIN ANONYMOUS"), Some("m\0e")), Some("anonymous"));
    }

    #[test]
    fn between_routers_nothing_is_stripped_and_no_size_is_refused() {
        let section = |role| Listener { role, strip_annotations: StripAnnotations::In, cost: 7, ..Listener::default() };
        let inner = listener(&section(Role::InterRouter), &router()).settings;
        assert_eq!((inner.role, inner.cost, inner.strip), (ConnectionRole::InterRouter, 7, Strip::Neither));
        assert_eq!((inner.max_message_size, inner.data_connections), (0, 3));
        let outer = listener(&section(Role::Normal), &router()).settings;
        assert_eq!((outer.role, outer.strip), (ConnectionRole::Normal, Strip::Incoming));
        assert_eq!((outer.max_message_size, outer.data_connections), (5000, 0));
    }

    #[test]
    fn only_routers_are_offered_streaming_links() {
        let offered = |role| {
            let plan = connector(&Connector { role, ..Connector::default() }, &router(), &|_| Default::default());
            let open = &plan.settings_for("127.0.0.1").engine.open;
            let names = |list: &Option<Array<Symbol>>| {
                list.iter().flat_map(|list| list.0.iter()).map(|name| name.as_str().to_owned()).collect::<Vec<_>>()
            };
            (open.hostname.clone().unwrap(), names(&open.offered_capabilities), names(&open.desired_capabilities))
        };
        let both = ["ANONYMOUS-RELAY".to_owned(), "qd.streaming-links".to_owned()];
        assert_eq!(offered(Role::InterRouter), ("127.0.0.1".into(), both.to_vec(), both.to_vec()));
        assert_eq!(offered(Role::Normal), ("127.0.0.1".into(), both[..1].to_vec(), Vec::new()));
    }
}
