//! Events in, lines out.

use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;

use crossdock_schema::parse;
use tracing_subscriber::layer::SubscriberExt;

use super::*;

/// tracing's cache of call sites is one for the process, while each test has a log of its own: one at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file name no other test uses; the file is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Scratch(std::env::temp_dir().join(format!("crossdock-logging-{}-{count}.log", std::process::id())))
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.0).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A log configured by a text in which `FILE` stands for the scratch file.
fn logging(file: &Scratch, text: &str) -> Logging {
    let text = text.replace("FILE", &file.0.display().to_string());
    let (configuration, _) = parse("test.conf", &text).unwrap();
    let logging = Logging::new();
    logging.apply(&configuration, None).unwrap();
    logging
}

/// What the file holds after `events`.
fn written(text: &str, events: impl FnOnce()) -> String {
    let _alone = alone();
    let file = Scratch::new();
    let logging = logging(&file, text);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(logging.layer()), events);
    file.text()
}

const PLAIN: &str = "log {\nmodule: DEFAULT\nenable: trace+\nincludeTimestamp: no\noutputFile: FILE\n}\n";

#[test]
fn a_line_is_module_level_and_text() {
    let text = written(PLAIN, || {
        tracing::info!(target: "SERVER", notice = true, "Operational, {} Threads", 4);
        tracing::error!(target: "MAIN", critical = true, "lost");
        tracing::error!(target: "ERROR", "wrong");
        tracing::warn!(target: "POLICY", "beware");
        tracing::info!(target: "ROUTER_CORE", user = "me", link = 7, "attached");
        tracing::debug!(target: "AGENT", "d");
        tracing::trace!(target: "PROTOCOL", "[C1]:FRAME: 0 -> @open(16)");
    });
    assert_eq!(
        text,
        "SERVER (notice) Operational, 4 Threads\nMAIN (critical) lost\nERROR (error) wrong\nPOLICY (warning) beware\n\
         ROUTER_CORE (info) attached user=\"me\" link=7\nAGENT (debug) d\nPROTOCOL (trace) [C1]:FRAME: 0 -> @open(16)\n"
    );
}

#[test]
fn targets_that_are_no_module_count_as_server() {
    assert_eq!(written(PLAIN, || tracing::info!("here")), "SERVER (info) here\n");
}

#[test]
fn a_line_begins_with_the_time_and_may_end_with_the_source() {
    let text =
        "router {\ntimestampFormat: T%%06lu\n}\nlog {\nmodule: DEFAULT\nincludeSource: yes\noutputFile: FILE\n}\n";
    let line = written(text, || tracing::info!(target: "SERVER", "x"));
    let (time, rest) = line.split_once(' ').unwrap();
    assert!(
        time.len() == 7 && time.starts_with('T') && time[1..].bytes().all(|digit| digit.is_ascii_digit()),
        "{line}"
    );
    assert!(rest.starts_with("SERVER (info) x (") && rest.contains("tests.rs:") && rest.ends_with(")\n"), "{line}");
}

#[test]
fn the_usual_time_is_local_with_microseconds_and_zone() {
    let line = written("log {\nmodule: DEFAULT\noutputFile: FILE\n}\n", || tracing::info!(target: "SERVER", "x"));
    let shape: String = line.chars().map(|letter| if letter.is_ascii_digit() { '9' } else { letter }).collect();
    assert!(
        shape == "9999-99-99 99:99:99.999999 +9999 SERVER (info) x\n"
            || shape == "9999-99-99 99:99:99.999999 -9999 SERVER (info) x\n",
        "{line}"
    );
}

#[test]
fn modules_follow_default_in_what_they_do_not_say_themselves() {
    let text = "\
log {\nmodule: DEFAULT\nenable: warning+\nincludeTimestamp: no\noutputFile: FILE\n}
log {\nmodule: AGENT\nenable: debug\n}
log {\nmodule: SERVER\nenable: none\n}
log {\nmodule: POLICY\nenable: default\n}\n";
    let lines = written(text, || {
        for (info, module) in [(1, "info"), (2, "info")] {
            tracing::info!(target: "ROUTER", "{module} {info}");
        }
        tracing::warn!(target: "ROUTER", "r");
        tracing::debug!(target: "AGENT", "a");
        tracing::warn!(target: "AGENT", "not asked for");
        tracing::error!(target: "SERVER", "s");
        tracing::info!(target: "POLICY", "p");
        tracing::warn!(target: "POLICY", "p");
    });
    assert_eq!(lines, "ROUTER (warning) r\nAGENT (debug) a\nPOLICY (warning) p\n");
}

#[test]
fn notice_and_critical_are_levels_of_their_own() {
    let text = "log {\nmodule: DEFAULT\nenable: notice, critical\nincludeTimestamp: no\noutputFile: FILE\n}\n";
    let lines = written(text, || {
        tracing::info!(target: "SERVER", "i");
        tracing::info!(target: "SERVER", notice = true, "n");
        tracing::error!(target: "SERVER", "e");
        tracing::error!(target: "SERVER", critical = true, "c");
    });
    assert_eq!(lines, "SERVER (notice) n\nSERVER (critical) c\n");
}

#[test]
fn text_from_outside_stays_on_its_line_and_is_cut() {
    let lines = written(PLAIN, || {
        tracing::info!(target: "SERVER", "a\nb\r\u{1b}[0m\tc\\");
        tracing::info!(target: "SERVER", "{}é", "x".repeat(2047));
        tracing::info!(target: "SERVER", "{}", "y".repeat(100_000));
    });
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines[0], "SERVER (info) a\\nb\\r\\u{1b}[0m\tc\\");
    assert_eq!(lines[1].len(), "SERVER (info) ".len() + 2047);
    assert_eq!(lines[2].len(), "SERVER (info) ".len() + 2048);
    assert_eq!(lines.len(), 3);
}

