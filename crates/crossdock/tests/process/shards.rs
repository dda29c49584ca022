//! One address over three consumers by a key, at the rate of a real router.

use std::collections::BTreeMap;
use std::net::Shutdown;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::support::{Answer, PATIENCE, Peer, Router, listener};

const MESSAGES: u32 = 100_000;
const KEYS: u32 = 1_000;

/// A message whose group-id is its key, and whose body is its number.
fn message(number: u32) -> Vec<u8> {
    let group = format!("device-{}", number % KEYS);
    let mut out = vec![0x00, 0x53, 0x73, 0xc0, group.len() as u8 + 13, 11];
    out.extend_from_slice(&[0x40; 10]);
    out.extend_from_slice(&[0xa1, group.len() as u8]);
    out.extend_from_slice(group.as_bytes());
    out.extend_from_slice(&[0x00, 0x53, 0x75, 0xa0, 4]);
    out.extend_from_slice(&number.to_be_bytes());
    out
}

/// Reads what a member gets until its connection ends, and passes on who it is and the numbers of messages.
fn consume(mut peer: Peer, member: usize, numbers: Sender<(usize, u32)>) {
    while let Some(answer) = peer.next() {
        let Answer::Transfer(transfer) = answer else { continue };
        let number = transfer.payload.last_chunk().map(|octets| u32::from_be_bytes(*octets)).unwrap();
        if numbers.send((member, number)).is_err() {
            return;
        }
    }
}

/// Sends these messages, and says who got them: for each key the members, and what each got in the order of its coming.
fn exchange(
    sender: &mut Peer,
    numbers: &Receiver<(usize, u32)>,
    which: std::ops::Range<u32>,
) -> BTreeMap<u32, Vec<(usize, u32)>> {
    let count = which.len();
    thread::scope(|scope| {
        scope.spawn(move || {
            for number in which {
                sender.send_message(0, 0, true, &message(number));
            }
        });
        let mut got: BTreeMap<u32, Vec<(usize, u32)>> = BTreeMap::new();
        for _ in 0..count {
            let (member, number) = numbers.recv_timeout(PATIENCE).expect("a message is missing");
            got.entry(number % KEYS).or_default().push((member, number));
        }
        got
    })
}

#[test]
fn a_hundred_thousand_messages_keep_their_order_by_key_and_a_lost_shard_moves_its_keys_only() {
    let shard = |name: &str| format!("shard {{\nname: {name}\naddress: telemetry\nkey: group-id\n}}\n");
    let sections = [listener("plain", ""), shard("a"), shard("b"), shard("c")].concat();
    let router = Router::with("plain", &sections);
    let (report, numbers) = channel();
    let mut wires = Vec::new();
    let members: Vec<_> = ["telemetry/a", "telemetry/b", "telemetry/c"]
        .iter()
        .enumerate()
        .map(|(at, address)| {
            let mut peer = Peer::session(router.port());
            peer.attach_receiver(0, 0, address);
            peer.grant(0, 0, 0, 2 * MESSAGES);
            wires.push(peer.writer());
            let report = report.clone();
            thread::spawn(move || consume(peer, at, report))
        })
        .collect();
    let mut sender = Peer::session(router.port());
    sender.attach_sender(0, 0, Some("telemetry"));
    let half = MESSAGES / 2;
    let before = exchange(&mut sender, &numbers, 0..half);
    let lost = 1;
    wires.get(lost).unwrap().shutdown(Shutdown::Both).unwrap();
    router.wait_for_count("Link lost", 1);
    // The node answers in order: when it has answered this it knows of the loss.
    sender.attach_sender(0, 1, Some("telemetry/b"));
    let after = exchange(&mut sender, &numbers, half..MESSAGES);
    assert_eq!((before.len(), after.len()), (KEYS as usize, KEYS as usize));
    let mut moved = 0;
    for (key, got) in &before {
        let owner = got[0].0;
        let later = &after[key];
        let new_owner = later[0].0;
        for (owner, got) in [(owner, got), (new_owner, later)] {
            assert!(got.iter().all(|(member, _)| *member == owner), "key {key} has one member");
            assert!(got.windows(2).all(|pair| pair[0].1 + KEYS == pair[1].1), "key {key} keeps its order");
        }
        assert_ne!(new_owner, lost);
        assert!(new_owner == owner || owner == lost, "key {key} moved from member {owner} to {new_owner}");
        moved += usize::from(owner == lost);
    }
    assert!((200..480).contains(&moved), "the lost member had {moved} keys");
    drop(numbers);
    sender.close();
    wires.iter().for_each(|wire| drop(wire.shutdown(Shutdown::Both)));
    members.into_iter().for_each(|member| member.join().unwrap());
}
