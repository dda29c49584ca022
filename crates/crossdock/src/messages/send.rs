//! `crossdock send`.

use std::collections::VecDeque;
use std::io::{self, BufRead, Write};
use std::time::Duration;

use clap::Args;
use fe2o3_amqp::link::SendError;
use fe2o3_amqp::link::delivery::DeliveryFut;
use fe2o3_amqp::{Sendable, Sender};
use fe2o3_amqp_types::messaging::{AmqpValue, Outcome};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::compose::{ComposeArgs, Routing};
use super::link::{attach_sender, send_failure};
use super::outcome::outcome_text;
use super::{NOTE_AFTER, connect, limit, time_over};
use crate::cli::connection::ReachArgs;
use crate::cli::failure::Failure;
use crate::management_client::{Client, ClientError};

/// Deliveries without an outcome at once.
const MAX_UNSETTLED: usize = 200;

/// clap would break the line at an n in braces; with a style that changes nothing between them it does not.
const EXAMPLES: &str = "\
Examples:
  A message, and what became of it:
      crossdock send news 'hello, world'
      accepted

  Each line of a file is a message:
      crossdock send readings < readings.txt

  A hundred messages that nobody confirms (at most once), each with its number:
      crossdock send telemetry/pump-1 'reading {\x1b[0mn}' --count 100 --settled

  With a subject and properties, one of them a number:
      crossdock send orders 'two, please' --subject new --property customer=Ann --property weight:=2.5

  Over a link without an address: the message says where it goes:
      crossdock send --to command/pump-1 stop

  In a script, give up if nobody takes it:
      crossdock send orders 'one' --timeout 3 || echo 'not taken'

Each message brings one line on stdout:
  accepted            a consumer has it
  released            nobody took it: there is no consumer, or it left; it can be sent again
  rejected: REASON    the consumer does not want it
  modified: ...       the consumer could not deal with it, or left with it
  sent                settled by the sender: nobody tells what becomes of it

A router gives credit when there is a consumer. Until then send waits, and says so.

Exit status: 0 when all messages were accepted (or sent settled), 1 when one was not, 2 for a wrong command line.

See also: crossdock receive, crossdock request; crossdock explain ADDRESS, which says who consumes.";

/// Send messages to an address, and tell what became of each
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, override_usage = "crossdock send [OPTIONS] ADDRESS [TEXT]\n       \
    crossdock send [OPTIONS] --to ADDRESS [TEXT]")]
pub(crate) struct SendArgs {
    /// Address to send to; left out with --to
    #[arg(value_name = "ADDRESS", required_unless_present = "to")]
    address: Option<String>,
    /// Body of the message; without it, each line of stdin is a message
    #[arg(value_name = "TEXT")]
    text: Option<String>,
    /// Send TEXT this many times; an n in braces in it stands for 1, 2, 3 ...
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Send settled: at most once, without outcomes
    #[arg(long)]
    settled: bool,
    /// Send over an anonymous link, with this address in each message
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// Where answers should go
    #[arg(long, value_name = "ADDRESS")]
    reply_to: Option<String>,
    /// Give up when a message has no credit or no outcome for this long; without it, wait
    #[arg(short, long, value_name = "SECONDS", allow_negative_numbers = true)]
    timeout: Option<f64>,
    #[command(flatten)]
    compose: ComposeArgs,
    #[command(flatten)]
    reach: ReachArgs,
}

/// The messages to send.
enum Texts {
    /// One text, many times.
    Repeated { text: String, count: Option<u64>, sent: u64 },
    /// Lines as they come.
    Lines(mpsc::Receiver<io::Result<String>>),
}

impl SendArgs {
    /// Address of the link, and the text. With `--to`, the only argument is the text.
    fn address_and_text(&self) -> Result<(Option<&str>, Option<&str>), Failure> {
        match (&self.to, &self.address, &self.text) {
            (None, address, text) => Ok((address.as_deref(), text.as_deref())),
            (Some(_), text, None) => Ok((None, text.as_deref())),
            (Some(to), Some(address), Some(_)) => {
                Err(Failure::Usage(format!("two addresses, {address} and --to {to}: give one of them")))
            }
            (Some(_), None, Some(_)) => Ok((None, self.text.as_deref())),
        }
    }

    fn texts(&self, text: Option<&str>) -> Result<Texts, Failure> {
        match (text, self.count) {
            (Some(text), count) => Ok(Texts::Repeated { text: text.to_owned(), count, sent: 0 }),
            (None, None) => Ok(Texts::Lines(read_lines())),
            (None, Some(_)) => Err(Failure::Usage(String::from("--count repeats a TEXT: give one"))),
        }
    }
}

impl Texts {
    async fn next(&mut self) -> io::Result<Option<String>> {
        match self {
            Texts::Repeated { sent, count, .. } if *sent >= count.unwrap_or(1) => Ok(None),
            Texts::Repeated { text, count, sent } => {
                *sent += 1;
                Ok(Some(if count.is_some() { text.replace("{n}", &sent.to_string()) } else { text.clone() }))
            }
            Texts::Lines(lines) => lines.recv().await.transpose(),
        }
    }
}

