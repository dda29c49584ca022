//! The program under the names of qdrouterd's tools: their options, errors and exit statuses.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use super::failure::Style;
use super::manage::{self, ManageArgs};
use super::stat::{self, StatArgs};

/// The version whose place Crossdock takes.
const VERSION: &str = "1.19.0";

/// A tool by the name of which the program was called.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Tool {
    Qdstat,
    Qdmanage,
}

#[derive(Debug, Parser)]
#[command(name = "qdstat", infer_long_args = true)]
struct Qdstat {
    #[command(flatten)]
    args: StatArgs,
    /// Print the version of qdstat this program stands in for
    #[arg(long)]
    version: bool,
}

#[derive(Debug, Parser)]
#[command(name = "qdmanage", infer_long_args = true)]
struct Qdmanage {
    #[command(flatten)]
    args: ManageArgs,
    /// Print the version of qdmanage this program stands in for
    #[arg(long)]
    version: bool,
}

impl Tool {
    pub(super) fn named(program: &str) -> Option<Tool> {
        match program {
            "qdstat" => Some(Tool::Qdstat),
            "qdmanage" => Some(Tool::Qdmanage),
            _ => None,
        }
    }

    /// Runs the tool with these arguments, program name first.
    pub(super) fn run(self, arguments: Vec<OsString>) -> ExitCode {
        match self {
            Tool::Qdstat => {
                let Qdstat { args, version } = Qdstat::parse_from(arguments);
                if version { print_version() } else { stat::run(&args, Style::Stock) }
            }
            Tool::Qdmanage => {
                let Qdmanage { args, version } = Qdmanage::parse_from(arguments);
                if version { print_version() } else { manage::run(&args, Style::Stock) }
            }
        }
    }
}

fn print_version() -> ExitCode {
    println!("{VERSION}");
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// What both tools of qdrouterd 1.19.0 know.
    const COMMON: &str = "-v --verbose -r=R --router=R -d=E --edge-router=E -b=h:1 --bus=h:1 -t=1.5 --timeout=1.5
        --ssl-certificate=F --ssl-key=F --ssl-trustfile=F --ssl-password=P --ssl-password-file=F
        --sasl-mechanisms=M --sasl-username=U --sasl-password=P --sasl-password-file=F --ssl-disable-peer-name-verify
        --version";

    const QDSTAT: &str =
        "-g --general -c --connections -l --links -n --nodes -e --edge -a --address -m --memory -p --policy
        --autolinks --linkroutes --vhosts --vhostgroups --vhoststats --log --all-entities --all-routers
        --limit=5 --limit=-1 --csv";

    const QDMANAGE: &str = "--type=T --name=N --identity=I --indent=2 --indent=-1 --stdin --body={} --properties={}";

    /// Each option, alone and with its value behind a blank.
    fn command_lines(options: &str) -> impl Iterator<Item = Vec<&str>> {
        options.split_whitespace().map(|option| match option.split_once('=') {
            Some((name, value)) => vec!["tool", name, value],
            None => vec!["tool", option],
        })
    }

    #[test]
    fn all_options_of_the_stock_tools_are_known() {
        for line in command_lines(COMMON).chain(command_lines(QDSTAT)) {
            Qdstat::try_parse_from(&line).unwrap_or_else(|error| panic!("{line:?} {error}"));
        }
        for mut line in command_lines(COMMON).chain(command_lines(QDMANAGE)) {
            line.push("query");
            Qdmanage::try_parse_from(&line).unwrap_or_else(|error| panic!("{line:?} {error}"));
        }
    }

    #[test]
    fn options_may_stand_before_and_behind_the_operation_and_be_given_again() {
        let line = ["qdmanage", "-b", "h:1", "create", "--type", "a", "x=1", "-b", "h:2", "--name", "n", "y"];
        let args = Qdmanage::try_parse_from(line).unwrap().args;
        assert_eq!(format!("{args:?}").matches("h:2").count(), 1);
        assert!(Qdstat::try_parse_from(["qdstat", "-l", "-l", "--limit", "1", "--limit", "2"]).is_ok());
        assert!(Qdstat::try_parse_from(["qdstat", "--sasl-user", "u"]).is_ok(), "an abbreviation");
    }

    #[test]
    fn views_and_targets_exclude_each_other() {
        assert!(Qdstat::try_parse_from(["qdstat", "-l", "-c"]).is_err());
        assert!(Qdstat::try_parse_from(["qdstat", "--all-routers", "-r", "A"]).is_err());
        assert!(Qdstat::try_parse_from(["qdstat", "-d", "E", "-r", "A"]).is_err());
    }

    #[test]
    fn the_definitions_of_the_command_lines_are_sound() {
        Qdstat::command().debug_assert();
        Qdmanage::command().debug_assert();
    }
}
