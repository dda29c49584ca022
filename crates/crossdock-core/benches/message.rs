//! What the head of a message costs: nanoseconds for each message, least of several rounds.
//!
//! `cargo bench -p crossdock-core`

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a measurement needs a clock, and may panic")]

use std::{hint::black_box, time::Instant};

use crossdock_core::{
    address::{AddressKey, LocalNames, RouterMode, classify},
    message::{HeadScanner, NewRouterAnnotations, NewTrace, Scan, Want, write_annotations},
    pattern::PatternTree,
};

const ROUNDS: usize = 20;
const ITERATIONS: u32 = 100_000;

const HEADER: &[u8] = b"\x00\x53\x70\xc0\x04\x02\x41\x50\x07";
const PROPERTIES: &[u8] = b"\x00\x53\x73\xc0\x0d\x03\x53\x01\x40\xa1\x07orders1";
const BODY: &[u8] = b"\x00\x53\x77\xa1\x05hello";
const USER: &[u8] = b"\x00\x53\x72\xc1\x07\x02\xa3\x01u\xa1\x01v";
const ROUTER: &[u8] = b"\x00\x53\x72\xc1\x4d\x08\xa3\x01u\xa1\x01v\xa3\x0bx-opt-qd.to\xa1\x03bar\
    \xa3\x10x-opt-qd.ingress\xa1\x030/A\xa3\x0ex-opt-qd.trace\xc0\x0b\x02\xa1\x030/A\xa1\x030/B";

fn main() {
    let messages = [
        ("body only", vec![BODY]),
        ("properties", vec![PROPERTIES, BODY]),
        ("header, properties", vec![HEADER, PROPERTIES, BODY]),
        ("header, user annotations, properties", vec![HEADER, USER, PROPERTIES, BODY]),
        ("header, router annotations, properties", vec![HEADER, ROUTER, PROPERTIES, BODY]),
    ];
    for (name, sections) in messages {
        let message = sections.concat();
        for (want, strip_in) in [(Want::Annotations, true), (Want::To, true), (Want::To, false)] {
            measure(&format!("scan {name}, {want:?}, strip {strip_in}"), || {
                let mut scanner = HeadScanner::new();
                assert_eq!(scanner.scan(black_box(&message), want, strip_in), Ok(Scan::Done));
                scanner.head().rest
            });
        }
    }

    let message = [HEADER, ROUTER, PROPERTIES, BODY].concat();
    let mut scanner = HeadScanner::new();
    assert_eq!(scanner.scan(&message, Want::To, false), Ok(Scan::Done));
    let mut out = Vec::with_capacity(1024);
    measure("write without router annotations", || {
        out.clear();
        write_annotations(&mut out, black_box(&message), scanner.head(), None);
        out.len()
    });
    let router = NewRouterAnnotations {
        to: Some("bar"),
        ingress: Some("0/A"),
        trace: NewTrace::Append("0/C"),
        ..Default::default()
    };
    measure("write with to, ingress and a longer trace", || {
        out.clear();
        write_annotations(&mut out, black_box(&message), scanner.head(), Some(black_box(&router)));
        out.len()
    });

    let me = LocalNames::new("M", "0", RouterMode::Interior);
    let mut table = hashbrown::HashMap::new();
    for number in 0..10_000 {
        table.insert(AddressKey::parse(&format!("M0orders{number}")).unwrap(), number);
    }
    measure("find amqp:/orders4711 among 10000 addresses", || table.get(&classify(black_box("amqp:/orders4711"), &me)));
    let mut tree = PatternTree::new();
    for number in 0..1000 {
        tree.insert_prefix(&format!("tenant{number}/queue"), number).unwrap();
    }
    measure("best pattern of 1000 for tenant471/queue/a", || tree.best_match(black_box("tenant471/queue/a")));

    let value = vec![7; 60_000];
    let size = (value.len() as u32).to_be_bytes();
    let entry = [&b"\xa3\x01u\xb0"[..], &size, &value].concat();
    let size = (entry.len() as u32 + 4).to_be_bytes();
    let large = [b"\x00\x53\x72\xd1", &size[..], &[0, 0, 0, 2], &entry].concat();
    let start = Instant::now();
    let mut scanner = HeadScanner::new();
    for end in 0..large.len() {
        assert_eq!(scanner.scan(black_box(&large[..end]), Want::To, false), Ok(Scan::NeedMore));
    }
    let each = start.elapsed().as_nanos() as f64 / large.len() as f64;
    println!("{each:8.1} ns  scan once more, one octet later, of a section of 60 kB");
}

fn measure<T>(name: &str, mut work: impl FnMut() -> T) {
    let round = |work: &mut dyn FnMut() -> T| {
        let start = Instant::now();
        for _ in 0..ITERATIONS {
            black_box(work());
        }
        start.elapsed().as_nanos() as f64 / f64::from(ITERATIONS)
    };
    let least = (0..ROUNDS).map(|_| round(&mut work)).fold(f64::INFINITY, f64::min);
    println!("{least:8.1} ns  {name}");
}
