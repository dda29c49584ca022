//! Entities of the configuration. Generated from `router-config/schema.json`; do not edit:
//! `cargo run -p crossdock-schema --example generate`.

use std::collections::BTreeMap;

use crate::check::Checked;
use crate::entity::{Attribute, Column, Constant, Effect, EntityType, Format, Kind, Nature, Wire, tagged_enum};
use crate::value::{Secret, Value};

tagged_enum! {
    /// Values of `AddressDistribution` attributes.
    pub enum AddressDistribution {
        Flood = "flood",
        Multicast = "multicast",
        Closest = "closest",
        Balanced = "balanced",
        LinkBalanced = "linkBalanced",
        Unavailable = "unavailable",
    }
}

tagged_enum! {
    /// Values of `AdminStatus` attributes.
    pub enum AdminStatus {
        Enabled = "enabled",
        Deleted = "deleted",
    }
}

tagged_enum! {
    /// Values of `AutoLinkOperStatus` attributes.
    pub enum AutoLinkOperStatus {
        Inactive = "inactive",
        Attaching = "attaching",
        Failed = "failed",
        Active = "active",
        Quiescing = "quiescing",
        Idle = "idle",
    }
}

tagged_enum! {
    /// Values of `Bypass` attributes.
    pub enum Bypass {
        None = "none",
        Presettled = "presettled",
    }
}

tagged_enum! {
    /// Values of `ConnectionOperStatus` attributes.
    pub enum ConnectionOperStatus {
        Up = "up",
        Closing = "closing",
    }
}

tagged_enum! {
    /// Values of `ConnectionStatus` attributes.
    pub enum ConnectionStatus {
        Initializing = "INITIALIZING",
        Connecting = "CONNECTING",
        Success = "SUCCESS",
        Failed = "FAILED",
        Closing = "CLOSING",
    }
}

tagged_enum! {
    /// Values of `Direction` attributes.
    pub enum Direction {
        In = "in",
        Out = "out",
    }
}

tagged_enum! {
    /// Values of `Distribution` attributes.
    pub enum Distribution {
        Multicast = "multicast",
        Closest = "closest",
        Balanced = "balanced",
        Unavailable = "unavailable",
    }
}

tagged_enum! {
    /// Values of `IpFamily` attributes.
    pub enum IpFamily {
        IPv4 = "IPv4",
        IPv6 = "IPv6",
    }
}

tagged_enum! {
    /// Values of `LinkOperStatus` attributes.
    pub enum LinkOperStatus {
        Up = "up",
        Down = "down",
        Quiescing = "quiescing",
        Idle = "idle",
    }
}

tagged_enum! {
    /// Values of `LinkRouteDistribution` attributes.
    pub enum LinkRouteDistribution {
        LinkBalanced = "linkBalanced",
    }
}

tagged_enum! {
    /// Values of `LinkRouteOperStatus` attributes.
    pub enum LinkRouteOperStatus {
        Inactive = "inactive",
        Active = "active",
    }
}

tagged_enum! {
    /// Values of `LinkType` attributes.
    pub enum LinkType {
        Endpoint = "endpoint",
        RouterControl = "router-control",
        InterRouter = "inter-router",
        EdgeDownlink = "edge-downlink",
    }
}

tagged_enum! {
    /// Values of `LogFormat` attributes.
    pub enum LogFormat {
        Text = "text",
        Json = "json",
    }
}

tagged_enum! {
    /// Values of `LogModule` attributes.
    pub enum LogModule {
        Router = "ROUTER",
        RouterCore = "ROUTER_CORE",
        RouterHello = "ROUTER_HELLO",
        RouterLs = "ROUTER_LS",
        RouterMa = "ROUTER_MA",
        Message = "MESSAGE",
        Server = "SERVER",
        Agent = "AGENT",
        Authservice = "AUTHSERVICE",
        Container = "CONTAINER",
        Error = "ERROR",
        Policy = "POLICY",
        Http = "HTTP",
        ConnMgr = "CONN_MGR",
        Python = "PYTHON",
        Protocol = "PROTOCOL",
        Default = "DEFAULT",
    }
}

tagged_enum! {
    /// Values of `MatchMethod` attributes.
    pub enum MatchMethod {
        Amqp = "amqp",
        Mqtt = "mqtt",
    }
}

tagged_enum! {
    /// Values of `OnLoss` attributes.
    pub enum OnLoss {
        Move = "move",
        Wait = "wait",
    }
}

tagged_enum! {
    /// Values of `Role` attributes.
    pub enum Role {
        Normal = "normal",
        InterRouter = "inter-router",
        RouteContainer = "route-container",
        Edge = "edge",
    }
}

tagged_enum! {
    /// Values of `RouterMode` attributes.
    pub enum RouterMode {
        Standalone = "standalone",
        Interior = "interior",
        Edge = "edge",
    }
}

tagged_enum! {
    /// Values of `ShardAdminStatus` attributes.
    pub enum ShardAdminStatus {
        Enabled = "enabled",
        Draining = "draining",
    }
}

tagged_enum! {
    /// Values of `ShardOperStatus` attributes.
    pub enum ShardOperStatus {
        Up = "up",
        Down = "down",
        Draining = "draining",
    }
}

tagged_enum! {
    /// Values of `StripAnnotations` attributes.
    pub enum StripAnnotations {
        In = "in",
        Out = "out",
        Both = "both",
        No = "no",
    }
}

/// The router itself. At most one section; without one all defaults hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Router {
    /// AMQP container-id and router id, unique in the network: at most 127 characters, no control or separator characters. Default: the mode, an underscore and 15 random characters.
    pub id: Option<String>,
    /// Whether and how the router joins a network of routers.
    pub mode: RouterMode,
    /// Placeholder; always 0.
    pub area: String,
    /// Period of HELLO messages to neighbours, in seconds. Interior mode only.
    pub hello_interval_seconds: u32,
    /// A neighbour silent for this long is lost, in seconds. Interior mode only.
    pub hello_max_age_seconds: u32,
    /// Period of router advertisements in a stable network, in seconds. Interior mode only.
    pub ra_interval_seconds: u32,
    /// Period of router advertisements in a changing network, in seconds. Interior mode only.
    pub ra_interval_flux_seconds: u32,
    /// Age at which the link state of another router is forgotten, in seconds. Interior mode only.
    pub remote_ls_max_age_seconds: u32,
    /// How many further connections each inter-router connector makes to share the traffic, 0 to 64, if the neighbour is a Crossdock router too; 'auto' leaves it to the router, which makes none in this version.
    pub data_connection_count: String,
    /// Number of threads that carry traffic.
    pub worker_threads: u32,
    /// File for a dump of leaked objects at exit; Crossdock has none to write.
    pub debug_dump_file: Option<String>,
    /// Directory of the SASL configuration file.
    pub sasl_config_dir: Option<String>,
    /// Name of the SASL configuration file, without '.conf'.
    pub sasl_config_name: String,
    /// Allow link-routed termini that outlive their connection.
    pub allow_resumable_link_route: bool,
    /// Write log times in UTC instead of local time.
    pub timestamps_in_utc: bool,
    /// Format of log times as strftime takes it; '%%06lu' stands for the microseconds.
    pub timestamp_format: Option<String>,
    /// Without effect in qdrouterd too: unsettled multicast is always allowed.
    pub allow_unsettled_multicast: bool,
    /// Distribution of addresses for which no address section speaks.
    pub default_distribution: Distribution,
    /// Free text shown by management.
    pub metadata: Option<String>,
    /// How log lines are written: qdrouterd's text, or one JSON object a line.
    pub log_format: LogFormat,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Default for Router {
    fn default() -> Self {
        Router {
            id: None,
            mode: RouterMode::Standalone,
            area: String::from("0"),
            hello_interval_seconds: 1,
            hello_max_age_seconds: 3,
            ra_interval_seconds: 30,
            ra_interval_flux_seconds: 4,
            remote_ls_max_age_seconds: 60,
            data_connection_count: String::from("auto"),
            worker_threads: 4,
            debug_dump_file: None,
            sasl_config_dir: None,
            sasl_config_name: String::from("qdrouterd"),
            allow_resumable_link_route: true,
            timestamps_in_utc: false,
            timestamp_format: None,
            allow_unsettled_multicast: false,
            default_distribution: Distribution::Balanced,
            metadata: None,
            log_format: LogFormat::Text,
            name: None,
            identity: None,
        }
    }
}

