//! Recorded conversations between the tools of qdrouterd and a router.

use std::path::{Path, PathBuf};

use crossdock_amqp::codec::{Body, FrameHeader, FrameKind, decode_body};

/// A request and its response, if there was one.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) request: Vec<u8>,
    pub(crate) response: Option<Vec<u8>>,
}

/// Names of all recordings, in order.
pub(crate) fn names() -> Vec<String> {
    let files = std::fs::read_dir(folder()).expect("the captures");
    let paths = files.map(|file| file.expect("a file").path());
    let mut names: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures/management")
}

/// The number of the connection of one recording on the router: they were made one after the other.
#[allow(dead_code, reason = "of use to those who replay them in their order")]
pub(crate) fn connection(name: &str) -> u32 {
    const KEY: &[u8] = b"qd.conn-id";
    let text = std::fs::read_to_string(folder().join(format!("{name}.jsonl"))).expect("a recording");
    let units = text.lines().skip(1).map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a JSON line"));
    let mut opens = units.filter(|unit| unit["from"] == "server").map(|unit| bytes(unit["hex"].as_str().expect("hex")));
    let found = opens.find_map(|frame| {
        let at = frame.windows(KEY.len()).position(|window| window == KEY)? + KEY.len();
        match frame.get(at..)? {
            [0x54, number, ..] => Some(u32::from(*number)),
            [0x71, a, b, c, d, ..] => Some(u32::from_be_bytes([*a, *b, *c, *d])),
            _ => None,
        }
    });
    found.expect("the number of the connection")
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
}

/// The exchanges of one recording. The tools send a request only after the response to the one before.
pub(crate) fn exchanges(name: &str) -> Vec<Exchange> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.jsonl"))).expect("a recording");
    let mut exchanges: Vec<Exchange> = Vec::new();
    let mut parts: [Vec<u8>; 2] = [Vec::new(), Vec::new()];
    for line in text.lines().skip(1) {
        let unit: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
        let hex = unit["hex"].as_str().expect("hex");
        let frame = bytes(hex);
        if frame.is_empty() || frame.starts_with(b"AMQP") {
            continue;
        }
        let header = FrameHeader::decode(&frame, 1 << 20).expect("a frame").expect("all of it");
        if header.kind != FrameKind::Amqp {
            continue;
        }
        let Body::Transfer(transfer, payload) = decode_body(&frame, &header).expect("a body") else { continue };
        let from_client = unit["from"] == "client";
        let part = &mut parts[usize::from(from_client)];
        part.extend_from_slice(&frame[payload..]);
        if transfer.more {
            continue;
        }
        let message = std::mem::take(part);
        if from_client {
            exchanges.push(Exchange { request: message, response: None });
        } else {
            exchanges.last_mut().expect("a request").response = Some(message);
        }
    }
    exchanges
}
