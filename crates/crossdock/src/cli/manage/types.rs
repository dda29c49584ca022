//! Names of entity types.

/// What stands before the names of all types of the router.
pub(super) const PREFIX: &str = "org.apache.qpid.dispatch.";

/// The full name. Types of the router may be named without the prefix, and the usual ones without their group.
pub(super) fn full_name(name: &str) -> String {
    match name {
        _ if name.starts_with("org.") => name.to_owned(),
        "link" | "node" => format!("{PREFIX}router.{name}"),
        "address" | "linkRoute" | "autoLink" | "shard" | "exchange" | "binding" => {
            format!("{PREFIX}router.config.{name}")
        }
        _ => format!("{PREFIX}{name}"),
    }
}

/// The name under which GET-SCHEMA has the type.
pub(super) fn schema_name(full_name: &str) -> &str {
    let short = full_name.strip_prefix(PREFIX).unwrap_or(full_name);
    short.strip_prefix("router.config.").unwrap_or(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_may_be_named_without_prefix_and_group() {
        let names = ["listener", "link", "node", "address", "autoLink", "router.link", "org.amqp.management"];
        let full = names.map(full_name);
        assert_eq!(full[0], "org.apache.qpid.dispatch.listener");
        assert_eq!(full[1], "org.apache.qpid.dispatch.router.link");
        assert_eq!(full[2], "org.apache.qpid.dispatch.router.node");
        assert_eq!(full[3], "org.apache.qpid.dispatch.router.config.address");
        assert_eq!(full[4], "org.apache.qpid.dispatch.router.config.autoLink");
        assert_eq!(full[5], "org.apache.qpid.dispatch.router.link");
        assert_eq!(full[6], "org.amqp.management");
        assert_eq!(schema_name(&full[3]), "address");
        assert_eq!(schema_name(&full[1]), "router.link");
    }
}
