//! A topology played through: load, faults, and what came of them.
//!
//! ```text
//! stage.rs    Mesh -> World        configurations as they are generated, wires, containers
//! cast.rs     who the clients are, and that they come back
//! script.rs   what is sent when, what breaks when
//! play.rs     all of it in the order of time
//! report.rs, text.rs, json.rs      what came of it
//! ```
//!
//! The world's own rules hold throughout. What breaks one ends the rehearsal, and is told with the seed that repeats it.

mod cast;
mod figures;
mod json;
mod play;
mod report;
mod script;
mod stage;
mod text;

use crossdock_topology::Mesh;
use crossdock_topology::simulation::{Fault, Simulation};
use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use play::Play;
pub use report::{Breach, Flow, Incident, Latency, Outcomes, Report, RouteChange, Start};
pub use script::default_fault;

/// How long the load runs if nothing is said (ms).
const LENGTH: u64 = 20_000;

/// What is to be played.
#[derive(Clone, Debug)]
pub struct Rehearsal<'a> {
    /// The mesh.
    pub mesh: &'a Mesh,
    /// Load, delays and faults; what is not said has defaults.
    pub simulation: Simulation,
}

/// How far a rehearsal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Milliseconds of the load so far.
    pub millis: u64,
    /// Milliseconds in all.
    pub length: u64,
    /// Messages so far, attempts of brokers included.
    pub messages: usize,
}

thread_local! {
    /// Where the last panic of this thread was.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on panics of this process say nothing by themselves: [`Rehearsal::play`] tells them in its report.
pub fn hush_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!("{}:{}", place.file(), place.line()));
        PLACE.with(|last| last.replace(place));
    }));
}

impl<'a> Rehearsal<'a> {
    /// What the topology itself says.
    pub fn of(mesh: &'a Mesh) -> Self {
        Self { mesh, simulation: mesh.simulation.clone().unwrap_or_default() }
    }

    /// The faults: those that were given, or the default one.
    pub fn faults(&self) -> Vec<Fault> {
        let given = self.simulation.faults.clone();
        given.unwrap_or_else(|| default_fault(self.mesh, self.length()).into_iter().collect())
    }

    /// How long the load runs (ms).
    pub fn length(&self) -> u64 {
        self.simulation.length.unwrap_or(LENGTH)
    }

    /// Plays it. The same seed gives the same report.
    ///
    /// # Errors
    /// What of the mesh cannot be simulated.
    pub fn play(&self, seed: u64, progress: &mut dyn FnMut(Progress)) -> Result<Report, String> {
        let mut play = Play::new(self, seed)?;
        let mut report = Report { seed, ..play.empty_report() };
        let outcome = catch_unwind(AssertUnwindSafe(|| play.run(&mut report, progress)));
        if let Err(panic) = outcome {
            report.breach = Some(Breach { millis: play.millis(), what: words(&*panic) });
        }
        // What was counted until then is worth knowing.
        let _ = catch_unwind(AssertUnwindSafe(|| play.count(&mut report)));
        Ok(report)
    }
}

/// What a panic says, and where it was if that is not the model.
fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).into())).unwrap_or_default();
    let place = PLACE.with(RefCell::take).filter(|place| !place.contains("crossdock-sim"));
    place.map_or(text.clone(), |place| format!("{text} (the router's own code, at {place})"))
}
