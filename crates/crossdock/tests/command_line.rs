//! The command line, seen from outside: texts, streams and exit statuses.

#![allow(clippy::unwrap_used, reason = "what a test cannot do without")]

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

const PROGRAM: &str = env!("CARGO_BIN_EXE_crossdock");

/// A directory of the test's own, with one configuration file in it.
struct Place(PathBuf);

impl Place {
    fn new(configuration: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("command-line-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("router.conf"), configuration).unwrap();
        Place(folder)
    }

    /// Runs the program in the directory under the given name.
    fn run_as(&self, name: &str, arguments: &[&str]) -> Ran {
        let output = Command::new(PROGRAM)
            .arg0(name)
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("RUST_BACKTRACE")
            .output()
            .unwrap();
        Ran::new(&output)
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_as("crossdock", arguments)
    }

    fn qdrouterd(&self, arguments: &[&str]) -> Ran {
        self.run_as("/usr/sbin/qdrouterd", arguments)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[derive(Debug)]
struct Ran {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn new(output: &Output) -> Self {
        Ran {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

const GOOD: &str =
    "router {\nid: QDR\n}\nlistener {\nname: clients\nhost: 127.0.0.1\nport: amqp\n}\naddress {\npattern: a/#\n}\n";
const BAD: &str = "router {\nid: a b\n}\nlistener {\nprot: 5672\nport: 70000\n}\n";

#[test]
fn check_tells_what_a_good_configuration_amounts_to() {
    let ran = Place::new(GOOD).run(&["check", "-c", "router.conf"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        ran.stdout,
        "router.conf can be run\n  \
         router    QDR, mode standalone, 4 worker threads\n  \
         listener  127.0.0.1, port amqp (5672), named clients\n  \
         address   pattern a/#: balanced\n  \
         address   all others: balanced\n  \
         policy    up to 65535 connections, messages of any size\n"
    );
}

#[test]
fn check_knows_networks_of_routers() {
    let network = "router {\nmode: interior\nid: A\n}\nlistener {\nport: 0\nrole: inter-router\n}\nconnector {\n\
                   name: to-b\nhost: ::1\nport: amqps\nrole: inter-router\ncost: 2\nsaslUsername: me\nsaslPassword: secret\n}\n";
    let ran = Place::new(network).run(&["check", "-c", "router.conf"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    for line in [
        "  router    A, mode interior, 4 worker threads\n",
        "  listener  all addresses, port 0 (chosen by the system), inter-router, cost 1\n",
        "  connector to [::1], port amqps (5671), inter-router, cost 2, named to-b\n",
    ] {
        assert!(ran.stdout.contains(line), "no '{line}' in\n{}", ran.stdout);
    }
    let ran = Place::new(network).run(&["check", "--json", "-c", "router.conf"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["configuration"]["connector"][0]["host"], "::1");
    assert!(!ran.stdout.contains("secret"));
}

#[test]
fn check_tells_all_errors_and_exits_with_1() {
    let ran = Place::new(BAD).run(&["check", "-c", "router.conf"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        ran.stderr,
        "error: router.conf:2: router: the router id contains a control or separator character (U+0020)\n\
         error: router.conf:5: listener: 'prot' is not an attribute of listener; did you mean 'port'?\n\
         error: router.conf:6: listener: 'port' is '70000'; allowed are numbers from 0 to 65535 and names of services\n\
         3 errors in router.conf\n"
    );
}

#[test]
fn check_tells_warnings_of_a_configuration_that_can_be_run() {
    let ran = Place::new("router {\nhelloInterval: 1\n}\n").run(&["check", "-c", "router.conf"]);
    assert_eq!(ran.status, Some(0));
    assert!(ran.stderr.starts_with("warning: router.conf:2: router: Attribute 'helloInterval'"), "{ran:?}");
    assert!(ran.stdout.contains("none: nobody can connect"), "{ran:?}");
}

#[test]
fn check_speaks_json_to_programs() {
    let parse = |ran: &Ran| serde_json::from_str::<serde_json::Value>(&ran.stdout).unwrap();
    let ran = Place::new(BAD).run(&["check", "--json", "-c", "router.conf"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(1), ""));
    let report = parse(&ran);
    assert_eq!(report["valid"], false);
    assert_eq!(report["errors"][1]["line"], 5);
    assert_eq!(report["errors"][1]["entity"], "listener");
    assert_eq!(report["errors"][1]["attribute"], "prot");
    let ran = Place::new(GOOD).run(&["check", "--json", "-c", "router.conf"]);
    assert_eq!(ran.status, Some(0));
    let report = parse(&ran);
    assert_eq!(report["configuration"]["listener"][0]["maxFrameSize"], 16384);
    assert_eq!(report["errors"], serde_json::json!([]));
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_of_check() {
    let place = Place::new("");
    std::fs::write(place.0.join("latin1.conf"), b"# a\n# \xe9\n").unwrap();
    for (file, problem) in [
        ("missing.conf", "No such file or directory"),
        ("router.conf", "Configuration file was empty"),
        ("latin1.conf", "line 2 is not UTF-8"),
    ] {
        let ran = place.run(&["check", "-c", file]);
        assert_eq!(ran.status, Some(1), "{file}");
        assert!(ran.stderr.starts_with(&format!("error: {file}: {problem}")), "{ran:?}");
    }
}

#[test]
fn run_refuses_a_wrong_configuration_with_all_errors() {
    let ran = Place::new(BAD).run(&["run", "-c", "router.conf"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""));
    assert_eq!(ran.stderr.matches("error: router.conf:").count(), 3, "{ran:?}");
    assert!(ran.stderr.ends_with("crossdock: not started: 3 errors in router.conf\n"), "{ran:?}");
}

#[test]
fn help_teaches_by_example() {
    let ran = Place::new("").run(&["--help"]);
    assert_eq!(ran.status, Some(0));
    for text in ["crossdock run -c router.conf", "crossdock check -c router.conf", "qdrouterd", "listener {"] {
        assert!(ran.stdout.contains(text), "{text}");
    }
    assert_eq!(Place::new("").run(&["frobnicate"]).status, Some(2));
    assert!(Place::new("").run(&["--version"]).stdout.starts_with("crossdock "));
}

#[test]
fn qdrouterd_tells_the_version_it_stands_in_for() {
    for option in ["-v", "--version", "--vers"] {
        let ran = Place::new("").qdrouterd(&[option]);
        assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "1.19.0\n", ""));
    }
    assert_eq!(Place::new("").run(&["qdrouterd", "-v"]).stdout, "1.19.0\n");
}

#[test]
fn qdrouterd_prints_its_usage_on_stdout() {
    for option in ["-h", "--help"] {
        let ran = Place::new("").qdrouterd(&[option]);
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
        for text in [
            "Usage: /usr/sbin/qdrouterd [OPTIONS]",
            "-c, --config=PATH (/etc/qpid-dispatch/qdrouterd.conf)",
            "--test-hooks",
        ] {
            assert!(ran.stdout.contains(text), "{text}");
        }
    }
}

#[test]
fn qdrouterd_answers_wrong_options_with_usage_and_status_1() {
    for arguments in [&["--frobnicate"][..], &["-x"], &["-c"]] {
        let ran = Place::new("").qdrouterd(arguments);
        assert_eq!(ran.status, Some(1), "{arguments:?}");
        assert!(ran.stderr.starts_with("/usr/sbin/qdrouterd: "), "{ran:?}");
        assert!(ran.stdout.starts_with("Usage: "), "{ran:?}");
    }
    let ran = Place::new("").qdrouterd(&["-T", "one", "two"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(1), "Unexpected arguments: one two\n"));
    assert!(ran.stdout.starts_with("Usage: "), "{ran:?}");
}

/// Lines of the log on stderr, without their time.
fn log_lines(ran: &Ran) -> Vec<&str> {
    ran.stderr.lines().filter(|line| line.starts_with("20")).filter_map(|line| line.splitn(4, ' ').nth(3)).collect()
}

#[test]
fn qdrouterd_tells_configuration_errors_in_the_words_scripts_search_for() {
    let place = Place::new(BAD);
    let ran = place.qdrouterd(&["-c", "router.conf", "-I", "/does/not/exist"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""));
    let first = "Python: Exception: Cannot load configuration file router.conf: line 2: router: the router id contains a \
                 control or separator character (U+0020)";
    assert!(ran.stderr.contains(&format!("\n/usr/sbin/qdrouterd: {first}\n")), "{ran:?}");
    assert_eq!(ran.stderr.matches("\n/usr/sbin/qdrouterd: Python: Exception: Cannot load").count(), 3, "{ran:?}");
    let lines = log_lines(&ran);
    assert_eq!((lines.len(), lines[0]), (4, format!("ERROR (error) {first}").as_str()));
    assert_eq!(lines[3], format!("MAIN (critical) Router start-up failed: {first}"));
}

#[test]
fn qdrouterd_tells_missing_and_empty_files_apart() {
    let place = Place::new("");
    for (file, text) in [
        ("missing.conf", "Not found: Configuration file could not be opened"),
        ("router.conf", "Configuration: Configuration file was empty"),
    ] {
        let ran = place.qdrouterd(&["--config", file]);
        assert_eq!(ran.status, Some(1), "{file}");
        assert!(ran.stderr.ends_with(&format!("/usr/sbin/qdrouterd: {text}\n")), "{ran:?}");
        assert_eq!(
            log_lines(&ran),
            [format!("ERROR (error) {text}"), format!("MAIN (critical) Router start-up failed: {text}")]
        );
    }
}

#[test]
fn qdrouterd_tells_a_log_file_that_cannot_be_opened() {
    let ran = Place::new("log {\nmodule: DEFAULT\noutputFile: /nowhere/a.log\n}\n").qdrouterd(&["-crouter.conf", "-T"]);
    assert_eq!(ran.status, Some(1));
    let text =
        "Exception: Cannot load configuration file router.conf: log file /nowhere/a.log: No such file or directory";
    assert!(ran.stderr.contains(text), "{ran:?}");
}

/// A running daemon, ended with the test.
struct Daemon(String);

impl Daemon {
    fn of(pidfile: &Path) -> Self {
        let pid = std::fs::read_to_string(pidfile).unwrap();
        Daemon(pid.strip_suffix('\n').unwrap().to_owned())
    }

    fn proc(&self, entry: &str) -> PathBuf {
        Path::new("/proc").join(&self.0).join(entry)
    }
}

/// Parent, process group and session of a process.
fn family(pid: &str) -> [String; 3] {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap();
    let (_, behind_name) = stat.rsplit_once(')').unwrap();
    let fields: Vec<String> = behind_name.split_whitespace().skip(1).take(3).map(str::to_owned).collect();
    fields.try_into().unwrap()
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", &self.0]).status();
    }
}

const SERVING: &str = "listener {\nhost: 127.0.0.1\nport: 0\n}\n";

#[test]
fn a_daemon_runs_apart_from_the_one_who_started_it() {
    let place = Place::new(SERVING);
    for (name, arguments) in [
        ("qdrouterd", &["-d", "-c", "router.conf", "-P", "router.pid", "-I", "."][..]),
        ("crossdock", &["qdrouterd", "-dT", "-crouter.conf", "-Prouter.pid"]),
    ] {
        let ran = place.run_as(name, arguments);
        assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
        let daemon = Daemon::of(&place.0.join("router.pid"));
        let [parent, _, session] = family(&daemon.0);
        assert_ne!(parent, std::process::id().to_string());
        assert_ne!(session, daemon.0, "a session leader could be given a terminal");
        assert_ne!(session, family("self")[2]);
        assert_eq!(std::fs::read_link(daemon.proc("cwd")).unwrap(), Path::new("/"));
        for stream in ["fd/0", "fd/1", "fd/2"] {
            assert_eq!(std::fs::read_link(daemon.proc(stream)).unwrap(), Path::new("/dev/null"), "{stream}");
        }
        assert!(std::fs::read_to_string(daemon.proc("status")).unwrap().contains("Umask:\t0000"));
        let command_line = std::fs::read_to_string(daemon.proc("cmdline")).unwrap();
        assert!(command_line.starts_with(&format!("{name}\0")), "{command_line}");
    }
}

#[test]
fn a_daemon_that_cannot_start_tells_why_through_the_one_who_waits() {
    let place = Place::new(BAD);
    let ran = place.qdrouterd(&["-d", "-c", "router.conf"]);
    assert_eq!(ran.status, Some(1));
    let path = place.0.join("router.conf");
    let text =
        format!("/usr/sbin/qdrouterd: Python: Exception: Cannot load configuration file {}: line 2: ", path.display());
    assert!(ran.stderr.starts_with(&text), "{ran:?}");

    let place = Place::new(SERVING);
    for (arguments, text) in [
        (["-d", "-c", "router.conf", "-P", "no/such/folder.pid"], "cannot write pid file "),
        (["-d", "-c", "router.conf", "-U", "no-such-user"], "no such user: no-such-user"),
    ] {
        let ran = place.qdrouterd(&arguments);
        assert_eq!(ran.status, Some(1));
        assert!(ran.stderr.starts_with(&format!("/usr/sbin/qdrouterd: {text}")), "{ran:?}");
    }
}
