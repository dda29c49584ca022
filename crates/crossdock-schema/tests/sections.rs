//! One section against its table: types, defaults, aliases, what is refused.

#![allow(clippy::expect_used, reason = "what a test cannot do without")]

mod support;

use crossdock_schema::{
    Distribution, ENTITY_TYPES, Effect, IpFamily, Kind, LogModule, Nature, Role, RouterMode, Secret, SslProfile,
    StripAnnotations, Value,
};
use support::{accepted, refused, section, warnings};

fn listener_error(line: &str) -> String {
    let errors = refused(&section("listener", &[line]));
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors[0].strip_prefix("router.conf:2: listener: ").expect("line and entity").to_owned()
}

#[test]
fn defaults_are_filled_in() {
    let configuration = accepted("listener {\n}\nlog {\nmodule: DEFAULT\n}\naddress {\nprefix: a\n}\n");
    assert_eq!((configuration.router.mode, configuration.router.worker_threads), (RouterMode::Standalone, 4));
    assert_eq!((configuration.policy.max_connections, configuration.policy.max_message_size), (65535, 0));
    let listener = &configuration.listeners[0].value;
    assert_eq!((listener.host.as_str(), listener.port.as_str()), ("", "amqp"));
    assert_eq!((listener.max_frame_size, listener.max_sessions, listener.max_session_frames), (16384, 32768, None));
    assert_eq!((listener.idle_timeout_seconds, listener.initial_handshake_timeout_seconds), (16, 10));
    assert_eq!((listener.strip_annotations, listener.link_capacity), (StripAnnotations::Both, None));
    assert_eq!((listener.max_message_size, listener.name.as_deref()), (0, None));
    assert_eq!(configuration.logs[0].value.module, LogModule::Default);
    assert_eq!(configuration.logs[0].value.enable, None);
    let address = &configuration.addresses[0].value;
    assert_eq!((address.distribution, address.priority), (Distribution::Balanced, None));
}

#[test]
fn a_connector_has_defaults_and_can_be_shaped() {
    let plain = &accepted("connector {\n}\n").connectors[0].value;
    assert_eq!(
        (plain.host.as_str(), plain.port.as_str(), plain.role, plain.cost),
        ("127.0.0.1", "amqp", Role::Normal, 1)
    );
    assert_eq!((plain.max_frame_size, plain.max_sessions, plain.idle_timeout_seconds), (16384, 32768, 16));
    assert_eq!((plain.strip_annotations, plain.link_capacity), (StripAnnotations::Both, None));
    let lines = [
        "host: ::1",
        "port: 5671",
        "protocolFamily: IPv6",
        "stripAnnotations: no",
        "linkCapacity: 10",
        "verifyHostName: no",
        "allowRedirect: no",
        "saslUsername: me",
        "saslPassword: env:SECRET",
        "maxSessionFrames: 7",
    ];
    let shaped = &accepted(&section("connector", &lines)).connectors[0].value;
    assert_eq!((shaped.host.as_str(), shaped.protocol_family), ("::1", Some(IpFamily::IPv6)));
    assert_eq!((shaped.strip_annotations, shaped.max_session_frames), (StripAnnotations::No, Some(7)));
    assert_eq!(shaped.sasl_password.as_ref().map(Secret::reveal), Some("env:SECRET"));
    assert!(!format!("{shaped:?}").contains("env:SECRET"));
}

#[test]
fn what_a_connector_is_told_by_its_peer_is_not_configured() {
    assert_eq!(
        warnings(&section("connector", &["failoverUrls: amqp://other"])),
        ["router.conf:2: connector: 'failoverUrls' is for the router to say; giving it has no effect"]
    );
}

