//! Runs the steps of a page and compares.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::page::{Ending, Page, Step};
use crate::process::Process;
use crate::root;

/// The port that clients use if they are not told another one.
const USUAL_PORT: &str = "5672";

/// The processes of a page.
pub(crate) struct Stage {
    folder: PathBuf,
    /// Ports of the page, and what they are here.
    ports: BTreeMap<String, u16>,
    servers: Vec<(String, Process)>,
    has_router: bool,
    staying: Vec<(Step, Process)>,
}

impl Stage {
    pub(crate) fn new(name: &str) -> Stage {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("pages-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Stage { folder, ports: BTreeMap::new(), servers: Vec::new(), has_router: false, staying: Vec::new() }
    }

    pub(crate) fn play(mut self, page: &Page) {
        assert!(!page.steps.is_empty());
        for step in &page.steps {
            let (program, arguments) = step.words.split_first().unwrap();
            assert_eq!(program, "crossdock", "{}", step.place);
            match arguments.first().unwrap().as_str() {
                "run" => self.start_router(step, arguments),
                "test-broker" => self.start_broker(step, arguments),
                _ => self.start_client(step, arguments),
            }
        }
        self.finish();
        std::fs::remove_dir_all(&self.folder).unwrap();
    }

    fn start_router(&mut self, step: &Step, arguments: &[String]) {
        self.make_room(step);
        let mut arguments = arguments.to_vec();
        let file = arguments.iter_mut().find(|word| word.ends_with(".conf")).unwrap();
        let (text, listeners) = self.with_other_ports(&std::fs::read_to_string(root().join(&*file)).unwrap());
        let path = self.folder.join("router.conf");
        std::fs::write(&path, text).unwrap();
        *file = path.display().to_string();
        let router = Process::start(&arguments, &self.folder);
        for (name, port) in listeners {
            let here = router.wait_for(&step.place, |line| port_behind(line, &format!(" ({name})")));
            self.ports.insert(port, here);
        }
        self.servers.push((step.place.clone(), router));
        self.has_router = true;
    }

    /// The configuration with ports for here, and the names of listeners with the ports they have on the page.
    fn with_other_ports(&self, text: &str) -> (String, Vec<(String, String)>) {
        let (mut section, mut name) = (String::new(), String::new());
        let mut listeners = Vec::new();
        let mut other = String::new();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let port = match (words.next(), words.next()) {
                (Some(word), Some("{")) => {
                    section = word.to_owned();
                    None
                }
                (Some("name:"), Some(value)) => {
                    name = value.to_owned();
                    None
                }
                (Some("port:"), Some(port)) if section == "listener" => {
                    listeners.push((name.clone(), port.to_owned()));
                    Some(0)
                }
                (Some("port:"), Some(port)) => Some(self.ports[port]),
                _ => None,
            };
            other += &port.map_or_else(|| line.to_owned(), |port| format!("port: {port}"));
            other.push('\n');
        }
        (other, listeners)
    }

    fn start_broker(&mut self, step: &Step, arguments: &[String]) {
        self.make_room(step);
        let mut arguments = arguments.to_vec();
        let position = arguments.iter().position(|word| word == "--port").unwrap() + 1;
        let port = std::mem::replace(&mut arguments[position], String::from("0"));
        let broker = Process::start(&arguments, &self.folder);
        let here = broker.wait_for(&step.place, |line| port_behind(line, ""));
        assert_eq!(step.prints, [format!("Listening on 127.0.0.1:{port}")], "{}", step.place);
        self.ports.insert(port, here);
        self.servers.push((step.place.clone(), broker));
    }

    /// A second router of a page, and what it needs, takes the place of the first.
    fn make_room(&mut self, step: &Step) {
        assert_eq!(step.ending, Ending::Stays, "{}", step.place);
        if self.has_router {
            self.finish();
        }
    }

    fn start_client(&mut self, step: &Step, arguments: &[String]) {
        let mut arguments = arguments.to_vec();
        arguments.extend([String::from("-b"), format!("127.0.0.1:{}", self.ports[USUAL_PORT])]);
        let process = Process::start(&arguments, &self.folder);
        if step.ending == Ending::Stays {
            let first = step.prints.first().unwrap_or_else(|| panic!("{}: when is it there?", step.place));
            process.wait_for(&step.place, |line| (line == first).then_some(()));
            self.staying.push((step.clone(), process));
        } else {
            self.judge(step, process);
        }
    }

    /// Waits for the end of a client and compares.
    fn judge(&self, step: &Step, mut process: Process) {
        let (lines, status) = process.wait_for_end(&step.place);
        let option = format!(" -b 127.0.0.1:{}", self.ports[USUAL_PORT]);
        let printed: Vec<String> = lines
            .iter()
            // It comes when the machine is slow.
            .filter(|line| !line.ends_with(" yet: waiting for credit"))
            .map(|line| line.replace(&option, ""))
            .collect();
        assert_eq!(printed, step.prints, "{}: {}: printed, and the page", step.place, step.words.join(" "));
        let expected = if step.ending == Ending::Fails { 1 } else { 0 };
        assert_eq!(status.code(), Some(expected), "{}: {}", step.place, step.words.join(" "));
    }

    fn finish(&mut self) {
        for (step, process) in std::mem::take(&mut self.staying) {
            self.judge(&step, process);
        }
        // Latest first, as people close terminals: the router before the broker.
        while let Some((place, mut process)) = self.servers.pop() {
            process.terminate();
            let (lines, status) = process.wait_for_end(&place);
            assert_eq!(status.code(), Some(0), "{place}: {lines:#?}");
        }
        self.ports.clear();
        self.has_router = false;
    }
}

/// The port of a line that says where somebody listens.
fn port_behind(line: &str, end: &str) -> Option<u16> {
    let address = line.split_once("Listening on ")?.1.strip_suffix(end)?;
    address.rsplit_once(':')?.1.parse().ok()
}
