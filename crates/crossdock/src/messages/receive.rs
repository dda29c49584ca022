//! `crossdock receive`.

use std::io::{self, Write};
use std::time::Duration;

use clap::{ArgGroup, Args};
use fe2o3_amqp::link::delivery::Delivery;
use fe2o3_amqp::{Receiver, Sender};
use fe2o3_amqp_types::definitions::{AmqpError, Error};
use fe2o3_amqp_types::messaging::{AmqpValue, Body, Message, Outcome, Properties};
use fe2o3_amqp_types::primitives::Value as WireValue;
use tokio::time::Instant;

use super::link::{attach_receiver, attach_sender, receive_failure, send_failure, settle_failure};
use super::outcome::outcome_text;
use super::show::{AnyMessage, body_bytes, show};
use super::{connect, limit, time_over};
use crate::cli::connection::ReachArgs;
use crate::cli::failure::Failure;
use crate::management_client::{Client, ClientError, within};

const EXAMPLES: &str = "\
Examples:
  Messages as they come, until Ctrl-C:
      crossdock receive news

  Three messages, then end:
      crossdock receive news --count 3

  Whatever there is now:
      crossdock receive orders --timeout 1

  All sections of each message, one line of JSON each:
      crossdock receive news --json | jq .properties

  A service that answers; {body} stands for the request:
      crossdock receive time --reply 'you asked: {body}'
      crossdock request time 'how late is it?'

  A consumer that wants nothing, and says why:
      crossdock receive orders --reject 'closed on Sundays'

  A slow consumer, which takes one message at a time and works on each for two seconds:
      crossdock receive orders --credit 1 --pause 2

  An address of the router's choice, which is the first line on stdout:
      crossdock receive --dynamic

  In a script, wait until the consumer is there before something is sent:
      crossdock receive news --count 1 --ready 2> ready.txt &
      until grep -q '^ready:' ready.txt; do sleep 0.1; done

Messages are shown first and settled then: what was not shown is not accepted.

Exit status: 0 when --count messages came, or when the time is over and there was no --count; 1 when fewer came or the
router failed; 2 for a wrong command line.

See also: crossdock send, crossdock request.";

/// Receive messages from an address, and show them
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, group = ArgGroup::new("outcome").multiple(false))]
pub(crate) struct ReceiveArgs {
    /// Address to receive from
    #[arg(value_name = "ADDRESS", required_unless_present = "dynamic", conflicts_with = "dynamic")]
    address: Option<String>,
    /// Receive from an address that the router makes up, and show it first
    #[arg(long)]
    dynamic: bool,
    /// End after this many messages
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// End when no message came for this long; without it, wait
    #[arg(short, long, value_name = "SECONDS", allow_negative_numbers = true)]
    timeout: Option<f64>,
    /// Messages that may be under way at once
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    credit: u32,
    /// Work for this long on each message before it is answered and settled, as a slow consumer does
    #[arg(long, value_name = "SECONDS", default_value = "0", hide_default_value = true, allow_negative_numbers = true)]
    pause: f64,
    /// Accept the messages, as is done without this option
    #[arg(long, group = "outcome")]
    accept: bool,
    /// Release the messages: others may have them
    #[arg(long, group = "outcome")]
    release: bool,
    /// Reject the messages, with this reason
    #[arg(long, group = "outcome", value_name = "REASON", num_args = 0..=1)]
    reject: Option<Option<String>>,
    /// Answer each message that has a reply address with this text; {body} in it stands for the message's body
    #[arg(long, value_name = "TEXT")]
    reply: Option<String>,
    /// Show all sections of each message as one line of JSON
    #[arg(long)]
    json: bool,
    /// Say on stderr when the link is attached
    #[arg(long)]
    ready: bool,
    #[command(flatten)]
    reach: ReachArgs,
}

/// Receives, shows and settles.
pub(super) async fn run(args: &ReceiveArgs) -> Result<(), Failure> {
    let timeout = limit(args.timeout)?;
    let pause = args.pause()?;
    let mut client = connect(&args.reach, timeout).await?;
    let (mut receiver, address) = attach_receiver(&mut client, args.address.as_deref()).await?;
    let mut answering = match &args.reply {
        Some(reply) => Some(Answering { sender: attach_sender(&mut client, None, false).await?, reply }),
        None => None,
    };
    let mut credit = Credit { most: args.credit, left: args.count, given: 0 };
    credit.refill(&mut receiver, &address).await?;
    if args.dynamic {
        writeln!(io::stdout(), "{address}")?;
    }
    if args.ready {
        eprintln!("ready: {address}");
    }
    let mut came = 0;
    let mut moved = Instant::now();
    while args.count != Some(came) {
        let delivery: Delivery<Body<WireValue>> = tokio::select! {
            received = receiver.recv() => received.map_err(|error| receive_failure(&address, error))?,
            () = time_over(moved, timeout) => break,
        };
        came += 1;
        show(delivery.message(), args.json)?;
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        if let Some(answering) = &mut answering {
            answering.answer(&client, delivery.message()).await?;
        }
        args.settle(&receiver, &delivery).await.map_err(|error| settle_failure(&address, error))?;
        credit.consume();
        credit.refill(&mut receiver, &address).await?;
        moved = Instant::now();
    }
    // The answer to this detach says that the router has read all outcomes.
    let _ = tokio::time::timeout(client.patience(), receiver.close()).await;
    client.close().await;
    match args.count {
        Some(count) if came < count => Err(too_few(&address, came, count, timeout)),
        Some(_) | None => Ok(()),
    }
}

