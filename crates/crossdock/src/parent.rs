//! Ending with the process that started this one.
//!
//! Whoever starts `crossdock run` or `crossdock test-broker` with the hidden option `--end-with-stdin` keeps the other end of
//! its stdin. However that process ends, the system closes it then: nobody is left behind whom nobody looks after.

use std::io::{ErrorKind, Read};
use std::process::exit;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::getpid;

/// How long this process may take to end in good order.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends SIGTERM to this process when its stdin is at its end. What is written to it means nothing.
pub(crate) fn end_with_stdin() {
    let wait = || {
        let mut stdin = std::io::stdin().lock();
        let mut nothing = [0; 64];
        loop {
            match stdin.read(&mut nothing) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        // Before the program waits for this signal, the signal ends it.
        let _ = kill(getpid(), Signal::SIGTERM);
        thread::sleep(PATIENCE);
        exit(1);
    };
    if thread::Builder::new().name(String::from("parent")).spawn(wait).is_err() {
        let _ = kill(getpid(), Signal::SIGTERM);
    }
}