#[test]
fn times_of_the_routing_protocol_are_whole_seconds_of_at_least_one() {
    let router =
        accepted("router {\nmode: interior\nhelloInterval: 2\nraInterval: 60\ndataConnectionCount: 3\n}\n").router;
    assert_eq!(
        (router.mode, router.hello_interval_seconds, router.hello_max_age_seconds),
        (RouterMode::Interior, 2, 3)
    );
    assert_eq!((router.ra_interval_seconds, router.ra_interval_flux_seconds), (60, 4));
    assert_eq!((router.remote_ls_max_age_seconds, router.data_connection_count.as_str()), (60, "3"));
    assert_eq!(
        refused(&section("router", &["raIntervalFlux: 0", "dataConnectionCount: 65"])),
        [
            "router.conf:2: router: 'raIntervalFluxSeconds' is '0'; allowed are whole numbers from 1 to 2147483647",
            "router.conf:3: router: 'dataConnectionCount' is '65'; allowed are auto and whole numbers from 0 to 64",
        ]
    );
}

#[test]
fn integers_are_decimal_with_sign_and_separators_and_have_a_range() {
    for (text, number) in [("512", 512), ("+7", 7), ("65_536", 65536), ("0", 0), ("4294967295", u32::MAX)] {
        let configuration = accepted(&section("listener", &[&format!("maxFrameSize: {text}")]));
        assert_eq!(configuration.listeners[0].value.max_frame_size, number);
    }
    for text in
        ["1.5", "-1", "4294967296", "0x10", "_1", "1_", "1__0", "12k", "99999999999999999999", "yes", "+", "1 0"]
    {
        assert_eq!(
            listener_error(&format!("maxFrameSize: {text}")),
            format!("'maxFrameSize' is '{text}'; allowed are whole numbers from 0 to 4294967295")
        );
    }
}

#[test]
fn booleans_are_words_of_any_case() {
    for (text, truth) in [("yes", true), ("True", true), ("ON", true), ("no", false), ("false", false), ("Off", false)]
    {
        let configuration = accepted(&section("router", &[&format!("timestampsInUTC: {text}")]));
        assert_eq!(configuration.router.timestamps_in_utc, truth);
    }
    assert_eq!(listener_error("healthz: 1"), "'healthz' is '1'; allowed are yes, true, on, no, false, off");
}

#[test]
fn enumerations_are_exact_tags_or_indexes() {
    for (text, distribution) in [("multicast", Distribution::Multicast), ("3", Distribution::Unavailable)] {
        let configuration = accepted(&section("router", &[&format!("defaultDistribution: {text}")]));
        assert_eq!(configuration.router.default_distribution, distribution);
    }
    for text in ["foo", "Normal", "4", "-1"] {
        assert_eq!(
            listener_error(&format!("role: {text}")),
            format!("'role' is '{text}'; allowed are normal, inter-router, route-container, edge")
        );
    }
}

#[test]
fn keys_of_properties_are_ascii() {
    assert_eq!(listener_error("openProperties: {\"é\": 1}"), "key 'é' of 'openProperties' is not ASCII");
    assert_eq!(listener_error("openProperties: 7"), "'openProperties' is '7'; a map is needed");
}

#[test]
fn ports_levels_and_failover_lists_are_checked() {
    for port in ["0", "5672", "amqps", "http"] {
        accepted(&section("listener", &[&format!("port: {port}")]));
    }
    assert!(listener_error("port: 77777").ends_with("allowed are numbers from 0 to 65535 and names of services"));
    assert!(listener_error("failoverUrls: a:b:c:99999x!").contains("failoverUrls"));
    assert_eq!(
        refused(&section("log", &["module: DEFAULT", "enable: loud"])),
        ["router.conf:3: log: 'loud' is not a valid log level. Should be one of \
          {none, trace, debug, info, notice, warning, error, critical}."]
    );
}

