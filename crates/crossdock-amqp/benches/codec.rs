//! What the codec costs, in nanoseconds per frame: `cargo bench -p crossdock-amqp --bench codec`.
//!
//! Each figure is the median of 15 samples. The frames are those of a client that sends 100-byte messages unsettled.

#![allow(clippy::disallowed_methods, reason = "a benchmark measures time; the crate itself never asks for it")]
#![allow(clippy::unwrap_used, reason = "the frames are our own")]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use crossdock_amqp::codec::{
    Disposition, Flow, FrameHeader, StateRef, Transfer, decode_body, decode_performative, describe, encode_disposition,
    encode_flow, encode_performative, encode_transfer_head, transfer_head_len, walk,
};
use fe2o3_amqp_types::definitions::{AmqpError, Error};
use fe2o3_amqp_types::messaging::{DeliveryState, Rejected};
use fe2o3_amqp_types::performatives::Attach;

const SAMPLES: usize = 15;
const ROUNDS: u32 = 400_000;
const MAX_FRAME_SIZE: usize = 16_384;

fn main() {
    let error = Error::new(AmqpError::NotFound, Some("no consumer".to_owned()), None);
    let rejected = serde_amqp::to_vec(&DeliveryState::Rejected(Rejected { error: Some(error) })).unwrap();
    let transfer = Transfer {
        handle: 3,
        delivery_id: Some(70_000),
        delivery_tag: Some(b"\x00\x01\x11\x70\x00\x00\x00\x00"),
        message_format: Some(0),
        settled: Some(false),
        ..Transfer::default()
    };
    let disposition = Disposition {
        role_receiver: true,
        first: 70_000,
        last: Some(70_040),
        settled: true,
        state: StateRef::Accepted,
        batchable: false,
    };
    let refusal = Disposition { state: StateRef::Other(&rejected), ..disposition };
    let flow = Flow {
        next_incoming_id: Some(70_001),
        incoming_window: 2_147_483_647,
        next_outgoing_id: 1,
        outgoing_window: 2_147_483_647,
        handle: Some(0),
        delivery_count: Some(70_001),
        link_credit: Some(250),
        available: Some(0),
        drain: false,
        echo: false,
        properties: None,
    };
    let mut frames: Vec<(&str, Vec<u8>)> = Vec::new();
    let mut frame = Vec::new();
    encode_transfer_head(&mut frame, 1, &transfer, 141);
    frame.resize(frame.len() + 141, 0x75);
    frames.push(("transfer", frame));
    let mut frame = Vec::new();
    encode_disposition(&mut frame, 1, &disposition);
    frames.push(("disposition accepted", frame));
    let mut frame = Vec::new();
    encode_disposition(&mut frame, 1, &refusal);
    frames.push(("disposition rejected", frame));
    let mut frame = Vec::new();
    encode_flow(&mut frame, 1, &flow);
    frames.push(("flow", frame));

    for (name, frame) in &frames {
        measure(&format!("decode {name}"), || {
            let frame = black_box(frame.as_slice());
            let header = FrameHeader::decode(frame, MAX_FRAME_SIZE).unwrap().unwrap();
            black_box(decode_body(frame, &header).unwrap());
        });
    }
    let mut text = String::with_capacity(4096);
    for (name, frame) in &frames {
        measure(&format!("describe {name}"), || {
            text.clear();
            write!(text, "{}", describe(black_box(frame))).unwrap();
            black_box(&text);
        });
    }

    let mut out = Vec::with_capacity(1 << 16);
    measure("encode transfer head", || {
        out.clear();
        encode_transfer_head(&mut out, 1, black_box(&transfer), 141);
        black_box(&out);
    });
    measure("measure transfer head", || {
        black_box(transfer_head_len(black_box(&transfer)));
    });
    measure("encode disposition accepted", || {
        out.clear();
        encode_disposition(&mut out, 1, black_box(&disposition));
        black_box(&out);
    });
    measure("encode disposition rejected", || {
        out.clear();
        encode_disposition(&mut out, 1, black_box(&refusal));
        black_box(&out);
    });
    measure("encode flow", || {
        out.clear();
        encode_flow(&mut out, 1, black_box(&flow));
        black_box(&out);
    });

    let attach = attach();
    out.clear();
    encode_performative(&mut out, 1, &attach.clone().into()).unwrap();
    let frame = out.clone();
    let header = FrameHeader::decode(&frame, MAX_FRAME_SIZE).unwrap().unwrap();
    measure("decode attach (serde)", || {
        black_box(decode_performative(black_box(&frame), &header).unwrap());
    });
    measure("describe attach", || {
        text.clear();
        write!(text, "{}", describe(black_box(&frame))).unwrap();
        black_box(&text);
    });
    measure("walk attach", || {
        let mut budget = walk::Budget::PERFORMATIVE;
        black_box(walk::value(black_box(&frame[header.data_offset..]), &mut budget).unwrap());
    });
    let attach = attach.into();
    measure("encode attach (serde)", || {
        out.clear();
        encode_performative(&mut out, 1, black_box(&attach)).unwrap();
        black_box(&out);
    });
}

fn attach() -> Attach {
    use fe2o3_amqp_types::definitions::{ReceiverSettleMode, Role, SenderSettleMode};
    use fe2o3_amqp_types::messaging::{Source, Target};
    Attach {
        name: "sender-link-1".into(),
        handle: 0.into(),
        role: Role::Sender,
        snd_settle_mode: SenderSettleMode::Mixed,
        rcv_settle_mode: ReceiverSettleMode::First,
        source: Some(Box::new(Source::builder().address("orders").build())),
        target: Some(Box::new(Target::from("orders").into())),
        unsettled: None,
        incomplete_unsettled: false,
        initial_delivery_count: Some(0),
        max_message_size: None,
        offered_capabilities: None,
        desired_capabilities: None,
        properties: None,
    }
}

fn measure(name: &str, mut once: impl FnMut()) {
    let mut samples: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..ROUNDS {
                once();
            }
            start.elapsed().as_nanos() as f64 / f64::from(ROUNDS)
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    println!("{name:<28} {:>7.1} ns", samples[SAMPLES / 2]);
}