fn too_few(address: &str, came: u64, count: u64, timeout: Option<Duration>) -> Failure {
    let doing = format!("waiting at '{address}' for more messages: {came} of {count} came");
    ClientError::Timeout { doing, after: timeout.unwrap_or_default() }.into()
}

impl ReceiveArgs {
    fn pause(&self) -> Result<Duration, Failure> {
        let wrong = |_| Failure::Usage(format!("--pause {}: give a number of seconds, 0 or more", self.pause));
        Duration::try_from_secs_f64(self.pause).map_err(wrong)
    }

    async fn settle(
        &self,
        receiver: &Receiver,
        delivery: &Delivery<Body<WireValue>>,
    ) -> Result<(), fe2o3_amqp::link::IllegalLinkStateError> {
        match &self.reject {
            Some(reason) => receiver.reject(delivery, Error::new(AmqpError::NotAllowed, reason.clone(), None)).await,
            None if self.release => receiver.release(delivery).await,
            None => receiver.accept(delivery).await,
        }
    }
}

/// How many more messages the router may send. Never more than are wanted, so that none is taken from others.
#[derive(Debug)]
struct Credit {
    most: u32,
    /// Messages still wanted; without end if there is no number.
    left: Option<u64>,
    given: u32,
}

impl Credit {
    fn consume(&mut self) {
        self.given = self.given.saturating_sub(1);
        self.left = self.left.map(|left| left.saturating_sub(1));
    }

    /// What to set the credit to, if it is time to.
    fn wanted(&self) -> Option<u32> {
        let left = self.left.map_or(u32::MAX, |left| u32::try_from(left).unwrap_or(u32::MAX));
        let wanted = self.most.min(left);
        (self.given <= self.most / 2 && self.given < wanted).then_some(wanted)
    }

    async fn refill(&mut self, receiver: &mut Receiver, address: &str) -> Result<(), Failure> {
        if let Some(wanted) = self.wanted() {
            receiver.set_credit(wanted).await.map_err(|error| settle_failure(address, error))?;
            self.given = wanted;
        }
        Ok(())
    }
}

/// Answers go over an anonymous link: every requester has an address of its own.
struct Answering<'a> {
    sender: Sender,
    reply: &'a str,
}

impl Answering<'_> {
    /// Answers, if there is an address to answer to. A requester that is gone is no failure of the service.
    async fn answer(&mut self, client: &Client, request: &AnyMessage) -> Result<(), Failure> {
        let asked = request.properties.as_ref();
        let Some(reply_to) = asked.and_then(|properties| properties.reply_to.clone()) else {
            eprintln!("no answer: the message has no reply address (crossdock request gives it one)");
            return Ok(());
        };
        let asked_id = asked.and_then(|properties| properties.correlation_id.clone().or(properties.message_id.clone()));
        let text = self.reply.replace("{body}", &String::from_utf8_lossy(&body_bytes(&request.body)));
        let message: Message<AmqpValue<String>> = Message::builder()
            .properties(Properties { to: Some(reply_to.clone()), correlation_id: asked_id, ..Properties::default() })
            .value(text)
            .build();
        let waiting = || format!("waiting for '{reply_to}' to take the answer");
        match within(client.patience(), waiting, self.sender.send(message)).await {
            Ok(Ok(Outcome::Accepted(_))) => {}
            Ok(Ok(outcome)) => eprintln!("the answer to '{reply_to}': {}", outcome_text(&outcome)),
            Ok(Err(error)) => return Err(send_failure(&reply_to, error)),
            Err(error) => eprintln!("the answer to '{reply_to}': {error}"),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_credit_is_given_than_messages_are_wanted() {
        let mut credit = Credit { most: 10, left: Some(12), given: 0 };
        assert_eq!(credit.wanted(), Some(10));
        credit.given = 10;
        let mut total = 10;
        for _ in 0..12 {
            credit.consume();
            if let Some(wanted) = credit.wanted() {
                total += wanted - credit.given;
                credit.given = wanted;
            }
        }
        assert_eq!((total, credit.wanted()), (12, None));
    }

    #[test]
    fn a_credit_of_one_is_given_again_for_each_message() {
        let mut credit = Credit { most: 1, left: None, given: 1 };
        assert_eq!(credit.wanted(), None);
        credit.consume();
        assert_eq!(credit.wanted(), Some(1));
    }
}