#[test]
fn deprecated_names_are_taken_with_a_warning() {
    let text = "router {\nhelloInterval: 5\n}\nlog {\nmodule: DEFAULT\noutput: a.log\ntimestamp: no\n}\n";
    assert_eq!(accepted(text).logs[0].value.output_file.as_deref(), Some("a.log"));
    assert_eq!(
        warnings(text),
        [
            "router.conf:2: router: Attribute 'helloInterval' of entity 'router' has been deprecated. Use 'helloIntervalSeconds' instead",
            "router.conf:6: log: Attribute 'output' of entity 'log' has been deprecated. Use 'outputFile' instead",
            "router.conf:7: log: Attribute 'timestamp' of entity 'log' has been deprecated. Use 'includeTimestamp' instead",
        ]
    );
}

#[test]
fn a_deprecated_name_beside_the_new_one_is_refused() {
    assert_eq!(
        refused(&section("router", &["helloInterval: 1", "helloIntervalSeconds: 1"])),
        [
            "router.conf:3: router: 'helloIntervalSeconds' is given also by its deprecated name 'helloInterval': lines 2 and 3"
        ]
    );
}

#[test]
fn required_attributes_are_required() {
    assert_eq!(refused("\nlog {\nenable: info+\n}\n"), ["router.conf:2: log: attribute 'module' is required"]);
}

#[test]
fn a_required_attribute_with_a_wrong_value_is_one_error() {
    let errors = refused(&section("log", &["module: NOISE"]));
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(
        errors[0].starts_with("router.conf:2: log: 'module' is 'NOISE'; allowed are ROUTER, ROUTER_CORE, "),
        "{errors:?}"
    );
}

#[test]
fn unknown_names_are_refused_with_a_suggestion() {
    assert_eq!(
        listener_error("mxFrameSize: 1"),
        "'mxFrameSize' is not an attribute of listener; did you mean 'maxFrameSize'?"
    );
    assert_eq!(listener_error("colour: blue"), "'colour' is not an attribute of listener");
    assert_eq!(listener_error("type: listener"), "'type' cannot be given: the section's name is the type");
    assert_eq!(refused("lisener {\n}"), ["router.conf:1: lisener: no such entity type; did you mean 'listener'?"]);
    assert_eq!(refused("kettle {\n}"), ["router.conf:1: kettle: no such entity type"]);
    for gone in ["fixedAddress", "waypoint", "linkRoutePattern", "tcpListener", "vhostUserGroupSettings"] {
        assert!(refused(&format!("{gone} {{\n}}"))[0].contains(": no such entity type: "), "{gone}");
    }
}

#[test]
fn what_has_no_effect_yet_is_refused_with_the_reason() {
    assert_eq!(
        refused(&section("router", &["mode: edge"])),
        [
            "router.conf:2: router: 'mode' cannot be 'edge', only 'standalone' or 'interior': edge routers are not in this version"
        ]
    );
    assert_eq!(listener_error("sslProfile: a"), "'sslProfile' is refused: TLS is not in this version");
    assert_eq!(
        listener_error("saslMechanisms: PLAIN"),
        "'saslMechanisms' cannot be 'PLAIN', only 'ANONYMOUS': SASL mechanisms other than ANONYMOUS are not in this version"
    );
    assert_eq!(
        listener_error("authenticatePeer: yes"),
        "'authenticatePeer' cannot be 'yes', only 'no': authentication of clients is not in this version"
    );
    for line in ["http: yes", "multiTenant: on", "messageLoggingComponents: all", "httpRoot: /www"] {
        let errors = refused(&section("listener", &[line]));
        assert!(errors.iter().any(|error| error.ends_with("not in this version")), "{line}: {errors:?}");
    }
    for line in ["enableVhostPolicy: true", "policyDir: /etc", "defaultVhost: other"] {
        assert!(refused(&section("policy", &[line]))[0].ends_with("not in this version"), "{line}");
    }
    for line in ["sslProfile: a", "logMessage: all", "policyVhost: a"] {
        let errors = refused(&section("connector", &[line]));
        assert!(errors.iter().any(|error| error.ends_with("not in this version")), "{line}: {errors:?}");
    }
    assert_eq!(
        refused("\nexchange {\nname: a\naddress: b\n}\n"),
        [
            "router.conf:2: exchange: such a section is refused: exchanges (experimental in qdrouterd) are not in this version"
        ]
    );
}

