//! Transfer, disposition and flow mean the same to the codec written by hand and to serde_amqp, whichever of them wrote.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod codec_support;

use codec_support::{MAX_FRAME_SIZE, frame, header};
use crossdock_amqp::codec::{
    Body, Disposition, Flow, FrameHeader, StateKind, StateRef, Transfer, decode_body, encode_disposition, encode_flow,
    encode_transfer_head, transfer_head_len,
};
use fe2o3_amqp_types::definitions::{Error, Fields, ReceiverSettleMode, Role};
use fe2o3_amqp_types::messaging::{Accepted, DeliveryState, Modified, Outcome, Received, Rejected, Released};
use fe2o3_amqp_types::performatives as oracle;
use fe2o3_amqp_types::transaction::{Declared, TransactionalState};
use proptest::prelude::*;
use serde_amqp::Value;
use serde_amqp::primitives::Symbol;

/// Numbers at the borders between encodings as often as any other.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), Just(1), Just(0xff), Just(0x100), Just(u32::MAX), any::<u32>()]
}

fn optional_number() -> impl Strategy<Value = Option<u32>> {
    prop::option::of(number())
}

fn fields() -> impl Strategy<Value = Fields> {
    let value = prop_oneof![
        any::<u32>().prop_map(Value::Uint),
        ".{0,20}".prop_map(Value::String),
        Just(Value::Null),
        prop::collection::vec(any::<u32>().prop_map(Value::Uint), 0..4).prop_map(Value::List),
    ];
    prop::collection::vec(("[a-z:-]{1,12}", value), 0..8)
        .prop_map(|pairs| pairs.into_iter().map(|(key, value)| (Symbol::from(key), value)).collect())
}

fn error() -> impl Strategy<Value = Error> {
    ("[a-z]{1,9}:[a-z-]{1,9}", prop::option::of(".{0,80}"), prop::option::of(fields())).prop_map(
        |(condition, description, info)| Error {
            condition: fe2o3_amqp_types::definitions::ErrorCondition::Custom(Symbol::from(condition)),
            description,
            info: info.map(Box::new),
        },
    )
}

fn state() -> impl Strategy<Value = DeliveryState> {
    let modified = (any::<Option<bool>>(), any::<Option<bool>>(), prop::option::of(fields())).prop_map(
        |(delivery_failed, undeliverable_here, message_annotations)| {
            DeliveryState::Modified(Modified { delivery_failed, undeliverable_here, message_annotations })
        },
    );
    prop_oneof![
        Just(DeliveryState::Accepted(Accepted {})),
        Just(DeliveryState::Released(Released {})),
        (number(), any::<u64>()).prop_map(|(section_number, section_offset)| {
            DeliveryState::Received(Received { section_number, section_offset })
        }),
        prop::option::of(error()).prop_map(|error| DeliveryState::Rejected(Rejected { error })),
        modified,
        prop::collection::vec(any::<u8>(), 0..40)
            .prop_map(|id| DeliveryState::Declared(Declared { txn_id: id.into() })),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|id| {
            let outcome = Some(Outcome::Accepted(Accepted {}));
            DeliveryState::TransactionalState(TransactionalState { txn_id: id.into(), outcome })
        }),
    ]
}

fn kind(state: Option<&DeliveryState>) -> StateKind {
    match state {
        None => StateKind::None,
        Some(DeliveryState::Received(_)) => StateKind::Received,
        Some(DeliveryState::Accepted(_)) => StateKind::Accepted,
        Some(DeliveryState::Rejected(_)) => StateKind::Rejected,
        Some(DeliveryState::Released(_)) => StateKind::Released,
        Some(DeliveryState::Modified(_)) => StateKind::Modified,
        Some(DeliveryState::Declared(_)) => StateKind::Declared,
        Some(DeliveryState::TransactionalState(_)) => StateKind::Transactional,
    }
}

