//! Plays scripts, and makes something of those that fail.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::script::{Size, Step, generate};
use crate::world::World;

/// Shorter scripts that are tried at most.
const ATTEMPTS: usize = 600;

/// A script that broke something.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Of the world's dice.
    pub seed: u64,
    /// What was wrong at first.
    pub message: String,
    /// What is wrong in short.
    pub short_message: String,
    /// The shortest script found that breaks something.
    pub script: Vec<Step>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, message, short_message, script } = self;
        writeln!(f, "seed {seed}: {message}\n\nin short: {short_message}\n")?;
        writeln!(
            f,
            "#[test]\nfn seed_{seed}() {{\n    use crossdock_sim::Step::*;\n    use crossdock_sim::Verdict::*;"
        )?;
        writeln!(f, "    crossdock_sim::play({seed}, &[")?;
        for step in script {
            writeln!(f, "        {step:?},")?;
        }
        write!(f, "    ]);\n}}")
    }
}

/// Plays a script in a world with these dice, and ends the world. Returns the hash of all that went over the wires.
///
/// # Panics
/// When something happens that may not.
pub fn play(seed: u64, script: &[Step]) -> u64 {
    let mut world = World::new(seed);
    for step in script {
        world.apply(step);
    }
    world.finish();
    world.trace()
}

/// Plays the script of a seed. Returns the hash of all that went over the wires.
///
/// # Errors
/// What was wrong, with a shorter script that shows it.
pub fn try_seed(seed: u64, size: Size) -> Result<u64, Box<Failure>> {
    let script = generate(seed, size);
    let message = match outcome(seed, &script) {
        Ok(trace) => return Ok(trace),
        Err(message) => message,
    };
    let script = shrink(seed, script, &kind(&message));
    let short_message = outcome(seed, &script).err().unwrap_or_default();
    Err(Box::new(Failure { seed, message, short_message, script }))
}

fn outcome(seed: u64, script: &[Step]) -> Result<u64, String> {
    catch_unwind(AssertUnwindSafe(|| play(seed, script))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).into())).unwrap_or_default()
    })
}

/// How a failure begins, without its numbers: what is different fails in another way.
fn kind(message: &str) -> String {
    message.chars().filter(|c| !c.is_ascii_digit()).take(28).collect()
}

/// Takes out of a failing script what is not needed to fail like that.
fn shrink(seed: u64, mut script: Vec<Step>, like: &str) -> Vec<Step> {
    let mut attempts = ATTEMPTS;
    let mut chunk = script.len() / 2;
    while chunk > 0 {
        let mut at = 0;
        while at < script.len() && attempts > 0 {
            attempts -= 1;
            let mut shorter = script.clone();
            shorter.drain(at..(at + chunk).min(script.len()));
            if outcome(seed, &shorter).is_err_and(|message| kind(&message) == like) {
                script = shorter;
            } else {
                at += chunk;
            }
        }
        chunk /= 2;
    }
    script
}