#[test]
fn defaults_may_be_given_even_where_other_values_are_refused() {
    for entity_type in
        ENTITY_TYPES.iter().filter(|entity_type| entity_type.effect == Effect::Full && entity_type.is_section())
    {
        for attribute in entity_type.attributes {
            let (Effect::None { .. }, Some(default)) = (attribute.effect, attribute.default) else { continue };
            let value = match default {
                crossdock_schema::Constant::Text("") => String::from("\"\""),
                crossdock_schema::Constant::Text(text) | crossdock_schema::Constant::Tag(text) => text.to_owned(),
                crossdock_schema::Constant::Integer(number) => number.to_string(),
                crossdock_schema::Constant::Boolean(truth) => truth.to_string(),
            };
            let line = format!("{}: {value}", attribute.name);
            accepted(&section(entity_type.name, &[&line]));
        }
    }
}

#[test]
fn what_scripts_commonly_write_is_taken_without_a_warning() {
    let text = "\
listener {
    host: 0.0.0.0
    port: 20123
    role: normal
    saslMechanisms: ANONYMOUS
    authenticatePeer: no
    idleTimeoutSeconds: 120
}
router {
    mode: standalone
    id: QDR
    debugDumpFile: qddebug.txt
}
log {
    module: DEFAULT
    enable: trace+
    includeSource: true
    outputFile: QDR.log
}
policy {
    maxConnections: 100
    enableVhostPolicy: false
}
";
    assert_eq!(warnings(text), [""; 0]);
}

#[test]
fn attributes_the_router_sets_are_taken_and_ignored_with_a_warning() {
    let text = "router {\narea: 1\nversion: 2\naddrCount: 3\n}\n";
    assert_eq!(
        warnings(text),
        [
            "router.conf:3: router: 'version' is for the router to say; giving it has no effect",
            "router.conf:4: router: 'addrCount' is for the router to say; giving it has no effect",
        ]
    );
}

#[test]
fn an_address_needs_prefix_or_pattern_to_have_an_effect() {
    let text = "address {\n}\naddress {\nprefix: a\npattern: b\n}\naddress {\nprefix: c\n}\n";
    let configuration = accepted(text);
    assert_eq!((configuration.addresses.len(), configuration.addresses[0].line), (1, 7));
    assert_eq!(
        warnings(text),
        [
            "router.conf:1: address: without prefix and pattern this section has no effect",
            "router.conf:3: address: with both prefix and pattern this section has no effect",
        ]
    );
}

#[test]
fn secrets_are_never_shown() {
    let profile = SslProfile { password: Some(Secret::new(String::from("swordfish"))), ..SslProfile::default() };
    assert!(!format!("{profile:?}").contains("swordfish"));
    assert_eq!(profile.values(), [("password", Value::Text(String::from("***")))]);
    let errors =
        refused("sslProfile {\npassword: {\nswordfish: swordfish\n}\n}\nconnector {\nsaslPassword: sword\"fish\n}\n");
    assert!(errors.len() >= 3 && errors.iter().all(|error| !error.contains("fish")), "{errors:?}");
}

#[test]
fn tables_are_consistent() {
    for entity_type in ENTITY_TYPES {
        let mut names: Vec<&str> = Vec::new();
        for attribute in entity_type.attributes {
            names.push(attribute.name);
            names.extend(attribute.alias);
            assert!(!attribute.description.is_empty() && attribute.description.ends_with('.'), "{}", attribute.name);
            assert!(!(attribute.required && attribute.default.is_some()), "{}", attribute.name);
            if let Kind::Integer { min, max } = attribute.kind {
                assert!(min <= max, "{}", attribute.name);
            }
            if attribute.nature != Nature::Configuration && entity_type.is_section() {
                assert!(!attribute.create && !attribute.update, "{}", attribute.name);
            }
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{}: a name twice", entity_type.name);
    }
}