/// The state as the codec sees it; `bytes` keeps its encoding.
fn state_ref<'a>(state: Option<&DeliveryState>, bytes: &'a mut Vec<u8>) -> StateRef<'a> {
    match state {
        None => StateRef::None,
        Some(DeliveryState::Accepted(_)) => StateRef::Accepted,
        Some(DeliveryState::Released(_)) => StateRef::Released,
        Some(other) => {
            *bytes = serde_amqp::to_vec(other).expect("encodes");
            StateRef::Other(bytes)
        }
    }
}

fn transfer() -> impl Strategy<Value = oracle::Transfer> {
    (
        (number(), optional_number(), prop::option::of(prop::collection::vec(any::<u8>(), 0..=32)), optional_number()),
        (any::<Option<bool>>(), any::<bool>(), prop::option::of(any::<bool>()), prop::option::of(state())),
        any::<[bool; 3]>(),
    )
        .prop_map(|(front, middle, [resume, aborted, batchable])| {
            let (handle, delivery_id, tag, message_format) = front;
            let (settled, more, second, state) = middle;
            let rcv_settle_mode =
                second.map(|second| if second { ReceiverSettleMode::Second } else { ReceiverSettleMode::First });
            oracle::Transfer {
                handle: handle.into(),
                delivery_id,
                delivery_tag: tag.map(Into::into),
                message_format,
                settled,
                more,
                rcv_settle_mode,
                state,
                resume,
                aborted,
                batchable,
            }
        })
}

fn ours_of_transfer<'a>(transfer: &'a oracle::Transfer, bytes: &'a mut Vec<u8>) -> Transfer<'a> {
    Transfer {
        handle: transfer.handle.0,
        delivery_id: transfer.delivery_id,
        delivery_tag: transfer.delivery_tag.as_ref().map(|tag| tag.as_slice()),
        message_format: transfer.message_format,
        settled: transfer.settled,
        more: transfer.more,
        rcv_settle_mode: transfer.rcv_settle_mode.as_ref().map(u8::from),
        state: state_ref(transfer.state.as_ref(), bytes),
        resume: transfer.resume,
        aborted: transfer.aborted,
        batchable: transfer.batchable,
    }
}

fn disposition() -> impl Strategy<Value = oracle::Disposition> {
    (any::<[bool; 3]>(), number(), optional_number(), prop::option::of(state())).prop_map(
        |([receiver, settled, batchable], first, last, state)| oracle::Disposition {
            role: Role::from(receiver),
            first,
            last,
            settled,
            state,
            batchable,
        },
    )
}

