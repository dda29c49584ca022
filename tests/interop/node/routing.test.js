// Credit, drain, and where messages go, seen by rhea clients.
'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const { connect, event, outcome, outcomes, port, receiver, send_all, sender } = require('./peer');

test('a drain without messages gives the credit back', async (t) => {
    const inbox = await receiver(await connect(t), 'node/drain/none', { credit: 10 });
    const drained = event(inbox, 'receiver_drained');
    inbox.drain_credit();
    await drained;
    assert.equal(inbox.credit, 0);
    assert.equal(inbox.arrivals.length, 0);
});

test('a drain with messages sends them first', async (t) => {
    const connection = await connect(t);
    const inbox = await receiver(connection, 'node/drain/some');
    const outbox = await sender(connection, 'node/drain/some');
    await send_all(outbox, [{ body: 0 }, { body: 1 }, { body: 2 }]);
    inbox.add_credit(1);
    await inbox.take(1);
    const drained = event(inbox, 'receiver_drained');
    inbox.add_credit(9);
    inbox.drain_credit();
    await drained;
    assert.equal(inbox.credit, 0);
    assert.deepEqual(inbox.arrivals.map((context) => context.message.body), [0, 1, 2]);
});

test('a sender gets credit only when there is a consumer', async (t) => {
    const connection = await connect(t);
    const link = connection.open_sender({ target: 'node/patience' });
    await event(link, 'sender_open');
    // By the time another link on this connection has credit the router would have given it here too.
    await receiver(connection, 'node/patience/other');
    await sender(connection, 'node/patience/other');
    assert.equal(link.credit, 0);
    const sendable = event(link, 'sendable');
    await receiver(await connect(t), 'node/patience');
    await sendable;
    assert.equal(link.credit, 250);
});

test('a request is answered over a dynamic source', async (t) => {
    const service = await connect(t);
    const requests = await receiver(service, 'node/service', { credit: 10, autoaccept: true });
    const replies = await sender(service, undefined);
    requests.on('message', ({ message }) => {
        replies.send({ to: message.reply_to, correlation_id: message.correlation_id, body: message.body.toUpperCase() });
    });
    const client = await connect(t);
    const inbox = await receiver(client, { dynamic: true }, { credit: 5, autoaccept: true });
    assert.match(inbox.source.address, /^amqp:\/_topo\/0\/[^/]+\/temp\..+/);
    const outbox = await sender(client, 'node/service');
    for (const [number, word] of ['a', 'b', 'c'].entries()) {
        outbox.send({ reply_to: inbox.source.address, correlation_id: number, body: word });
    }
    const answers = (await inbox.take(3)).map(({ message }) => [message.correlation_id, message.body]);
    assert.deepEqual(answers, [[0, 'A'], [1, 'B'], [2, 'C']]);
});

test('an anonymous sender reaches a consumer, and hears of every failure', async (t) => {
    const inbox = await receiver(await connect(t), 'node/anonymous', { credit: 1, autoaccept: true });
    const anonymous = await sender(await connect(t), undefined);
    assert.equal((await outcome(anonymous, { to: 'node/anonymous', body: 'm' })).name, 'accepted');
    assert.equal((await inbox.take(1))[0].message.body, 'm');
    assert.equal((await outcome(anonymous, { to: 'node/nobody', body: 'm' })).name, 'released');
    assert.equal(
        (await outcome(anonymous, { body: 'm' })).error,
        'amqp:precondition-failed: Routing failure: no address present',
    );
    assert.equal(
        (await outcome(anonymous, { to: 'unavailable/x', body: 'm' })).error,
        'amqp:not-found: Deliveries cannot be sent to an unavailable address',
    );
});

for (const count of [2, 3]) {
    test(`multicast reaches ${count} consumers in order`, async (t) => {
        const address = `multicast/node/${count}`;
        const inboxes = [];
        for (let n = 0; n < count; n++) {
            inboxes.push(await receiver(await connect(t), address, { credit: 100, autoaccept: true }));
        }
        const outbox = await sender(await connect(t), address);
        const results = await outcomes(outbox, Array.from({ length: 100 }, (_, body) => ({ body })));
        assert.ok(results.every((result) => result.name === 'accepted'));
        for (const inbox of inboxes) {
            const arrivals = await inbox.take(100);
            assert.deepEqual(arrivals.map((context) => context.message.body), [...Array(100).keys()]);
        }
    });
}

test('a multicast message that one consumer rejects is rejected', async (t) => {
    const address = 'multicast/node/rejected';
    await receiver(await connect(t), address, { credit: 1, autoaccept: true });
    const other = await receiver(await connect(t), address, { credit: 1 });
    other.on('message', ({ delivery }) => delivery.reject({ condition: 'test:no', description: 'no' }));
    const outbox = await sender(await connect(t), address);
    assert.equal((await outcome(outbox, { body: 'm' })).name, 'rejected');
});

test('an attach to an unavailable address is refused', async (t) => {
    const connection = await connect(t);
    const refused = connection.open_sender({ target: 'unavailable/x' });
    const { sender: link } = await event(refused, 'sender_error');
    assert.equal(link.error.condition, 'amqp:not-found');
    assert.equal(link.error.description, 'Node not found');
    const source = connection.open_receiver({ source: 'unavailable/x' });
    const { receiver: other } = await event(source, 'receiver_error');
    assert.equal(other.error.condition, 'amqp:not-found');
});

test('a connection without SASL is served', async (t) => {
    // Without a user name rhea leaves the SASL layer out.
    const connection = await connect(t, { username: undefined, port });
    await receiver(connection, 'node/no-sasl', { credit: 1, autoaccept: true });
    const outbox = await sender(connection, 'node/no-sasl');
    assert.equal((await outcome(outbox, { body: 'm' })).name, 'accepted');
});

test('a client that asks for heartbeats is kept alive through silence', async (t) => {
    const connection = await connect(t, { idle_time_out: 1000 });
    const inbox = await receiver(connection, 'node/quiet', { credit: 1, autoaccept: true });
    await new Promise((resolve) => { setTimeout(resolve, 2500); }); // the rule is about time
    const outbox = await sender(await connect(t), 'node/quiet');
    assert.equal((await outcome(outbox, { body: 'still there' })).name, 'accepted');
    assert.equal(inbox.arrivals.length, 1);
});
