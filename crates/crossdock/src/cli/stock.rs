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
