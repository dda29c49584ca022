//! Links to addresses, and why there is none.

use std::fmt::Display;

use fe2o3_amqp::link::receiver::CreditMode;
use fe2o3_amqp::link::{LinkStateError, ReceiverAttachError, RecvError, SendError, SenderAttachError};
use fe2o3_amqp::{Receiver, Sender};
use fe2o3_amqp_types::definitions::{Error, SenderSettleMode};
use fe2o3_amqp_types::messaging::{Source, Target};

use super::outcome::{end_text, error_text, stop_text};
use crate::cli::failure::Failure;
use crate::management_client::{Client, ClientError, within};

/// A sender to the address, or an anonymous one: each message says then where it goes.
pub(super) async fn attach_sender(
    client: &mut Client,
    address: Option<&str>,
    settled: bool,
) -> Result<Sender, Failure> {
    let place = place(address);
    let mut target = Target::builder().build();
    target.address = address.map(str::to_owned);
    let mode = if settled { SenderSettleMode::Settled } else { SenderSettleMode::Unsettled };
    let (patience, waiting) = (client.patience(), waiting(client, &place));
    let attaching = Sender::builder()
        .name(format!("send to {place} {}", std::process::id()))
        .target(target)
        .sender_settle_mode(mode)
        .attach(client.session());
    let attached = within(patience, || waiting, attaching).await?;
    attached.map_err(|error| match error {
        SenderAttachError::RemoteClosedWithError(error) => refused(&place, &error),
        SenderAttachError::SessionStopped(reason) => unusable(&place, &stop_text(&reason)),
        other @ (SenderAttachError::SessionNotMapped
        | SenderAttachError::DuplicatedLinkName
        | SenderAttachError::IllegalState
        | SenderAttachError::NonAttachFrameReceived
        | SenderAttachError::ExpectImmediateDetach
        | SenderAttachError::IncomingTargetIsNone
        | SenderAttachError::CoordinatorIsNotImplemented
        | SenderAttachError::SndSettleModeNotSupported
        | SenderAttachError::TargetAddressIsNoneWhenDynamicIsTrue
        | SenderAttachError::SourceAddressIsSomeWhenDynamicIsTrue
        | SenderAttachError::DynamicNodePropertiesIsSomeWhenDynamicIsFalse
        | SenderAttachError::DesireTxnCapabilitiesNotSupported) => unusable(&place, &other),
    })
}

/// A receiver from the address, or from one that the router makes up; and the address. It has no credit yet.
pub(super) async fn attach_receiver(client: &mut Client, address: Option<&str>) -> Result<(Receiver, String), Failure> {
    let place = address.map_or_else(|| String::from("an address of the router's choice"), str::to_owned);
    let source = match address {
        Some(address) => Source::builder().address(address).build(),
        None => Source::builder().dynamic(true).build(),
    };
    let (patience, waiting) = (client.patience(), waiting(client, &place));
    let attaching = Receiver::builder()
        .name(format!("receive from {place} {}", std::process::id()))
        .source(source)
        .credit_mode(CreditMode::Manual)
        .attach(client.session());
    let attached = within(patience, || waiting, attaching).await?;
    let receiver = attached.map_err(|error| match error {
        ReceiverAttachError::RemoteClosedWithError(error) => refused(&place, &error),
        ReceiverAttachError::SessionStopped(reason) => unusable(&place, &stop_text(&reason)),
        other @ (ReceiverAttachError::SessionNotMapped
        | ReceiverAttachError::DuplicatedLinkName
        | ReceiverAttachError::IllegalState
        | ReceiverAttachError::NonAttachFrameReceived
        | ReceiverAttachError::ExpectImmediateDetach
        | ReceiverAttachError::IncomingSourceIsNone
        | ReceiverAttachError::CoordinatorIsNotImplemented
        | ReceiverAttachError::InitialDeliveryCountIsNone
        | ReceiverAttachError::TargetAddressIsSomeWhenDynamicIsTrue
        | ReceiverAttachError::SourceAddressIsNoneWhenDynamicIsTrue
        | ReceiverAttachError::DynamicNodePropertiesIsSomeWhenDynamicIsFalse
        | ReceiverAttachError::DesiredFilterNotSupported(_)) => unusable(&place, &other),
    })?;
    let given = receiver.source().as_ref().and_then(|source| source.address.clone());
    match given.or_else(|| address.map(str::to_owned)) {
        Some(address) => Ok((receiver, address)),
        None => Err(unusable(&place, &"the router gave none")),
    }
}

/// What people call a terminus.
fn place(address: Option<&str>) -> String {
    address.map_or_else(|| String::from("an anonymous link"), str::to_owned)
}

fn waiting(client: &Client, place: &str) -> String {
    format!("waiting for {} to attach a link for {place}", client.peer())
}

fn refused(place: &str, error: &Error) -> Failure {
    unusable(place, &error_text(error))
}

fn unusable(place: &str, problem: &dyn Display) -> Failure {
    ClientError::Address { address: place.to_owned(), problem: problem.to_string() }.into()
}

/// Why nothing more can be sent.
pub(super) fn send_failure(place: &str, error: SendError) -> Failure {
    match error {
        SendError::LinkStateError(error) => unusable(place, &end_text(&error)),
        SendError::Detached(error) => unusable(place, &end_text(&LinkStateError::from(error))),
        other @ (SendError::NonTerminalDeliveryState
        | SendError::IllegalDeliveryState
        | SendError::MessageSizeExceeded(_)
        | SendError::MessageEncodeError) => unusable(place, &other),
    }
}

/// Why nothing more can be received.
pub(super) fn receive_failure(place: &str, error: RecvError) -> Failure {
    match error {
        RecvError::LinkStateError(error) => unusable(place, &end_text(&error)),
        other @ (RecvError::TransferLimitExceeded
        | RecvError::DeliveryIdIsNone
        | RecvError::DeliveryTagIsNone
        | RecvError::MessageDecode(_)
        | RecvError::IllegalRcvSettleModeInTransfer
        | RecvError::InconsistentFieldInMultiFrameDelivery
        | RecvError::MessageSizeExceeded(_)
        | RecvError::TransactionalAcquisitionIsNotImeplemented) => unusable(place, &other),
    }
}

/// Why a delivery cannot be settled.
pub(super) fn settle_failure(place: &str, error: impl Into<LinkStateError>) -> Failure {
    unusable(place, &end_text(&error.into()))
}
