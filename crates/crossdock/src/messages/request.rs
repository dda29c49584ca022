//! `crossdock request`.

use std::time::Duration;

use clap::Args;
use fe2o3_amqp::link::delivery::Delivery;
use fe2o3_amqp::{Receiver, Sendable, Sender};
use fe2o3_amqp_types::messaging::{Body, MessageId, Outcome};
use fe2o3_amqp_types::primitives::Value as WireValue;
use tokio::time::{Instant, sleep_until};

use super::compose::{ComposeArgs, Routing};
use super::link::{attach_receiver, attach_sender, receive_failure, send_failure, settle_failure};
use super::outcome::outcome_text;
use super::show::{AnyMessage, show};
use super::{NOTE_AFTER, connect, limit};
use crate::cli::connection::{ReachArgs, parse_timeout};
use crate::cli::failure::Failure;
use crate::management_client::ClientError;

const EXAMPLES: &str = "\
Examples:
  Ask a service, and show its answer:
      crossdock request time 'how late is it?'

  A service to try it with:
      crossdock receive time --reply 'you asked: {body}'

  All sections of the answer:
      crossdock request time now --json | jq .properties

The request carries a reply address that the router makes up, and a correlation id that the answer must bring back.

Exit status: 0 when there is an answer, 1 when there is none, 2 for a wrong command line.

See also: crossdock send, crossdock receive; crossdock explain ADDRESS, which says who serves it.";

/// Send a request to an address, and show the answer
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RequestArgs {
    /// Address of the service
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// Body of the request
    #[arg(value_name = "TEXT")]
    text: String,
    /// Give up when there is no answer after this long
    #[arg(short, long, value_name = "SECONDS", default_value = "5", allow_negative_numbers = true)]
    timeout: f64,
    /// Show all sections of the answer as one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    compose: ComposeArgs,
    #[command(flatten)]
    reach: ReachArgs,
}

/// Asks, and shows the answer.
pub(super) async fn run(args: &RequestArgs) -> Result<(), Failure> {
    args.compose.check().map_err(Failure::Usage)?;
    let timeout = parse_timeout(args.timeout)?;
    let mut client = connect(&args.reach, limit(Some(args.timeout))?).await?;
    let (mut receiver, reply_to) = attach_receiver(&mut client, None).await?;
    receiver.set_credit(1).await.map_err(|error| settle_failure(&reply_to, error))?;
    let mut sender = attach_sender(&mut client, Some(&args.address), false).await?;
    let id = MessageId::String(format!("{}-1", std::process::id()));
    let routing = Routing { to: None, reply_to: Some(reply_to.clone()), correlation_id: Some(id.clone()) };
    let message = Sendable::builder().message(args.compose.compose(args.text.clone(), routing)).build();
    let deadline = Instant::now() + timeout;
    send(args, timeout, deadline, &mut sender, &message).await?;
    let answer = tokio::select! {
        answer = answer_to(&id, &mut receiver, &reply_to) => answer?,
        () = sleep_until(deadline) => {
            let doing = format!("waiting for an answer of '{}', which took the request", args.address);
            return Err(ClientError::Timeout { doing, after: timeout }.into());
        }
    };
    show(&answer, args.json)?;
    let _ = tokio::time::timeout(client.patience(), receiver.close()).await;
    client.close().await;
    Ok(())
}

/// Sends the request; only an accepted one can have an answer.
async fn send(
    args: &RequestArgs,
    timeout: Duration,
    deadline: Instant,
    sender: &mut Sender,
    message: &Sendable<fe2o3_amqp_types::messaging::AmqpValue<String>>,
) -> Result<(), Failure> {
    let address = &args.address;
    let advice = || format!("Who serves it? crossdock explain {address}{}", args.reach.to_option());
    let note = Instant::now() + NOTE_AFTER;
    let mut noted = false;
    let settling = loop {
        tokio::select! {
            sent = sender.send_batchable_ref(message) => break sent.map_err(|error| send_failure(address, error))?,
            () = sleep_until(note), if !noted => {
                noted = true;
                eprintln!("no consumer at '{address}' yet: waiting for credit");
            }
            () = sleep_until(deadline) => {
                let doing = format!("waiting for credit at '{address}' (no consumer, or none that takes more)");
                return Err(Failure::Advised { error: ClientError::Timeout { doing, after: timeout }, advice: advice() });
            }
        }
    };
    let outcome: Outcome = tokio::select! {
        outcome = settling => outcome.map_err(|error| send_failure(address, error))?,
        () = sleep_until(deadline) => {
            let doing = format!("waiting for '{address}' to settle the request");
            return Err(ClientError::Timeout { doing, after: timeout }.into());
        }
    };
    match outcome {
        Outcome::Accepted(_) => Ok(()),
        Outcome::Released(_) | Outcome::Rejected(_) | Outcome::Modified(_) | Outcome::Declared(_) => {
            let problem = format!("the request was {}", outcome_text(&outcome));
            let error = ClientError::Address { address: address.clone(), problem };
            Err(Failure::Advised { error, advice: advice() })
        }
    }
}

/// The answer with this correlation id; others are accepted and forgotten.
async fn answer_to(id: &MessageId, receiver: &mut Receiver, reply_to: &str) -> Result<AnyMessage, Failure> {
    loop {
        let received = receiver.recv().await;
        let delivery: Delivery<Body<WireValue>> = received.map_err(|error| receive_failure(reply_to, error))?;
        receiver.accept(&delivery).await.map_err(|error| settle_failure(reply_to, error))?;
        let message = delivery.into_message();
        if message.properties.as_ref().and_then(|properties| properties.correlation_id.as_ref()) == Some(id) {
            return Ok(message);
        }
        receiver.set_credit(1).await.map_err(|error| settle_failure(reply_to, error))?;
    }
}