fn flow() -> impl Strategy<Value = oracle::Flow> {
    (
        (optional_number(), number(), number(), number()),
        (optional_number(), optional_number(), optional_number(), optional_number()),
        any::<[bool; 2]>(),
        prop::option::of(fields()),
    )
        .prop_map(|(session, link, [drain, echo], properties)| oracle::Flow {
            next_incoming_id: session.0,
            incoming_window: session.1,
            next_outgoing_id: session.2,
            outgoing_window: session.3,
            handle: link.0.map(Into::into),
            delivery_count: link.1,
            link_credit: link.2,
            available: link.3,
            drain,
            echo,
            properties,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_transfer_means_the_same_to_serde(theirs in transfer(), payload in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut bytes = Vec::new();
        let ours = ours_of_transfer(&theirs, &mut bytes);

        let body = serde_amqp::to_vec(&theirs).expect("encodes");
        let frame = frame(&[&body[..], &payload].concat());
        prop_assert_eq!(decode_body(&frame, &header(&frame)), Ok(Body::Transfer(ours, 8 + body.len())));

        let mut frame = Vec::new();
        encode_transfer_head(&mut frame, 513, &ours, payload.len());
        prop_assert_eq!(frame.len(), transfer_head_len(&ours));
        let head = frame.len();
        frame.extend_from_slice(&payload);
        let header = header(&frame);
        prop_assert_eq!((header.channel, header.data_offset), (513, 8));
        prop_assert_eq!(decode_body(&frame, &header), Ok(Body::Transfer(ours, head)));
        prop_assert_eq!(serde_amqp::from_slice::<oracle::Transfer>(&frame[8..head]).expect("decodes"), theirs);
    }

    #[test]
    fn a_disposition_means_the_same_to_serde(theirs in disposition()) {
        let mut bytes = Vec::new();
        let ours = Disposition {
            role_receiver: theirs.role == Role::Receiver,
            first: theirs.first,
            last: theirs.last,
            settled: theirs.settled,
            state: state_ref(theirs.state.as_ref(), &mut bytes),
            batchable: theirs.batchable,
        };

        let frame = frame(&serde_amqp::to_vec(&theirs).expect("encodes"));
        prop_assert_eq!(decode_body(&frame, &header(&frame)), Ok(Body::Disposition(ours)));

        let mut frame = Vec::new();
        encode_disposition(&mut frame, 513, &ours);
        prop_assert_eq!(decode_body(&frame, &header(&frame)), Ok(Body::Disposition(ours)));
        prop_assert_eq!(serde_amqp::from_slice::<oracle::Disposition>(&frame[8..]).expect("decodes"), theirs);
    }

    #[test]
    fn a_flow_means_the_same_to_serde(theirs in flow()) {
        let properties = theirs.properties.as_ref().map(|fields| serde_amqp::to_vec(fields).expect("encodes"));
        let ours = Flow {
            next_incoming_id: theirs.next_incoming_id,
            incoming_window: theirs.incoming_window,
            next_outgoing_id: theirs.next_outgoing_id,
            outgoing_window: theirs.outgoing_window,
            handle: theirs.handle.as_ref().map(|handle| handle.0),
            delivery_count: theirs.delivery_count,
            link_credit: theirs.link_credit,
            available: theirs.available,
            drain: theirs.drain,
            echo: theirs.echo,
            properties: properties.as_deref(),
        };

        let frame = frame(&serde_amqp::to_vec(&theirs).expect("encodes"));
        prop_assert_eq!(decode_body(&frame, &header(&frame)), Ok(Body::Flow(ours)));

        let mut frame = Vec::new();
        encode_flow(&mut frame, 513, &ours);
        prop_assert_eq!(decode_body(&frame, &header(&frame)), Ok(Body::Flow(ours)));
        prop_assert_eq!(serde_amqp::from_slice::<oracle::Flow>(&frame[8..]).expect("decodes"), theirs);
    }

    #[test]
    fn a_state_is_known_by_its_descriptor(theirs in prop::option::of(state())) {
        let mut bytes = Vec::new();
        let ours = state_ref(theirs.as_ref(), &mut bytes);
        prop_assert_eq!(ours.kind(), kind(theirs.as_ref()));
        prop_assert_eq!(ours.kind().is_outcome(), theirs.is_some_and(|theirs| theirs.is_terminal()));
    }

    #[test]
    fn a_frame_cut_anywhere_is_an_error_and_no_panic(theirs in transfer(), flow in flow(), disposition in disposition()) {
        let bodies = [
            serde_amqp::to_vec(&theirs).expect("encodes"),
            serde_amqp::to_vec(&flow).expect("encodes"),
            serde_amqp::to_vec(&disposition).expect("encodes"),
        ];
        for body in bodies {
            for length in 1..body.len() {
                // A frame that is complete by its own size, of a performative that is not.
                let frame = frame(&body[..length]);
                let error = decode_body(&frame, &header(&frame)).expect_err("must be refused");
                prop_assert!(error.offset <= frame.len());
            }
        }
    }

    #[test]
    fn random_bodies_are_no_panic(code in 0x10_u8..0x19, body in prop::collection::vec(any::<u8>(), 0..80), max in 8_usize..100) {
        let frame = frame(&[&[0, 0x53, code][..], &body].concat());
        if let Ok(Some(header)) = FrameHeader::decode(&frame, max) {
            prop_assert!(header.size <= max && max <= MAX_FRAME_SIZE);
            if let Ok(Body::Transfer(_, payload)) = decode_body(&frame, &header) {
                prop_assert!(payload <= frame.len());
            }
        }
    }
}
