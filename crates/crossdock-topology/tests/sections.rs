//! The configuration of every router of every topology is one that a router takes.

mod support;

use crossdock_schema::parse;
use crossdock_topology::{honoured_sections, sections_to_json};

#[test]
fn each_router_of_each_topology_has_a_configuration_without_errors() {
    let mut count = 0;
    for file in support::files() {
        let reading = support::load(&file);
        for router in &reading.mesh.routers {
            let text = sections_to_json(&honoured_sections(&reading.mesh, &router.id).0);
            let result = parse("router.json", &text);
            assert!(result.is_ok(), "{}: {}: {result:?}\n{text}", file.display(), router.id);
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}
