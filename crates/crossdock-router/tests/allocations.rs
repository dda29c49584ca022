//! What a message costs in allocations while traffic is steady: close to none.
//!
//! Two connections of one router, a producer on one and a consumer on the other. Only what the router's machines do is
//! counted; that a read needs a buffer is the shell's affair.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

use bytes::Bytes;
use crossdock_amqp::codec::StateRef;
use crossdock_amqp::engine::Time;
use crossdock_router::Adaptor;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use support::message::Message;
use support::peer::Seen;
use support::stage::{Link, MODIFIED, Stage, Terms};

/// The system's allocator, how often it is asked, and for how much.
struct Counting;

thread_local! {
    static COUNTS: Cell<bool> = const { Cell::new(false) };
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    /// Bytes more than at the beginning: now, and at most.
    static GROWTH: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// So many bytes more, or less, are in use.
fn grow(bytes: isize) {
    if COUNTS.get() {
        GROWTH.set(GROWTH.get() + bytes);
        PEAK.set(PEAK.get().max(GROWTH.get()));
    }
}

fn note() {
    if COUNTS.get() {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        if std::env::var_os("CROSSDOCK_SHOW_ALLOCATIONS").is_some() {
            COUNTS.set(false);
            println!("{}", std::backtrace::Backtrace::force_capture());
            COUNTS.set(true);
        }
    }
}

// SAFETY: every call is passed on as it is to the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        grow(layout.size().cast_signed());
        // SAFETY: the caller's promise is what this asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        grow(-layout.size().cast_signed());
        // SAFETY: the caller's promise is what this asks for.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note();
        grow(size.cast_signed() - layout.size().cast_signed());
        // SAFETY: the caller's promise is what this asks for.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn counted<T>(work: impl FnOnce() -> T) -> T {
    COUNTS.set(true);
    let result = work();
    COUNTS.set(false);
    result
}

/// A producer, a consumer, and the wires between them and the router, none of which counts.
struct Track {
    stage: Stage,
    producer: Link,
    consumer: Link,
    settled: bool,
    outcome: StateRef<'static>,
    payload: Vec<u8>,
}

impl Track {
    fn new(consumer_credit: u32, size: usize, settled: bool) -> Self {
        let mut stage = Stage::new();
        let terms = Terms { capacity: 250, ..Terms::default() };
        let (source, sink) = (stage.client_with(terms.clone()), stage.client_with(terms));
        let consumer = stage.receiver(sink, "balanced.x");
        let producer = stage.sender(source, "balanced.x");
        stage.grant(consumer, consumer_credit);
        let payload = Message::new(7, size).sent();
        Self { stage, producer, consumer, settled, outcome: StateRef::Accepted, payload }
    }

    fn adaptor(&mut self, end: usize) -> &mut Adaptor {
        &mut self.stage.net.ends[end].adaptor
    }

    /// Bytes go from a client to the router.
    fn up(&mut self, end: usize) {
        let bytes = Bytes::from(self.stage.conn(end).output().take_all());
        if !bytes.is_empty() {
            let adaptor = self.adaptor(end);
            let used = counted(|| adaptor.handle_input(&bytes, NOW));
            assert_eq!(used, bytes.len());
        }
    }

    /// A connection of the router looks into its mailbox, and what it writes goes to its client.
    fn down(&mut self, end: usize) {
        let end = &mut self.stage.net.ends[end];
        let adaptor = &mut end.adaptor;
        counted(|| adaptor.handle_mailbox(NOW));
        while !adaptor.output().is_empty() {
            let mut bytes = Vec::new();
            let mut slices = [std::io::IoSlice::new(&[]); 64];
            let used = adaptor.output().slices(&mut slices);
            slices[..used].iter().for_each(|slice| bytes.extend_from_slice(slice));
            counted(|| {
                adaptor.output().advance(bytes.len());
                adaptor.handle_output_room(NOW)
            });
            end.peer.read(&bytes, NOW);
            counted(|| adaptor.handle_mailbox(NOW));
        }
    }

    /// So many messages are sent, received, accepted, and their outcomes told.
    fn round(&mut self, messages: usize) {
        let (source, sink) = (self.producer.end, self.consumer.end);
        for _ in 0..messages {
            let payload = std::mem::take(&mut self.payload);
            self.stage.start(self.producer, &payload, self.settled, false);
            self.payload = payload;
        }
        self.up(source);
        let mut got = 0;
        while got < messages {
            self.down(sink);
            let (session, link) = (self.stage.session(sink), self.consumer.id);
            let conn = self.stage.conn(sink);
            let ledger = conn.session_mut(session).unwrap().incoming_mut();
            let first = ledger.iter().next().expect("messages come").0;
            let last = ledger.iter().last().unwrap().0;
            let came = ledger.len();
            while let Some((number, ())) = ledger.next_live(first, last) {
                ledger.remove(number);
            }
            if !self.settled {
                conn.write_disposition(session, true, first, last, true, self.outcome);
            }
            conn.give_back(link, came as u32);
            conn.grant_rest(link);
            got += came;
            self.up(sink);
            self.down(source);
        }
        self.down(sink);
        let session = self.stage.session(source);
        let ledger = self.stage.conn(source).session_mut(session).unwrap().outgoing_mut();
        let numbers: Vec<_> = ledger.iter().map(|(number, _)| number).collect();
        for number in numbers {
            ledger.remove(number);
        }
        self.up(source);
        for end in [source, sink] {
            self.stage.net.ends[end].peer.seen.clear();
        }
    }
}

