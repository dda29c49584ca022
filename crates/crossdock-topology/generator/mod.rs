//! The files that follow from the topologies and the format. A test proves those checked in fresh.

use std::io;
use std::path::{Path, PathBuf};

use crossdock_topology::draw::{View, svg};
use crossdock_topology::{Part, json_schema, read};

/// Pictures in which the ways of one address stand out: topology, address, name of the picture.
const WAYS: [(&str, &str, &str); 2] =
    [("two-datacentres", "orders", "two-datacentres-orders"), ("iot-gateway", "event", "iot-gateway-event")];

/// The picture in which a connection has failed: topology, connection, address, name of the picture.
const WITHOUT: (&str, &str, &str, &str) =
    ("two-datacentres", "oslo-1-rome-1", "orders", "two-datacentres-without-oslo-1-rome-1");

/// Each file with its text.
pub(crate) fn outputs() -> io::Result<Vec<(PathBuf, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../topologies");
    let mut outputs = vec![(folder.join("schema.json"), format!("{:#}\n", json_schema()))];
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        files.push(entry?.path());
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    for path in files {
        let name = path.display().to_string();
        let reading = read(&name, &mut |name| std::fs::read_to_string(name).map_err(|error| error.to_string()), &[]);
        outputs.push((path.with_extension("svg"), svg(&reading.mesh, &View::default())));
        for (topology, address, picture) in WAYS {
            if reading.mesh.name == topology {
                let view = View { address: Some(address.to_owned()), without: Vec::new() };
                outputs.push((folder.join(format!("{picture}.svg")), svg(&reading.mesh, &view)));
            }
        }
        let (topology, connection, address, picture) = WITHOUT;
        if reading.mesh.name == topology {
            let without = Part::named(&reading.mesh, connection).map_err(io::Error::other)?;
            let view = View { address: Some(address.to_owned()), without: vec![without] };
            outputs.push((folder.join(format!("{picture}.svg")), svg(&reading.mesh, &view)));
        }
    }
    Ok(outputs)
}
