//! Frames in, frames out, lines in the log.

use super::*;
use bytes::Bytes;
use crossdock_amqp::engine::Chunk;
use proptest::prelude::*;
use std::fmt::Debug;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// Keeps the messages of all events.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        self.0.lock().unwrap().push(message.0);
    }
}

/// What is logged while `act` runs, with tracing of frames on or off.
fn logged(is_on: bool, act: impl FnOnce()) -> Vec<String> {
    let lines = Lines::default();
    let filter = if is_on { LevelFilter::TRACE } else { LevelFilter::DEBUG };
    let subscriber = tracing_subscriber::registry().with(lines.clone().with_filter(filter));
    tracing::subscriber::with_default(subscriber, act);
    std::mem::take(&mut *lines.0.lock().unwrap())
}

/// tracing's cache of call sites is one for the process, while each test has a subscriber of its own: one at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The units of one direction of a capture.
fn units(from: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures/client.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let field = |line: &str, name: &str| {
        let (_, behind) = line.split_once(&format!("\"{name}\": \""))?;
        behind.split_once('"').map(|(value, _)| value.to_owned())
    };
    let hex = text.lines().skip(1).filter(|line| field(line, "from").is_some_and(|side| side == from));
    let bytes =
        |hex: String| (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    hex.filter_map(|line| field(line, "hex")).map(bytes).filter(|unit: &Vec<u8>| !unit.is_empty()).collect()
}

fn expected(units: &[Vec<u8>], direction: &str) -> Vec<String> {
    let line = |unit: &Vec<u8>| match FrameHeader::decode(unit, 1 << 20) {
        Ok(Some(header)) => format!("[C7]:FRAME: {} {direction} {}", header.channel, describe(unit)),
        _ => format!("[C7]:FRAME:   {direction} {}", describe(unit)),
    };
    units.iter().map(line).collect()
}

/// Reads in pieces of these sizes, as a connection does: what is not complete comes again.
fn read(tracer: &FrameTracer, units: &[Vec<u8>], pieces: &[usize]) {
    let all = units.concat();
    let mut ends = Vec::new();
    units.iter().fold(0, |end, unit| {
        ends.push(end + unit.len());
        end + unit.len()
    });
    let (mut used, mut come) = (0, 0);
    for piece in pieces.iter().copied().cycle() {
        come = all.len().min(come + piece);
        tracer.trace_input(&all[used..come]);
        used = ends.iter().copied().filter(|end| *end <= come).max().unwrap_or(0);
        if come == all.len() {
            return;
        }
    }
}

/// Writes in pieces of these sizes; between two writes, a further unit is encoded. Large payloads are spliced.
fn write(tracer: &mut FrameTracer, units: &[Vec<u8>], pieces: &[usize]) {
    let mut output = Output::default();
    let mut units = units.iter();
    let mut pieces = pieces.iter().copied().cycle();
    loop {
        if let Some(unit) = units.next() {
            let (head, payload) = unit.split_at(unit.len().min(100));
            output.buffer().extend_from_slice(head);
            output.splice(Chunk::free(Bytes::copy_from_slice(payload)));
        } else if output.is_empty() {
            return;
        }
        tracer.trace_output(&output);
        let written = pieces.next().unwrap().min(output.len());
        output.advance(written);
        tracer.note_written(written, &output);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn each_frame_is_told_once_however_it_comes_and_goes(pieces in prop::collection::vec(1usize..600, 1..20)) {
        let _alone = alone();
        let (from_client, from_server) = (units("client"), units("server"));
        prop_assert!(from_client.len() > 30 && from_server.len() > 30);
        let mut tracer = FrameTracer::new(ConnId(7));
        let lines = logged(true, || read(&tracer, &from_client, &pieces));
        prop_assert_eq!(lines, expected(&from_client, "<-"));
        let lines = logged(true, || write(&mut tracer, &from_server, &pieces));
        prop_assert_eq!(lines, expected(&from_server, "->"));
    }
}

#[test]
fn nothing_is_told_while_nobody_wants_it() {
    let _alone = alone();
    let mut tracer = FrameTracer::new(ConnId(7));
    let units = units("server");
    let lines = logged(false, || {
        read(&tracer, &units, &[100]);
        write(&mut tracer, &units, &[100]);
        tracer.trace_end_of_input();
        tracer.trace_end_of_output();
    });
    assert_eq!(lines, [""; 0]);
}

#[test]
fn tracing_can_begin_at_any_time() {
    let _alone = alone();
    let units = units("server");
    let mut tracer = FrameTracer::new(ConnId(7));
    let mut output = Output::default();
    output.buffer().extend_from_slice(&units[0]);
    output.buffer().extend_from_slice(&units[1]);
    let write = |tracer: &mut FrameTracer, output: &mut Output, count: usize| {
        tracer.trace_output(output);
        output.advance(count);
        tracer.note_written(count, output);
    };
    // Half of it leaves unseen: where the next frame begins, nobody knows until all has left.
    assert_eq!(logged(false, || write(&mut tracer, &mut output, units[0].len() + 5)), [""; 0]);
    let rest = units[1].len() - 5;
    assert_eq!(logged(true, || write(&mut tracer, &mut output, rest)), [""; 0]);
    output.buffer().extend_from_slice(&units[2]);
    let lines = logged(true, || write(&mut tracer, &mut output, 1));
    assert_eq!(lines, expected(&units[2..3], "->"));
}

#[test]
fn a_large_frame_is_told_from_its_beginning_and_the_end_of_each_direction_is_told() {
    let _alone = alone();
    let mut tracer = FrameTracer::new(ConnId(7));
    let mut output = Output::default();
    let head = [&[0, 0, 0x40, 0, 2, 0, 0, 3][..], &[0, 0x53, 0x14, 0xc0, 3, 1, 0x52, 9]].concat();
    output.buffer().extend_from_slice(&head);
    output.splice(Chunk::free(Bytes::from(vec![b'x'; 0x4000 - head.len()])));
    let lines = logged(true, || {
        tracer.trace_output(&output);
        tracer.trace_end_of_output();
        tracer.trace_end_of_input();
    });
    assert_eq!(
        lines,
        [
            format!("[C7]:FRAME: 3 -> @transfer(20) [handle=0x9] (16368) {} ... (truncated)", "x".repeat(511)),
            "[C7]:FRAME:   -> EOS".to_owned(),
            "[C7]:FRAME:   <- EOS".to_owned(),
        ]
    );
}

#[test]
fn what_is_no_frame_is_told_as_such() {
    let _alone = alone();
    let tracer = FrameTracer::new(ConnId(7));
    let lines = logged(true, || tracer.trace_input(b"\0\0\0\x07 and more"));
    assert_eq!(
        lines,
        ["[C7]:FRAME:   <- <malformed: frame size 7: from 8 to the maximum frame size is allowed (at byte 0)>"]
    );
}
