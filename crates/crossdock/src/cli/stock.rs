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
#[command(name = "qdstat", version = VERSION, disable_version_flag = true, infer_long_args = true)]
struct Qdstat {
    #[command(flatten)]
    args: StatArgs,
    /// Print the version of qdstat this program stands in for
    #[arg(long, action = clap::ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Debug, Parser)]
#[command(name = "qdmanage", version = VERSION, disable_version_flag = true, infer_long_args = true)]
struct Qdmanage {
    #[command(flatten)]
    args: ManageArgs,
    /// Print the version of qdmanage this program stands in for
    #[arg(long, action = clap::ArgAction::Version)]
    version: Option<bool>,
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
            Tool::Qdstat => stat::run(&Qdstat::parse_from(arguments).args, Style::Stock),
            Tool::Qdmanage => manage::run(&Qdmanage::parse_from(arguments).args, Style::Stock),
        }
    }
}
