//! The modules log lines belong to.

use crossdock_schema::LogModule;

/// Names of all modules: those that can be configured, in the order of [`LogModule`], and two that cannot.
pub(super) const MODULES: [&str; LogModule::TAGS.len() + 2] = {
    let mut names = [""; LogModule::TAGS.len() + 2];
    let mut index = 0;
    while index < LogModule::TAGS.len() {
        names[index] = LogModule::TAGS[index];
        index += 1;
    }
    names[index] = "MAIN";
    names[index + 1] = "DISPLAYNAME";
    names
};

/// A module, as an index into [`MODULES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Module(usize);

impl Module {
    /// The module of an event with this target.
    pub(super) fn of_target(target: &str) -> Module {
        match MODULES.iter().position(|name| *name == target) {
            Some(index) => Module(index),
            None => Module::from(LogModule::Server),
        }
    }

    pub(super) fn all() -> impl Iterator<Item = Module> {
        (0..MODULES.len()).map(Module)
    }

    pub(super) fn index(self) -> usize {
        self.0
    }

    pub(super) fn name(self) -> &'static str {
        MODULES.get(self.0).copied().unwrap_or_default()
    }
}

impl From<LogModule> for Module {
    fn from(module: LogModule) -> Module {
        Module(module as usize)
    }
}