const NOW: Time = Time::from_millis(1_000);

/// Allocations for each message, once everything has found its size.
fn cost(mut track: Track, batch: usize) -> f64 {
    for _ in 0..50 {
        track.round(batch);
    }
    ALLOCATIONS.set(0);
    let rounds = 1000 / batch;
    for _ in 0..rounds {
        track.round(batch);
    }
    ALLOCATIONS.get() as f64 / (rounds * batch) as f64
}

#[test]
fn the_counter_counts() {
    ALLOCATIONS.set(0);
    let vector: Vec<u8> = counted(|| Vec::with_capacity(100));
    assert_eq!((ALLOCATIONS.get(), vector.len()), (1, 0));
}

#[test]
fn steady_traffic_of_small_messages_allocates_nothing() {
    let mut costs = Vec::new();
    for settled in [false, true] {
        for (credit, batch) in [(250, 100), (250, 10), (250, 1), (10, 100), (10, 10), (1, 10)] {
            let cost = cost(Track::new(credit, 100, settled), batch);
            println!("settled: {settled}, credit {credit}, {batch} at a time: {cost:.3} allocations a message");
            costs.push(cost);
        }
    }
    assert!(costs.iter().all(|&cost| cost < 0.02), "{costs:?}");
}

#[test]
fn an_outcome_that_is_neither_accepted_nor_released_costs_one_allocation_a_range() {
    let track = Track { outcome: MODIFIED, ..Track::new(250, 100, false) };
    let cost = cost(track, 10);
    println!("modified, 10 at a time: {cost:.3} allocations a message");
    assert!(cost <= 0.11, "{cost}");
}

#[test]
fn a_large_message_costs_a_few_allocations_however_large() {
    for (size, limit) in [(2_000, 4.0), (12_000, 4.0)] {
        let cost = cost(Track::new(250, size, false), 10);
        println!("{size} bytes: {cost:.3} allocations a message");
        assert!(cost <= limit, "{cost}");
    }
}

/// A request for 500 links behind so many others.
fn page_request(offset: u32) -> Vec<u8> {
    let mut out = vec![0x00, 0x53, 0x73, 0xc0, 14, 5, 0x40, 0x40, 0x40, 0x40, 0xa1, 7];
    out.extend_from_slice(b"replies");
    let mut fields = Vec::new();
    let string = |text: &str, fields: &mut Vec<u8>| {
        fields.extend_from_slice(&[0xa1, u8::try_from(text.len()).unwrap()]);
        fields.extend_from_slice(text.as_bytes());
    };
    for (name, value) in [("operation", "QUERY"), ("entityType", "org.apache.qpid.dispatch.router.link")] {
        string(name, &mut fields);
        string(value, &mut fields);
    }
    for (name, value) in [("offset", offset), ("count", 500)] {
        string(name, &mut fields);
        fields.push(0x70);
        fields.extend_from_slice(&value.to_be_bytes());
    }
    out.extend_from_slice(&[0x00, 0x53, 0x74, 0xc1, u8::try_from(fields.len() + 1).unwrap(), 8]);
    out.append(&mut fields);
    string("attributeNames", &mut fields);
    out.extend_from_slice(&[0x00, 0x53, 0x77, 0xc1, u8::try_from(fields.len() + 2).unwrap(), 2]);
    out.append(&mut fields);
    out.push(0x45);
    out
}

/// Bytes of the answer to a request for a page in the middle of so many links, and the most that it took to make it and to
/// bring it to the client.
fn page_memory(links: usize) -> (usize, usize) {
    let mut stage = Stage::new();
    let end = stage.client();
    for _ in 0..links {
        stage.receiver(end, "many");
    }
    let replies = stage.receiver(end, "replies");
    stage.grant(replies, 10);
    let requests = stage.sender(end, "$management");
    stage.net.ends[end].peer.seen.clear();
    let request = page_request(u32::try_from(links / 2).unwrap());
    stage.start(requests, &request, true, false);
    GROWTH.set(0);
    PEAK.set(0);
    counted(|| stage.net.run());
    let seen = stage.net.ends[end].peer.seen.drain(..);
    let parts = seen.filter_map(|seen| if let Seen::Part(part) = seen { Some(part.payload.len()) } else { None });
    (parts.sum(), usize::try_from(PEAK.get()).unwrap())
}

#[test]
fn a_page_of_links_takes_the_memory_of_a_page_however_many_there_are() {
    let (few, many) = (page_memory(1_000), page_memory(10_000));
    assert!(few.0 > 50_000 && many.0 > 50_000, "{few:?} {many:?}: an answer of 500 rows");
    for (answer, peak) in [few, many] {
        assert!(peak < 8 * answer, "{peak} bytes for an answer of {answer}");
    }
    assert!(many.1 < few.1 * 5 / 4, "{} bytes among 10,000 links, {} among 1,000", many.1, few.1);
}
