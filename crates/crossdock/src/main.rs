//! The `crossdock` program.

mod logging;

fn main() {
    logging::Logging::new().install();
}
