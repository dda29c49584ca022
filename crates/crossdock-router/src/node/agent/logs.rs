//! Rows of what modules have logged.

use crossdock_management::{Key, Row, Slot};
use crossdock_schema::{LogModule, LogStatsAttr};

use super::view::View;

/// Modules that write lines and cannot be configured.
const OTHERS: [&str; 2] = ["MAIN", "DISPLAYNAME"];

/// In front of the module, in identities.
const PREFIX: &str = "logStats/";

/// The lines of one module.
pub(super) struct LogStatsRow {
    module: &'static str,
    counts: [u64; 7],
}

fn modules() -> impl Iterator<Item = &'static str> {
    LogModule::TAGS.iter().copied().chain(OTHERS)
}

pub(super) fn count() -> usize {
    modules().count()
}

pub(super) fn rows<'v>(view: &'v View<'v>) -> impl Iterator<Item = LogStatsRow> + use<'v> {
    modules().map(|module| row(view, module))
}

pub(super) fn find(view: &View<'_>, key: Key<'_>) -> Option<LogStatsRow> {
    let wanted = match key {
        Key::Name(name) => name,
        Key::Identity(identity) => identity.strip_prefix(PREFIX)?,
    };
    modules().find(|module| *module == wanted).map(|module| row(view, module))
}

fn row(view: &View<'_>, module: &'static str) -> LogStatsRow {
    let platform = view.node.agent.platform();
    LogStatsRow { module, counts: platform.map(|platform| platform.log_counts(module)).unwrap_or_default() }
}

impl Row for LogStatsRow {
    type Attr = LogStatsAttr;

    fn write(&self, attribute: LogStatsAttr, slot: Slot<'_>) {
        let [trace, debug, info, notice, warning, error, critical] = self.counts;
        match attribute {
            LogStatsAttr::TraceCount => slot.number(trace),
            LogStatsAttr::DebugCount => slot.number(debug),
            LogStatsAttr::InfoCount => slot.number(info),
            LogStatsAttr::NoticeCount => slot.number(notice),
            LogStatsAttr::WarningCount => slot.number(warning),
            LogStatsAttr::ErrorCount => slot.number(error),
            LogStatsAttr::CriticalCount => slot.number(critical),
            LogStatsAttr::Name => slot.text(self.module),
            LogStatsAttr::Identity => slot.display(format_args!("{PREFIX}{}", self.module)),
        }
    }
}