impl Router {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &ROUTER;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        if let Some(value) = &self.id {
            values.push(("id", Value::Text(value.clone())));
        }
        values.push(("mode", Value::Text(self.mode.as_str().to_owned())));
        values.push(("area", Value::Text(self.area.clone())));
        values.push(("helloIntervalSeconds", Value::Integer(i64::from(self.hello_interval_seconds))));
        values.push(("helloMaxAgeSeconds", Value::Integer(i64::from(self.hello_max_age_seconds))));
        values.push(("raIntervalSeconds", Value::Integer(i64::from(self.ra_interval_seconds))));
        values.push(("raIntervalFluxSeconds", Value::Integer(i64::from(self.ra_interval_flux_seconds))));
        values.push(("remoteLsMaxAgeSeconds", Value::Integer(i64::from(self.remote_ls_max_age_seconds))));
        values.push(("dataConnectionCount", Value::Text(self.data_connection_count.clone())));
        values.push(("workerThreads", Value::Integer(i64::from(self.worker_threads))));
        if let Some(value) = &self.debug_dump_file {
            values.push(("debugDumpFile", Value::Text(value.clone())));
        }
        if let Some(value) = &self.sasl_config_dir {
            values.push(("saslConfigDir", Value::Text(value.clone())));
        }
        values.push(("saslConfigName", Value::Text(self.sasl_config_name.clone())));
        values.push(("allowResumableLinkRoute", Value::Boolean(self.allow_resumable_link_route)));
        values.push(("timestampsInUTC", Value::Boolean(self.timestamps_in_utc)));
        if let Some(value) = &self.timestamp_format {
            values.push(("timestampFormat", Value::Text(value.clone())));
        }
        values.push(("allowUnsettledMulticast", Value::Boolean(self.allow_unsettled_multicast)));
        values.push(("defaultDistribution", Value::Text(self.default_distribution.as_str().to_owned())));
        if let Some(value) = &self.metadata {
            values.push(("metadata", Value::Text(value.clone())));
        }
        values.push(("logFormat", Value::Text(self.log_format.as_str().to_owned())));
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(Router {
            id: checked.text("id"),
            mode: checked.text("mode").and_then(|tag| RouterMode::from_tag(&tag))?,
            area: checked.text("area")?,
            hello_interval_seconds: checked.integer("helloIntervalSeconds")?,
            hello_max_age_seconds: checked.integer("helloMaxAgeSeconds")?,
            ra_interval_seconds: checked.integer("raIntervalSeconds")?,
            ra_interval_flux_seconds: checked.integer("raIntervalFluxSeconds")?,
            remote_ls_max_age_seconds: checked.integer("remoteLsMaxAgeSeconds")?,
            data_connection_count: checked.text("dataConnectionCount")?,
            worker_threads: checked.integer("workerThreads")?,
            debug_dump_file: checked.text("debugDumpFile"),
            sasl_config_dir: checked.text("saslConfigDir"),
            sasl_config_name: checked.text("saslConfigName")?,
            allow_resumable_link_route: checked.boolean("allowResumableLinkRoute")?,
            timestamps_in_utc: checked.boolean("timestampsInUTC")?,
            timestamp_format: checked.text("timestampFormat"),
            allow_unsettled_multicast: checked.boolean("allowUnsettledMulticast")?,
            default_distribution: checked.text("defaultDistribution").and_then(|tag| Distribution::from_tag(&tag))?,
            metadata: checked.text("metadata"),
            log_format: checked.text("logFormat").and_then(|tag| LogFormat::from_tag(&tag))?,
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// A port on which the router accepts connections.
#[derive(Debug, Clone, PartialEq)]
pub struct Listener {
    /// Address or host name to listen on. Empty: all addresses of the host; '0.0.0.0' and '\[::\]' choose a family.
    pub host: String,
    /// Port number 0 to 65535 or service name; 'amqp' is 5672 and 'amqps' 5671. With 0 the system chooses a port, which is logged.
    pub port: String,
    /// Intended address family. Without effect in qdrouterd too.
    pub socket_address_family: Option<IpFamily>,
    /// What the connections accepted here are for: clients, or the other routers of a network (mode interior only).
    pub role: Role,
    /// Cost of an inter-router connection; the larger one of both ends counts.
    pub cost: u32,
    /// Name of the sslProfile section to use; turns TLS on.
    pub ssl_profile: Option<String>,
    /// Blank-separated list of SASL mechanisms to offer.
    pub sasl_mechanisms: Option<String>,
    /// Refuse clients that do not authenticate.
    pub authenticate_peer: bool,
    /// Name of the authServicePlugin section to use.
    pub sasl_plugin: Option<String>,
    /// Refuse clients that do not encrypt.
    pub require_encryption: bool,
    /// Refuse clients that do not use TLS.
    pub require_ssl: bool,
    /// Without effect in qdrouterd too.
    pub trusted_certs_file: Option<String>,
    /// Largest frame the router accepts on a connection, in bytes. Values below 512 mean 512.
    pub max_frame_size: u32,
    /// Sessions a client may have on one connection. 0 and values above 32768 mean 32768.
    pub max_sessions: u32,
    /// Incoming window of each session, in frames. 0 or absent: no limit.
    pub max_session_frames: Option<u32>,
    /// A connection on which nothing arrives for this long is closed, in seconds. 0: never.
    pub idle_timeout_seconds: u32,
    /// Time a client has to complete the AMQP open, in seconds. 0: no limit. qdrouterd's default is 0; Crossdock gives unknown peers a deadline.
    pub initial_handshake_timeout_seconds: u32,
    /// Whether router annotations are removed from messages that come in, go out, both or neither. Never between routers.
    pub strip_annotations: StripAnnotations,
    /// Credit given to each incoming link. 0 or absent: 250.
    pub link_capacity: Option<u32>,
    /// Give each virtual host an address space of its own.
    pub multi_tenant: bool,
    /// Comma-separated list of \[scheme://\]host\[:port\] sent to clients as places to reconnect to.
    pub failover_urls: Option<String>,
    /// Serve /healthz on an HTTP listener.
    pub healthz: bool,
    /// Serve /metrics on an HTTP listener.
    pub metrics: bool,
    /// Serve AMQP over WebSocket on an HTTP listener.
    pub websockets: bool,
    /// Serve HTTP and AMQP over WebSocket instead of plain AMQP.
    pub http: bool,
    /// Directory of files served over HTTP; giving it implies http.
    pub http_root_dir: Option<String>,
    /// Parts of messages to log: all, none or a comma-separated list.
    pub message_logging_components: String,
    /// Virtual host whose policy applies, instead of the one the client names.
    pub policy_vhost: Option<String>,
    /// Further connection properties the router sends in its open. Reserved: product, version, failover-server-list, network-host, port and names that begin with qd. or x-opt-qd.
    pub open_properties: Option<BTreeMap<String, Value>>,
    /// Largest message accepted from a client on this listener, in bytes. 0: no limit of its own (see policy).
    pub max_message_size: u64,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Default for Listener {
    fn default() -> Self {
        Listener {
            host: String::from(""),
            port: String::from("amqp"),
            socket_address_family: None,
            role: Role::Normal,
            cost: 1,
            ssl_profile: None,
            sasl_mechanisms: None,
            authenticate_peer: false,
            sasl_plugin: None,
            require_encryption: false,
            require_ssl: false,
            trusted_certs_file: None,
            max_frame_size: 16384,
            max_sessions: 32768,
            max_session_frames: None,
            idle_timeout_seconds: 16,
            initial_handshake_timeout_seconds: 10,
            strip_annotations: StripAnnotations::Both,
            link_capacity: None,
            multi_tenant: false,
            failover_urls: None,
            healthz: true,
            metrics: true,
            websockets: true,
            http: false,
            http_root_dir: None,
            message_logging_components: String::from("none"),
            policy_vhost: None,
            open_properties: None,
            max_message_size: 0,
            name: None,
            identity: None,
        }
    }
}

impl Listener {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &LISTENER;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        values.push(("host", Value::Text(self.host.clone())));
        values.push(("port", Value::Text(self.port.clone())));
        if let Some(value) = &self.socket_address_family {
            values.push(("socketAddressFamily", Value::Text(value.as_str().to_owned())));
        }
        values.push(("role", Value::Text(self.role.as_str().to_owned())));
        values.push(("cost", Value::Integer(i64::from(self.cost))));
        if let Some(value) = &self.ssl_profile {
            values.push(("sslProfile", Value::Text(value.clone())));
        }
        if let Some(value) = &self.sasl_mechanisms {
            values.push(("saslMechanisms", Value::Text(value.clone())));
        }
        values.push(("authenticatePeer", Value::Boolean(self.authenticate_peer)));
        if let Some(value) = &self.sasl_plugin {
            values.push(("saslPlugin", Value::Text(value.clone())));
        }
        values.push(("requireEncryption", Value::Boolean(self.require_encryption)));
        values.push(("requireSsl", Value::Boolean(self.require_ssl)));
        if let Some(value) = &self.trusted_certs_file {
            values.push(("trustedCertsFile", Value::Text(value.clone())));
        }
        values.push(("maxFrameSize", Value::Integer(i64::from(self.max_frame_size))));
        values.push(("maxSessions", Value::Integer(i64::from(self.max_sessions))));
        if let Some(value) = &self.max_session_frames {
            values.push(("maxSessionFrames", Value::Integer(i64::from(*value))));
        }
        values.push(("idleTimeoutSeconds", Value::Integer(i64::from(self.idle_timeout_seconds))));
        values.push(("initialHandshakeTimeoutSeconds", Value::Integer(i64::from(self.initial_handshake_timeout_seconds))));
        values.push(("stripAnnotations", Value::Text(self.strip_annotations.as_str().to_owned())));
        if let Some(value) = &self.link_capacity {
            values.push(("linkCapacity", Value::Integer(i64::from(*value))));
        }
        values.push(("multiTenant", Value::Boolean(self.multi_tenant)));
        if let Some(value) = &self.failover_urls {
            values.push(("failoverUrls", Value::Text(value.clone())));
        }
        values.push(("healthz", Value::Boolean(self.healthz)));
        values.push(("metrics", Value::Boolean(self.metrics)));
        values.push(("websockets", Value::Boolean(self.websockets)));
        values.push(("http", Value::Boolean(self.http)));
        if let Some(value) = &self.http_root_dir {
            values.push(("httpRootDir", Value::Text(value.clone())));
        }
        values.push(("messageLoggingComponents", Value::Text(self.message_logging_components.clone())));
        if let Some(value) = &self.policy_vhost {
            values.push(("policyVhost", Value::Text(value.clone())));
        }
        if let Some(value) = &self.open_properties {
            values.push(("openProperties", Value::Map(value.clone())));
        }
        values.push(("maxMessageSize", Value::Integer(i64::try_from(self.max_message_size).unwrap_or(i64::MAX))));
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(Listener {
            host: checked.text("host")?,
            port: checked.text("port")?,
            socket_address_family: checked.text("socketAddressFamily").and_then(|tag| IpFamily::from_tag(&tag)),
            role: checked.text("role").and_then(|tag| Role::from_tag(&tag))?,
            cost: checked.integer("cost")?,
            ssl_profile: checked.text("sslProfile"),
            sasl_mechanisms: checked.text("saslMechanisms"),
            authenticate_peer: checked.boolean("authenticatePeer")?,
            sasl_plugin: checked.text("saslPlugin"),
            require_encryption: checked.boolean("requireEncryption")?,
            require_ssl: checked.boolean("requireSsl")?,
            trusted_certs_file: checked.text("trustedCertsFile"),
            max_frame_size: checked.integer("maxFrameSize")?,
            max_sessions: checked.integer("maxSessions")?,
            max_session_frames: checked.integer("maxSessionFrames"),
            idle_timeout_seconds: checked.integer("idleTimeoutSeconds")?,
            initial_handshake_timeout_seconds: checked.integer("initialHandshakeTimeoutSeconds")?,
            strip_annotations: checked.text("stripAnnotations").and_then(|tag| StripAnnotations::from_tag(&tag))?,
            link_capacity: checked.integer("linkCapacity"),
            multi_tenant: checked.boolean("multiTenant")?,
            failover_urls: checked.text("failoverUrls"),
            healthz: checked.boolean("healthz")?,
            metrics: checked.boolean("metrics")?,
            websockets: checked.boolean("websockets")?,
            http: checked.boolean("http")?,
            http_root_dir: checked.text("httpRootDir"),
            message_logging_components: checked.text("messageLoggingComponents")?,
            policy_vhost: checked.text("policyVhost"),
            open_properties: checked.map("openProperties"),
            max_message_size: checked.integer("maxMessageSize")?,
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// A connection the router makes and keeps to another container, made again whenever it is lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Connector {
    /// Address or host name to connect to.
    pub host: String,
    /// Port number or service name to connect to; 'amqp' is 5672 and 'amqps' 5671.
    pub port: String,
    /// Address family to use.
    pub protocol_family: Option<IpFamily>,
    /// What the connection is for: a container of its own, or another router of the network (mode interior only).
    pub role: Role,
    /// Cost of an inter-router connection; the larger one of both ends counts.
    pub cost: u32,
    /// Name of the sslProfile section to use; turns TLS on.
    pub ssl_profile: Option<String>,
    /// Blank-separated list of SASL mechanisms allowed; ANONYMOUS and PLAIN can be used, others are passed over. Absent: PLAIN with a user name, ANONYMOUS without one.
    pub sasl_mechanisms: Option<String>,
    /// Without effect in qdrouterd too.
    pub allow_redirect: bool,
    /// Largest frame the router accepts on the connection, in bytes. Values below 512 mean 512.
    pub max_frame_size: u32,
    /// Sessions the peer may have on the connection. 0 and values above 32768 mean 32768.
    pub max_sessions: u32,
    /// Incoming window of each session, in frames. 0 or absent: no limit.
    pub max_session_frames: Option<u32>,
    /// A connection on which nothing arrives for this long is closed, in seconds. 0: never.
    pub idle_timeout_seconds: u32,
    /// Whether router annotations are removed from messages that come in, go out, both or neither. Never between routers.
    pub strip_annotations: StripAnnotations,
    /// Credit given to each incoming link. 0 or absent: 250.
    pub link_capacity: Option<u32>,
    /// Check that the peer's certificate names the host. There is no TLS in this version.
    pub verify_hostname: bool,
    /// User name for SASL PLAIN.
    pub sasl_username: Option<String>,
    /// Password for SASL: env:NAME for a variable of the environment, file:PATH for the first line of a file, or pass:TEXT or the text itself.
    pub sasl_password: Option<Secret>,
    /// Parts of messages to log: all, none or a comma-separated list.
    pub message_logging_components: String,
    /// Virtual host whose group $connector restricts the peer.
    pub policy_vhost: Option<String>,
    /// Further connection properties the router sends in its open. Not between routers.
    pub open_properties: Option<BTreeMap<String, Value>>,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Default for Connector {
    fn default() -> Self {
        Connector {
            host: String::from("127.0.0.1"),
            port: String::from("amqp"),
            protocol_family: None,
            role: Role::Normal,
            cost: 1,
            ssl_profile: None,
            sasl_mechanisms: None,
            allow_redirect: true,
            max_frame_size: 16384,
            max_sessions: 32768,
            max_session_frames: None,
            idle_timeout_seconds: 16,
            strip_annotations: StripAnnotations::Both,
            link_capacity: None,
            verify_hostname: true,
            sasl_username: None,
            sasl_password: None,
            message_logging_components: String::from("none"),
            policy_vhost: None,
            open_properties: None,
            name: None,
            identity: None,
        }
    }
}

impl Connector {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &CONNECTOR;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        values.push(("host", Value::Text(self.host.clone())));
        values.push(("port", Value::Text(self.port.clone())));
        if let Some(value) = &self.protocol_family {
            values.push(("protocolFamily", Value::Text(value.as_str().to_owned())));
        }
        values.push(("role", Value::Text(self.role.as_str().to_owned())));
        values.push(("cost", Value::Integer(i64::from(self.cost))));
        if let Some(value) = &self.ssl_profile {
            values.push(("sslProfile", Value::Text(value.clone())));
        }
        if let Some(value) = &self.sasl_mechanisms {
            values.push(("saslMechanisms", Value::Text(value.clone())));
        }
        values.push(("allowRedirect", Value::Boolean(self.allow_redirect)));
        values.push(("maxFrameSize", Value::Integer(i64::from(self.max_frame_size))));
        values.push(("maxSessions", Value::Integer(i64::from(self.max_sessions))));
        if let Some(value) = &self.max_session_frames {
            values.push(("maxSessionFrames", Value::Integer(i64::from(*value))));
        }
        values.push(("idleTimeoutSeconds", Value::Integer(i64::from(self.idle_timeout_seconds))));
        values.push(("stripAnnotations", Value::Text(self.strip_annotations.as_str().to_owned())));
        if let Some(value) = &self.link_capacity {
            values.push(("linkCapacity", Value::Integer(i64::from(*value))));
        }
        values.push(("verifyHostname", Value::Boolean(self.verify_hostname)));
        if let Some(value) = &self.sasl_username {
            values.push(("saslUsername", Value::Text(value.clone())));
        }
        if self.sasl_password.is_some() {
            values.push(("saslPassword", Value::Text(Secret::MASK.to_owned())));
        }
        values.push(("messageLoggingComponents", Value::Text(self.message_logging_components.clone())));
        if let Some(value) = &self.policy_vhost {
            values.push(("policyVhost", Value::Text(value.clone())));
        }
        if let Some(value) = &self.open_properties {
            values.push(("openProperties", Value::Map(value.clone())));
        }
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(Connector {
            host: checked.text("host")?,
            port: checked.text("port")?,
            protocol_family: checked.text("protocolFamily").and_then(|tag| IpFamily::from_tag(&tag)),
            role: checked.text("role").and_then(|tag| Role::from_tag(&tag))?,
            cost: checked.integer("cost")?,
            ssl_profile: checked.text("sslProfile"),
            sasl_mechanisms: checked.text("saslMechanisms"),
            allow_redirect: checked.boolean("allowRedirect")?,
            max_frame_size: checked.integer("maxFrameSize")?,
            max_sessions: checked.integer("maxSessions")?,
            max_session_frames: checked.integer("maxSessionFrames"),
            idle_timeout_seconds: checked.integer("idleTimeoutSeconds")?,
            strip_annotations: checked.text("stripAnnotations").and_then(|tag| StripAnnotations::from_tag(&tag))?,
            link_capacity: checked.integer("linkCapacity"),
            verify_hostname: checked.boolean("verifyHostname")?,
            sasl_username: checked.text("saslUsername"),
            sasl_password: checked.text("saslPassword").map(Secret::new),
            message_logging_components: checked.text("messageLoggingComponents")?,
            policy_vhost: checked.text("policyVhost"),
            open_properties: checked.map("openProperties"),
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// Certificates, keys and rules of TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SslProfile {
    /// OpenSSL cipher list.
    pub ciphers: Option<String>,
    /// Blank-separated list of TLS versions.
    pub protocols: Option<String>,
    /// File of trusted certificates.
    pub ca_cert_file: Option<String>,
    /// File of the router's certificate.
    pub cert_file: Option<String>,
    /// File of the router's private key.
    pub private_key_file: Option<String>,
    /// Deprecated: file of the private key's password.
    pub password_file: Option<String>,
    /// Password of the private key: text, or env:NAME, file:PATH, pass:TEXT, literal:TEXT.
    pub password: Option<Secret>,
    /// Components of the client certificate that make up the user id.
    pub uid_format: Option<String>,
    /// JSON file that maps user ids to names.
    pub uid_name_mapping_file: Option<String>,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Default for SslProfile {
    fn default() -> Self {
        SslProfile {
            ciphers: None,
            protocols: None,
            ca_cert_file: None,
            cert_file: None,
            private_key_file: None,
            password_file: None,
            password: None,
            uid_format: None,
            uid_name_mapping_file: None,
            name: None,
            identity: None,
        }
    }
}

impl SslProfile {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &SSL_PROFILE;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        if let Some(value) = &self.ciphers {
            values.push(("ciphers", Value::Text(value.clone())));
        }
        if let Some(value) = &self.protocols {
            values.push(("protocols", Value::Text(value.clone())));
        }
        if let Some(value) = &self.ca_cert_file {
            values.push(("caCertFile", Value::Text(value.clone())));
        }
        if let Some(value) = &self.cert_file {
            values.push(("certFile", Value::Text(value.clone())));
        }
        if let Some(value) = &self.private_key_file {
            values.push(("privateKeyFile", Value::Text(value.clone())));
        }
        if let Some(value) = &self.password_file {
            values.push(("passwordFile", Value::Text(value.clone())));
        }
        if self.password.is_some() {
            values.push(("password", Value::Text(Secret::MASK.to_owned())));
        }
        if let Some(value) = &self.uid_format {
            values.push(("uidFormat", Value::Text(value.clone())));
        }
        if let Some(value) = &self.uid_name_mapping_file {
            values.push(("uidNameMappingFile", Value::Text(value.clone())));
        }
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(SslProfile {
            ciphers: checked.text("ciphers"),
            protocols: checked.text("protocols"),
            ca_cert_file: checked.text("caCertFile"),
            cert_file: checked.text("certFile"),
            private_key_file: checked.text("privateKeyFile"),
            password_file: checked.text("passwordFile"),
            password: checked.text("password").map(Secret::new),
            uid_format: checked.text("uidFormat"),
            uid_name_mapping_file: checked.text("uidNameMappingFile"),
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// An AMQP server that authenticates clients for the router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthServicePlugin {
    /// Deprecated: host:port of the service.
    pub auth_service: Option<String>,
    /// Host of the service.
    pub host: String,
    /// Port of the service.
    pub port: String,
    /// Host name sent in sasl-init.
    pub realm: Option<String>,
    /// Name of the sslProfile section to use.
    pub ssl_profile: Option<String>,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Default for AuthServicePlugin {
    fn default() -> Self {
        AuthServicePlugin {
            auth_service: None,
            host: String::from(""),
            port: String::from("amqp"),
            realm: None,
            ssl_profile: None,
            name: None,
            identity: None,
        }
    }
}

impl AuthServicePlugin {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &AUTH_SERVICE_PLUGIN;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        if let Some(value) = &self.auth_service {
            values.push(("authService", Value::Text(value.clone())));
        }
        values.push(("host", Value::Text(self.host.clone())));
        values.push(("port", Value::Text(self.port.clone())));
        if let Some(value) = &self.realm {
            values.push(("realm", Value::Text(value.clone())));
        }
        if let Some(value) = &self.ssl_profile {
            values.push(("sslProfile", Value::Text(value.clone())));
        }
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(AuthServicePlugin {
            auth_service: checked.text("authService"),
            host: checked.text("host")?,
            port: checked.text("port")?,
            realm: checked.text("realm"),
            ssl_profile: checked.text("sslProfile"),
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// What one module logs, and where to. What is absent is taken from module DEFAULT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The module; DEFAULT speaks for all that say nothing themselves.
    pub module: LogModule,
    /// Levels to log, separated by commas or blanks: none, trace, debug, info, notice, warning, error, critical, each with '+' for 'and above'. DEFAULT's default: info+.
    pub enable: Option<String>,
    /// Begin lines with the time. DEFAULT's default: yes.
    pub include_timestamp: Option<bool>,
    /// End lines with file and line of the source. DEFAULT's default: no.
    pub include_source: Option<bool>,
    /// stderr, stdout, syslog or the name of a file to append to. DEFAULT's default: stderr.
    pub output_file: Option<String>,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Log {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &LOG;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        values.push(("module", Value::Text(self.module.as_str().to_owned())));
        if let Some(value) = &self.enable {
            values.push(("enable", Value::Text(value.clone())));
        }
        if let Some(value) = &self.include_timestamp {
            values.push(("includeTimestamp", Value::Boolean(*value)));
        }
        if let Some(value) = &self.include_source {
            values.push(("includeSource", Value::Boolean(*value)));
        }
        if let Some(value) = &self.output_file {
            values.push(("outputFile", Value::Text(value.clone())));
        }
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(Log {
            module: checked.text("module").and_then(|tag| LogModule::from_tag(&tag))?,
            enable: checked.text("enable"),
            include_timestamp: checked.boolean("includeTimestamp"),
            include_source: checked.boolean("includeSource"),
            output_file: checked.text("outputFile"),
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// How messages to the addresses of one prefix or pattern are distributed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// All addresses that begin with these words. Give prefix or pattern.
    pub prefix: Option<String>,
    /// All addresses that match: words separated by '.' or '/', '*' for any one word, '#' for any number of words. Give prefix or pattern.
    pub pattern: Option<String>,
    /// multicast: to every receiver; closest: to the nearest; balanced: to the least busy; unavailable: refused.
    pub distribution: Distribution,
    /// The address passes through a queue: ingress phase 0, egress phase 1.
    pub waypoint: bool,
    /// Phase of messages that come in. Give both phases or neither.
    pub ingress_phase: Option<u32>,
    /// Phase of messages that go out. Give both phases or neither.
    pub egress_phase: Option<u32>,
    /// Priority of messages that name none themselves, 0 to 9. -1 or absent: none.
    pub priority: Option<i32>,
    /// Send what no receiver can take to the address's fallback destination: receivers with the source capability 'qd.fallback', and auto links with 'fallback: yes'. Not together with phases.
    pub enable_fallback: bool,
    /// Messages to all these addresses go to this one address instead, such as one that a broker's queue serves. The message's 'to' stays as it is; where the producer's link named the address, the message annotation 'x-opt-crossdock-address' has it. Consumers attach to this one address.
    pub concentrate: Option<String>,
    /// Needs a waypoint. presettled: pre-settled messages go past the queue straight to the consumers behind it as long as there are some; only unsettled ones go through the queue.
    pub bypass: Bypass,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Default for Address {
    fn default() -> Self {
        Address {
            prefix: None,
            pattern: None,
            distribution: Distribution::Balanced,
            waypoint: false,
            ingress_phase: None,
            egress_phase: None,
            priority: None,
            enable_fallback: false,
            concentrate: None,
            bypass: Bypass::None,
            name: None,
            identity: None,
        }
    }
}

impl Address {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &ADDRESS;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        if let Some(value) = &self.prefix {
            values.push(("prefix", Value::Text(value.clone())));
        }
        if let Some(value) = &self.pattern {
            values.push(("pattern", Value::Text(value.clone())));
        }
        values.push(("distribution", Value::Text(self.distribution.as_str().to_owned())));
        values.push(("waypoint", Value::Boolean(self.waypoint)));
        if let Some(value) = &self.ingress_phase {
            values.push(("ingressPhase", Value::Integer(i64::from(*value))));
        }
        if let Some(value) = &self.egress_phase {
            values.push(("egressPhase", Value::Integer(i64::from(*value))));
        }
        if let Some(value) = &self.priority {
            values.push(("priority", Value::Integer(i64::from(*value))));
        }
        values.push(("enableFallback", Value::Boolean(self.enable_fallback)));
        if let Some(value) = &self.concentrate {
            values.push(("concentrate", Value::Text(value.clone())));
        }
        values.push(("bypass", Value::Text(self.bypass.as_str().to_owned())));
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(Address {
            prefix: checked.text("prefix"),
            pattern: checked.text("pattern"),
            distribution: checked.text("distribution").and_then(|tag| Distribution::from_tag(&tag))?,
            waypoint: checked.boolean("waypoint")?,
            ingress_phase: checked.integer("ingressPhase"),
            egress_phase: checked.integer("egressPhase"),
            priority: checked.integer("priority"),
            enable_fallback: checked.boolean("enableFallback")?,
            concentrate: checked.text("concentrate"),
            bypass: checked.text("bypass").and_then(|tag| Bypass::from_tag(&tag))?,
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// Links of one prefix or pattern are forwarded to a container instead of ending in the router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRoute {
    /// All addresses that begin with these words. Give prefix or pattern.
    pub prefix: Option<String>,
    /// All addresses that match. Give prefix or pattern.
    pub pattern: Option<String>,
    /// Prefix to put before the address.
    pub add_external_prefix: Option<String>,
    /// Prefix to take from the address.
    pub del_external_prefix: Option<String>,
    /// Container to route to. At most one of containerId and connection.
    pub container_id: Option<String>,
    /// Name of the connector or listener to route to. At most one of containerId and connection.
    pub connection: Option<String>,
    /// How links are spread over several containers.
    pub distribution: LinkRouteDistribution,
    /// Direction of the links, seen from the router.
    pub direction: Direction,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl LinkRoute {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &LINK_ROUTE;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        if let Some(value) = &self.prefix {
            values.push(("prefix", Value::Text(value.clone())));
        }
        if let Some(value) = &self.pattern {
            values.push(("pattern", Value::Text(value.clone())));
        }
        if let Some(value) = &self.add_external_prefix {
            values.push(("addExternalPrefix", Value::Text(value.clone())));
        }
        if let Some(value) = &self.del_external_prefix {
            values.push(("delExternalPrefix", Value::Text(value.clone())));
        }
        if let Some(value) = &self.container_id {
            values.push(("containerId", Value::Text(value.clone())));
        }
        if let Some(value) = &self.connection {
            values.push(("connection", Value::Text(value.clone())));
        }
        values.push(("distribution", Value::Text(self.distribution.as_str().to_owned())));
        values.push(("direction", Value::Text(self.direction.as_str().to_owned())));
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(LinkRoute {
            prefix: checked.text("prefix"),
            pattern: checked.text("pattern"),
            add_external_prefix: checked.text("addExternalPrefix"),
            del_external_prefix: checked.text("delExternalPrefix"),
            container_id: checked.text("containerId"),
            connection: checked.text("connection"),
            distribution: checked.text("distribution").and_then(|tag| LinkRouteDistribution::from_tag(&tag))?,
            direction: checked.text("direction").and_then(|tag| Direction::from_tag(&tag))?,
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// A link the router attaches to a container by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoLink {
    /// Address inside the router.
    pub address: String,
    /// Direction of the link, seen from the router.
    pub direction: Direction,
    /// Phase of the address; default 0 for direction out, 1 for in.
    pub phase: Option<u32>,
    /// Container to attach to. At most one of containerId and connection.
    pub container_id: Option<String>,
    /// Name of the connector or listener to attach over. At most one of containerId and connection.
    pub connection: Option<String>,
    /// Address in the container, if it differs.
    pub external_address: Option<String>,
    /// The link serves the address's fallback destination.
    pub fallback: bool,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl AutoLink {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &AUTO_LINK;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        values.push(("address", Value::Text(self.address.clone())));
        values.push(("direction", Value::Text(self.direction.as_str().to_owned())));
        if let Some(value) = &self.phase {
            values.push(("phase", Value::Integer(i64::from(*value))));
        }
        if let Some(value) = &self.container_id {
            values.push(("containerId", Value::Text(value.clone())));
        }
        if let Some(value) = &self.connection {
            values.push(("connection", Value::Text(value.clone())));
        }
        if let Some(value) = &self.external_address {
            values.push(("externalAddress", Value::Text(value.clone())));
        }
        values.push(("fallback", Value::Boolean(self.fallback)));
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(AutoLink {
            address: checked.text("address")?,
            direction: checked.text("direction").and_then(|tag| Direction::from_tag(&tag))?,
            phase: checked.integer("phase"),
            container_id: checked.text("containerId"),
            connection: checked.text("connection"),
            external_address: checked.text("externalAddress"),
            fallback: checked.boolean("fallback")?,
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// One of several addresses over which the messages to one address are spread by a key: same key, same shard, same order. Needs a name. Crossdock only; every router with producers of the address needs the same shards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// The address whose messages are spread: one address, no pattern. It is no member of another one.
    pub address: String,
    /// The address that takes this shard's messages, on whichever router its consumers or auto links are. Default: the address, a slash and the name of the shard. By this text the shard is told apart when keys are given out.
    pub member: Option<String>,
    /// What of a message is its key: to, group-id, property:NAME (of the application properties) or annotation:NAME (of the message annotations). The same for all shards of the address. Messages without key take turns.
    pub key: String,
    /// While the member has no consumers: move: the other shards take its keys until it is back; wait: messages with its keys are released, pre-settled ones dropped. The same for all shards of the address.
    pub on_loss: OnLoss,
    /// Its share of the keys, compared with the weights of the others.
    pub weight: u32,
    /// draining: the shard gets no more messages, and the others take its keys, whatever onLoss says, while its queue empties.
    pub admin_status: ShardAdminStatus,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Shard {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &SHARD;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        values.push(("address", Value::Text(self.address.clone())));
        if let Some(value) = &self.member {
            values.push(("member", Value::Text(value.clone())));
        }
        values.push(("key", Value::Text(self.key.clone())));
        values.push(("onLoss", Value::Text(self.on_loss.as_str().to_owned())));
        values.push(("weight", Value::Integer(i64::from(self.weight))));
        values.push(("adminStatus", Value::Text(self.admin_status.as_str().to_owned())));
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(Shard {
            address: checked.text("address")?,
            member: checked.text("member"),
            key: checked.text("key")?,
            on_loss: checked.text("onLoss").and_then(|tag| OnLoss::from_tag(&tag))?,
            weight: checked.integer("weight")?,
            admin_status: checked.text("adminStatus").and_then(|tag| ShardAdminStatus::from_tag(&tag))?,
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// Routing by message subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Address of the exchange.
    pub address: String,
    /// Phase of the address.
    pub phase: Option<u32>,
    /// Address for messages no binding matches.
    pub alternate_address: Option<String>,
    /// Phase of the alternate address.
    pub alternate_phase: Option<u32>,
    /// How binding keys are matched.
    pub match_method: MatchMethod,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Exchange {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &EXCHANGE;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        values.push(("address", Value::Text(self.address.clone())));
        if let Some(value) = &self.phase {
            values.push(("phase", Value::Integer(i64::from(*value))));
        }
        if let Some(value) = &self.alternate_address {
            values.push(("alternateAddress", Value::Text(value.clone())));
        }
        if let Some(value) = &self.alternate_phase {
            values.push(("alternatePhase", Value::Integer(i64::from(*value))));
        }
        values.push(("matchMethod", Value::Text(self.match_method.as_str().to_owned())));
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(Exchange {
            address: checked.text("address")?,
            phase: checked.integer("phase"),
            alternate_address: checked.text("alternateAddress"),
            alternate_phase: checked.integer("alternatePhase"),
            match_method: checked.text("matchMethod").and_then(|tag| MatchMethod::from_tag(&tag))?,
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// One rule of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Name of the exchange.
    pub exchange_name: String,
    /// Pattern for the subject.
    pub binding_key: Option<String>,
    /// Address to forward to.
    pub next_hop_address: String,
    /// Phase of that address.
    pub next_hop_phase: Option<u32>,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Binding {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &BINDING;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        values.push(("exchangeName", Value::Text(self.exchange_name.clone())));
        if let Some(value) = &self.binding_key {
            values.push(("bindingKey", Value::Text(value.clone())));
        }
        values.push(("nextHopAddress", Value::Text(self.next_hop_address.clone())));
        if let Some(value) = &self.next_hop_phase {
            values.push(("nextHopPhase", Value::Integer(i64::from(*value))));
        }
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(Binding {
            exchange_name: checked.text("exchangeName")?,
            binding_key: checked.text("bindingKey"),
            next_hop_address: checked.text("nextHopAddress")?,
            next_hop_phase: checked.integer("nextHopPhase"),
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// Limits of the whole router. At most one section; without one all defaults hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Connections the router accepts at a time; always enforced.
    pub max_connections: u32,
    /// Largest message accepted from a client, in bytes. 0: no limit.
    pub max_message_size: u64,
    /// Enforce the vhost sections.
    pub enable_vhost_policy: bool,
    /// Names of virtual hosts are patterns.
    pub enable_vhost_name_patterns: bool,
    /// Directory of *.json files with vhost sections.
    pub policy_dir: String,
    /// Virtual host that applies when none matches; empty: none.
    pub default_vhost: String,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            max_connections: 65535,
            max_message_size: 0,
            enable_vhost_policy: false,
            enable_vhost_name_patterns: false,
            policy_dir: String::from(""),
            default_vhost: String::from("$default"),
            name: None,
            identity: None,
        }
    }
}

impl Policy {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &POLICY;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        values.push(("maxConnections", Value::Integer(i64::from(self.max_connections))));
        values.push(("maxMessageSize", Value::Integer(i64::try_from(self.max_message_size).unwrap_or(i64::MAX))));
        values.push(("enableVhostPolicy", Value::Boolean(self.enable_vhost_policy)));
        values.push(("enableVhostNamePatterns", Value::Boolean(self.enable_vhost_name_patterns)));
        values.push(("policyDir", Value::Text(self.policy_dir.clone())));
        values.push(("defaultVhost", Value::Text(self.default_vhost.clone())));
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(Policy {
            max_connections: checked.integer("maxConnections")?,
            max_message_size: checked.integer("maxMessageSize")?,
            enable_vhost_policy: checked.boolean("enableVhostPolicy")?,
            enable_vhost_name_patterns: checked.boolean("enableVhostNamePatterns")?,
            policy_dir: checked.text("policyDir")?,
            default_vhost: checked.text("defaultVhost")?,
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// Limits and permissions of the clients of one virtual host.
#[derive(Debug, Clone, PartialEq)]
pub struct Vhost {
    /// Name of the virtual host.
    pub hostname: String,
    /// Comma-separated list of further names.
    pub aliases: Option<String>,
    /// Connections to the virtual host.
    pub max_connections: u32,
    /// Largest message, in bytes. 0: no limit.
    pub max_message_size: Option<u64>,
    /// Connections of one user.
    pub max_connections_per_user: u32,
    /// Connections of one peer host.
    pub max_connections_per_host: u32,
    /// Users of no group belong to group $default.
    pub allow_unknown_user: bool,
    /// Group names and their vhostUserGroupSettings.
    pub groups: Option<BTreeMap<String, Value>>,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Vhost {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &VHOST;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        values.push(("hostname", Value::Text(self.hostname.clone())));
        if let Some(value) = &self.aliases {
            values.push(("aliases", Value::Text(value.clone())));
        }
        values.push(("maxConnections", Value::Integer(i64::from(self.max_connections))));
        if let Some(value) = &self.max_message_size {
            values.push(("maxMessageSize", Value::Integer(i64::try_from(*value).unwrap_or(i64::MAX))));
        }
        values.push(("maxConnectionsPerUser", Value::Integer(i64::from(self.max_connections_per_user))));
        values.push(("maxConnectionsPerHost", Value::Integer(i64::from(self.max_connections_per_host))));
        values.push(("allowUnknownUser", Value::Boolean(self.allow_unknown_user)));
        if let Some(value) = &self.groups {
            values.push(("groups", Value::Map(value.clone())));
        }
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(Vhost {
            hostname: checked.text("hostname")?,
            aliases: checked.text("aliases"),
            max_connections: checked.integer("maxConnections")?,
            max_message_size: checked.integer("maxMessageSize"),
            max_connections_per_user: checked.integer("maxConnectionsPerUser")?,
            max_connections_per_host: checked.integer("maxConnectionsPerHost")?,
            allow_unknown_user: checked.boolean("allowUnknownUser")?,
            groups: checked.map("groups"),
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// Limits and permissions of one user group: a value in the groups of a vhost, never a section of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VhostUserGroupSettings {
    /// Comma-separated list of users; '*' for all.
    pub users: Option<String>,
    /// Comma-separated list of addresses, ranges and host names; '*' for all. Absent: nobody.
    pub remote_hosts: Option<String>,
    /// Connections of one user; default: the vhost's.
    pub max_connections_per_user: Option<u32>,
    /// Connections of one peer host; default: the vhost's.
    pub max_connections_per_host: Option<u32>,
    /// Largest message, in bytes; default: the vhost's. 0: no limit.
    pub max_message_size: Option<u64>,
    /// Largest frame, in bytes. 0: the listener's.
    pub max_frame_size: u32,
    /// Incoming window of a session, in bytes. 0: the listener's.
    pub max_session_window: u32,
    /// Sessions on a connection. 0: the listener's.
    pub max_sessions: u32,
    /// Senders a client may open on a connection.
    pub max_senders: u32,
    /// Receivers a client may open on a connection.
    pub max_receivers: u32,
    /// Clients may ask for dynamic addresses.
    pub allow_dynamic_source: bool,
    /// Clients may send without a target address on the link.
    pub allow_anonymous_sender: bool,
    /// Clients may send messages in another user's name.
    pub allow_user_id_proxy: bool,
    /// Clients may attach as waypoints.
    pub allow_waypoint_links: bool,
    /// Clients may create link routes for their connection.
    pub allow_dynamic_link_routes: bool,
    /// Clients may attach as fallback destinations.
    pub allow_fallback_links: bool,
    /// Clients may close connections over management.
    pub allow_admin_status_update: bool,
    /// Comma-separated list of addresses to receive from.
    pub sources: Option<String>,
    /// Comma-separated list of addresses to send to.
    pub targets: Option<String>,
    /// Comma-separated list of address patterns to receive from.
    pub source_pattern: Option<String>,
    /// Comma-separated list of address patterns to send to.
    pub target_pattern: Option<String>,
}

impl Default for VhostUserGroupSettings {
    fn default() -> Self {
        VhostUserGroupSettings {
            users: None,
            remote_hosts: None,
            max_connections_per_user: None,
            max_connections_per_host: None,
            max_message_size: None,
            max_frame_size: 0,
            max_session_window: 0,
            max_sessions: 0,
            max_senders: 2147483647,
            max_receivers: 2147483647,
            allow_dynamic_source: false,
            allow_anonymous_sender: false,
            allow_user_id_proxy: false,
            allow_waypoint_links: true,
            allow_dynamic_link_routes: true,
            allow_fallback_links: true,
            allow_admin_status_update: true,
            sources: None,
            targets: None,
            source_pattern: None,
            target_pattern: None,
        }
    }
}

impl VhostUserGroupSettings {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &VHOST_USER_GROUP_SETTINGS;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        if let Some(value) = &self.users {
            values.push(("users", Value::Text(value.clone())));
        }
        if let Some(value) = &self.remote_hosts {
            values.push(("remoteHosts", Value::Text(value.clone())));
        }
        if let Some(value) = &self.max_connections_per_user {
            values.push(("maxConnectionsPerUser", Value::Integer(i64::from(*value))));
        }
        if let Some(value) = &self.max_connections_per_host {
            values.push(("maxConnectionsPerHost", Value::Integer(i64::from(*value))));
        }
        if let Some(value) = &self.max_message_size {
            values.push(("maxMessageSize", Value::Integer(i64::try_from(*value).unwrap_or(i64::MAX))));
        }
        values.push(("maxFrameSize", Value::Integer(i64::from(self.max_frame_size))));
        values.push(("maxSessionWindow", Value::Integer(i64::from(self.max_session_window))));
        values.push(("maxSessions", Value::Integer(i64::from(self.max_sessions))));
        values.push(("maxSenders", Value::Integer(i64::from(self.max_senders))));
        values.push(("maxReceivers", Value::Integer(i64::from(self.max_receivers))));
        values.push(("allowDynamicSource", Value::Boolean(self.allow_dynamic_source)));
        values.push(("allowAnonymousSender", Value::Boolean(self.allow_anonymous_sender)));
        values.push(("allowUserIdProxy", Value::Boolean(self.allow_user_id_proxy)));
        values.push(("allowWaypointLinks", Value::Boolean(self.allow_waypoint_links)));
        values.push(("allowDynamicLinkRoutes", Value::Boolean(self.allow_dynamic_link_routes)));
        values.push(("allowFallbackLinks", Value::Boolean(self.allow_fallback_links)));
        values.push(("allowAdminStatusUpdate", Value::Boolean(self.allow_admin_status_update)));
        if let Some(value) = &self.sources {
            values.push(("sources", Value::Text(value.clone())));
        }
        if let Some(value) = &self.targets {
            values.push(("targets", Value::Text(value.clone())));
        }
        if let Some(value) = &self.source_pattern {
            values.push(("sourcePattern", Value::Text(value.clone())));
        }
        if let Some(value) = &self.target_pattern {
            values.push(("targetPattern", Value::Text(value.clone())));
        }
        values
    }

    #[allow(dead_code)]
    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(VhostUserGroupSettings {
            users: checked.text("users"),
            remote_hosts: checked.text("remoteHosts"),
            max_connections_per_user: checked.integer("maxConnectionsPerUser"),
            max_connections_per_host: checked.integer("maxConnectionsPerHost"),
            max_message_size: checked.integer("maxMessageSize"),
            max_frame_size: checked.integer("maxFrameSize")?,
            max_session_window: checked.integer("maxSessionWindow")?,
            max_sessions: checked.integer("maxSessions")?,
            max_senders: checked.integer("maxSenders")?,
            max_receivers: checked.integer("maxReceivers")?,
            allow_dynamic_source: checked.boolean("allowDynamicSource")?,
            allow_anonymous_sender: checked.boolean("allowAnonymousSender")?,
            allow_user_id_proxy: checked.boolean("allowUserIdProxy")?,
            allow_waypoint_links: checked.boolean("allowWaypointLinks")?,
            allow_dynamic_link_routes: checked.boolean("allowDynamicLinkRoutes")?,
            allow_fallback_links: checked.boolean("allowFallbackLinks")?,
            allow_admin_status_update: checked.boolean("allowAdminStatusUpdate")?,
            sources: checked.text("sources"),
            targets: checked.text("targets"),
            source_pattern: checked.text("sourcePattern"),
            target_pattern: checked.text("targetPattern"),
        })
    }
}

/// Deprecated: an external web console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    /// Name of the listener the console connects to.
    pub listener: Option<String>,
    /// WebSocket port.
    pub wsport: u32,
    /// Program to run.
    pub proxy: String,
    /// Directory of the console.
    pub home: String,
    /// Arguments of the program.
    pub args: Option<String>,
    /// Name of the entity; unique over all sections of all types.
    pub name: Option<String>,
    /// Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent.
    pub identity: Option<String>,
}

impl Console {
    /// Type of this entity.
    pub const TYPE: &'static EntityType = &CONSOLE;

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        if let Some(value) = &self.listener {
            values.push(("listener", Value::Text(value.clone())));
        }
        values.push(("wsport", Value::Integer(i64::from(self.wsport))));
        values.push(("proxy", Value::Text(self.proxy.clone())));
        values.push(("home", Value::Text(self.home.clone())));
        if let Some(value) = &self.args {
            values.push(("args", Value::Text(value.clone())));
        }
        if let Some(value) = &self.name {
            values.push(("name", Value::Text(value.clone())));
        }
        if let Some(value) = &self.identity {
            values.push(("identity", Value::Text(value.clone())));
        }
        values
    }

    pub(crate) fn from_checked(checked: &Checked) -> Option<Self> {
        Some(Console {
            listener: checked.text("listener"),
            wsport: checked.integer("wsport")?,
            proxy: checked.text("proxy")?,
            home: checked.text("home")?,
            args: checked.text("args"),
            name: checked.text("name"),
            identity: checked.text("identity"),
        })
    }
}

/// A section of a configuration.
#[derive(Debug, Clone, PartialEq)]
pub enum Entity {
    /// `router`
    Router(Router),
    /// `listener`
    Listener(Listener),
    /// `connector`
    Connector(Connector),
    /// `sslProfile`
    SslProfile(SslProfile),
    /// `authServicePlugin`
    AuthServicePlugin(AuthServicePlugin),
    /// `log`
    Log(Log),
    /// `address`
    Address(Address),
    /// `linkRoute`
    LinkRoute(LinkRoute),
    /// `autoLink`
    AutoLink(AutoLink),
    /// `shard`
    Shard(Shard),
    /// `exchange`
    Exchange(Exchange),
    /// `binding`
    Binding(Binding),
    /// `policy`
    Policy(Policy),
    /// `vhost`
    Vhost(Vhost),
    /// `console`
    Console(Console),
}

impl Entity {
    /// Type of this entity.
    pub fn entity_type(&self) -> &'static EntityType {
        match self {
            Entity::Router(_) => Router::TYPE,
            Entity::Listener(_) => Listener::TYPE,
            Entity::Connector(_) => Connector::TYPE,
            Entity::SslProfile(_) => SslProfile::TYPE,
            Entity::AuthServicePlugin(_) => AuthServicePlugin::TYPE,
            Entity::Log(_) => Log::TYPE,
            Entity::Address(_) => Address::TYPE,
            Entity::LinkRoute(_) => LinkRoute::TYPE,
            Entity::AutoLink(_) => AutoLink::TYPE,
            Entity::Shard(_) => Shard::TYPE,
            Entity::Exchange(_) => Exchange::TYPE,
            Entity::Binding(_) => Binding::TYPE,
            Entity::Policy(_) => Policy::TYPE,
            Entity::Vhost(_) => Vhost::TYPE,
            Entity::Console(_) => Console::TYPE,
        }
    }

    /// Its name, if it has been given one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Entity::Router(entity) => entity.name.as_deref(),
            Entity::Listener(entity) => entity.name.as_deref(),
            Entity::Connector(entity) => entity.name.as_deref(),
            Entity::SslProfile(entity) => entity.name.as_deref(),
            Entity::AuthServicePlugin(entity) => entity.name.as_deref(),
            Entity::Log(entity) => entity.name.as_deref(),
            Entity::Address(entity) => entity.name.as_deref(),
            Entity::LinkRoute(entity) => entity.name.as_deref(),
            Entity::AutoLink(entity) => entity.name.as_deref(),
            Entity::Shard(entity) => entity.name.as_deref(),
            Entity::Exchange(entity) => entity.name.as_deref(),
            Entity::Binding(entity) => entity.name.as_deref(),
            Entity::Policy(entity) => entity.name.as_deref(),
            Entity::Vhost(entity) => entity.name.as_deref(),
            Entity::Console(entity) => entity.name.as_deref(),
        }
    }

    /// Its identity, if it has been given one.
    pub fn identity(&self) -> Option<&str> {
        match self {
            Entity::Router(entity) => entity.identity.as_deref(),
            Entity::Listener(entity) => entity.identity.as_deref(),
            Entity::Connector(entity) => entity.identity.as_deref(),
            Entity::SslProfile(entity) => entity.identity.as_deref(),
            Entity::AuthServicePlugin(entity) => entity.identity.as_deref(),
            Entity::Log(entity) => entity.identity.as_deref(),
            Entity::Address(entity) => entity.identity.as_deref(),
            Entity::LinkRoute(entity) => entity.identity.as_deref(),
            Entity::AutoLink(entity) => entity.identity.as_deref(),
            Entity::Shard(entity) => entity.identity.as_deref(),
            Entity::Exchange(entity) => entity.identity.as_deref(),
            Entity::Binding(entity) => entity.identity.as_deref(),
            Entity::Policy(entity) => entity.identity.as_deref(),
            Entity::Vhost(entity) => entity.identity.as_deref(),
            Entity::Console(entity) => entity.identity.as_deref(),
        }
    }

    /// Names and values of all attributes that have a value, in order; secrets as a mask.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        match self {
            Entity::Router(entity) => entity.values(),
            Entity::Listener(entity) => entity.values(),
            Entity::Connector(entity) => entity.values(),
            Entity::SslProfile(entity) => entity.values(),
            Entity::AuthServicePlugin(entity) => entity.values(),
            Entity::Log(entity) => entity.values(),
            Entity::Address(entity) => entity.values(),
            Entity::LinkRoute(entity) => entity.values(),
            Entity::AutoLink(entity) => entity.values(),
            Entity::Shard(entity) => entity.values(),
            Entity::Exchange(entity) => entity.values(),
            Entity::Binding(entity) => entity.values(),
            Entity::Policy(entity) => entity.values(),
            Entity::Vhost(entity) => entity.values(),
            Entity::Console(entity) => entity.values(),
        }
    }

    pub(crate) fn from_checked(entity_type: &EntityType, checked: &Checked) -> Option<Self> {
        match entity_type.name {
            "router" => Router::from_checked(checked).map(Entity::Router),
            "listener" => Listener::from_checked(checked).map(Entity::Listener),
            "connector" => Connector::from_checked(checked).map(Entity::Connector),
            "sslProfile" => SslProfile::from_checked(checked).map(Entity::SslProfile),
            "authServicePlugin" => AuthServicePlugin::from_checked(checked).map(Entity::AuthServicePlugin),
            "log" => Log::from_checked(checked).map(Entity::Log),
            "address" => Address::from_checked(checked).map(Entity::Address),
            "linkRoute" => LinkRoute::from_checked(checked).map(Entity::LinkRoute),
            "autoLink" => AutoLink::from_checked(checked).map(Entity::AutoLink),
            "shard" => Shard::from_checked(checked).map(Entity::Shard),
            "exchange" => Exchange::from_checked(checked).map(Entity::Exchange),
            "binding" => Binding::from_checked(checked).map(Entity::Binding),
            "policy" => Policy::from_checked(checked).map(Entity::Policy),
            "vhost" => Vhost::from_checked(checked).map(Entity::Vhost),
            "console" => Console::from_checked(checked).map(Entity::Console),
            _ => None,
        }
    }
}

/// All types of entities.
pub static ENTITY_TYPES: &[&EntityType] = &[
    &ROUTER,
    &LISTENER,
    &CONNECTOR,
    &SSL_PROFILE,
    &AUTH_SERVICE_PLUGIN,
    &LOG,
    &ADDRESS,
    &LINK_ROUTE,
    &AUTO_LINK,
    &SHARD,
    &EXCHANGE,
    &BINDING,
    &POLICY,
    &VHOST,
    &VHOST_USER_GROUP_SETTINGS,
    &CONSOLE,
    &ROUTER_LINK,
    &ROUTER_ADDRESS,
    &ROUTER_NODE,
    &CONNECTION,
    &ROUTER_CONNECTION_LINK_ROUTE,
    &LOG_STATS,
    &ALLOCATOR,
    &VHOST_STATS,
    &MANAGEMENT,
];

/// Type `router`.
pub static ROUTER: EntityType = EntityType {
    name: "router",
    wire_name: "org.apache.qpid.dispatch.router",
    singleton: true,
    embedded: false,
    operational: false,
    core: true,
    operations: &["READ"],
    effect: Effect::Full,
    description: "The router itself. At most one section; without one all defaults hold.",
    attributes: &[
        Attribute { name: "id", wire_name: "id", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "AMQP container-id and router id, unique in the network: at most 127 characters, no control or separator characters. Default: the mode, an underscore and 15 random characters." },
        Attribute { name: "mode", wire_name: "mode", kind: Kind::Enum(&["standalone", "interior", "edge"]), default: Some(Constant::Tag("standalone")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "edge routers are not in this version", honoured: &["interior"] }, description: "Whether and how the router joins a network of routers." },
        Attribute { name: "area", wire_name: "area", kind: Kind::Text(Format::Any), default: Some(Constant::Text("0")), required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Accepted, description: "Placeholder; always 0." },
        Attribute { name: "version", wire_name: "version", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Version of the software." },
        Attribute { name: "hostName", wire_name: "hostName", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Name of the host the router runs on." },
        Attribute { name: "helloIntervalSeconds", wire_name: "helloIntervalSeconds", kind: Kind::Integer { min: 1, max: 2147483647 }, default: Some(Constant::Integer(1)), required: false, unique: false, create: true, update: false, alias: Some("helloInterval"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Period of HELLO messages to neighbours, in seconds. Interior mode only." },
        Attribute { name: "helloMaxAgeSeconds", wire_name: "helloMaxAgeSeconds", kind: Kind::Integer { min: 1, max: 2147483647 }, default: Some(Constant::Integer(3)), required: false, unique: false, create: true, update: false, alias: Some("helloMaxAge"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "A neighbour silent for this long is lost, in seconds. Interior mode only." },
        Attribute { name: "raIntervalSeconds", wire_name: "raIntervalSeconds", kind: Kind::Integer { min: 1, max: 2147483647 }, default: Some(Constant::Integer(30)), required: false, unique: false, create: true, update: false, alias: Some("raInterval"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Period of router advertisements in a stable network, in seconds. Interior mode only." },
        Attribute { name: "raIntervalFluxSeconds", wire_name: "raIntervalFluxSeconds", kind: Kind::Integer { min: 1, max: 2147483647 }, default: Some(Constant::Integer(4)), required: false, unique: false, create: true, update: false, alias: Some("raIntervalFlux"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Period of router advertisements in a changing network, in seconds. Interior mode only." },
        Attribute { name: "remoteLsMaxAgeSeconds", wire_name: "remoteLsMaxAgeSeconds", kind: Kind::Integer { min: 1, max: 2147483647 }, default: Some(Constant::Integer(60)), required: false, unique: false, create: true, update: false, alias: Some("remoteLsMaxAge"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Age at which the link state of another router is forgotten, in seconds. Interior mode only." },
        Attribute { name: "dataConnectionCount", wire_name: "dataConnectionCount", kind: Kind::Text(Format::DataConnections), default: Some(Constant::Text("auto")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: true, effect: Effect::Full, description: "How many further connections each inter-router connector makes to share the traffic, 0 to 64, if the neighbour is a Crossdock router too; 'auto' leaves it to the router, which makes none in this version." },
        Attribute { name: "workerThreads", wire_name: "workerThreads", kind: Kind::Integer { min: 1, max: 1024 }, default: Some(Constant::Integer(4)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Number of threads that carry traffic." },
        Attribute { name: "debugDumpFile", wire_name: "debugDumpFile", kind: Kind::Path, default: None, required: false, unique: false, create: true, update: false, alias: Some("debugDump"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Accepted, description: "File for a dump of leaked objects at exit; Crossdock has none to write." },
        Attribute { name: "saslConfigDir", wire_name: "saslConfigDir", kind: Kind::Path, default: None, required: false, unique: false, create: true, update: false, alias: Some("saslConfigPath"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "SASL mechanisms other than ANONYMOUS are not in this version", honoured: &[] }, description: "Directory of the SASL configuration file." },
        Attribute { name: "saslConfigName", wire_name: "saslConfigName", kind: Kind::Text(Format::Any), default: Some(Constant::Text("qdrouterd")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "SASL mechanisms other than ANONYMOUS are not in this version", honoured: &[] }, description: "Name of the SASL configuration file, without '.conf'." },
        Attribute { name: "allowResumableLinkRoute", wire_name: "allowResumableLinkRoute", kind: Kind::Boolean, default: Some(Constant::Boolean(true)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Allow link-routed termini that outlive their connection." },
        Attribute { name: "timestampsInUTC", wire_name: "timestampsInUTC", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Write log times in UTC instead of local time." },
        Attribute { name: "timestampFormat", wire_name: "timestampFormat", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Format of log times as strftime takes it; '%%06lu' stands for the microseconds." },
        Attribute { name: "allowUnsettledMulticast", wire_name: "allowUnsettledMulticast", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Accepted, description: "Without effect in qdrouterd too: unsettled multicast is always allowed." },
        Attribute { name: "defaultDistribution", wire_name: "defaultDistribution", kind: Kind::Enum(&["multicast", "closest", "balanced", "unavailable"]), default: Some(Constant::Tag("balanced")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Distribution of addresses for which no address section speaks." },
        Attribute { name: "metadata", wire_name: "metadata", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Free text shown by management." },
        Attribute { name: "logFormat", wire_name: "logFormat", kind: Kind::Enum(&["text", "json"]), default: Some(Constant::Tag("text")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: true, effect: Effect::Full, description: "How log lines are written: qdrouterd's text, or one JSON object a line." },
        Attribute { name: "addrCount", wire_name: "addrCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Number of addresses known to the router." },
        Attribute { name: "linkCount", wire_name: "linkCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Number of links attached to the router." },
        Attribute { name: "nodeCount", wire_name: "nodeCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Number of other routers known." },
        Attribute { name: "linkRouteCount", wire_name: "linkRouteCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Number of link routes." },
        Attribute { name: "autoLinkCount", wire_name: "autoLinkCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Number of auto links." },
        Attribute { name: "connectionCount", wire_name: "connectionCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Number of open connections." },
        Attribute { name: "presettledDeliveries", wire_name: "presettledDeliveries", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that arrived settled." },
        Attribute { name: "droppedPresettledDeliveries", wire_name: "droppedPresettledDeliveries", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Settled deliveries dropped for congestion." },
        Attribute { name: "acceptedDeliveries", wire_name: "acceptedDeliveries", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries with outcome accepted." },
        Attribute { name: "rejectedDeliveries", wire_name: "rejectedDeliveries", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries with outcome rejected." },
        Attribute { name: "releasedDeliveries", wire_name: "releasedDeliveries", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries with outcome released." },
        Attribute { name: "modifiedDeliveries", wire_name: "modifiedDeliveries", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries with outcome modified." },
        Attribute { name: "deliveriesDelayed1Sec", wire_name: "deliveriesDelayed1Sec", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries settled after 1 to 10 seconds." },
        Attribute { name: "deliveriesDelayed10Sec", wire_name: "deliveriesDelayed10Sec", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries settled after more than 10 seconds." },
        Attribute { name: "deliveriesStuck", wire_name: "deliveriesStuck", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries now unsettled for more than 10 seconds." },
        Attribute { name: "deliveriesIngress", wire_name: "deliveriesIngress", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that came from clients." },
        Attribute { name: "deliveriesEgress", wire_name: "deliveriesEgress", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that went to clients." },
        Attribute { name: "deliveriesTransit", wire_name: "deliveriesTransit", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that crossed this router between other routers." },
        Attribute { name: "deliveriesIngressRouteContainer", wire_name: "deliveriesIngressRouteContainer", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that came from route containers." },
        Attribute { name: "deliveriesEgressRouteContainer", wire_name: "deliveriesEgressRouteContainer", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that went to route containers." },
        Attribute { name: "deliveriesRedirectedToFallback", wire_name: "deliveriesRedirectedToFallback", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that went to a fallback destination." },
        Attribute { name: "blockedLinkCount", wire_name: "linksBlocked", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Links that have been without credit for 10 seconds or more." },
        Attribute { name: "uptimeSeconds", wire_name: "uptimeSeconds", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Time since the router started, in seconds." },
        Attribute { name: "memoryUsage", wire_name: "memoryUsage", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Virtual memory of the process, in bytes." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "name", attribute: 46 },
        Column { name: "identity", attribute: 47 },
        Column { name: "id", attribute: 0 },
        Column { name: "type", attribute: 48 },
        Column { name: "mode", attribute: 1 },
        Column { name: "area", attribute: 2 },
        Column { name: "version", attribute: 3 },
        Column { name: "metadata", attribute: 20 },
        Column { name: "addrCount", attribute: 22 },
        Column { name: "linkCount", attribute: 23 },
        Column { name: "nodeCount", attribute: 24 },
        Column { name: "linkRouteCount", attribute: 25 },
        Column { name: "autoLinkCount", attribute: 26 },
        Column { name: "connectionCount", attribute: 27 },
        Column { name: "presettledDeliveries", attribute: 28 },
        Column { name: "droppedPresettledDeliveries", attribute: 29 },
        Column { name: "acceptedDeliveries", attribute: 30 },
        Column { name: "rejectedDeliveries", attribute: 31 },
        Column { name: "releasedDeliveries", attribute: 32 },
        Column { name: "modifiedDeliveries", attribute: 33 },
        Column { name: "deliveriesDelayed1Sec", attribute: 34 },
        Column { name: "deliveriesDelayed10Sec", attribute: 35 },
        Column { name: "deliveriesStuck", attribute: 36 },
        Column { name: "deliveriesIngress", attribute: 37 },
        Column { name: "deliveriesEgress", attribute: 38 },
        Column { name: "deliveriesTransit", attribute: 39 },
        Column { name: "deliveriesIngressRouteContainer", attribute: 40 },
        Column { name: "deliveriesEgressRouteContainer", attribute: 41 },
        Column { name: "deliveriesRedirectedToFallback", attribute: 42 },
        Column { name: "linksBlocked", attribute: 43 },
        Column { name: "uptimeSeconds", attribute: 44 },
        Column { name: "memoryUsage", attribute: 45 },
        Column { name: "workerThreads", attribute: 11 },
    ],
};

/// Type `listener`.
pub static LISTENER: EntityType = EntityType {
    name: "listener",
    wire_name: "org.apache.qpid.dispatch.listener",
    singleton: false,
    embedded: false,
    operational: false,
    core: false,
    operations: &["CREATE", "DELETE", "READ"],
    effect: Effect::Full,
    description: "A port on which the router accepts connections.",
    attributes: &[
        Attribute { name: "host", wire_name: "host", kind: Kind::Text(Format::Any), default: Some(Constant::Text("")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Address or host name to listen on. Empty: all addresses of the host; '0.0.0.0' and '[::]' choose a family." },
        Attribute { name: "port", wire_name: "port", kind: Kind::Text(Format::Port), default: Some(Constant::Text("amqp")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Port number 0 to 65535 or service name; 'amqp' is 5672 and 'amqps' 5671. With 0 the system chooses a port, which is logged." },
        Attribute { name: "socketAddressFamily", wire_name: "socketAddressFamily", kind: Kind::Enum(&["IPv4", "IPv6"]), default: None, required: false, unique: false, create: true, update: false, alias: Some("protocolFamily"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Accepted, description: "Intended address family. Without effect in qdrouterd too." },
        Attribute { name: "role", wire_name: "role", kind: Kind::Enum(&["normal", "inter-router", "route-container", "edge"]), default: Some(Constant::Tag("normal")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "connections of edge routers are not in this version", honoured: &["inter-router", "route-container"] }, description: "What the connections accepted here are for: clients, or the other routers of a network (mode interior only)." },
        Attribute { name: "cost", wire_name: "cost", kind: Kind::Integer { min: 1, max: 2147483647 }, default: Some(Constant::Integer(1)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Cost of an inter-router connection; the larger one of both ends counts." },
        Attribute { name: "sslProfile", wire_name: "sslProfile", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "TLS is not in this version", honoured: &[] }, description: "Name of the sslProfile section to use; turns TLS on." },
        Attribute { name: "saslMechanisms", wire_name: "saslMechanisms", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "SASL mechanisms other than ANONYMOUS are not in this version", honoured: &["ANONYMOUS"] }, description: "Blank-separated list of SASL mechanisms to offer." },
        Attribute { name: "authenticatePeer", wire_name: "authenticatePeer", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "authentication of clients is not in this version", honoured: &[] }, description: "Refuse clients that do not authenticate." },
        Attribute { name: "saslPlugin", wire_name: "saslPlugin", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "remote authentication services are not in this version", honoured: &[] }, description: "Name of the authServicePlugin section to use." },
        Attribute { name: "requireEncryption", wire_name: "requireEncryption", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "TLS is not in this version", honoured: &[] }, description: "Refuse clients that do not encrypt." },
        Attribute { name: "requireSsl", wire_name: "requireSsl", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "TLS is not in this version", honoured: &[] }, description: "Refuse clients that do not use TLS." },
        Attribute { name: "trustedCertsFile", wire_name: "trustedCertsFile", kind: Kind::Path, default: None, required: false, unique: false, create: true, update: false, alias: Some("trustedCerts"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Accepted, description: "Without effect in qdrouterd too." },
        Attribute { name: "maxFrameSize", wire_name: "maxFrameSize", kind: Kind::Integer { min: 0, max: 4294967295 }, default: Some(Constant::Integer(16384)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Largest frame the router accepts on a connection, in bytes. Values below 512 mean 512." },
        Attribute { name: "maxSessions", wire_name: "maxSessions", kind: Kind::Integer { min: 0, max: 4294967295 }, default: Some(Constant::Integer(32768)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Sessions a client may have on one connection. 0 and values above 32768 mean 32768." },
        Attribute { name: "maxSessionFrames", wire_name: "maxSessionFrames", kind: Kind::Integer { min: 0, max: 4294967295 }, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Incoming window of each session, in frames. 0 or absent: no limit." },
        Attribute { name: "idleTimeoutSeconds", wire_name: "idleTimeoutSeconds", kind: Kind::Integer { min: 0, max: 4294967 }, default: Some(Constant::Integer(16)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "A connection on which nothing arrives for this long is closed, in seconds. 0: never." },
        Attribute { name: "initialHandshakeTimeoutSeconds", wire_name: "initialHandshakeTimeoutSeconds", kind: Kind::Integer { min: 0, max: 4294967 }, default: Some(Constant::Integer(10)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Time a client has to complete the AMQP open, in seconds. 0: no limit. qdrouterd's default is 0; Crossdock gives unknown peers a deadline." },
        Attribute { name: "stripAnnotations", wire_name: "stripAnnotations", kind: Kind::Enum(&["in", "out", "both", "no"]), default: Some(Constant::Tag("both")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Whether router annotations are removed from messages that come in, go out, both or neither. Never between routers." },
        Attribute { name: "linkCapacity", wire_name: "linkCapacity", kind: Kind::Integer { min: 0, max: 2147483647 }, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Credit given to each incoming link. 0 or absent: 250." },
        Attribute { name: "multiTenant", wire_name: "multiTenant", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "multi-tenancy is not in this version", honoured: &[] }, description: "Give each virtual host an address space of its own." },
        Attribute { name: "failoverUrls", wire_name: "failoverUrls", kind: Kind::Text(Format::FailoverUrls), default: None, required: false, unique: false, create: true, update: false, alias: Some("failoverList"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Comma-separated list of [scheme://]host[:port] sent to clients as places to reconnect to." },
        Attribute { name: "healthz", wire_name: "healthz", kind: Kind::Boolean, default: Some(Constant::Boolean(true)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Accepted, description: "Serve /healthz on an HTTP listener." },
        Attribute { name: "metrics", wire_name: "metrics", kind: Kind::Boolean, default: Some(Constant::Boolean(true)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Accepted, description: "Serve /metrics on an HTTP listener." },
        Attribute { name: "websockets", wire_name: "websockets", kind: Kind::Boolean, default: Some(Constant::Boolean(true)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Accepted, description: "Serve AMQP over WebSocket on an HTTP listener." },
        Attribute { name: "http", wire_name: "http", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "HTTP and WebSocket listeners are not in this version", honoured: &[] }, description: "Serve HTTP and AMQP over WebSocket instead of plain AMQP." },
        Attribute { name: "httpRootDir", wire_name: "httpRootDir", kind: Kind::Path, default: None, required: false, unique: false, create: true, update: false, alias: Some("httpRoot"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "HTTP and WebSocket listeners are not in this version", honoured: &[] }, description: "Directory of files served over HTTP; giving it implies http." },
        Attribute { name: "messageLoggingComponents", wire_name: "messageLoggingComponents", kind: Kind::Text(Format::Any), default: Some(Constant::Text("none")), required: false, unique: false, create: true, update: false, alias: Some("logMessage"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "message logging is not in this version", honoured: &[] }, description: "Parts of messages to log: all, none or a comma-separated list." },
        Attribute { name: "policyVhost", wire_name: "policyVhost", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "virtual host policy is not in this version", honoured: &[] }, description: "Virtual host whose policy applies, instead of the one the client names." },
        Attribute { name: "openProperties", wire_name: "openProperties", kind: Kind::Properties, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Further connection properties the router sends in its open. Reserved: product, version, failover-server-list, network-host, port and names that begin with qd. or x-opt-qd." },
        Attribute { name: "maxMessageSize", wire_name: "maxMessageSize", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: Some(Constant::Integer(0)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: true, effect: Effect::Full, description: "Largest message accepted from a client on this listener, in bytes. 0: no limit of its own (see policy)." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "host", attribute: 0 },
        Column { name: "port", attribute: 1 },
        Column { name: "socketAddressFamily", attribute: 2 },
        Column { name: "role", attribute: 3 },
        Column { name: "cost", attribute: 4 },
        Column { name: "sslProfile", attribute: 5 },
        Column { name: "saslMechanisms", attribute: 6 },
        Column { name: "authenticatePeer", attribute: 7 },
        Column { name: "saslPlugin", attribute: 8 },
        Column { name: "requireEncryption", attribute: 9 },
        Column { name: "requireSsl", attribute: 10 },
        Column { name: "trustedCertsFile", attribute: 11 },
        Column { name: "maxFrameSize", attribute: 12 },
        Column { name: "maxSessions", attribute: 13 },
        Column { name: "maxSessionFrames", attribute: 14 },
        Column { name: "idleTimeoutSeconds", attribute: 15 },
        Column { name: "initialHandshakeTimeoutSeconds", attribute: 16 },
        Column { name: "stripAnnotations", attribute: 17 },
        Column { name: "linkCapacity", attribute: 18 },
        Column { name: "multiTenant", attribute: 19 },
        Column { name: "failoverUrls", attribute: 20 },
        Column { name: "healthz", attribute: 21 },
        Column { name: "metrics", attribute: 22 },
        Column { name: "websockets", attribute: 23 },
        Column { name: "http", attribute: 24 },
        Column { name: "httpRootDir", attribute: 25 },
        Column { name: "messageLoggingComponents", attribute: 26 },
        Column { name: "policyVhost", attribute: 27 },
        Column { name: "openProperties", attribute: 28 },
        Column { name: "maxMessageSize", attribute: 29 },
        Column { name: "name", attribute: 30 },
        Column { name: "identity", attribute: 31 },
        Column { name: "type", attribute: 32 },
    ],
};

/// Type `connector`.
pub static CONNECTOR: EntityType = EntityType {
    name: "connector",
    wire_name: "org.apache.qpid.dispatch.connector",
    singleton: false,
    embedded: false,
    operational: false,
    core: false,
    operations: &["CREATE", "DELETE", "READ"],
    effect: Effect::Full,
    description: "A connection the router makes and keeps to another container, made again whenever it is lost.",
    attributes: &[
        Attribute { name: "host", wire_name: "host", kind: Kind::Text(Format::Any), default: Some(Constant::Text("127.0.0.1")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Address or host name to connect to." },
        Attribute { name: "port", wire_name: "port", kind: Kind::Text(Format::Port), default: Some(Constant::Text("amqp")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Port number or service name to connect to; 'amqp' is 5672 and 'amqps' 5671." },
        Attribute { name: "protocolFamily", wire_name: "protocolFamily", kind: Kind::Enum(&["IPv4", "IPv6"]), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Address family to use." },
        Attribute { name: "role", wire_name: "role", kind: Kind::Enum(&["normal", "inter-router", "route-container", "edge"]), default: Some(Constant::Tag("normal")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "connections to edge routers are not in this version", honoured: &["inter-router", "route-container"] }, description: "What the connection is for: a container of its own, or another router of the network (mode interior only)." },
        Attribute { name: "cost", wire_name: "cost", kind: Kind::Integer { min: 1, max: 2147483647 }, default: Some(Constant::Integer(1)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Cost of an inter-router connection; the larger one of both ends counts." },
        Attribute { name: "sslProfile", wire_name: "sslProfile", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "TLS is not in this version", honoured: &[] }, description: "Name of the sslProfile section to use; turns TLS on." },
        Attribute { name: "saslMechanisms", wire_name: "saslMechanisms", kind: Kind::Text(Format::ClientMechanisms), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Blank-separated list of SASL mechanisms allowed; ANONYMOUS and PLAIN can be used, others are passed over. Absent: PLAIN with a user name, ANONYMOUS without one." },
        Attribute { name: "allowRedirect", wire_name: "allowRedirect", kind: Kind::Boolean, default: Some(Constant::Boolean(true)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Accepted, description: "Without effect in qdrouterd too." },
        Attribute { name: "maxFrameSize", wire_name: "maxFrameSize", kind: Kind::Integer { min: 0, max: 4294967295 }, default: Some(Constant::Integer(16384)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Largest frame the router accepts on the connection, in bytes. Values below 512 mean 512." },
        Attribute { name: "maxSessions", wire_name: "maxSessions", kind: Kind::Integer { min: 0, max: 4294967295 }, default: Some(Constant::Integer(32768)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Sessions the peer may have on the connection. 0 and values above 32768 mean 32768." },
        Attribute { name: "maxSessionFrames", wire_name: "maxSessionFrames", kind: Kind::Integer { min: 0, max: 4294967295 }, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Incoming window of each session, in frames. 0 or absent: no limit." },
        Attribute { name: "idleTimeoutSeconds", wire_name: "idleTimeoutSeconds", kind: Kind::Integer { min: 0, max: 4294967 }, default: Some(Constant::Integer(16)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "A connection on which nothing arrives for this long is closed, in seconds. 0: never." },
        Attribute { name: "stripAnnotations", wire_name: "stripAnnotations", kind: Kind::Enum(&["in", "out", "both", "no"]), default: Some(Constant::Tag("both")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Whether router annotations are removed from messages that come in, go out, both or neither. Never between routers." },
        Attribute { name: "linkCapacity", wire_name: "linkCapacity", kind: Kind::Integer { min: 0, max: 2147483647 }, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Credit given to each incoming link. 0 or absent: 250." },
        Attribute { name: "verifyHostname", wire_name: "verifyHostname", kind: Kind::Boolean, default: Some(Constant::Boolean(true)), required: false, unique: false, create: true, update: false, alias: Some("verifyHostName"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Accepted, description: "Check that the peer's certificate names the host. There is no TLS in this version." },
        Attribute { name: "saslUsername", wire_name: "saslUsername", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "User name for SASL PLAIN." },
        Attribute { name: "saslPassword", wire_name: "saslPassword", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: true, extension: false, effect: Effect::Full, description: "Password for SASL: env:NAME for a variable of the environment, file:PATH for the first line of a file, or pass:TEXT or the text itself." },
        Attribute { name: "messageLoggingComponents", wire_name: "messageLoggingComponents", kind: Kind::Text(Format::Any), default: Some(Constant::Text("none")), required: false, unique: false, create: true, update: false, alias: Some("logMessage"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "message logging is not in this version", honoured: &[] }, description: "Parts of messages to log: all, none or a comma-separated list." },
        Attribute { name: "failoverUrls", wire_name: "failoverUrls", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Places to connect to, the one in use first." },
        Attribute { name: "connectionStatus", wire_name: "connectionStatus", kind: Kind::Enum(&["INITIALIZING", "CONNECTING", "SUCCESS", "FAILED", "CLOSING"]), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "State of the connection." },
        Attribute { name: "connectionMsg", wire_name: "connectionMsg", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Text of the last event on the connection." },
        Attribute { name: "policyVhost", wire_name: "policyVhost", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "virtual host policy is not in this version", honoured: &[] }, description: "Virtual host whose group $connector restricts the peer." },
        Attribute { name: "openProperties", wire_name: "openProperties", kind: Kind::Properties, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Further connection properties the router sends in its open. Not between routers." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "host", attribute: 0 },
        Column { name: "port", attribute: 1 },
        Column { name: "protocolFamily", attribute: 2 },
        Column { name: "role", attribute: 3 },
        Column { name: "cost", attribute: 4 },
        Column { name: "sslProfile", attribute: 5 },
        Column { name: "saslMechanisms", attribute: 6 },
        Column { name: "allowRedirect", attribute: 7 },
        Column { name: "maxFrameSize", attribute: 8 },
        Column { name: "maxSessions", attribute: 9 },
        Column { name: "maxSessionFrames", attribute: 10 },
        Column { name: "idleTimeoutSeconds", attribute: 11 },
        Column { name: "stripAnnotations", attribute: 12 },
        Column { name: "linkCapacity", attribute: 13 },
        Column { name: "verifyHostname", attribute: 14 },
        Column { name: "saslUsername", attribute: 15 },
        Column { name: "saslPassword", attribute: 16 },
        Column { name: "messageLoggingComponents", attribute: 17 },
        Column { name: "failoverUrls", attribute: 18 },
        Column { name: "connectionStatus", attribute: 19 },
        Column { name: "connectionMsg", attribute: 20 },
        Column { name: "policyVhost", attribute: 21 },
        Column { name: "openProperties", attribute: 22 },
        Column { name: "name", attribute: 23 },
        Column { name: "identity", attribute: 24 },
        Column { name: "type", attribute: 25 },
    ],
};

/// Type `sslProfile`.
pub static SSL_PROFILE: EntityType = EntityType {
    name: "sslProfile",
    wire_name: "org.apache.qpid.dispatch.sslProfile",
    singleton: false,
    embedded: false,
    operational: false,
    core: false,
    operations: &["CREATE", "DELETE", "READ"],
    effect: Effect::None { reason: "TLS is not in this version", honoured: &[] },
    description: "Certificates, keys and rules of TLS.",
    attributes: &[
        Attribute { name: "ciphers", wire_name: "ciphers", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "OpenSSL cipher list." },
        Attribute { name: "protocols", wire_name: "protocols", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Blank-separated list of TLS versions." },
        Attribute { name: "caCertFile", wire_name: "caCertFile", kind: Kind::Path, default: None, required: false, unique: false, create: true, update: false, alias: Some("certDb"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "File of trusted certificates." },
        Attribute { name: "certFile", wire_name: "certFile", kind: Kind::Path, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "File of the router's certificate." },
        Attribute { name: "privateKeyFile", wire_name: "privateKeyFile", kind: Kind::Path, default: None, required: false, unique: false, create: true, update: false, alias: Some("keyFile"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "File of the router's private key." },
        Attribute { name: "passwordFile", wire_name: "passwordFile", kind: Kind::Path, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Deprecated: file of the private key's password." },
        Attribute { name: "password", wire_name: "password", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: true, extension: false, effect: Effect::Full, description: "Password of the private key: text, or env:NAME, file:PATH, pass:TEXT, literal:TEXT." },
        Attribute { name: "uidFormat", wire_name: "uidFormat", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Components of the client certificate that make up the user id." },
        Attribute { name: "uidNameMappingFile", wire_name: "uidNameMappingFile", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: Some("displayNameFile"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "JSON file that maps user ids to names." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "ciphers", attribute: 0 },
        Column { name: "protocols", attribute: 1 },
        Column { name: "caCertFile", attribute: 2 },
        Column { name: "certFile", attribute: 3 },
        Column { name: "privateKeyFile", attribute: 4 },
        Column { name: "passwordFile", attribute: 5 },
        Column { name: "password", attribute: 6 },
        Column { name: "uidFormat", attribute: 7 },
        Column { name: "uidNameMappingFile", attribute: 8 },
        Column { name: "name", attribute: 9 },
        Column { name: "identity", attribute: 10 },
        Column { name: "type", attribute: 11 },
    ],
};

/// Type `authServicePlugin`.
pub static AUTH_SERVICE_PLUGIN: EntityType = EntityType {
    name: "authServicePlugin",
    wire_name: "org.apache.qpid.dispatch.authServicePlugin",
    singleton: false,
    embedded: false,
    operational: false,
    core: false,
    operations: &["CREATE", "DELETE", "READ"],
    effect: Effect::None { reason: "remote authentication services are not in this version", honoured: &[] },
    description: "An AMQP server that authenticates clients for the router.",
    attributes: &[
        Attribute { name: "authService", wire_name: "authService", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Deprecated: host:port of the service." },
        Attribute { name: "host", wire_name: "host", kind: Kind::Text(Format::Any), default: Some(Constant::Text("")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Host of the service." },
        Attribute { name: "port", wire_name: "port", kind: Kind::Text(Format::Port), default: Some(Constant::Text("amqp")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Port of the service." },
        Attribute { name: "realm", wire_name: "realm", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: Some("saslInitHostname"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Host name sent in sasl-init." },
        Attribute { name: "sslProfile", wire_name: "sslProfile", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: Some("authSslProfile"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the sslProfile section to use." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "authService", attribute: 0 },
        Column { name: "host", attribute: 1 },
        Column { name: "port", attribute: 2 },
        Column { name: "realm", attribute: 3 },
        Column { name: "sslProfile", attribute: 4 },
        Column { name: "name", attribute: 5 },
        Column { name: "identity", attribute: 6 },
        Column { name: "type", attribute: 7 },
    ],
};

/// Type `log`.
pub static LOG: EntityType = EntityType {
    name: "log",
    wire_name: "org.apache.qpid.dispatch.log",
    singleton: false,
    embedded: false,
    operational: false,
    core: false,
    operations: &["UPDATE", "READ"],
    effect: Effect::Full,
    description: "What one module logs, and where to. What is absent is taken from module DEFAULT.",
    attributes: &[
        Attribute { name: "module", wire_name: "module", kind: Kind::Enum(&["ROUTER", "ROUTER_CORE", "ROUTER_HELLO", "ROUTER_LS", "ROUTER_MA", "MESSAGE", "SERVER", "AGENT", "AUTHSERVICE", "CONTAINER", "ERROR", "POLICY", "HTTP", "CONN_MGR", "PYTHON", "PROTOCOL", "DEFAULT"]), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "The module; DEFAULT speaks for all that say nothing themselves." },
        Attribute { name: "enable", wire_name: "enable", kind: Kind::Text(Format::Levels), default: None, required: false, unique: false, create: false, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Levels to log, separated by commas or blanks: none, trace, debug, info, notice, warning, error, critical, each with '+' for 'and above'. DEFAULT's default: info+." },
        Attribute { name: "includeTimestamp", wire_name: "includeTimestamp", kind: Kind::Boolean, default: None, required: false, unique: false, create: false, update: true, alias: Some("timestamp"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Begin lines with the time. DEFAULT's default: yes." },
        Attribute { name: "includeSource", wire_name: "includeSource", kind: Kind::Boolean, default: None, required: false, unique: false, create: false, update: true, alias: Some("source"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "End lines with file and line of the source. DEFAULT's default: no." },
        Attribute { name: "outputFile", wire_name: "outputFile", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: true, alias: Some("output"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "stderr, stdout, syslog or the name of a file to append to. DEFAULT's default: stderr." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "module", attribute: 0 },
        Column { name: "enable", attribute: 1 },
        Column { name: "includeTimestamp", attribute: 2 },
        Column { name: "includeSource", attribute: 3 },
        Column { name: "outputFile", attribute: 4 },
        Column { name: "name", attribute: 5 },
        Column { name: "identity", attribute: 6 },
        Column { name: "type", attribute: 7 },
    ],
};

/// Type `address`.
pub static ADDRESS: EntityType = EntityType {
    name: "address",
    wire_name: "org.apache.qpid.dispatch.router.config.address",
    singleton: false,
    embedded: false,
    operational: false,
    core: true,
    operations: &["CREATE", "DELETE", "READ"],
    effect: Effect::Full,
    description: "How messages to the addresses of one prefix or pattern are distributed.",
    attributes: &[
        Attribute { name: "prefix", wire_name: "prefix", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "All addresses that begin with these words. Give prefix or pattern." },
        Attribute { name: "pattern", wire_name: "pattern", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "All addresses that match: words separated by '.' or '/', '*' for any one word, '#' for any number of words. Give prefix or pattern." },
        Attribute { name: "distribution", wire_name: "distribution", kind: Kind::Enum(&["multicast", "closest", "balanced", "unavailable"]), default: Some(Constant::Tag("balanced")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "multicast: to every receiver; closest: to the nearest; balanced: to the least busy; unavailable: refused." },
        Attribute { name: "waypoint", wire_name: "waypoint", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "The address passes through a queue: ingress phase 0, egress phase 1." },
        Attribute { name: "ingressPhase", wire_name: "ingressPhase", kind: Kind::Integer { min: 0, max: 9 }, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Phase of messages that come in. Give both phases or neither." },
        Attribute { name: "egressPhase", wire_name: "egressPhase", kind: Kind::Integer { min: 0, max: 9 }, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Phase of messages that go out. Give both phases or neither." },
        Attribute { name: "priority", wire_name: "priority", kind: Kind::Integer { min: -1, max: 9 }, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Priority of messages that name none themselves, 0 to 9. -1 or absent: none." },
        Attribute { name: "enableFallback", wire_name: "fallback", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Send what no receiver can take to the address's fallback destination: receivers with the source capability 'qd.fallback', and auto links with 'fallback: yes'. Not together with phases." },
        Attribute { name: "concentrate", wire_name: "concentrate", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: true, effect: Effect::Full, description: "Messages to all these addresses go to this one address instead, such as one that a broker's queue serves. The message's 'to' stays as it is; where the producer's link named the address, the message annotation 'x-opt-crossdock-address' has it. Consumers attach to this one address." },
        Attribute { name: "bypass", wire_name: "bypass", kind: Kind::Enum(&["none", "presettled"]), default: Some(Constant::Tag("none")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: true, effect: Effect::Full, description: "Needs a waypoint. presettled: pre-settled messages go past the queue straight to the consumers behind it as long as there are some; only unsettled ones go through the queue." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "name", attribute: 10 },
        Column { name: "identity", attribute: 11 },
        Column { name: "type", attribute: 12 },
        Column { name: "prefix", attribute: 0 },
        Column { name: "distribution", attribute: 2 },
        Column { name: "waypoint", attribute: 3 },
        Column { name: "ingressPhase", attribute: 4 },
        Column { name: "egressPhase", attribute: 5 },
        Column { name: "pattern", attribute: 1 },
        Column { name: "priority", attribute: 6 },
        Column { name: "fallback", attribute: 7 },
        Column { name: "enableFallback", attribute: 7 },
        Column { name: "bypass", attribute: 9 },
        Column { name: "concentrate", attribute: 8 },
    ],
};

/// Type `linkRoute`.
pub static LINK_ROUTE: EntityType = EntityType {
    name: "linkRoute",
    wire_name: "org.apache.qpid.dispatch.router.config.linkRoute",
    singleton: false,
    embedded: false,
    operational: false,
    core: true,
    operations: &["CREATE", "DELETE", "READ"],
    effect: Effect::Full,
    description: "Links of one prefix or pattern are forwarded to a container instead of ending in the router.",
    attributes: &[
        Attribute { name: "prefix", wire_name: "prefix", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "All addresses that begin with these words. Give prefix or pattern." },
        Attribute { name: "pattern", wire_name: "pattern", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "All addresses that match. Give prefix or pattern." },
        Attribute { name: "addExternalPrefix", wire_name: "addExternalPrefix", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Prefix to put before the address." },
        Attribute { name: "delExternalPrefix", wire_name: "delExternalPrefix", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Prefix to take from the address." },
        Attribute { name: "containerId", wire_name: "containerId", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Container to route to. At most one of containerId and connection." },
        Attribute { name: "connection", wire_name: "connection", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the connector or listener to route to. At most one of containerId and connection." },
        Attribute { name: "distribution", wire_name: "distribution", kind: Kind::Enum(&["linkBalanced"]), default: Some(Constant::Tag("linkBalanced")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "How links are spread over several containers." },
        Attribute { name: "direction", wire_name: "direction", kind: Kind::Enum(&["in", "out"]), default: None, required: true, unique: false, create: true, update: false, alias: Some("dir"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Direction of the links, seen from the router." },
        Attribute { name: "operStatus", wire_name: "operStatus", kind: Kind::Enum(&["inactive", "active"]), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Whether a container is connected." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "name", attribute: 9 },
        Column { name: "identity", attribute: 10 },
        Column { name: "type", attribute: 11 },
        Column { name: "prefix", attribute: 0 },
        Column { name: "distribution", attribute: 6 },
        Column { name: "connection", attribute: 5 },
        Column { name: "containerId", attribute: 4 },
        Column { name: "direction", attribute: 7 },
        Column { name: "dir", attribute: 7 },
        Column { name: "operStatus", attribute: 8 },
        Column { name: "pattern", attribute: 1 },
        Column { name: "addExternalPrefix", attribute: 2 },
        Column { name: "delExternalPrefix", attribute: 3 },
    ],
};

/// Type `autoLink`.
pub static AUTO_LINK: EntityType = EntityType {
    name: "autoLink",
    wire_name: "org.apache.qpid.dispatch.router.config.autoLink",
    singleton: false,
    embedded: false,
    operational: false,
    core: true,
    operations: &["CREATE", "DELETE", "READ"],
    effect: Effect::Full,
    description: "A link the router attaches to a container by itself.",
    attributes: &[
        Attribute { name: "address", wire_name: "address", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: true, update: false, alias: Some("addr"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Address inside the router." },
        Attribute { name: "direction", wire_name: "direction", kind: Kind::Enum(&["in", "out"]), default: None, required: true, unique: false, create: true, update: false, alias: Some("dir"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Direction of the link, seen from the router." },
        Attribute { name: "phase", wire_name: "phase", kind: Kind::Integer { min: 0, max: 9 }, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Phase of the address; default 0 for direction out, 1 for in." },
        Attribute { name: "containerId", wire_name: "containerId", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Container to attach to. At most one of containerId and connection." },
        Attribute { name: "connection", wire_name: "connection", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the connector or listener to attach over. At most one of containerId and connection." },
        Attribute { name: "externalAddress", wire_name: "externalAddress", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: Some("externalAddr"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Address in the container, if it differs." },
        Attribute { name: "fallback", wire_name: "fallback", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "The link serves the address's fallback destination." },
        Attribute { name: "linkRef", wire_name: "linkRef", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Id of the link." },
        Attribute { name: "operStatus", wire_name: "operStatus", kind: Kind::Enum(&["inactive", "attaching", "failed", "active", "quiescing", "idle"]), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "State of the link." },
        Attribute { name: "lastError", wire_name: "lastError", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Text of the last failure." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "name", attribute: 10 },
        Column { name: "identity", attribute: 11 },
        Column { name: "type", attribute: 12 },
        Column { name: "address", attribute: 0 },
        Column { name: "addr", attribute: 0 },
        Column { name: "direction", attribute: 1 },
        Column { name: "dir", attribute: 1 },
        Column { name: "phase", attribute: 2 },
        Column { name: "connection", attribute: 4 },
        Column { name: "containerId", attribute: 3 },
        Column { name: "externalAddress", attribute: 5 },
        Column { name: "externalAddr", attribute: 5 },
        Column { name: "linkRef", attribute: 7 },
        Column { name: "operStatus", attribute: 8 },
        Column { name: "lastError", attribute: 9 },
        Column { name: "fallback", attribute: 6 },
    ],
};

/// Type `shard`.
pub static SHARD: EntityType = EntityType {
    name: "shard",
    wire_name: "org.apache.qpid.dispatch.router.config.shard",
    singleton: false,
    embedded: false,
    operational: false,
    core: false,
    operations: &["CREATE", "DELETE", "READ", "UPDATE"],
    effect: Effect::Full,
    description: "One of several addresses over which the messages to one address are spread by a key: same key, same shard, same order. Needs a name. Crossdock only; every router with producers of the address needs the same shards.",
    attributes: &[
        Attribute { name: "address", wire_name: "address", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "The address whose messages are spread: one address, no pattern. It is no member of another one." },
        Attribute { name: "member", wire_name: "member", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "The address that takes this shard's messages, on whichever router its consumers or auto links are. Default: the address, a slash and the name of the shard. By this text the shard is told apart when keys are given out." },
        Attribute { name: "key", wire_name: "key", kind: Kind::Text(Format::KeySource), default: None, required: true, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "What of a message is its key: to, group-id, property:NAME (of the application properties) or annotation:NAME (of the message annotations). The same for all shards of the address. Messages without key take turns." },
        Attribute { name: "onLoss", wire_name: "onLoss", kind: Kind::Enum(&["move", "wait"]), default: Some(Constant::Tag("move")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "While the member has no consumers: move: the other shards take its keys until it is back; wait: messages with its keys are released, pre-settled ones dropped. The same for all shards of the address." },
        Attribute { name: "weight", wire_name: "weight", kind: Kind::Integer { min: 1, max: 100 }, default: Some(Constant::Integer(1)), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Its share of the keys, compared with the weights of the others." },
        Attribute { name: "adminStatus", wire_name: "adminStatus", kind: Kind::Enum(&["enabled", "draining"]), default: Some(Constant::Tag("enabled")), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "draining: the shard gets no more messages, and the others take its keys, whatever onLoss says, while its queue empties." },
        Attribute { name: "operStatus", wire_name: "operStatus", kind: Kind::Enum(&["up", "down", "draining"]), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "up: the member has consumers. down: it has none. draining: as adminStatus says." },
        Attribute { name: "deliveriesIngress", wire_name: "deliveriesIngress", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries from producers of this router to the member." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "address", attribute: 0 },
        Column { name: "member", attribute: 1 },
        Column { name: "key", attribute: 2 },
        Column { name: "onLoss", attribute: 3 },
        Column { name: "weight", attribute: 4 },
        Column { name: "adminStatus", attribute: 5 },
        Column { name: "operStatus", attribute: 6 },
        Column { name: "deliveriesIngress", attribute: 7 },
        Column { name: "name", attribute: 8 },
        Column { name: "identity", attribute: 9 },
        Column { name: "type", attribute: 10 },
    ],
};

/// Type `exchange`.
pub static EXCHANGE: EntityType = EntityType {
    name: "exchange",
    wire_name: "org.apache.qpid.dispatch.router.config.exchange",
    singleton: false,
    embedded: false,
    operational: false,
    core: true,
    operations: &["CREATE", "DELETE", "READ"],
    effect: Effect::None { reason: "exchanges (experimental in qdrouterd) are not in this version", honoured: &[] },
    description: "Routing by message subject.",
    attributes: &[
        Attribute { name: "address", wire_name: "address", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Address of the exchange." },
        Attribute { name: "phase", wire_name: "phase", kind: Kind::Integer { min: 0, max: 9 }, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Phase of the address." },
        Attribute { name: "alternateAddress", wire_name: "alternateAddress", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Address for messages no binding matches." },
        Attribute { name: "alternatePhase", wire_name: "alternatePhase", kind: Kind::Integer { min: 0, max: 9 }, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Phase of the alternate address." },
        Attribute { name: "matchMethod", wire_name: "matchMethod", kind: Kind::Enum(&["amqp", "mqtt"]), default: Some(Constant::Tag("amqp")), required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "How binding keys are matched." },
        Attribute { name: "bindingCount", wire_name: "bindingCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Number of bindings." },
        Attribute { name: "receivedCount", wire_name: "receivedCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Messages received." },
        Attribute { name: "droppedCount", wire_name: "droppedCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Messages dropped." },
        Attribute { name: "forwardedCount", wire_name: "forwardedCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Messages forwarded." },
        Attribute { name: "divertedCount", wire_name: "divertedCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Messages sent to the alternate address." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "name", attribute: 10 },
        Column { name: "identity", attribute: 11 },
        Column { name: "address", attribute: 0 },
        Column { name: "phase", attribute: 1 },
        Column { name: "alternateAddress", attribute: 2 },
        Column { name: "alternatePhase", attribute: 3 },
        Column { name: "matchMethod", attribute: 4 },
        Column { name: "bindingCount", attribute: 5 },
        Column { name: "receivedCount", attribute: 6 },
        Column { name: "droppedCount", attribute: 7 },
        Column { name: "forwardedCount", attribute: 8 },
        Column { name: "divertedCount", attribute: 9 },
    ],
};

/// Type `binding`.
pub static BINDING: EntityType = EntityType {
    name: "binding",
    wire_name: "org.apache.qpid.dispatch.router.config.binding",
    singleton: false,
    embedded: false,
    operational: false,
    core: true,
    operations: &["CREATE", "DELETE", "READ"],
    effect: Effect::None { reason: "exchanges (experimental in qdrouterd) are not in this version", honoured: &[] },
    description: "One rule of an exchange.",
    attributes: &[
        Attribute { name: "exchangeName", wire_name: "exchangeName", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the exchange." },
        Attribute { name: "bindingKey", wire_name: "bindingKey", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Pattern for the subject." },
        Attribute { name: "nextHopAddress", wire_name: "nextHopAddress", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Address to forward to." },
        Attribute { name: "nextHopPhase", wire_name: "nextHopPhase", kind: Kind::Integer { min: 0, max: 9 }, default: None, required: false, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Phase of that address." },
        Attribute { name: "matchedCount", wire_name: "matchedCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Messages matched." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "name", attribute: 5 },
        Column { name: "identity", attribute: 6 },
        Column { name: "exchangeName", attribute: 0 },
        Column { name: "bindingKey", attribute: 1 },
        Column { name: "nextHopAddress", attribute: 2 },
        Column { name: "nextHopPhase", attribute: 3 },
        Column { name: "matchedCount", attribute: 4 },
    ],
};

/// Type `policy`.
pub static POLICY: EntityType = EntityType {
    name: "policy",
    wire_name: "org.apache.qpid.dispatch.policy",
    singleton: true,
    embedded: false,
    operational: false,
    core: false,
    operations: &["READ"],
    effect: Effect::Full,
    description: "Limits of the whole router. At most one section; without one all defaults hold.",
    attributes: &[
        Attribute { name: "maxConnections", wire_name: "maxConnections", kind: Kind::Integer { min: 0, max: 4294967295 }, default: Some(Constant::Integer(65535)), required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Connections the router accepts at a time; always enforced." },
        Attribute { name: "maxMessageSize", wire_name: "maxMessageSize", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: Some(Constant::Integer(0)), required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Largest message accepted from a client, in bytes. 0: no limit." },
        Attribute { name: "enableVhostPolicy", wire_name: "enableVhostPolicy", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "virtual host policy is not in this version", honoured: &[] }, description: "Enforce the vhost sections." },
        Attribute { name: "enableVhostNamePatterns", wire_name: "enableVhostNamePatterns", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "virtual host policy is not in this version", honoured: &[] }, description: "Names of virtual hosts are patterns." },
        Attribute { name: "policyDir", wire_name: "policyDir", kind: Kind::Path, default: Some(Constant::Text("")), required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "virtual host policy is not in this version", honoured: &[] }, description: "Directory of *.json files with vhost sections." },
        Attribute { name: "defaultVhost", wire_name: "defaultVhost", kind: Kind::Text(Format::Any), default: Some(Constant::Text("$default")), required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::None { reason: "virtual host policy is not in this version", honoured: &[] }, description: "Virtual host that applies when none matches; empty: none." },
        Attribute { name: "connectionsProcessed", wire_name: "connectionsProcessed", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Connections seen." },
        Attribute { name: "connectionsDenied", wire_name: "connectionsDenied", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Connections refused by maxConnections." },
        Attribute { name: "connectionsCurrent", wire_name: "connectionsCurrent", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Connections now." },
        Attribute { name: "linksDenied", wire_name: "linksDenied", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Links refused." },
        Attribute { name: "maxMessageSizeDenied", wire_name: "maxMessageSizeDenied", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Messages refused for their size." },
        Attribute { name: "totalDenials", wire_name: "totalDenials", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Refusals of every kind." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "maxConnections", attribute: 0 },
        Column { name: "maxMessageSize", attribute: 1 },
        Column { name: "enableVhostPolicy", attribute: 2 },
        Column { name: "enableVhostNamePatterns", attribute: 3 },
        Column { name: "policyDir", attribute: 4 },
        Column { name: "defaultVhost", attribute: 5 },
        Column { name: "connectionsProcessed", attribute: 6 },
        Column { name: "connectionsDenied", attribute: 7 },
        Column { name: "connectionsCurrent", attribute: 8 },
        Column { name: "linksDenied", attribute: 9 },
        Column { name: "maxMessageSizeDenied", attribute: 10 },
        Column { name: "totalDenials", attribute: 11 },
        Column { name: "name", attribute: 12 },
        Column { name: "identity", attribute: 13 },
        Column { name: "type", attribute: 14 },
    ],
};

/// Type `vhost`.
pub static VHOST: EntityType = EntityType {
    name: "vhost",
    wire_name: "org.apache.qpid.dispatch.vhost",
    singleton: false,
    embedded: false,
    operational: false,
    core: false,
    operations: &["CREATE", "UPDATE", "DELETE", "READ"],
    effect: Effect::None { reason: "virtual host policy is not in this version", honoured: &[] },
    description: "Limits and permissions of the clients of one virtual host.",
    attributes: &[
        Attribute { name: "hostname", wire_name: "hostname", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: true, update: false, alias: Some("id"), wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the virtual host." },
        Attribute { name: "aliases", wire_name: "aliases", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Comma-separated list of further names." },
        Attribute { name: "maxConnections", wire_name: "maxConnections", kind: Kind::Integer { min: 0, max: 65535 }, default: Some(Constant::Integer(65535)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Connections to the virtual host." },
        Attribute { name: "maxMessageSize", wire_name: "maxMessageSize", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Largest message, in bytes. 0: no limit." },
        Attribute { name: "maxConnectionsPerUser", wire_name: "maxConnectionsPerUser", kind: Kind::Integer { min: 0, max: 65535 }, default: Some(Constant::Integer(65535)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Connections of one user." },
        Attribute { name: "maxConnectionsPerHost", wire_name: "maxConnectionsPerHost", kind: Kind::Integer { min: 0, max: 65535 }, default: Some(Constant::Integer(65535)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Connections of one peer host." },
        Attribute { name: "allowUnknownUser", wire_name: "allowUnknownUser", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Users of no group belong to group $default." },
        Attribute { name: "groups", wire_name: "groups", kind: Kind::Map, default: None, required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Group names and their vhostUserGroupSettings." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "hostname", attribute: 0 },
        Column { name: "aliases", attribute: 1 },
        Column { name: "maxConnections", attribute: 2 },
        Column { name: "maxMessageSize", attribute: 3 },
        Column { name: "maxConnectionsPerUser", attribute: 4 },
        Column { name: "maxConnectionsPerHost", attribute: 5 },
        Column { name: "allowUnknownUser", attribute: 6 },
        Column { name: "groups", attribute: 7 },
        Column { name: "name", attribute: 8 },
        Column { name: "identity", attribute: 9 },
        Column { name: "type", attribute: 10 },
    ],
};

/// Type `vhostUserGroupSettings`.
pub static VHOST_USER_GROUP_SETTINGS: EntityType = EntityType {
    name: "vhostUserGroupSettings",
    wire_name: "org.apache.qpid.dispatch.vhostUserGroupSettings",
    singleton: false,
    embedded: true,
    operational: false,
    core: false,
    operations: &["READ"],
    effect: Effect::Full,
    description: "Limits and permissions of one user group: a value in the groups of a vhost, never a section of its own.",
    attributes: &[
        Attribute { name: "users", wire_name: "users", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Comma-separated list of users; '*' for all." },
        Attribute { name: "remoteHosts", wire_name: "remoteHosts", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Comma-separated list of addresses, ranges and host names; '*' for all. Absent: nobody." },
        Attribute { name: "maxConnectionsPerUser", wire_name: "maxConnectionsPerUser", kind: Kind::Integer { min: 0, max: 65535 }, default: None, required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Connections of one user; default: the vhost's." },
        Attribute { name: "maxConnectionsPerHost", wire_name: "maxConnectionsPerHost", kind: Kind::Integer { min: 0, max: 65535 }, default: None, required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Connections of one peer host; default: the vhost's." },
        Attribute { name: "maxMessageSize", wire_name: "maxMessageSize", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Largest message, in bytes; default: the vhost's. 0: no limit." },
        Attribute { name: "maxFrameSize", wire_name: "maxFrameSize", kind: Kind::Integer { min: 0, max: 4294967295 }, default: Some(Constant::Integer(0)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Largest frame, in bytes. 0: the listener's." },
        Attribute { name: "maxSessionWindow", wire_name: "maxSessionWindow", kind: Kind::Integer { min: 0, max: 4294967295 }, default: Some(Constant::Integer(0)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Incoming window of a session, in bytes. 0: the listener's." },
        Attribute { name: "maxSessions", wire_name: "maxSessions", kind: Kind::Integer { min: 0, max: 4294967295 }, default: Some(Constant::Integer(0)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Sessions on a connection. 0: the listener's." },
        Attribute { name: "maxSenders", wire_name: "maxSenders", kind: Kind::Integer { min: 0, max: 2147483647 }, default: Some(Constant::Integer(2147483647)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Senders a client may open on a connection." },
        Attribute { name: "maxReceivers", wire_name: "maxReceivers", kind: Kind::Integer { min: 0, max: 2147483647 }, default: Some(Constant::Integer(2147483647)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Receivers a client may open on a connection." },
        Attribute { name: "allowDynamicSource", wire_name: "allowDynamicSource", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Clients may ask for dynamic addresses." },
        Attribute { name: "allowAnonymousSender", wire_name: "allowAnonymousSender", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Clients may send without a target address on the link." },
        Attribute { name: "allowUserIdProxy", wire_name: "allowUserIdProxy", kind: Kind::Boolean, default: Some(Constant::Boolean(false)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Clients may send messages in another user's name." },
        Attribute { name: "allowWaypointLinks", wire_name: "allowWaypointLinks", kind: Kind::Boolean, default: Some(Constant::Boolean(true)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Clients may attach as waypoints." },
        Attribute { name: "allowDynamicLinkRoutes", wire_name: "allowDynamicLinkRoutes", kind: Kind::Boolean, default: Some(Constant::Boolean(true)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Clients may create link routes for their connection." },
        Attribute { name: "allowFallbackLinks", wire_name: "allowFallbackLinks", kind: Kind::Boolean, default: Some(Constant::Boolean(true)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Clients may attach as fallback destinations." },
        Attribute { name: "allowAdminStatusUpdate", wire_name: "allowAdminStatusUpdate", kind: Kind::Boolean, default: Some(Constant::Boolean(true)), required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Clients may close connections over management." },
        Attribute { name: "sources", wire_name: "sources", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Comma-separated list of addresses to receive from." },
        Attribute { name: "targets", wire_name: "targets", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Comma-separated list of addresses to send to." },
        Attribute { name: "sourcePattern", wire_name: "sourcePattern", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Comma-separated list of address patterns to receive from." },
        Attribute { name: "targetPattern", wire_name: "targetPattern", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: true, update: true, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Comma-separated list of address patterns to send to." },
    ],
    columns: &[
        Column { name: "users", attribute: 0 },
        Column { name: "remoteHosts", attribute: 1 },
        Column { name: "maxConnectionsPerUser", attribute: 2 },
        Column { name: "maxConnectionsPerHost", attribute: 3 },
        Column { name: "maxMessageSize", attribute: 4 },
        Column { name: "maxFrameSize", attribute: 5 },
        Column { name: "maxSessionWindow", attribute: 6 },
        Column { name: "maxSessions", attribute: 7 },
        Column { name: "maxSenders", attribute: 8 },
        Column { name: "maxReceivers", attribute: 9 },
        Column { name: "allowDynamicSource", attribute: 10 },
        Column { name: "allowAnonymousSender", attribute: 11 },
        Column { name: "allowUserIdProxy", attribute: 12 },
        Column { name: "allowWaypointLinks", attribute: 13 },
        Column { name: "allowDynamicLinkRoutes", attribute: 14 },
        Column { name: "allowFallbackLinks", attribute: 15 },
        Column { name: "allowAdminStatusUpdate", attribute: 16 },
        Column { name: "sources", attribute: 17 },
        Column { name: "targets", attribute: 18 },
        Column { name: "sourcePattern", attribute: 19 },
        Column { name: "targetPattern", attribute: 20 },
    ],
};

/// Type `console`.
pub static CONSOLE: EntityType = EntityType {
    name: "console",
    wire_name: "org.apache.qpid.dispatch.console",
    singleton: true,
    embedded: false,
    operational: false,
    core: true,
    operations: &["READ"],
    effect: Effect::None { reason: "the console section is deprecated in qdrouterd and runs a program; Crossdock does not", honoured: &[] },
    description: "Deprecated: an external web console.",
    attributes: &[
        Attribute { name: "listener", wire_name: "listener", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the listener the console connects to." },
        Attribute { name: "wsport", wire_name: "wsport", kind: Kind::Integer { min: 0, max: 65535 }, default: Some(Constant::Integer(5673)), required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "WebSocket port." },
        Attribute { name: "proxy", wire_name: "proxy", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Program to run." },
        Attribute { name: "home", wire_name: "home", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Directory of the console." },
        Attribute { name: "args", wire_name: "args", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Arguments of the program." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "listener", attribute: 0 },
        Column { name: "wsport", attribute: 1 },
        Column { name: "proxy", attribute: 2 },
        Column { name: "home", attribute: 3 },
        Column { name: "args", attribute: 4 },
        Column { name: "name", attribute: 5 },
        Column { name: "identity", attribute: 6 },
        Column { name: "type", attribute: 7 },
    ],
};

/// Type `router.link`.
pub static ROUTER_LINK: EntityType = EntityType {
    name: "router.link",
    wire_name: "org.apache.qpid.dispatch.router.link",
    singleton: false,
    embedded: false,
    operational: true,
    core: true,
    operations: &["UPDATE", "READ"],
    effect: Effect::Full,
    description: "A link attached to the router.",
    attributes: &[
        Attribute { name: "adminStatus", wire_name: "adminStatus", kind: Kind::Enum(&["enabled", "deleted"]), default: Some(Constant::Tag("enabled")), required: false, unique: false, create: false, update: true, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Wished state." },
        Attribute { name: "operStatus", wire_name: "operStatus", kind: Kind::Enum(&["up", "down", "quiescing", "idle"]), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Actual state." },
        Attribute { name: "linkName", wire_name: "linkName", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Name of the link in its attach." },
        Attribute { name: "linkType", wire_name: "linkType", kind: Kind::Enum(&["endpoint", "router-control", "inter-router", "edge-downlink"]), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "endpoint: of a client or container; router-control and inter-router: of another router; edge-downlink: of an edge router." },
        Attribute { name: "linkDir", wire_name: "linkDir", kind: Kind::Enum(&["in", "out"]), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "in: toward the router; out: away from it." },
        Attribute { name: "owningAddr", wire_name: "owningAddr", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Key of the address the link is attached to; of a routed link, the address at its terminus." },
        Attribute { name: "capacity", wire_name: "capacity", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that may be under way on the link." },
        Attribute { name: "peer", wire_name: "peer", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Identity of the other half of a routed link." },
        Attribute { name: "undeliveredCount", wire_name: "undeliveredCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries waiting to be sent." },
        Attribute { name: "unsettledCount", wire_name: "unsettledCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries sent and not settled." },
        Attribute { name: "deliveryCount", wire_name: "deliveryCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries carried." },
        Attribute { name: "presettledCount", wire_name: "presettledCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that were sent settled." },
        Attribute { name: "droppedPresettledCount", wire_name: "droppedPresettledCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Settled deliveries dropped for congestion." },
        Attribute { name: "acceptedCount", wire_name: "acceptedCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries with outcome accepted." },
        Attribute { name: "rejectedCount", wire_name: "rejectedCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries with outcome rejected." },
        Attribute { name: "releasedCount", wire_name: "releasedCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries with outcome released." },
        Attribute { name: "modifiedCount", wire_name: "modifiedCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries with outcome modified." },
        Attribute { name: "deliveriesDelayed1Sec", wire_name: "deliveriesDelayed1Sec", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries settled after 1 to 10 seconds." },
        Attribute { name: "deliveriesDelayed10Sec", wire_name: "deliveriesDelayed10Sec", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries settled after more than 10 seconds." },
        Attribute { name: "deliveriesStuck", wire_name: "deliveriesStuck", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries now unsettled for more than 10 seconds." },
        Attribute { name: "creditAvailable", wire_name: "creditAvailable", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Credit left." },
        Attribute { name: "zeroCreditSeconds", wire_name: "zeroCreditSeconds", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Time without credit, in seconds." },
        Attribute { name: "settleRate", wire_name: "settleRate", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries settled in a second, over the last 5 seconds." },
        Attribute { name: "ingressHistogram", wire_name: "ingressHistogram", kind: Kind::List, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "On outgoing links of clients: deliveries by the index of the router they entered at; what is behind the last is 0." },
        Attribute { name: "priority", wire_name: "priority", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Priority of the deliveries the link carries." },
        Attribute { name: "connectionId", wire_name: "connectionId", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Identity of the connection the link is on." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "name", attribute: 26 },
        Column { name: "identity", attribute: 27 },
        Column { name: "type", attribute: 28 },
        Column { name: "linkName", attribute: 2 },
        Column { name: "linkType", attribute: 3 },
        Column { name: "linkDir", attribute: 4 },
        Column { name: "owningAddr", attribute: 5 },
        Column { name: "capacity", attribute: 6 },
        Column { name: "peer", attribute: 7 },
        Column { name: "undeliveredCount", attribute: 8 },
        Column { name: "unsettledCount", attribute: 9 },
        Column { name: "deliveryCount", attribute: 10 },
        Column { name: "connectionId", attribute: 25 },
        Column { name: "adminStatus", attribute: 0 },
        Column { name: "operStatus", attribute: 1 },
        Column { name: "presettledCount", attribute: 11 },
        Column { name: "droppedPresettledCount", attribute: 12 },
        Column { name: "acceptedCount", attribute: 13 },
        Column { name: "rejectedCount", attribute: 14 },
        Column { name: "releasedCount", attribute: 15 },
        Column { name: "modifiedCount", attribute: 16 },
        Column { name: "deliveriesDelayed1Sec", attribute: 17 },
        Column { name: "deliveriesDelayed10Sec", attribute: 18 },
        Column { name: "deliveriesStuck", attribute: 19 },
        Column { name: "ingressHistogram", attribute: 23 },
        Column { name: "priority", attribute: 24 },
        Column { name: "settleRate", attribute: 22 },
        Column { name: "creditAvailable", attribute: 20 },
        Column { name: "zeroCreditSeconds", attribute: 21 },
    ],
};

/// Type `router.address`.
pub static ROUTER_ADDRESS: EntityType = EntityType {
    name: "router.address",
    wire_name: "org.apache.qpid.dispatch.router.address",
    singleton: false,
    embedded: false,
    operational: true,
    core: true,
    operations: &["READ"],
    effect: Effect::Full,
    description: "An address known to the router.",
    attributes: &[
        Attribute { name: "distribution", wire_name: "distribution", kind: Kind::Enum(&["flood", "multicast", "closest", "balanced", "linkBalanced", "unavailable"]), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "How deliveries are spread over receivers." },
        Attribute { name: "inProcess", wire_name: "inProcess", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Receivers inside the router." },
        Attribute { name: "subscriberCount", wire_name: "subscriberCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Receivers on connections of this router." },
        Attribute { name: "remoteCount", wire_name: "remoteCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Routers with receivers." },
        Attribute { name: "containerCount", wire_name: "containerCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Containers that link routes lead to." },
        Attribute { name: "deliveriesIngress", wire_name: "deliveriesIngress", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that came from clients." },
        Attribute { name: "deliveriesEgress", wire_name: "deliveriesEgress", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that went to clients." },
        Attribute { name: "deliveriesTransit", wire_name: "deliveriesTransit", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that crossed this router between other routers." },
        Attribute { name: "deliveriesToContainer", wire_name: "deliveriesToContainer", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that went to receivers inside the router." },
        Attribute { name: "deliveriesFromContainer", wire_name: "deliveriesFromContainer", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that came from senders inside the router." },
        Attribute { name: "deliveriesIngressRouteContainer", wire_name: "deliveriesIngressRouteContainer", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that came from route containers." },
        Attribute { name: "deliveriesEgressRouteContainer", wire_name: "deliveriesEgressRouteContainer", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that went to route containers." },
        Attribute { name: "deliveriesRedirectedToFallback", wire_name: "deliveriesRedirectedToFallback", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Ulong, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries that went to a fallback destination." },
        Attribute { name: "key", wire_name: "key", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Class, phase and text of the address: M mobile, L local, T topological, R router, H edge, C D E F link routes." },
        Attribute { name: "remoteHostRouters", wire_name: "remoteHostRouters", kind: Kind::List, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Routers with receivers." },
        Attribute { name: "transitOutstanding", wire_name: "transitOutstanding", kind: Kind::List, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Long, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries under way, by the index of the router they go to." },
        Attribute { name: "trackedDeliveries", wire_name: "trackedDeliveries", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Long, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Deliveries whose settlement is tracked." },
        Attribute { name: "priority", wire_name: "priority", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Priority of messages that name none; -1: none." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "name", attribute: 18 },
        Column { name: "identity", attribute: 19 },
        Column { name: "type", attribute: 20 },
        Column { name: "key", attribute: 13 },
        Column { name: "distribution", attribute: 0 },
        Column { name: "inProcess", attribute: 1 },
        Column { name: "subscriberCount", attribute: 2 },
        Column { name: "remoteCount", attribute: 3 },
        Column { name: "containerCount", attribute: 4 },
        Column { name: "remoteHostRouters", attribute: 14 },
        Column { name: "deliveriesIngress", attribute: 5 },
        Column { name: "deliveriesEgress", attribute: 6 },
        Column { name: "deliveriesTransit", attribute: 7 },
        Column { name: "deliveriesToContainer", attribute: 8 },
        Column { name: "deliveriesFromContainer", attribute: 9 },
        Column { name: "deliveriesEgressRouteContainer", attribute: 11 },
        Column { name: "deliveriesIngressRouteContainer", attribute: 10 },
        Column { name: "transitOutstanding", attribute: 15 },
        Column { name: "trackedDeliveries", attribute: 16 },
        Column { name: "priority", attribute: 17 },
        Column { name: "deliveriesRedirectedToFallback", attribute: 12 },
    ],
};

/// Type `router.node`.
pub static ROUTER_NODE: EntityType = EntityType {
    name: "router.node",
    wire_name: "org.apache.qpid.dispatch.router.node",
    singleton: false,
    embedded: false,
    operational: true,
    core: false,
    operations: &["READ"],
    effect: Effect::Full,
    description: "A router of the network, this one included.",
    attributes: &[
        Attribute { name: "id", wire_name: "id", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Router id." },
        Attribute { name: "protocolVersion", wire_name: "protocolVersion", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Version of the routing protocol it speaks." },
        Attribute { name: "instance", wire_name: "instance", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Start time of its process, in seconds since 1970." },
        Attribute { name: "linkState", wire_name: "linkState", kind: Kind::List, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Ids of its neighbours." },
        Attribute { name: "nextHop", wire_name: "nextHop", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Router to send to on the way there: '(self)' for this router, absent for neighbours." },
        Attribute { name: "validOrigins", wire_name: "validOrigins", kind: Kind::List, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Routers whose traffic for it may pass through this one." },
        Attribute { name: "address", wire_name: "address", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Its topological address." },
        Attribute { name: "routerLink", wire_name: "routerLink", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Number of the link to it; neighbours only." },
        Attribute { name: "cost", wire_name: "cost", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Cost of the path to it; absent for this router." },
        Attribute { name: "lastTopoChange", wire_name: "lastTopoChange", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Time of the last change of the network, in seconds since 1970; this router only." },
        Attribute { name: "index", wire_name: "index", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Number of the router here." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "id", attribute: 0 },
        Column { name: "protocolVersion", attribute: 1 },
        Column { name: "instance", attribute: 2 },
        Column { name: "linkState", attribute: 3 },
        Column { name: "nextHop", attribute: 4 },
        Column { name: "validOrigins", attribute: 5 },
        Column { name: "address", attribute: 6 },
        Column { name: "routerLink", attribute: 7 },
        Column { name: "cost", attribute: 8 },
        Column { name: "lastTopoChange", attribute: 9 },
        Column { name: "index", attribute: 10 },
        Column { name: "name", attribute: 11 },
        Column { name: "identity", attribute: 12 },
        Column { name: "type", attribute: 13 },
    ],
};

/// Type `connection`.
pub static CONNECTION: EntityType = EntityType {
    name: "connection",
    wire_name: "org.apache.qpid.dispatch.connection",
    singleton: false,
    embedded: false,
    operational: true,
    core: true,
    operations: &["READ"],
    effect: Effect::Full,
    description: "A connection of the router.",
    attributes: &[
        Attribute { name: "adminStatus", wire_name: "adminStatus", kind: Kind::Enum(&["enabled", "deleted"]), default: Some(Constant::Tag("enabled")), required: false, unique: false, create: false, update: true, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Wished state: updating it to deleted closes the connection." },
        Attribute { name: "operStatus", wire_name: "operStatus", kind: Kind::Enum(&["up", "closing"]), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Actual state." },
        Attribute { name: "protocol", wire_name: "protocol", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Protocol spoken." },
        Attribute { name: "container", wire_name: "container", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Container id of the peer." },
        Attribute { name: "opened", wire_name: "opened", kind: Kind::Boolean, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Whether both sides have opened the connection." },
        Attribute { name: "host", wire_name: "host", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Address of the peer; of a connection made here, the address configured." },
        Attribute { name: "dir", wire_name: "dir", kind: Kind::Enum(&["in", "out"]), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "in: accepted; out: made by this router." },
        Attribute { name: "role", wire_name: "role", kind: Kind::Enum(&["normal", "inter-router", "route-container", "edge"]), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "What the connection is for." },
        Attribute { name: "isAuthenticated", wire_name: "isAuthenticated", kind: Kind::Boolean, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Whether the peer has authenticated." },
        Attribute { name: "isEncrypted", wire_name: "isEncrypted", kind: Kind::Boolean, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Whether the connection is encrypted." },
        Attribute { name: "enableProtocolTrace", wire_name: "enableProtocolTrace", kind: Kind::Boolean, default: None, required: false, unique: false, create: false, update: true, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Whether frames of the connection are logged." },
        Attribute { name: "sasl", wire_name: "sasl", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "SASL mechanism used." },
        Attribute { name: "user", wire_name: "user", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "User the peer has authenticated as." },
        Attribute { name: "ssl", wire_name: "ssl", kind: Kind::Boolean, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Whether the listener or connector offers TLS." },
        Attribute { name: "sslProto", wire_name: "sslProto", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "TLS version." },
        Attribute { name: "sslCipher", wire_name: "sslCipher", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "TLS cipher suite." },
        Attribute { name: "sslSsf", wire_name: "sslSsf", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Long, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Strength of the encryption, in bits of the key." },
        Attribute { name: "tenant", wire_name: "tenant", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Address space of the connection, on a multi-tenant listener." },
        Attribute { name: "uptimeSeconds", wire_name: "uptimeSeconds", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Time since the connection was opened, in seconds." },
        Attribute { name: "properties", wire_name: "properties", kind: Kind::Map, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Properties the peer has sent in its open." },
        Attribute { name: "lastDlvSeconds", wire_name: "lastDlvSeconds", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Uint, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Time since the last delivery, in seconds; absent before the first." },
        Attribute { name: "active", wire_name: "active", kind: Kind::Boolean, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "False for the standby uplinks of an edge router." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "name", attribute: 22 },
        Column { name: "identity", attribute: 23 },
        Column { name: "host", attribute: 5 },
        Column { name: "role", attribute: 7 },
        Column { name: "protocol", attribute: 2 },
        Column { name: "dir", attribute: 6 },
        Column { name: "container", attribute: 3 },
        Column { name: "sasl", attribute: 11 },
        Column { name: "isAuthenticated", attribute: 8 },
        Column { name: "user", attribute: 12 },
        Column { name: "isEncrypted", attribute: 9 },
        Column { name: "sslProto", attribute: 14 },
        Column { name: "sslCipher", attribute: 15 },
        Column { name: "properties", attribute: 19 },
        Column { name: "sslSsf", attribute: 16 },
        Column { name: "tenant", attribute: 17 },
        Column { name: "type", attribute: 24 },
        Column { name: "ssl", attribute: 13 },
        Column { name: "opened", attribute: 4 },
        Column { name: "active", attribute: 21 },
        Column { name: "adminStatus", attribute: 0 },
        Column { name: "operStatus", attribute: 1 },
        Column { name: "uptimeSeconds", attribute: 18 },
        Column { name: "lastDlvSeconds", attribute: 20 },
        Column { name: "enableProtocolTrace", attribute: 10 },
    ],
};

/// Type `router.connection.linkRoute`.
pub static ROUTER_CONNECTION_LINK_ROUTE: EntityType = EntityType {
    name: "router.connection.linkRoute",
    wire_name: "org.apache.qpid.dispatch.router.connection.linkRoute",
    singleton: false,
    embedded: false,
    operational: true,
    core: true,
    operations: &["CREATE", "DELETE", "READ"],
    effect: Effect::Full,
    description: "A link route that a client has made for its own connection. It is seen on that connection only, and ends with it.",
    attributes: &[
        Attribute { name: "pattern", wire_name: "pattern", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "All addresses that match." },
        Attribute { name: "direction", wire_name: "direction", kind: Kind::Enum(&["in", "out"]), default: None, required: true, unique: false, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Direction of the links, seen from the router." },
        Attribute { name: "containerId", wire_name: "containerId", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Container id of the client." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "name", attribute: 3 },
        Column { name: "identity", attribute: 4 },
        Column { name: "type", attribute: 5 },
        Column { name: "pattern", attribute: 0 },
        Column { name: "direction", attribute: 1 },
        Column { name: "containerId", attribute: 2 },
    ],
};

/// Type `logStats`.
pub static LOG_STATS: EntityType = EntityType {
    name: "logStats",
    wire_name: "org.apache.qpid.dispatch.logStats",
    singleton: false,
    embedded: false,
    operational: true,
    core: false,
    operations: &["READ"],
    effect: Effect::Full,
    description: "Number of log lines of a module, by level.",
    attributes: &[
        Attribute { name: "traceCount", wire_name: "traceCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Lines at level trace." },
        Attribute { name: "debugCount", wire_name: "debugCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Lines at level debug." },
        Attribute { name: "infoCount", wire_name: "infoCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Lines at level info." },
        Attribute { name: "noticeCount", wire_name: "noticeCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Lines at level notice." },
        Attribute { name: "warningCount", wire_name: "warningCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Lines at level warning." },
        Attribute { name: "errorCount", wire_name: "errorCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Lines at level error." },
        Attribute { name: "criticalCount", wire_name: "criticalCount", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Lines at level critical." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "traceCount", attribute: 0 },
        Column { name: "debugCount", attribute: 1 },
        Column { name: "infoCount", attribute: 2 },
        Column { name: "noticeCount", attribute: 3 },
        Column { name: "warningCount", attribute: 4 },
        Column { name: "errorCount", attribute: 5 },
        Column { name: "criticalCount", attribute: 6 },
        Column { name: "name", attribute: 7 },
        Column { name: "identity", attribute: 8 },
        Column { name: "type", attribute: 9 },
    ],
};

/// Type `allocator`.
pub static ALLOCATOR: EntityType = EntityType {
    name: "allocator",
    wire_name: "org.apache.qpid.dispatch.allocator",
    singleton: false,
    embedded: false,
    operational: true,
    core: false,
    operations: &["READ"],
    effect: Effect::Full,
    description: "A pool of memory. Crossdock has no such pools and shows none.",
    attributes: &[
        Attribute { name: "typeName", wire_name: "typeName", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "What the pool holds." },
        Attribute { name: "typeSize", wire_name: "typeSize", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Size of one, in bytes." },
        Attribute { name: "transferBatchSize", wire_name: "transferBatchSize", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Number moved between pools at a time." },
        Attribute { name: "localFreeListMax", wire_name: "localFreeListMax", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Most that a thread keeps." },
        Attribute { name: "globalFreeListMax", wire_name: "globalFreeListMax", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Most that all threads share." },
        Attribute { name: "totalAllocFromHeap", wire_name: "totalAllocFromHeap", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Number taken from the heap." },
        Attribute { name: "totalFreeToHeap", wire_name: "totalFreeToHeap", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Number given back." },
        Attribute { name: "heldByThreads", wire_name: "heldByThreads", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Number held by threads." },
        Attribute { name: "batchesRebalancedToThreads", wire_name: "batchesRebalancedToThreads", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Batches moved to threads." },
        Attribute { name: "batchesRebalancedToGlobal", wire_name: "batchesRebalancedToGlobal", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Batches moved from threads." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "typeName", attribute: 0 },
        Column { name: "typeSize", attribute: 1 },
        Column { name: "transferBatchSize", attribute: 2 },
        Column { name: "localFreeListMax", attribute: 3 },
        Column { name: "globalFreeListMax", attribute: 4 },
        Column { name: "totalAllocFromHeap", attribute: 5 },
        Column { name: "totalFreeToHeap", attribute: 6 },
        Column { name: "heldByThreads", attribute: 7 },
        Column { name: "batchesRebalancedToThreads", attribute: 8 },
        Column { name: "batchesRebalancedToGlobal", attribute: 9 },
        Column { name: "name", attribute: 10 },
        Column { name: "identity", attribute: 11 },
        Column { name: "type", attribute: 12 },
    ],
};

/// Type `vhostStats`.
pub static VHOST_STATS: EntityType = EntityType {
    name: "vhostStats",
    wire_name: "org.apache.qpid.dispatch.vhostStats",
    singleton: false,
    embedded: false,
    operational: true,
    core: false,
    operations: &["READ"],
    effect: Effect::Full,
    description: "What became of the clients of a virtual host.",
    attributes: &[
        Attribute { name: "id", wire_name: "id", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Name of the virtual host." },
        Attribute { name: "hostname", wire_name: "hostname", kind: Kind::Text(Format::Any), default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Name of the virtual host." },
        Attribute { name: "connectionsApproved", wire_name: "connectionsApproved", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Connections accepted." },
        Attribute { name: "connectionsDenied", wire_name: "connectionsDenied", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Connections refused." },
        Attribute { name: "connectionsCurrent", wire_name: "connectionsCurrent", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Connections now." },
        Attribute { name: "perUserState", wire_name: "perUserState", kind: Kind::Map, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Connections by user." },
        Attribute { name: "perHostState", wire_name: "perHostState", kind: Kind::Map, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Connections by host." },
        Attribute { name: "sessionDenied", wire_name: "sessionDenied", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Sessions refused." },
        Attribute { name: "senderDenied", wire_name: "senderDenied", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Senders refused." },
        Attribute { name: "receiverDenied", wire_name: "receiverDenied", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Receivers refused." },
        Attribute { name: "maxMessageSizeDenied", wire_name: "maxMessageSizeDenied", kind: Kind::Integer { min: 0, max: 9223372036854775807 }, default: None, required: false, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Statistic, secret: false, extension: false, effect: Effect::Full, description: "Messages refused for their size." },
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "id", attribute: 0 },
        Column { name: "hostname", attribute: 1 },
        Column { name: "connectionsApproved", attribute: 2 },
        Column { name: "connectionsDenied", attribute: 3 },
        Column { name: "connectionsCurrent", attribute: 4 },
        Column { name: "perUserState", attribute: 5 },
        Column { name: "perHostState", attribute: 6 },
        Column { name: "sessionDenied", attribute: 7 },
        Column { name: "senderDenied", attribute: 8 },
        Column { name: "receiverDenied", attribute: 9 },
        Column { name: "maxMessageSizeDenied", attribute: 10 },
        Column { name: "name", attribute: 11 },
        Column { name: "identity", attribute: 12 },
        Column { name: "type", attribute: 13 },
    ],
};

/// Type `management`.
pub static MANAGEMENT: EntityType = EntityType {
    name: "management",
    wire_name: "org.apache.qpid.dispatch.management",
    singleton: true,
    embedded: false,
    operational: true,
    core: false,
    operations: &["GET-SCHEMA", "GET-JSON-SCHEMA", "GET-LOG", "QUERY", "GET-TYPES", "GET-ANNOTATIONS", "GET-OPERATIONS", "GET-ATTRIBUTES", "GET-MGMT-NODES", "READ"],
    effect: Effect::Full,
    description: "The management node itself.",
    attributes: &[
        Attribute { name: "name", wire_name: "name", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: true, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Name of the entity; unique over all sections of all types." },
        Attribute { name: "identity", wire_name: "identity", kind: Kind::Text(Format::Any), default: None, required: false, unique: true, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Configuration, secret: false, extension: false, effect: Effect::Full, description: "Identity of the entity in management; unique over all sections of all types. Chosen by the router when absent." },
        Attribute { name: "type", wire_name: "type", kind: Kind::Text(Format::Any), default: None, required: true, unique: false, create: false, update: false, alias: None, wire: Wire::Number, nature: Nature::Status, secret: false, extension: false, effect: Effect::Full, description: "Type of the entity. In a file the section's name says it." },
    ],
    columns: &[
        Column { name: "name", attribute: 0 },
        Column { name: "identity", attribute: 1 },
        Column { name: "type", attribute: 2 },
    ],
};
