//! From a configuration to what the machines are told. Whoever runs them, in a process or in a simulation, starts here.

mod party;

use crossdock_core::address::{RouterMode, Treatment, random_name};
use crossdock_linkstate::Instance;
use crossdock_schema::{Configuration, Distribution, RouterMode as Mode, data_connections};

use crate::shared::RouterSettings;
pub use party::{ConnectorPlan, ListenerPlan, Reveal, connector, listener};

/// What listeners and connectors must know of the router.
#[derive(Clone, Debug)]
pub struct RouterPlan {
    /// Of its machines.
    pub settings: RouterSettings,
    /// Largest message taken from a client (bytes); 0 = any.
    pub max_message_size: u64,
    /// How many further connections share the traffic to a neighbour.
    pub data_connections: u32,
}

/// What the configuration says of the router as a whole. `random` makes up the id if there is none, `instance` tells this life of the process from others: seconds since the epoch.
pub fn router(configuration: &Configuration, random: [u8; 15], instance: u64) -> RouterPlan {
    let router = &configuration.router;
    let (mode, mode_name) = match router.mode {
        Mode::Standalone => (RouterMode::Standalone, "Standalone"),
        Mode::Interior => (RouterMode::Interior, "Interior"),
        Mode::Edge => (RouterMode::Edge, "Edge"),
    };
    let id = router.id.clone().unwrap_or_else(|| format!("{mode_name}_{}", random_name(&random)));
    let mut settings = RouterSettings::new(&id, mode, instance);
    settings.default_treatment = treatment(router.default_distribution);
    let millis = |seconds: u32| u64::from(seconds) * 1000;
    let times = &mut settings.link_state;
    times.instance = Instance(instance);
    times.hello_interval = millis(router.hello_interval_seconds);
    times.hello_max_age = millis(router.hello_max_age_seconds);
    times.ra_interval = millis(router.ra_interval_seconds);
    times.ra_interval_flux = millis(router.ra_interval_flux_seconds);
    times.remote_ls_max_age = millis(router.remote_ls_max_age_seconds);
    RouterPlan {
        settings,
        max_message_size: configuration.policy.max_message_size,
        // The schema has checked the text; 'auto' is none for now.
        data_connections: data_connections(&router.data_connection_count).ok().flatten().unwrap_or(0),
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
