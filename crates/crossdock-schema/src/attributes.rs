//! Attribute names of all entity types. Generated from `router-config/schema.json`; do not edit:
//! `cargo run -p crossdock-schema --example generate`.

use crate::entity::{AttributeName, EntityType, Supply, attribute_enum};
use crate::generated::*;
use crate::value::Field;

/// The entity types, in the order of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// `router`
    Router,
    /// `listener`
    Listener,
    /// `connector`
    Connector,
    /// `sslProfile`
    SslProfile,
    /// `authServicePlugin`
    AuthServicePlugin,
    /// `log`
    Log,
    /// `address`
    Address,
    /// `linkRoute`
    LinkRoute,
    /// `autoLink`
    AutoLink,
    /// `shard`
    Shard,
    /// `exchange`
    Exchange,
    /// `binding`
    Binding,
    /// `policy`
    Policy,
    /// `vhost`
    Vhost,
    /// `vhostUserGroupSettings`
    VhostUserGroupSettings,
    /// `console`
    Console,
    /// `router.link`
    RouterLink,
    /// `router.address`
    RouterAddress,
    /// `router.node`
    RouterNode,
    /// `connection`
    Connection,
    /// `router.connection.linkRoute`
    RouterConnectionLinkRoute,
    /// `logStats`
    LogStats,
    /// `allocator`
    Allocator,
    /// `vhostStats`
    VhostStats,
    /// `management`
    Management,
}

impl EntityKind {
    /// All of them.
    pub const ALL: &'static [EntityKind] = &[
        EntityKind::Router,
        EntityKind::Listener,
        EntityKind::Connector,
        EntityKind::SslProfile,
        EntityKind::AuthServicePlugin,
        EntityKind::Log,
        EntityKind::Address,
        EntityKind::LinkRoute,
        EntityKind::AutoLink,
        EntityKind::Shard,
        EntityKind::Exchange,
        EntityKind::Binding,
        EntityKind::Policy,
        EntityKind::Vhost,
        EntityKind::VhostUserGroupSettings,
        EntityKind::Console,
        EntityKind::RouterLink,
        EntityKind::RouterAddress,
        EntityKind::RouterNode,
        EntityKind::Connection,
        EntityKind::RouterConnectionLinkRoute,
        EntityKind::LogStats,
        EntityKind::Allocator,
        EntityKind::VhostStats,
        EntityKind::Management,
    ];

    /// What is known of the type.
    pub const fn entity_type(self) -> &'static EntityType {
        match self {
            EntityKind::Router => &ROUTER,
            EntityKind::Listener => &LISTENER,
            EntityKind::Connector => &CONNECTOR,
            EntityKind::SslProfile => &SSL_PROFILE,
            EntityKind::AuthServicePlugin => &AUTH_SERVICE_PLUGIN,
            EntityKind::Log => &LOG,
            EntityKind::Address => &ADDRESS,
            EntityKind::LinkRoute => &LINK_ROUTE,
            EntityKind::AutoLink => &AUTO_LINK,
            EntityKind::Shard => &SHARD,
            EntityKind::Exchange => &EXCHANGE,
            EntityKind::Binding => &BINDING,
            EntityKind::Policy => &POLICY,
            EntityKind::Vhost => &VHOST,
            EntityKind::VhostUserGroupSettings => &VHOST_USER_GROUP_SETTINGS,
            EntityKind::Console => &CONSOLE,
            EntityKind::RouterLink => &ROUTER_LINK,
            EntityKind::RouterAddress => &ROUTER_ADDRESS,
            EntityKind::RouterNode => &ROUTER_NODE,
            EntityKind::Connection => &CONNECTION,
            EntityKind::RouterConnectionLinkRoute => &ROUTER_CONNECTION_LINK_ROUTE,
            EntityKind::LogStats => &LOG_STATS,
            EntityKind::Allocator => &ALLOCATOR,
            EntityKind::VhostStats => &VHOST_STATS,
            EntityKind::Management => &MANAGEMENT,
        }
    }
}

