//! From configuration to what the machines and sockets are told.

use crossdock_amqp::engine::{Config, Handshake};
use crossdock_core::address::Treatment;
use crossdock_router::{AddressSettings, ConnectionSettings, RouterMode, RouterSettings, Shared};
use crossdock_schema::{Address, Configuration, Distribution, FailoverUrl, Listener, Located, failover_urls};
use fe2o3_amqp_types::definitions::Fields;
use fe2o3_amqp_types::performatives::Open;
use fe2o3_amqp_types::primitives::{Array, OrderedMap, Symbol, Value};
use std::sync::Arc;

/// Credit granted to an incoming link where the listener does not say [qdrouterd linkCapacity].
const LINK_CAPACITY: u32 = 250;

/// The version told to peers and printed by `qdrouterd -v`: that of the router whose place this one takes.
pub(crate) const COMPATIBLE_VERSION: &str = "1.19.0";

/// What a listener section says.
pub(crate) struct ListenerPlan {
    pub(crate) host: String,
    pub(crate) port: String,
    pub(crate) name: Option<String>,
    pub(crate) settings: Arc<ConnectionSettings>,
}

pub(crate) fn router_settings(configuration: &Configuration, random: [u8; 15]) -> RouterSettings {
    let id = configuration.router.id.clone().unwrap_or_else(|| {
        const LETTERS: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_";
        let random = random.iter().map(|byte| char::from(LETTERS[usize::from(byte & 63)]));
        std::iter::once("Standalone_".to_owned()).chain(random.map(String::from)).collect()
    });
    RouterSettings {
        default_treatment: treatment(configuration.router.default_distribution),
        ..RouterSettings::new(&id, RouterMode::Standalone, 0)
    }
}

/// Adds the address sections. What is wrong with one is for the log; the others count all the same, as in qdrouterd.
pub(crate) fn configure_addresses(shared: &Shared, addresses: &[Located<Address>]) -> Vec<String> {
    let mut problems = Vec::new();
    for Located { value: address, line } in addresses {
        let settings = AddressSettings {
            treatment: treatment(address.distribution),
            priority: address.priority.and_then(|priority| u8::try_from(priority).ok()),
        };
        let result = match (&address.prefix, &address.pattern) {
            (Some(prefix), None) => shared.configure_prefix(prefix, settings),
            (None, Some(pattern)) => shared.configure_pattern(pattern, settings),
            (Some(_), Some(_)) | (None, None) => continue,
        };
        if let Err(error) = result {
            let what = address.prefix.as_deref().or(address.pattern.as_deref()).unwrap_or_default();
            problems.push(format!("address '{what}' (line {line}): {error}"));
        }
    }
    problems
}

pub(crate) fn listener(listener: &Listener, router_id: &str, policy_max_message_size: u64) -> ListenerPlan {
    let max_sessions = match listener.max_sessions {
        0 | 32_769.. => 32_768,
        n => n,
    };
    let mechanisms = match &listener.sasl_mechanisms {
        Some(list) => list.split_whitespace().map(str::to_owned).collect(),
        None => vec!["ANONYMOUS".to_owned()],
    };
    let idle = u64::from(listener.idle_timeout_seconds) * 1000;
    let max_frame_size = listener.max_frame_size.max(512);
    let mut properties: Fields = OrderedMap::new();
    properties.insert(Symbol::from("product"), Value::String("qpid-dispatch-router".into()));
    properties.insert(Symbol::from("version"), Value::String(COMPATIBLE_VERSION.into()));
    // The schema has checked the list.
    if let Some(Ok(urls)) = listener.failover_urls.as_deref().map(failover_urls) {
        properties.insert(Symbol::from("failover-server-list"), failover_list(&urls));
    }
    for (key, value) in listener.open_properties.iter().flatten() {
        properties.insert(Symbol::from(key.as_str()), amqp_value(value));
    }
    let open = Open {
        container_id: router_id.to_owned(),
        hostname: None,
        max_frame_size: max_frame_size.into(),
        channel_max: u16::try_from(max_sessions - 1).unwrap_or(u16::MAX).into(),
        idle_time_out: Some(u32::try_from(idle / 2).unwrap_or(u32::MAX)).filter(|&ms| ms > 0),
        outgoing_locales: None,
        incoming_locales: None,
        offered_capabilities: Some(Array::from(vec![Symbol::from("ANONYMOUS-RELAY")])),
        desired_capabilities: None,
        properties: Some(properties),
    };
    let window = listener.max_session_frames.filter(|&frames| frames > 0);
    let defaults = Config::server(router_id);
    let engine = Config {
        handshake: Handshake::Accept { mechanisms, required: listener.authenticate_peer },
        open,
        idle_timeout: idle,
        handshake_timeout: u64::from(listener.initial_handshake_timeout_seconds) * 1000,
        incoming_window: window.unwrap_or(defaults.incoming_window),
        ..defaults
    };
    let max_message_size = match listener.max_message_size {
        0 => policy_max_message_size,
        limit => limit,
    };
    ListenerPlan {
        host: listener.host.clone(),
        port: listener.port.clone(),
        name: listener.name.clone(),
        settings: Arc::new(ConnectionSettings {
            link_capacity: listener.link_capacity.filter(|&credit| credit > 0).unwrap_or(LINK_CAPACITY),
            max_message_size,
            name: listener.name.clone().unwrap_or_default(),
            ..ConnectionSettings::new(Arc::new(engine))
        }),
    }
}

fn treatment(distribution: Distribution) -> Treatment {
    match distribution {
        Distribution::Multicast => Treatment::Multicast,
        Distribution::Closest => Treatment::Closest,
        Distribution::Balanced => Treatment::Balanced,
        Distribution::Unavailable => Treatment::Unavailable,
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