/// Reads stdin in a thread of its own, which may still wait for a line when the program ends.
fn read_lines() -> mpsc::Receiver<io::Result<String>> {
    let (lines, receiver) = mpsc::channel(MAX_UNSETTLED);
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            if lines.blocking_send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

type Message = Sendable<AmqpValue<String>>;
type Settling = DeliveryFut<Result<Outcome, SendError>>;

/// Sends all, and tells what became of each.
pub(super) async fn run(args: &SendArgs) -> Result<(), Failure> {
    let (address, text) = args.address_and_text()?;
    args.compose.check().map_err(Failure::Usage)?;
    let timeout = limit(args.timeout)?;
    let texts = args.texts(text)?;
    let mut client = connect(&args.reach, timeout).await?;
    let sender = attach_sender(&mut client, address, args.settled).await?;
    let place = args.to.as_deref().or(address).unwrap_or_default();
    let mut sending = Sending {
        sender,
        place: place.to_owned(),
        same_router: args.reach.to_option(),
        settled: args.settled,
        timeout,
        unsettled: VecDeque::new(),
        moved: Instant::now(),
        not_accepted: 0,
        released: false,
    };
    let compose = |text| {
        let routing = Routing { to: args.to.clone(), reply_to: args.reply_to.clone(), correlation_id: None };
        Sendable::builder().message(args.compose.compose(text, routing)).settled(args.settled).build()
    };
    sending.send_all(&mut client, texts, compose).await?;
    // The answer to this detach says that the router has read everything before it.
    let _ = tokio::time::timeout(client.patience(), sending.sender.close()).await;
    client.close().await;
    if sending.released {
        eprintln!("released: nobody took it. Who consumes, says: crossdock explain {place}{}", args.reach.to_option());
    }
    if sending.not_accepted > 0 { Err(Failure::Told) } else { Ok(()) }
}

/// A sender at work.
struct Sending {
    sender: Sender,
    place: String,
    /// The option that makes another command ask the same router.
    same_router: String,
    settled: bool,
    timeout: Option<Duration>,
    /// Deliveries without an outcome, oldest first.
    unsettled: VecDeque<Settling>,
    /// When something was sent or settled last.
    moved: Instant,
    not_accepted: u64,
    released: bool,
}

impl Sending {
    /// Sends as credit allows, while outcomes come in.
    async fn send_all(
        &mut self,
        client: &mut Client,
        mut texts: Texts,
        compose: impl Fn(String) -> Message,
    ) -> Result<(), Failure> {
        let mut next: Option<Message> = None;
        let mut is_over = false;
        let mut noted = false;
        while !is_over || next.is_some() || !self.unsettled.is_empty() {
            let wants_text = !is_over && next.is_none() && self.unsettled.len() < MAX_UNSETTLED;
            let waits = next.is_some() || !self.unsettled.is_empty();
            tokio::select! {
                biased;
                outcome = oldest(&mut self.unsettled) => self.settle(outcome)?,
                sent = send(&mut self.sender, next.as_ref()) => {
                    next = None;
                    self.moved = Instant::now();
                    let settling = sent.map_err(|error| send_failure(&self.place, error))?;
                    if self.settled {
                        writeln!(io::stdout(), "sent")?;
                    } else {
                        self.unsettled.push_back(settling);
                    }
                }
                text = texts.next(), if wants_text => match text? {
                    Some(text) => {
                        next = Some(compose(text));
                        if self.unsettled.is_empty() {
                            self.moved = Instant::now();
                        }
                    }
                    None => is_over = true,
                },
                () = tokio::time::sleep_until(self.moved + NOTE_AFTER), if next.is_some() && !noted => {
                    noted = true;
                    eprintln!("no consumer at '{}' yet: waiting for credit", self.place);
                }
                error = client.lost() => return Err(error.into()),
                () = time_over(self.moved, self.timeout), if waits => return Err(self.give_up(next.is_some())),
            }
        }
        Ok(())
    }

    fn settle(&mut self, outcome: Result<Outcome, SendError>) -> Result<(), Failure> {
        self.unsettled.pop_front();
        self.moved = Instant::now();
        let outcome = outcome.map_err(|error| send_failure(&self.place, error))?;
        if !matches!(outcome, Outcome::Accepted(_)) {
            self.not_accepted += 1;
        }
        self.released |= matches!(outcome, Outcome::Released(_));
        writeln!(io::stdout(), "{}", outcome_text(&outcome))?;
        Ok(())
    }

    fn give_up(&self, unsent: bool) -> Failure {
        let doing = if unsent {
            format!("waiting for credit at '{}' (no consumer, or none that takes more)", self.place)
        } else {
            format!("waiting for the outcome of {} deliveries at '{}'", self.unsettled.len(), self.place)
        };
        let error = ClientError::Timeout { doing, after: self.timeout.unwrap_or_default() };
        let advice = format!("Who consumes, and how fast, says: crossdock explain {}{}", self.place, self.same_router);
        Failure::Advised { error, advice }
    }
}

/// The outcome of the oldest delivery; never if there is none.
async fn oldest(unsettled: &mut VecDeque<Settling>) -> Result<Outcome, SendError> {
    match unsettled.front_mut() {
        Some(settling) => settling.await,
        None => std::future::pending().await,
    }
}

/// Sends the message when there is credit; never if there is none to send.
async fn send(sender: &mut Sender, message: Option<&Message>) -> Result<Settling, SendError> {
    match message {
        Some(message) => sender.send_batchable_ref(message).await,
        None => std::future::pending().await,
    }
}
