//! `crossdock topology generate`: the configuration of every router, and what starts them.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use crossdock_topology::generate::{File, Form, Options, generate};

use super::read::mesh;
use super::{FileArgs, write_out};

const EXAMPLES: &str = "\
What is written below DIR, MESH being the name of the topology, and ID that of a router as far as it is small letters and digits:
  routers/ID.conf       the configuration of each router, with the hosts and ports of the file
  systemd/              a unit for each router, which expects them in /etc/crossdock/MESH; a target for all
  containers/ID.conf    the same for containers that find each other by name
  compose.yaml          a container for each router; client ports are published
  kubernetes.yaml       ConfigMaps, Deployments, a Service for each router, and for listeners of the same name a Service
                        MESH-LISTENER at port 5672; a budget so that nodes are drained one router at a time
Embedded brokers are there as test brokers: in memory, for trials.

Files that are there already are overwritten; others stay.

Examples:
  Run a mesh on this machine, one router after the other:
      crossdock topology generate topologies/triangle.yaml --out mesh
      crossdock run -c mesh/routers/dock-1.conf

  In containers, and in Kubernetes:
      crossdock topology generate mesh.yaml --out mesh --image registry.example.com/crossdock:1
      docker compose -f mesh/compose.yaml up
      kubectl create namespace mesh; kubectl apply -n mesh -f mesh/kubernetes.yaml

Containers run as user 10001, write nowhere, and have no rights; the Dockerfile of the source makes such an image. A router is
alive as long as it answers management, if it has a listener for clients without TLS and names; otherwise while it listens.

Exit status: 0; 1 when the file has errors or something cannot be written; 2 for a wrong command line.";

/// Write the configuration of every router, systemd units, a compose file and Kubernetes manifests
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct GenerateArgs {
    #[command(flatten)]
    file: FileArgs,
    /// Folder to write to; made if it is not there
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// Form of the configurations
    #[arg(long, value_name = "FORM", default_value = "conf")]
    format: FormArg,
    /// Image of the containers
    #[arg(long, value_name = "IMAGE", default_value = "crossdock:latest", value_parser = image)]
    image: String,
}

fn image(text: &str) -> Result<String, String> {
    if Options::is_image(text) {
        Ok(text.to_owned())
    } else {
        Err(String::from("write [HOST[:PORT]/]PATH[:TAG][@DIGEST]"))
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormArg {
    /// qdrouterd's form
    Conf,
    /// The JSON form
    Json,
}

/// Runs the command.
pub(super) fn run(args: &GenerateArgs) -> ExitCode {
    let mesh = match mesh(&args.file) {
        Ok(mesh) => mesh,
        Err(status) => return status,
    };
    let form = match args.format {
        FormArg::Conf => Form::Conf,
        FormArg::Json => Form::Json,
    };
    let files = generate(&mesh, &Options { form, image: args.image.clone() });
    for file in &files {
        if let Err((path, error)) = write(&args.out, file) {
            eprintln!("crossdock topology generate: {} cannot be written: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    write_out(&format!("{} files in {}\n", files.len(), args.out.display()));
    ExitCode::SUCCESS
}

fn write(folder: &Path, file: &File) -> Result<(), (PathBuf, io::Error)> {
    let path = folder.join(&file.path);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|error| (parent.to_owned(), error))?;
    }
    std::fs::write(&path, &file.text).map_err(|error| (path, error))
}