#[test]
fn the_json_form_is_one_object_a_line() {
    let text = "router {\nlogFormat: json\ntimestampsInUTC: yes\n}\nlog {\nmodule: DEFAULT\nincludeSource: yes\noutputFile: FILE\n}\n";
    let line = written(text, || tracing::info!(target: "SERVER", notice = true, "a \"b\"\n"));
    let object: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!((object["module"].as_str(), object["level"].as_str()), (Some("SERVER"), Some("notice")));
    assert_eq!(object["text"].as_str(), Some("a \"b\"\n"));
    assert!(object["time"].as_str().unwrap().ends_with("+00:00"), "{line}");
    assert!(object["file"].as_str().unwrap().ends_with("tests.rs") && object["line"].is_u64(), "{line}");
    assert_eq!(line.matches('\n').count(), 1);
}

#[test]
fn a_format_given_on_the_command_line_overrules_the_router() {
    let _alone = alone();
    let file = Scratch::new();
    let (configuration, _) = parse("test.conf", &PLAIN.replace("FILE", &file.0.display().to_string())).unwrap();
    let logging = Logging::new();
    logging.apply(&configuration, Some(LogFormat::Json)).unwrap();
    let subscriber = tracing_subscriber::registry().with(logging.layer());
    tracing::subscriber::with_default(subscriber, || tracing::info!(target: "SERVER", "x"));
    assert_eq!(file.text(), "{\"module\":\"SERVER\",\"level\":\"info\",\"text\":\"x\"}\n");
}

#[test]
fn modules_may_have_files_of_their_own_and_files_are_appended_to() {
    let _alone = alone();
    let (first, second) = (Scratch::new(), Scratch::new());
    std::fs::write(&first.0, "before\n").unwrap();
    let text = format!("{PLAIN}log {{\nmodule: AGENT\noutputFile: {}\n}}\n", second.0.display());
    let logging = logging(&first, &text);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(logging.layer()), || {
        tracing::info!(target: "AGENT", "a");
        tracing::info!(target: "SERVER", "s");
    });
    assert_eq!((first.text(), second.text()), ("before\nSERVER (info) s\n".into(), "AGENT (info) a\n".into()));
}

#[test]
fn a_file_that_cannot_be_opened_is_an_error_and_changes_nothing() {
    let _alone = alone();
    let file = Scratch::new();
    let logging = logging(&file, PLAIN);
    let (configuration, _) =
        parse("test.conf", "log {\nmodule: DEFAULT\nenable: none\noutputFile: /nowhere/at/all.log\n}\n").unwrap();
    let problem = logging.apply(&configuration, None).unwrap_err();
    assert!(problem.starts_with("log file /nowhere/at/all.log: "), "{problem}");
    tracing::subscriber::with_default(tracing_subscriber::registry().with(logging.layer()), || {
        tracing::info!(target: "SERVER", "still here");
    });
    assert_eq!(file.text(), "SERVER (info) still here\n");
}

#[test]
fn levels_can_be_changed_while_the_router_runs() {
    let _alone = alone();
    let file = Scratch::new();
    let logging = logging(&file, PLAIN);
    let say = || tracing::debug!(target: "AGENT", "a");
    let change = |text: &str| {
        let (configuration, _) = parse("test.conf", &format!("log {{\nmodule: AGENT\n{text}\n}}\n")).unwrap();
        logging.update(&configuration.logs[0].value).unwrap();
    };
    tracing::subscriber::with_default(tracing_subscriber::registry().with(logging.layer()), || {
        say();
        change("enable: info+");
        say();
        change("includeSource: no");
        say();
        change("enable: default");
        say();
    });
    assert_eq!(file.text(), "AGENT (debug) a\nAGENT (debug) a\n");
}

#[test]
fn the_last_thousand_lines_and_the_counts_are_kept() {
    let _alone = alone();
    let file = Scratch::new();
    let logging = logging(&file, PLAIN);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(logging.layer()), || {
        for number in 0..1_005 {
            tracing::info!(target: "SERVER", "line {number}");
        }
        tracing::error!(target: "ERROR", "last");
    });
    let recent = logging.recent(usize::MAX);
    assert_eq!((recent.len(), recent[0].text.as_str()), (1000, "line 6"));
    let last = &logging.recent(1)[0];
    assert_eq!((last.module, last.level, last.text.as_str()), ("ERROR", Level::Error, "last"));
    assert!(last.file.is_some_and(|file| file.ends_with("tests.rs")) && last.line.is_some());
    assert_eq!(logging.counts("SERVER"), [0, 0, 1005, 0, 0, 0, 0]);
    assert_eq!(logging.counts("ERROR"), [0, 0, 0, 0, 0, 1, 0]);
}

#[test]
fn a_log_that_is_off_says_so_to_call_sites() {
    let _alone = alone();
    let file = Scratch::new();
    let logging = logging(&file, "log {\nmodule: DEFAULT\nenable: notice+\noutputFile: FILE\n}\n");
    let layer = logging.layer();
    let hint = Layer::<tracing_subscriber::Registry>::max_level_hint(&layer);
    assert_eq!(hint, Some(LevelFilter::INFO));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        assert!(!tracing::enabled!(target: "PROTOCOL", tracing::Level::TRACE));
        assert!(tracing::enabled!(target: "PROTOCOL", tracing::Level::WARN));
    });
}
