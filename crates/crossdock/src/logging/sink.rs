//! Where lines go: the standard streams, files, the system log.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossdock_schema::Level;

use super::clock::Clock;
use super::line::Line;

const SYSLOG_SOCKET: &str = "/dev/log";

/// Number of the syslog facility for daemons.
const DAEMON_FACILITY: u8 = 3;

/// The name of a sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Output {
    Stderr,
    Stdout,
    Syslog,
    /// A file to append to.
    File(String),
}

impl Output {
    /// The output a `log` section names.
    pub(super) fn named(name: &str) -> Output {
        match name {
            "stderr" => Output::Stderr,
            "stdout" => Output::Stdout,
            "syslog" => Output::Syslog,
            file => Output::File(file.to_owned()),
        }
    }
}

/// All open sinks.
#[derive(Debug, Default)]
pub(super) struct Sinks {
    files: Vec<(String, File)>,
    syslog: Option<Syslog>,
}

impl Sinks {
    /// Opens what is named and not yet open, and closes the rest. After an error everything is as before.
    pub(super) fn open<'a>(&mut self, outputs: impl Iterator<Item = &'a Output> + Clone) -> Result<(), String> {
        let mut opened: Vec<(String, File)> = Vec::new();
        for output in outputs.clone() {
            if let Output::File(name) = output
                && !self.files.iter().chain(&opened).any(|(other, _)| other == name)
            {
                opened.push((
                    name.clone(),
                    append_to(Path::new(name)).map_err(|error| format!("log file {name}: {error}"))?,
                ));
            }
        }
        let is_named = |name: &str| outputs.clone().any(|output| *output == Output::File(name.to_owned()));
        self.files.retain(|(name, _)| is_named(name));
        self.files.append(&mut opened);
        if outputs.clone().any(|output| *output == Output::Syslog) {
            self.syslog.get_or_insert_with(|| Syslog::new(Path::new(SYSLOG_SOCKET)));
        }
        Ok(())
    }

    /// Writes a rendered line at once. A line that cannot be written is lost: there is nowhere to say so.
    pub(super) fn write(&mut self, output: &Output, line: &Line, rendered: &str) {
        let _ = match output {
            Output::Stderr => std::io::stderr().lock().write_all(rendered.as_bytes()),
            Output::Stdout => {
                let mut stdout = std::io::stdout().lock();
                stdout.write_all(rendered.as_bytes()).and_then(|()| stdout.flush())
            }
            Output::Syslog => {
                if let Some(syslog) = &mut self.syslog {
                    syslog.write(line, rendered);
                }
                Ok(())
            }
            Output::File(name) => match self.files.iter_mut().find(|(other, _)| other == name) {
                Some((_, file)) => file.write_all(rendered.as_bytes()),
                None => Ok(()),
            },
        };
    }
}

fn append_to(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o644).open(path)
}

/// The system log, by datagrams of RFC 3164.
#[derive(Debug)]
struct Syslog {
    path: PathBuf,
    socket: Option<UnixDatagram>,
    /// Second of the last attempt to connect, so that a missing log daemon costs one attempt a second.
    attempt: Option<u64>,
    clock: Clock,
    /// `program[pid]: `
    tag: String,
}

impl Syslog {
    fn new(path: &Path) -> Self {
        let program = std::env::args_os().next().unwrap_or_default();
        let name = Path::new(&program).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let tag = format!("{name}[{}]: ", std::process::id());
        Syslog { path: path.to_owned(), socket: None, attempt: None, clock: Clock::for_syslog(), tag }
    }

    fn write(&mut self, line: &Line, rendered: &str) {
        let mut datagram = format!("<{}>", DAEMON_FACILITY * 8 + severity(line.level));
        self.clock.render(line.time, &mut datagram);
        datagram.push(' ');
        datagram.push_str(&self.tag);
        datagram.push_str(rendered.trim_end_matches('\n'));
        for _ in 0..2 {
            if self.socket.is_none() {
                self.connect(line.time);
            }
            let Some(socket) = &self.socket else { return };
            match socket.send(datagram.as_bytes()) {
                // A full queue costs this line; a log daemon that has gone, a new connection.
                Err(error) if error.kind() != ErrorKind::WouldBlock => self.socket = None,
                Ok(_) | Err(_) => return,
            }
        }
    }

    fn connect(&mut self, now: Duration) {
        if self.attempt.replace(now.as_secs()) == Some(now.as_secs()) {
            return;
        }
        let socket = UnixDatagram::unbound().and_then(|socket| {
            socket.connect(&self.path)?;
            // A log daemon that does not read must not stop the router.
            socket.set_nonblocking(true)?;
            Ok(socket)
        });
        self.socket = socket.ok();
    }
}

fn severity(level: Level) -> u8 {
    match level {
        Level::Trace | Level::Debug => 7,
        Level::Info => 6,
        Level::Notice => 5,
        Level::Warning => 4,
        Level::Error => 3,
        Level::Critical => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::super::module::Module;
    use super::*;

    fn line(second: u64, level: Level) -> Line {
        let time = Duration::from_secs(second);
        Line {
            module: Module::of_target("SERVER"),
            level,
            text: String::from("x"),
            file: None,
            source_line: None,
            time,
        }
    }

    #[test]
    fn the_system_log_gets_datagrams_and_is_found_again_when_it_was_gone() {
        let path = std::env::temp_dir().join(format!("crossdock-syslog-{}", std::process::id()));
        let received = |socket: &UnixDatagram| {
            let mut buffer = [0; 200];
            let length = socket.recv(&mut buffer).unwrap();
            String::from_utf8_lossy(&buffer[..length]).into_owned()
        };
        let mut syslog = Syslog::new(&path);
        syslog.write(&line(1, Level::Info), "nobody listens\n");

        let daemon = UnixDatagram::bind(&path).unwrap();
        syslog.write(&line(1, Level::Info), "too early to try again\n");
        syslog.write(&line(2, Level::Notice), "SERVER (notice) x\n");
        let text = received(&daemon);
        let tag = format!("[{}]: SERVER (notice) x", std::process::id());
        assert!(text.starts_with("<29>") && text.ends_with(&tag), "{text}");
        assert_eq!(text.split(' ').count() - text.matches("  ").count(), 7, "{text}");

        drop(daemon);
        std::fs::remove_file(&path).unwrap();
        let daemon = UnixDatagram::bind(&path).unwrap();
        syslog.write(&line(3, Level::Critical), "SERVER (critical) x\n");
        assert!(received(&daemon).starts_with("<26>"));
        std::fs::remove_file(&path).unwrap();
    }
}