attribute_enum! {
    /// Attributes of `router`.
    pub enum RouterAttr of Router {
        Id = "id",
        Mode = "mode",
        Area = "area",
        Version = "version",
        HostName = "hostName",
        HelloIntervalSeconds = "helloIntervalSeconds",
        HelloMaxAgeSeconds = "helloMaxAgeSeconds",
        RaIntervalSeconds = "raIntervalSeconds",
        RaIntervalFluxSeconds = "raIntervalFluxSeconds",
        RemoteLsMaxAgeSeconds = "remoteLsMaxAgeSeconds",
        DataConnectionCount = "dataConnectionCount",
        WorkerThreads = "workerThreads",
        DebugDumpFile = "debugDumpFile",
        SaslConfigDir = "saslConfigDir",
        SaslConfigName = "saslConfigName",
        AllowResumableLinkRoute = "allowResumableLinkRoute",
        TimestampsInUTC = "timestampsInUTC",
        TimestampFormat = "timestampFormat",
        AllowUnsettledMulticast = "allowUnsettledMulticast",
        DefaultDistribution = "defaultDistribution",
        Metadata = "metadata",
        LogFormat = "logFormat",
        AddrCount = "addrCount",
        LinkCount = "linkCount",
        NodeCount = "nodeCount",
        LinkRouteCount = "linkRouteCount",
        AutoLinkCount = "autoLinkCount",
        ConnectionCount = "connectionCount",
        PresettledDeliveries = "presettledDeliveries",
        DroppedPresettledDeliveries = "droppedPresettledDeliveries",
        AcceptedDeliveries = "acceptedDeliveries",
        RejectedDeliveries = "rejectedDeliveries",
        ReleasedDeliveries = "releasedDeliveries",
        ModifiedDeliveries = "modifiedDeliveries",
        DeliveriesDelayed1Sec = "deliveriesDelayed1Sec",
        DeliveriesDelayed10Sec = "deliveriesDelayed10Sec",
        DeliveriesStuck = "deliveriesStuck",
        DeliveriesIngress = "deliveriesIngress",
        DeliveriesEgress = "deliveriesEgress",
        DeliveriesTransit = "deliveriesTransit",
        DeliveriesIngressRouteContainer = "deliveriesIngressRouteContainer",
        DeliveriesEgressRouteContainer = "deliveriesEgressRouteContainer",
        DeliveriesRedirectedToFallback = "deliveriesRedirectedToFallback",
        BlockedLinkCount = "blockedLinkCount",
        UptimeSeconds = "uptimeSeconds",
        MemoryUsage = "memoryUsage",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `router` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouterState {
    /// `version`
    Version,
    /// `hostName`
    HostName,
    /// `addrCount`
    AddrCount,
    /// `linkCount`
    LinkCount,
    /// `nodeCount`
    NodeCount,
    /// `linkRouteCount`
    LinkRouteCount,
    /// `autoLinkCount`
    AutoLinkCount,
    /// `connectionCount`
    ConnectionCount,
    /// `presettledDeliveries`
    PresettledDeliveries,
    /// `droppedPresettledDeliveries`
    DroppedPresettledDeliveries,
    /// `acceptedDeliveries`
    AcceptedDeliveries,
    /// `rejectedDeliveries`
    RejectedDeliveries,
    /// `releasedDeliveries`
    ReleasedDeliveries,
    /// `modifiedDeliveries`
    ModifiedDeliveries,
    /// `deliveriesDelayed1Sec`
    DeliveriesDelayed1Sec,
    /// `deliveriesDelayed10Sec`
    DeliveriesDelayed10Sec,
    /// `deliveriesStuck`
    DeliveriesStuck,
    /// `deliveriesIngress`
    DeliveriesIngress,
    /// `deliveriesEgress`
    DeliveriesEgress,
    /// `deliveriesTransit`
    DeliveriesTransit,
    /// `deliveriesIngressRouteContainer`
    DeliveriesIngressRouteContainer,
    /// `deliveriesEgressRouteContainer`
    DeliveriesEgressRouteContainer,
    /// `deliveriesRedirectedToFallback`
    DeliveriesRedirectedToFallback,
    /// `blockedLinkCount`
    BlockedLinkCount,
    /// `uptimeSeconds`
    UptimeSeconds,
    /// `memoryUsage`
    MemoryUsage,
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl Router {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: RouterAttr) -> Supply<'_, RouterState> {
        match attribute {
            RouterAttr::Id => Supply::Configured(match &self.id { Some(value) => Field::Text(value), None => Field::Absent }),
            RouterAttr::Mode => Supply::Configured(Field::Text(self.mode.as_str())),
            RouterAttr::Area => Supply::Configured(Field::Text(&self.area)),
            RouterAttr::Version => Supply::Running(RouterState::Version),
            RouterAttr::HostName => Supply::Running(RouterState::HostName),
            RouterAttr::HelloIntervalSeconds => Supply::Configured(Field::Integer(i64::from(self.hello_interval_seconds))),
            RouterAttr::HelloMaxAgeSeconds => Supply::Configured(Field::Integer(i64::from(self.hello_max_age_seconds))),
            RouterAttr::RaIntervalSeconds => Supply::Configured(Field::Integer(i64::from(self.ra_interval_seconds))),
            RouterAttr::RaIntervalFluxSeconds => Supply::Configured(Field::Integer(i64::from(self.ra_interval_flux_seconds))),
            RouterAttr::RemoteLsMaxAgeSeconds => Supply::Configured(Field::Integer(i64::from(self.remote_ls_max_age_seconds))),
            RouterAttr::DataConnectionCount => Supply::Configured(Field::Text(&self.data_connection_count)),
            RouterAttr::WorkerThreads => Supply::Configured(Field::Integer(i64::from(self.worker_threads))),
            RouterAttr::DebugDumpFile => Supply::Configured(match &self.debug_dump_file { Some(value) => Field::Text(value), None => Field::Absent }),
            RouterAttr::SaslConfigDir => Supply::Configured(match &self.sasl_config_dir { Some(value) => Field::Text(value), None => Field::Absent }),
            RouterAttr::SaslConfigName => Supply::Configured(Field::Text(&self.sasl_config_name)),
            RouterAttr::AllowResumableLinkRoute => Supply::Configured(Field::Boolean(self.allow_resumable_link_route)),
            RouterAttr::TimestampsInUTC => Supply::Configured(Field::Boolean(self.timestamps_in_utc)),
            RouterAttr::TimestampFormat => Supply::Configured(match &self.timestamp_format { Some(value) => Field::Text(value), None => Field::Absent }),
            RouterAttr::AllowUnsettledMulticast => Supply::Configured(Field::Boolean(self.allow_unsettled_multicast)),
            RouterAttr::DefaultDistribution => Supply::Configured(Field::Text(self.default_distribution.as_str())),
            RouterAttr::Metadata => Supply::Configured(match &self.metadata { Some(value) => Field::Text(value), None => Field::Absent }),
            RouterAttr::LogFormat => Supply::Configured(Field::Text(self.log_format.as_str())),
            RouterAttr::AddrCount => Supply::Running(RouterState::AddrCount),
            RouterAttr::LinkCount => Supply::Running(RouterState::LinkCount),
            RouterAttr::NodeCount => Supply::Running(RouterState::NodeCount),
            RouterAttr::LinkRouteCount => Supply::Running(RouterState::LinkRouteCount),
            RouterAttr::AutoLinkCount => Supply::Running(RouterState::AutoLinkCount),
            RouterAttr::ConnectionCount => Supply::Running(RouterState::ConnectionCount),
            RouterAttr::PresettledDeliveries => Supply::Running(RouterState::PresettledDeliveries),
            RouterAttr::DroppedPresettledDeliveries => Supply::Running(RouterState::DroppedPresettledDeliveries),
            RouterAttr::AcceptedDeliveries => Supply::Running(RouterState::AcceptedDeliveries),
            RouterAttr::RejectedDeliveries => Supply::Running(RouterState::RejectedDeliveries),
            RouterAttr::ReleasedDeliveries => Supply::Running(RouterState::ReleasedDeliveries),
            RouterAttr::ModifiedDeliveries => Supply::Running(RouterState::ModifiedDeliveries),
            RouterAttr::DeliveriesDelayed1Sec => Supply::Running(RouterState::DeliveriesDelayed1Sec),
            RouterAttr::DeliveriesDelayed10Sec => Supply::Running(RouterState::DeliveriesDelayed10Sec),
            RouterAttr::DeliveriesStuck => Supply::Running(RouterState::DeliveriesStuck),
            RouterAttr::DeliveriesIngress => Supply::Running(RouterState::DeliveriesIngress),
            RouterAttr::DeliveriesEgress => Supply::Running(RouterState::DeliveriesEgress),
            RouterAttr::DeliveriesTransit => Supply::Running(RouterState::DeliveriesTransit),
            RouterAttr::DeliveriesIngressRouteContainer => Supply::Running(RouterState::DeliveriesIngressRouteContainer),
            RouterAttr::DeliveriesEgressRouteContainer => Supply::Running(RouterState::DeliveriesEgressRouteContainer),
            RouterAttr::DeliveriesRedirectedToFallback => Supply::Running(RouterState::DeliveriesRedirectedToFallback),
            RouterAttr::BlockedLinkCount => Supply::Running(RouterState::BlockedLinkCount),
            RouterAttr::UptimeSeconds => Supply::Running(RouterState::UptimeSeconds),
            RouterAttr::MemoryUsage => Supply::Running(RouterState::MemoryUsage),
            RouterAttr::Name => Supply::Running(RouterState::Name),
            RouterAttr::Identity => Supply::Running(RouterState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `listener`.
    pub enum ListenerAttr of Listener {
        Host = "host",
        Port = "port",
        SocketAddressFamily = "socketAddressFamily",
        Role = "role",
        Cost = "cost",
        SslProfile = "sslProfile",
        SaslMechanisms = "saslMechanisms",
        AuthenticatePeer = "authenticatePeer",
        SaslPlugin = "saslPlugin",
        RequireEncryption = "requireEncryption",
        RequireSsl = "requireSsl",
        TrustedCertsFile = "trustedCertsFile",
        MaxFrameSize = "maxFrameSize",
        MaxSessions = "maxSessions",
        MaxSessionFrames = "maxSessionFrames",
        IdleTimeoutSeconds = "idleTimeoutSeconds",
        InitialHandshakeTimeoutSeconds = "initialHandshakeTimeoutSeconds",
        StripAnnotations = "stripAnnotations",
        LinkCapacity = "linkCapacity",
        MultiTenant = "multiTenant",
        FailoverUrls = "failoverUrls",
        Healthz = "healthz",
        Metrics = "metrics",
        Websockets = "websockets",
        Http = "http",
        HttpRootDir = "httpRootDir",
        MessageLoggingComponents = "messageLoggingComponents",
        PolicyVhost = "policyVhost",
        OpenProperties = "openProperties",
        MaxMessageSize = "maxMessageSize",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `listener` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListenerState {
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl Listener {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: ListenerAttr) -> Supply<'_, ListenerState> {
        match attribute {
            ListenerAttr::Host => Supply::Configured(Field::Text(&self.host)),
            ListenerAttr::Port => Supply::Configured(Field::Text(&self.port)),
            ListenerAttr::SocketAddressFamily => Supply::Configured(match &self.socket_address_family { Some(value) => Field::Text(value.as_str()), None => Field::Absent }),
            ListenerAttr::Role => Supply::Configured(Field::Text(self.role.as_str())),
            ListenerAttr::Cost => Supply::Configured(Field::Integer(i64::from(self.cost))),
            ListenerAttr::SslProfile => Supply::Configured(match &self.ssl_profile { Some(value) => Field::Text(value), None => Field::Absent }),
            ListenerAttr::SaslMechanisms => Supply::Configured(match &self.sasl_mechanisms { Some(value) => Field::Text(value), None => Field::Absent }),
            ListenerAttr::AuthenticatePeer => Supply::Configured(Field::Boolean(self.authenticate_peer)),
            ListenerAttr::SaslPlugin => Supply::Configured(match &self.sasl_plugin { Some(value) => Field::Text(value), None => Field::Absent }),
            ListenerAttr::RequireEncryption => Supply::Configured(Field::Boolean(self.require_encryption)),
            ListenerAttr::RequireSsl => Supply::Configured(Field::Boolean(self.require_ssl)),
            ListenerAttr::TrustedCertsFile => Supply::Configured(match &self.trusted_certs_file { Some(value) => Field::Text(value), None => Field::Absent }),
            ListenerAttr::MaxFrameSize => Supply::Configured(Field::Integer(i64::from(self.max_frame_size))),
            ListenerAttr::MaxSessions => Supply::Configured(Field::Integer(i64::from(self.max_sessions))),
            ListenerAttr::MaxSessionFrames => Supply::Configured(match &self.max_session_frames { Some(value) => Field::Integer(i64::from(*value)), None => Field::Absent }),
            ListenerAttr::IdleTimeoutSeconds => Supply::Configured(Field::Integer(i64::from(self.idle_timeout_seconds))),
            ListenerAttr::InitialHandshakeTimeoutSeconds => Supply::Configured(Field::Integer(i64::from(self.initial_handshake_timeout_seconds))),
            ListenerAttr::StripAnnotations => Supply::Configured(Field::Text(self.strip_annotations.as_str())),
            ListenerAttr::LinkCapacity => Supply::Configured(match &self.link_capacity { Some(value) => Field::Integer(i64::from(*value)), None => Field::Absent }),
            ListenerAttr::MultiTenant => Supply::Configured(Field::Boolean(self.multi_tenant)),
            ListenerAttr::FailoverUrls => Supply::Configured(match &self.failover_urls { Some(value) => Field::Text(value), None => Field::Absent }),
            ListenerAttr::Healthz => Supply::Configured(Field::Boolean(self.healthz)),
            ListenerAttr::Metrics => Supply::Configured(Field::Boolean(self.metrics)),
            ListenerAttr::Websockets => Supply::Configured(Field::Boolean(self.websockets)),
            ListenerAttr::Http => Supply::Configured(Field::Boolean(self.http)),
            ListenerAttr::HttpRootDir => Supply::Configured(match &self.http_root_dir { Some(value) => Field::Text(value), None => Field::Absent }),
            ListenerAttr::MessageLoggingComponents => Supply::Configured(Field::Text(&self.message_logging_components)),
            ListenerAttr::PolicyVhost => Supply::Configured(match &self.policy_vhost { Some(value) => Field::Text(value), None => Field::Absent }),
            ListenerAttr::OpenProperties => Supply::Configured(match &self.open_properties { Some(value) => Field::Map(value), None => Field::Absent }),
            ListenerAttr::MaxMessageSize => Supply::Configured(Field::Integer(i64::try_from(self.max_message_size).unwrap_or(i64::MAX))),
            ListenerAttr::Name => Supply::Running(ListenerState::Name),
            ListenerAttr::Identity => Supply::Running(ListenerState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `connector`.
    pub enum ConnectorAttr of Connector {
        Host = "host",
        Port = "port",
        ProtocolFamily = "protocolFamily",
        Role = "role",
        Cost = "cost",
        SslProfile = "sslProfile",
        SaslMechanisms = "saslMechanisms",
        AllowRedirect = "allowRedirect",
        MaxFrameSize = "maxFrameSize",
        MaxSessions = "maxSessions",
        MaxSessionFrames = "maxSessionFrames",
        IdleTimeoutSeconds = "idleTimeoutSeconds",
        StripAnnotations = "stripAnnotations",
        LinkCapacity = "linkCapacity",
        VerifyHostname = "verifyHostname",
        SaslUsername = "saslUsername",
        SaslPassword = "saslPassword",
        MessageLoggingComponents = "messageLoggingComponents",
        FailoverUrls = "failoverUrls",
        ConnectionStatus = "connectionStatus",
        ConnectionMsg = "connectionMsg",
        PolicyVhost = "policyVhost",
        OpenProperties = "openProperties",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `connector` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectorState {
    /// `failoverUrls`
    FailoverUrls,
    /// `connectionStatus`
    ConnectionStatus,
    /// `connectionMsg`
    ConnectionMsg,
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl Connector {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: ConnectorAttr) -> Supply<'_, ConnectorState> {
        match attribute {
            ConnectorAttr::Host => Supply::Configured(Field::Text(&self.host)),
            ConnectorAttr::Port => Supply::Configured(Field::Text(&self.port)),
            ConnectorAttr::ProtocolFamily => Supply::Configured(match &self.protocol_family { Some(value) => Field::Text(value.as_str()), None => Field::Absent }),
            ConnectorAttr::Role => Supply::Configured(Field::Text(self.role.as_str())),
            ConnectorAttr::Cost => Supply::Configured(Field::Integer(i64::from(self.cost))),
            ConnectorAttr::SslProfile => Supply::Configured(match &self.ssl_profile { Some(value) => Field::Text(value), None => Field::Absent }),
            ConnectorAttr::SaslMechanisms => Supply::Configured(match &self.sasl_mechanisms { Some(value) => Field::Text(value), None => Field::Absent }),
            ConnectorAttr::AllowRedirect => Supply::Configured(Field::Boolean(self.allow_redirect)),
            ConnectorAttr::MaxFrameSize => Supply::Configured(Field::Integer(i64::from(self.max_frame_size))),
            ConnectorAttr::MaxSessions => Supply::Configured(Field::Integer(i64::from(self.max_sessions))),
            ConnectorAttr::MaxSessionFrames => Supply::Configured(match &self.max_session_frames { Some(value) => Field::Integer(i64::from(*value)), None => Field::Absent }),
            ConnectorAttr::IdleTimeoutSeconds => Supply::Configured(Field::Integer(i64::from(self.idle_timeout_seconds))),
            ConnectorAttr::StripAnnotations => Supply::Configured(Field::Text(self.strip_annotations.as_str())),
            ConnectorAttr::LinkCapacity => Supply::Configured(match &self.link_capacity { Some(value) => Field::Integer(i64::from(*value)), None => Field::Absent }),
            ConnectorAttr::VerifyHostname => Supply::Configured(Field::Boolean(self.verify_hostname)),
            ConnectorAttr::SaslUsername => Supply::Configured(match &self.sasl_username { Some(value) => Field::Text(value), None => Field::Absent }),
            ConnectorAttr::SaslPassword => Supply::Configured(match &self.sasl_password { Some(_) => Field::Secret, None => Field::Absent }),
            ConnectorAttr::MessageLoggingComponents => Supply::Configured(Field::Text(&self.message_logging_components)),
            ConnectorAttr::FailoverUrls => Supply::Running(ConnectorState::FailoverUrls),
            ConnectorAttr::ConnectionStatus => Supply::Running(ConnectorState::ConnectionStatus),
            ConnectorAttr::ConnectionMsg => Supply::Running(ConnectorState::ConnectionMsg),
            ConnectorAttr::PolicyVhost => Supply::Configured(match &self.policy_vhost { Some(value) => Field::Text(value), None => Field::Absent }),
            ConnectorAttr::OpenProperties => Supply::Configured(match &self.open_properties { Some(value) => Field::Map(value), None => Field::Absent }),
            ConnectorAttr::Name => Supply::Running(ConnectorState::Name),
            ConnectorAttr::Identity => Supply::Running(ConnectorState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `sslProfile`.
    pub enum SslProfileAttr of SslProfile {
        Ciphers = "ciphers",
        Protocols = "protocols",
        CaCertFile = "caCertFile",
        CertFile = "certFile",
        PrivateKeyFile = "privateKeyFile",
        PasswordFile = "passwordFile",
        Password = "password",
        UidFormat = "uidFormat",
        UidNameMappingFile = "uidNameMappingFile",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `sslProfile` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslProfileState {
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl SslProfile {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: SslProfileAttr) -> Supply<'_, SslProfileState> {
        match attribute {
            SslProfileAttr::Ciphers => Supply::Configured(match &self.ciphers { Some(value) => Field::Text(value), None => Field::Absent }),
            SslProfileAttr::Protocols => Supply::Configured(match &self.protocols { Some(value) => Field::Text(value), None => Field::Absent }),
            SslProfileAttr::CaCertFile => Supply::Configured(match &self.ca_cert_file { Some(value) => Field::Text(value), None => Field::Absent }),
            SslProfileAttr::CertFile => Supply::Configured(match &self.cert_file { Some(value) => Field::Text(value), None => Field::Absent }),
            SslProfileAttr::PrivateKeyFile => Supply::Configured(match &self.private_key_file { Some(value) => Field::Text(value), None => Field::Absent }),
            SslProfileAttr::PasswordFile => Supply::Configured(match &self.password_file { Some(value) => Field::Text(value), None => Field::Absent }),
            SslProfileAttr::Password => Supply::Configured(match &self.password { Some(_) => Field::Secret, None => Field::Absent }),
            SslProfileAttr::UidFormat => Supply::Configured(match &self.uid_format { Some(value) => Field::Text(value), None => Field::Absent }),
            SslProfileAttr::UidNameMappingFile => Supply::Configured(match &self.uid_name_mapping_file { Some(value) => Field::Text(value), None => Field::Absent }),
            SslProfileAttr::Name => Supply::Running(SslProfileState::Name),
            SslProfileAttr::Identity => Supply::Running(SslProfileState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `authServicePlugin`.
    pub enum AuthServicePluginAttr of AuthServicePlugin {
        AuthService = "authService",
        Host = "host",
        Port = "port",
        Realm = "realm",
        SslProfile = "sslProfile",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `authServicePlugin` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthServicePluginState {
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl AuthServicePlugin {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: AuthServicePluginAttr) -> Supply<'_, AuthServicePluginState> {
        match attribute {
            AuthServicePluginAttr::AuthService => Supply::Configured(match &self.auth_service { Some(value) => Field::Text(value), None => Field::Absent }),
            AuthServicePluginAttr::Host => Supply::Configured(Field::Text(&self.host)),
            AuthServicePluginAttr::Port => Supply::Configured(Field::Text(&self.port)),
            AuthServicePluginAttr::Realm => Supply::Configured(match &self.realm { Some(value) => Field::Text(value), None => Field::Absent }),
            AuthServicePluginAttr::SslProfile => Supply::Configured(match &self.ssl_profile { Some(value) => Field::Text(value), None => Field::Absent }),
            AuthServicePluginAttr::Name => Supply::Running(AuthServicePluginState::Name),
            AuthServicePluginAttr::Identity => Supply::Running(AuthServicePluginState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `log`.
    pub enum LogAttr of Log {
        Module = "module",
        Enable = "enable",
        IncludeTimestamp = "includeTimestamp",
        IncludeSource = "includeSource",
        OutputFile = "outputFile",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `log` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogState {
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl Log {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: LogAttr) -> Supply<'_, LogState> {
        match attribute {
            LogAttr::Module => Supply::Configured(Field::Text(self.module.as_str())),
            LogAttr::Enable => Supply::Configured(match &self.enable { Some(value) => Field::Text(value), None => Field::Absent }),
            LogAttr::IncludeTimestamp => Supply::Configured(match &self.include_timestamp { Some(value) => Field::Boolean(*value), None => Field::Absent }),
            LogAttr::IncludeSource => Supply::Configured(match &self.include_source { Some(value) => Field::Boolean(*value), None => Field::Absent }),
            LogAttr::OutputFile => Supply::Configured(match &self.output_file { Some(value) => Field::Text(value), None => Field::Absent }),
            LogAttr::Name => Supply::Running(LogState::Name),
            LogAttr::Identity => Supply::Running(LogState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `address`.
    pub enum AddressAttr of Address {
        Prefix = "prefix",
        Pattern = "pattern",
        Distribution = "distribution",
        Waypoint = "waypoint",
        IngressPhase = "ingressPhase",
        EgressPhase = "egressPhase",
        Priority = "priority",
        EnableFallback = "enableFallback",
        Concentrate = "concentrate",
        Bypass = "bypass",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `address` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressState {
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl Address {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: AddressAttr) -> Supply<'_, AddressState> {
        match attribute {
            AddressAttr::Prefix => Supply::Configured(match &self.prefix { Some(value) => Field::Text(value), None => Field::Absent }),
            AddressAttr::Pattern => Supply::Configured(match &self.pattern { Some(value) => Field::Text(value), None => Field::Absent }),
            AddressAttr::Distribution => Supply::Configured(Field::Text(self.distribution.as_str())),
            AddressAttr::Waypoint => Supply::Configured(Field::Boolean(self.waypoint)),
            AddressAttr::IngressPhase => Supply::Configured(match &self.ingress_phase { Some(value) => Field::Integer(i64::from(*value)), None => Field::Absent }),
            AddressAttr::EgressPhase => Supply::Configured(match &self.egress_phase { Some(value) => Field::Integer(i64::from(*value)), None => Field::Absent }),
            AddressAttr::Priority => Supply::Configured(match &self.priority { Some(value) => Field::Integer(i64::from(*value)), None => Field::Absent }),
            AddressAttr::EnableFallback => Supply::Configured(Field::Boolean(self.enable_fallback)),
            AddressAttr::Concentrate => Supply::Configured(match &self.concentrate { Some(value) => Field::Text(value), None => Field::Absent }),
            AddressAttr::Bypass => Supply::Configured(Field::Text(self.bypass.as_str())),
            AddressAttr::Name => Supply::Running(AddressState::Name),
            AddressAttr::Identity => Supply::Running(AddressState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `linkRoute`.
    pub enum LinkRouteAttr of LinkRoute {
        Prefix = "prefix",
        Pattern = "pattern",
        AddExternalPrefix = "addExternalPrefix",
        DelExternalPrefix = "delExternalPrefix",
        ContainerId = "containerId",
        Connection = "connection",
        Distribution = "distribution",
        Direction = "direction",
        OperStatus = "operStatus",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `linkRoute` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkRouteState {
    /// `operStatus`
    OperStatus,
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl LinkRoute {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: LinkRouteAttr) -> Supply<'_, LinkRouteState> {
        match attribute {
            LinkRouteAttr::Prefix => Supply::Configured(match &self.prefix { Some(value) => Field::Text(value), None => Field::Absent }),
            LinkRouteAttr::Pattern => Supply::Configured(match &self.pattern { Some(value) => Field::Text(value), None => Field::Absent }),
            LinkRouteAttr::AddExternalPrefix => Supply::Configured(match &self.add_external_prefix { Some(value) => Field::Text(value), None => Field::Absent }),
            LinkRouteAttr::DelExternalPrefix => Supply::Configured(match &self.del_external_prefix { Some(value) => Field::Text(value), None => Field::Absent }),
            LinkRouteAttr::ContainerId => Supply::Configured(match &self.container_id { Some(value) => Field::Text(value), None => Field::Absent }),
            LinkRouteAttr::Connection => Supply::Configured(match &self.connection { Some(value) => Field::Text(value), None => Field::Absent }),
            LinkRouteAttr::Distribution => Supply::Configured(Field::Text(self.distribution.as_str())),
            LinkRouteAttr::Direction => Supply::Configured(Field::Text(self.direction.as_str())),
            LinkRouteAttr::OperStatus => Supply::Running(LinkRouteState::OperStatus),
            LinkRouteAttr::Name => Supply::Running(LinkRouteState::Name),
            LinkRouteAttr::Identity => Supply::Running(LinkRouteState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `autoLink`.
    pub enum AutoLinkAttr of AutoLink {
        Address = "address",
        Direction = "direction",
        Phase = "phase",
        ContainerId = "containerId",
        Connection = "connection",
        ExternalAddress = "externalAddress",
        Fallback = "fallback",
        LinkRef = "linkRef",
        OperStatus = "operStatus",
        LastError = "lastError",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `autoLink` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoLinkState {
    /// `linkRef`
    LinkRef,
    /// `operStatus`
    OperStatus,
    /// `lastError`
    LastError,
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl AutoLink {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: AutoLinkAttr) -> Supply<'_, AutoLinkState> {
        match attribute {
            AutoLinkAttr::Address => Supply::Configured(Field::Text(&self.address)),
            AutoLinkAttr::Direction => Supply::Configured(Field::Text(self.direction.as_str())),
            AutoLinkAttr::Phase => Supply::Configured(match &self.phase { Some(value) => Field::Integer(i64::from(*value)), None => Field::Absent }),
            AutoLinkAttr::ContainerId => Supply::Configured(match &self.container_id { Some(value) => Field::Text(value), None => Field::Absent }),
            AutoLinkAttr::Connection => Supply::Configured(match &self.connection { Some(value) => Field::Text(value), None => Field::Absent }),
            AutoLinkAttr::ExternalAddress => Supply::Configured(match &self.external_address { Some(value) => Field::Text(value), None => Field::Absent }),
            AutoLinkAttr::Fallback => Supply::Configured(Field::Boolean(self.fallback)),
            AutoLinkAttr::LinkRef => Supply::Running(AutoLinkState::LinkRef),
            AutoLinkAttr::OperStatus => Supply::Running(AutoLinkState::OperStatus),
            AutoLinkAttr::LastError => Supply::Running(AutoLinkState::LastError),
            AutoLinkAttr::Name => Supply::Running(AutoLinkState::Name),
            AutoLinkAttr::Identity => Supply::Running(AutoLinkState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `shard`.
    pub enum ShardAttr of Shard {
        Address = "address",
        Member = "member",
        Key = "key",
        OnLoss = "onLoss",
        Weight = "weight",
        AdminStatus = "adminStatus",
        OperStatus = "operStatus",
        DeliveriesIngress = "deliveriesIngress",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `shard` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShardState {
    /// `operStatus`
    OperStatus,
    /// `deliveriesIngress`
    DeliveriesIngress,
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl Shard {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: ShardAttr) -> Supply<'_, ShardState> {
        match attribute {
            ShardAttr::Address => Supply::Configured(Field::Text(&self.address)),
            ShardAttr::Member => Supply::Configured(match &self.member { Some(value) => Field::Text(value), None => Field::Absent }),
            ShardAttr::Key => Supply::Configured(Field::Text(&self.key)),
            ShardAttr::OnLoss => Supply::Configured(Field::Text(self.on_loss.as_str())),
            ShardAttr::Weight => Supply::Configured(Field::Integer(i64::from(self.weight))),
            ShardAttr::AdminStatus => Supply::Configured(Field::Text(self.admin_status.as_str())),
            ShardAttr::OperStatus => Supply::Running(ShardState::OperStatus),
            ShardAttr::DeliveriesIngress => Supply::Running(ShardState::DeliveriesIngress),
            ShardAttr::Name => Supply::Running(ShardState::Name),
            ShardAttr::Identity => Supply::Running(ShardState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `exchange`.
    pub enum ExchangeAttr of Exchange {
        Address = "address",
        Phase = "phase",
        AlternateAddress = "alternateAddress",
        AlternatePhase = "alternatePhase",
        MatchMethod = "matchMethod",
        BindingCount = "bindingCount",
        ReceivedCount = "receivedCount",
        DroppedCount = "droppedCount",
        ForwardedCount = "forwardedCount",
        DivertedCount = "divertedCount",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `exchange` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExchangeState {
    /// `bindingCount`
    BindingCount,
    /// `receivedCount`
    ReceivedCount,
    /// `droppedCount`
    DroppedCount,
    /// `forwardedCount`
    ForwardedCount,
    /// `divertedCount`
    DivertedCount,
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl Exchange {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: ExchangeAttr) -> Supply<'_, ExchangeState> {
        match attribute {
            ExchangeAttr::Address => Supply::Configured(Field::Text(&self.address)),
            ExchangeAttr::Phase => Supply::Configured(match &self.phase { Some(value) => Field::Integer(i64::from(*value)), None => Field::Absent }),
            ExchangeAttr::AlternateAddress => Supply::Configured(match &self.alternate_address { Some(value) => Field::Text(value), None => Field::Absent }),
            ExchangeAttr::AlternatePhase => Supply::Configured(match &self.alternate_phase { Some(value) => Field::Integer(i64::from(*value)), None => Field::Absent }),
            ExchangeAttr::MatchMethod => Supply::Configured(Field::Text(self.match_method.as_str())),
            ExchangeAttr::BindingCount => Supply::Running(ExchangeState::BindingCount),
            ExchangeAttr::ReceivedCount => Supply::Running(ExchangeState::ReceivedCount),
            ExchangeAttr::DroppedCount => Supply::Running(ExchangeState::DroppedCount),
            ExchangeAttr::ForwardedCount => Supply::Running(ExchangeState::ForwardedCount),
            ExchangeAttr::DivertedCount => Supply::Running(ExchangeState::DivertedCount),
            ExchangeAttr::Name => Supply::Running(ExchangeState::Name),
            ExchangeAttr::Identity => Supply::Running(ExchangeState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `binding`.
    pub enum BindingAttr of Binding {
        ExchangeName = "exchangeName",
        BindingKey = "bindingKey",
        NextHopAddress = "nextHopAddress",
        NextHopPhase = "nextHopPhase",
        MatchedCount = "matchedCount",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `binding` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindingState {
    /// `matchedCount`
    MatchedCount,
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl Binding {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: BindingAttr) -> Supply<'_, BindingState> {
        match attribute {
            BindingAttr::ExchangeName => Supply::Configured(Field::Text(&self.exchange_name)),
            BindingAttr::BindingKey => Supply::Configured(match &self.binding_key { Some(value) => Field::Text(value), None => Field::Absent }),
            BindingAttr::NextHopAddress => Supply::Configured(Field::Text(&self.next_hop_address)),
            BindingAttr::NextHopPhase => Supply::Configured(match &self.next_hop_phase { Some(value) => Field::Integer(i64::from(*value)), None => Field::Absent }),
            BindingAttr::MatchedCount => Supply::Running(BindingState::MatchedCount),
            BindingAttr::Name => Supply::Running(BindingState::Name),
            BindingAttr::Identity => Supply::Running(BindingState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `policy`.
    pub enum PolicyAttr of Policy {
        MaxConnections = "maxConnections",
        MaxMessageSize = "maxMessageSize",
        EnableVhostPolicy = "enableVhostPolicy",
        EnableVhostNamePatterns = "enableVhostNamePatterns",
        PolicyDir = "policyDir",
        DefaultVhost = "defaultVhost",
        ConnectionsProcessed = "connectionsProcessed",
        ConnectionsDenied = "connectionsDenied",
        ConnectionsCurrent = "connectionsCurrent",
        LinksDenied = "linksDenied",
        MaxMessageSizeDenied = "maxMessageSizeDenied",
        TotalDenials = "totalDenials",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `policy` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyState {
    /// `connectionsProcessed`
    ConnectionsProcessed,
    /// `connectionsDenied`
    ConnectionsDenied,
    /// `connectionsCurrent`
    ConnectionsCurrent,
    /// `linksDenied`
    LinksDenied,
    /// `maxMessageSizeDenied`
    MaxMessageSizeDenied,
    /// `totalDenials`
    TotalDenials,
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl Policy {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: PolicyAttr) -> Supply<'_, PolicyState> {
        match attribute {
            PolicyAttr::MaxConnections => Supply::Configured(Field::Integer(i64::from(self.max_connections))),
            PolicyAttr::MaxMessageSize => Supply::Configured(Field::Integer(i64::try_from(self.max_message_size).unwrap_or(i64::MAX))),
            PolicyAttr::EnableVhostPolicy => Supply::Configured(Field::Boolean(self.enable_vhost_policy)),
            PolicyAttr::EnableVhostNamePatterns => Supply::Configured(Field::Boolean(self.enable_vhost_name_patterns)),
            PolicyAttr::PolicyDir => Supply::Configured(Field::Text(&self.policy_dir)),
            PolicyAttr::DefaultVhost => Supply::Configured(Field::Text(&self.default_vhost)),
            PolicyAttr::ConnectionsProcessed => Supply::Running(PolicyState::ConnectionsProcessed),
            PolicyAttr::ConnectionsDenied => Supply::Running(PolicyState::ConnectionsDenied),
            PolicyAttr::ConnectionsCurrent => Supply::Running(PolicyState::ConnectionsCurrent),
            PolicyAttr::LinksDenied => Supply::Running(PolicyState::LinksDenied),
            PolicyAttr::MaxMessageSizeDenied => Supply::Running(PolicyState::MaxMessageSizeDenied),
            PolicyAttr::TotalDenials => Supply::Running(PolicyState::TotalDenials),
            PolicyAttr::Name => Supply::Running(PolicyState::Name),
            PolicyAttr::Identity => Supply::Running(PolicyState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `vhost`.
    pub enum VhostAttr of Vhost {
        Hostname = "hostname",
        Aliases = "aliases",
        MaxConnections = "maxConnections",
        MaxMessageSize = "maxMessageSize",
        MaxConnectionsPerUser = "maxConnectionsPerUser",
        MaxConnectionsPerHost = "maxConnectionsPerHost",
        AllowUnknownUser = "allowUnknownUser",
        Groups = "groups",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `vhost` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VhostState {
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl Vhost {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: VhostAttr) -> Supply<'_, VhostState> {
        match attribute {
            VhostAttr::Hostname => Supply::Configured(Field::Text(&self.hostname)),
            VhostAttr::Aliases => Supply::Configured(match &self.aliases { Some(value) => Field::Text(value), None => Field::Absent }),
            VhostAttr::MaxConnections => Supply::Configured(Field::Integer(i64::from(self.max_connections))),
            VhostAttr::MaxMessageSize => Supply::Configured(match &self.max_message_size { Some(value) => Field::Integer(i64::try_from(*value).unwrap_or(i64::MAX)), None => Field::Absent }),
            VhostAttr::MaxConnectionsPerUser => Supply::Configured(Field::Integer(i64::from(self.max_connections_per_user))),
            VhostAttr::MaxConnectionsPerHost => Supply::Configured(Field::Integer(i64::from(self.max_connections_per_host))),
            VhostAttr::AllowUnknownUser => Supply::Configured(Field::Boolean(self.allow_unknown_user)),
            VhostAttr::Groups => Supply::Configured(match &self.groups { Some(value) => Field::Map(value), None => Field::Absent }),
            VhostAttr::Name => Supply::Running(VhostState::Name),
            VhostAttr::Identity => Supply::Running(VhostState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `console`.
    pub enum ConsoleAttr of Console {
        Listener = "listener",
        Wsport = "wsport",
        Proxy = "proxy",
        Home = "home",
        Args = "args",
        Name = "name",
        Identity = "identity",
    }
}

/// Attributes of `console` that its configuration does not settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsoleState {
    /// `name`
    Name,
    /// `identity`
    Identity,
}

impl Console {
    /// Value of an attribute, if it is the configuration that has it.
    pub fn supply(&self, attribute: ConsoleAttr) -> Supply<'_, ConsoleState> {
        match attribute {
            ConsoleAttr::Listener => Supply::Configured(match &self.listener { Some(value) => Field::Text(value), None => Field::Absent }),
            ConsoleAttr::Wsport => Supply::Configured(Field::Integer(i64::from(self.wsport))),
            ConsoleAttr::Proxy => Supply::Configured(Field::Text(&self.proxy)),
            ConsoleAttr::Home => Supply::Configured(Field::Text(&self.home)),
            ConsoleAttr::Args => Supply::Configured(match &self.args { Some(value) => Field::Text(value), None => Field::Absent }),
            ConsoleAttr::Name => Supply::Running(ConsoleState::Name),
            ConsoleAttr::Identity => Supply::Running(ConsoleState::Identity),
        }
    }
}

attribute_enum! {
    /// Attributes of `router.link`.
    pub enum RouterLinkAttr of RouterLink {
        AdminStatus = "adminStatus",
        OperStatus = "operStatus",
        LinkName = "linkName",
        LinkType = "linkType",
        LinkDir = "linkDir",
        OwningAddr = "owningAddr",
        Capacity = "capacity",
        Peer = "peer",
        UndeliveredCount = "undeliveredCount",
        UnsettledCount = "unsettledCount",
        DeliveryCount = "deliveryCount",
        PresettledCount = "presettledCount",
        DroppedPresettledCount = "droppedPresettledCount",
        AcceptedCount = "acceptedCount",
        RejectedCount = "rejectedCount",
        ReleasedCount = "releasedCount",
        ModifiedCount = "modifiedCount",
        DeliveriesDelayed1Sec = "deliveriesDelayed1Sec",
        DeliveriesDelayed10Sec = "deliveriesDelayed10Sec",
        DeliveriesStuck = "deliveriesStuck",
        CreditAvailable = "creditAvailable",
        ZeroCreditSeconds = "zeroCreditSeconds",
        SettleRate = "settleRate",
        IngressHistogram = "ingressHistogram",
        Priority = "priority",
        ConnectionId = "connectionId",
        Name = "name",
        Identity = "identity",
    }
}

attribute_enum! {
    /// Attributes of `router.address`.
    pub enum RouterAddressAttr of RouterAddress {
        Distribution = "distribution",
        InProcess = "inProcess",
        SubscriberCount = "subscriberCount",
        RemoteCount = "remoteCount",
        ContainerCount = "containerCount",
        DeliveriesIngress = "deliveriesIngress",
        DeliveriesEgress = "deliveriesEgress",
        DeliveriesTransit = "deliveriesTransit",
        DeliveriesToContainer = "deliveriesToContainer",
        DeliveriesFromContainer = "deliveriesFromContainer",
        DeliveriesIngressRouteContainer = "deliveriesIngressRouteContainer",
        DeliveriesEgressRouteContainer = "deliveriesEgressRouteContainer",
        DeliveriesRedirectedToFallback = "deliveriesRedirectedToFallback",
        Key = "key",
        RemoteHostRouters = "remoteHostRouters",
        TransitOutstanding = "transitOutstanding",
        TrackedDeliveries = "trackedDeliveries",
        Priority = "priority",
        Name = "name",
        Identity = "identity",
    }
}

attribute_enum! {
    /// Attributes of `router.node`.
    pub enum RouterNodeAttr of RouterNode {
        Id = "id",
        ProtocolVersion = "protocolVersion",
        Instance = "instance",
        LinkState = "linkState",
        NextHop = "nextHop",
        ValidOrigins = "validOrigins",
        Address = "address",
        RouterLink = "routerLink",
        Cost = "cost",
        LastTopoChange = "lastTopoChange",
        Index = "index",
        Name = "name",
        Identity = "identity",
    }
}

attribute_enum! {
    /// Attributes of `connection`.
    pub enum ConnectionAttr of Connection {
        AdminStatus = "adminStatus",
        OperStatus = "operStatus",
        Protocol = "protocol",
        Container = "container",
        Opened = "opened",
        Host = "host",
        Dir = "dir",
        Role = "role",
        IsAuthenticated = "isAuthenticated",
        IsEncrypted = "isEncrypted",
        EnableProtocolTrace = "enableProtocolTrace",
        Sasl = "sasl",
        User = "user",
        Ssl = "ssl",
        SslProto = "sslProto",
        SslCipher = "sslCipher",
        SslSsf = "sslSsf",
        Tenant = "tenant",
        UptimeSeconds = "uptimeSeconds",
        Properties = "properties",
        LastDlvSeconds = "lastDlvSeconds",
        Active = "active",
        Name = "name",
        Identity = "identity",
    }
}

attribute_enum! {
    /// Attributes of `router.connection.linkRoute`.
    pub enum RouterConnectionLinkRouteAttr of RouterConnectionLinkRoute {
        Pattern = "pattern",
        Direction = "direction",
        ContainerId = "containerId",
        Name = "name",
        Identity = "identity",
    }
}

attribute_enum! {
    /// Attributes of `logStats`.
    pub enum LogStatsAttr of LogStats {
        TraceCount = "traceCount",
        DebugCount = "debugCount",
        InfoCount = "infoCount",
        NoticeCount = "noticeCount",
        WarningCount = "warningCount",
        ErrorCount = "errorCount",
        CriticalCount = "criticalCount",
        Name = "name",
        Identity = "identity",
    }
}

attribute_enum! {
    /// Attributes of `allocator`.
    pub enum AllocatorAttr of Allocator {
        TypeName = "typeName",
        TypeSize = "typeSize",
        TransferBatchSize = "transferBatchSize",
        LocalFreeListMax = "localFreeListMax",
        GlobalFreeListMax = "globalFreeListMax",
        TotalAllocFromHeap = "totalAllocFromHeap",
        TotalFreeToHeap = "totalFreeToHeap",
        HeldByThreads = "heldByThreads",
        BatchesRebalancedToThreads = "batchesRebalancedToThreads",
        BatchesRebalancedToGlobal = "batchesRebalancedToGlobal",
        Name = "name",
        Identity = "identity",
    }
}

attribute_enum! {
    /// Attributes of `vhostStats`.
    pub enum VhostStatsAttr of VhostStats {
        Id = "id",
        Hostname = "hostname",
        ConnectionsApproved = "connectionsApproved",
        ConnectionsDenied = "connectionsDenied",
        ConnectionsCurrent = "connectionsCurrent",
        PerUserState = "perUserState",
        PerHostState = "perHostState",
        SessionDenied = "sessionDenied",
        SenderDenied = "senderDenied",
        ReceiverDenied = "receiverDenied",
        MaxMessageSizeDenied = "maxMessageSizeDenied",
        Name = "name",
        Identity = "identity",
    }
}

attribute_enum! {
    /// Attributes of `management`.
    pub enum ManagementAttr of Management {
        Name = "name",
        Identity = "identity",
    }
}
