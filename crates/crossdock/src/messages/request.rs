//! `crossdock request`.

use std::future::Future;
use std::time::Duration;

use clap::Args;
use fe2o3_amqp::link::SendError;
use fe2o3_amqp::link::delivery::{Delivery, DeliveryFut};
use fe2o3_amqp::{Receiver, Sendable, Sender};
use fe2o3_amqp_types::messaging::{AmqpValue, Body, MessageId, Outcome};
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

impl RequestArgs {
    fn advise(&self, error: ClientError) -> Failure {
        let advice = format!("Who serves it, says: crossdock explain {}{}", self.address, self.reach.to_option());
        Failure::Advised { error, advice }
    }
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
    let settling = send(args, timeout, deadline, &mut sender, &message).await?;
    let answer = answer(args, timeout, deadline, settling, answer_to(&id, &mut receiver, &reply_to)).await?;
    show(&answer, args.json)?;
    let _ = tokio::time::timeout(client.patience(), receiver.close()).await;
    client.close().await;
    Ok(())
}

type Message = Sendable<AmqpValue<String>>;
type Settling = DeliveryFut<Result<Outcome, SendError>>;

/// Sends the request when there is credit.
async fn send(
    args: &RequestArgs,
    timeout: Duration,
    deadline: Instant,
    sender: &mut Sender,
    message: &Message,
) -> Result<Settling, Failure> {
    let address = &args.address;
    let note = Instant::now() + NOTE_AFTER;
    let mut noted = false;
    loop {
        tokio::select! {
            sent = sender.send_batchable_ref(message) => return sent.map_err(|error| send_failure(address, error)),
            () = sleep_until(note), if !noted => {
                noted = true;
                eprintln!("no consumer at '{address}' yet: waiting for credit");
            }
            () = sleep_until(deadline) => {
                let doing = format!("waiting for credit at '{address}' (no consumer, or none that takes more)");
                return Err(args.advise(ClientError::Timeout { doing, after: timeout }));
            }
        }
    }
}

/// Waits for the answer. It may come before the outcome of the request: many services answer first and settle then, and some
/// wait in between for the answer to be settled.
async fn answer(
    args: &RequestArgs,
    timeout: Duration,
    deadline: Instant,
    settling: Settling,
    answering: impl Future<Output = Result<AnyMessage, Failure>>,
) -> Result<AnyMessage, Failure> {
    let address = &args.address;
    let mut settling = std::pin::pin!(settling);
    let mut answering = std::pin::pin!(answering);
    let mut accepted = false;
    loop {
        tokio::select! {
            answer = &mut answering => return answer,
            outcome = &mut settling, if !accepted => {
                let outcome = outcome.map_err(|error| send_failure(address, error))?;
                if !matches!(outcome, Outcome::Accepted(_)) {
                    let problem = format!("the request was {}", outcome_text(&outcome));
                    return Err(args.advise(ClientError::Address { address: address.clone(), problem }));
                }
                accepted = true;
            }
            () = sleep_until(deadline) => {
                let took = if accepted { "accepted the request" } else { "did not settle the request" };
                let doing = format!("waiting for an answer of '{address}', which {took}");
                return Err(ClientError::Timeout { doing, after: timeout }.into());
            }
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
