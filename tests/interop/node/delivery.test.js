// Messages, outcomes and settlement between rhea clients.
'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const { connect, describe, event, outcome, outcomes, receiver, reference, send_all, sender } = require('./peer');

const numbers = (count) => Array.from({ length: count }, (_, body) => ({ body }));
const bodies = (arrivals) => arrivals.map((context) => context.message.body);

for (const count of [1, 1000, 10_000]) {
    test(`${count} messages arrive in order and are accepted`, async (t) => {
        const address = `node/count/${count}`;
        const inbox = await receiver(await connect(t), address, { credit: count, autoaccept: true });
        const outbox = await sender(await connect(t), address);
        const results = await outcomes(outbox, numbers(count));
        assert.deepEqual(bodies(await inbox.take(count)), [...Array(count).keys()]);
        assert.ok(results.every((result) => result.name === 'accepted'));
    });
}

test('a receiver with a credit window gets everything', async (t) => {
    const connection = await connect(t);
    const link = connection.open_receiver({ source: 'node/window', credit_window: 10 });
    const seen = [];
    link.on('message', (context) => seen.push(context.message.body));
    const outbox = await sender(await connect(t), 'node/window');
    await outcomes(outbox, numbers(500));
    assert.deepEqual(seen, [...Array(500).keys()]);
});

test('a message keeps all its sections', async (t) => {
    const inbox = await receiver(await connect(t), 'node/sections', { credit: 1 });
    const outbox = await sender(await connect(t), 'node/sections');
    const message = {
        durable: true, priority: 7, ttl: 60_000, message_id: 'm1', to: 'elsewhere', subject: 's', reply_to: 'r',
        correlation_id: 'c', content_type: 'text/plain', group_id: 'g', group_sequence: 4,
        message_annotations: { 'x-opt-mine': 'kept' }, application_properties: { text: 'x', number: 5, flag: true },
        body: { list: [1, 'two', null], map: { a: 1 } },
    };
    outbox.send(message);
    const [{ message: arrived }] = await inbox.take(1);
    for (const [name, value] of Object.entries(message)) assert.deepEqual(arrived[name], value, name);
});

test('accept, reject, release and modify arrive at the sender', async (t) => {
    const inbox = await receiver(await connect(t), 'node/outcomes', { credit: 10 });
    const outbox = await sender(await connect(t), 'node/outcomes');
    inbox.on('message', ({ message, delivery }) => {
        switch (message.body) {
        case 'accept': return delivery.accept();
        case 'reject': return delivery.reject({ condition: 'test:bad', description: 'not good' });
        case 'release': return delivery.release();
        default: return delivery.modified({
            delivery_failed: true, undeliverable_here: true, message_annotations: { 'x-opt-why': 'full' },
        });
        }
    });
    assert.equal((await outcome(outbox, { body: 'accept' })).name, 'accepted');
    const rejected = await outcome(outbox, { body: 'reject' });
    assert.deepEqual([rejected.name, rejected.error], ['rejected', 'test:bad: not good']);
    assert.equal((await outcome(outbox, { body: 'release' })).name, 'released');
    const modified = await outcome(outbox, { body: 'modify' });
    assert.equal(modified.name, 'modified');
    assert.deepEqual([modified.state.delivery_failed, modified.state.undeliverable_here], [true, true]);
    assert.equal(modified.state.message_annotations['x-opt-why'], 'full');
});

test('a state without settlement arrives, and the sender settles first (receiver settle mode second)', async (t) => {
    const inbox = await receiver(await connect(t), 'node/second', { credit: 1, rcv_settle_mode: 1, autosettle: false });
    const outbox = await sender(await connect(t), 'node/second', { autosettle: false, rcv_settle_mode: 1 });
    const sent = outbox.send({ body: 'm' });
    const accepted = event(outbox, 'accepted');
    const [{ delivery }] = await inbox.take(1);
    delivery.accept();
    await accepted;
    assert.equal(sent.remote_settled, false);
    const settled = event(inbox, 'settled');
    sent.update(true);
    await settled;
    delivery.update(true);
});

for (const count of [200, 3000]) {
    // Above its link capacity qdrouterd may drop pre-settled messages; Crossdock holds their sender back.
    const skip = count > 250 && reference && 'qdrouterd may drop pre-settled messages that pile up';
    test(`${count} pre-settled messages arrive settled and in order`, { skip }, async (t) => {
        const address = `node/presettled/${count}`;
        const inbox = await receiver(await connect(t), address, { credit: count, autoaccept: true });
        const outbox = await sender(await connect(t), address, { snd_settle_mode: 1 });
        await send_all(outbox, numbers(count));
        const arrivals = await inbox.take(count);
        assert.deepEqual(bodies(arrivals), [...Array(count).keys()]);
        assert.ok(arrivals.every((context) => context.delivery.remote_settled));
    });
}

for (const size of [100_000, 5_000_000]) {
    test(`a message of ${size} octets arrives octet for octet`, async (t) => {
        const address = `node/large/${size}`;
        const inbox = await receiver(await connect(t), address, { credit: 1, autoaccept: true });
        const outbox = await sender(await connect(t), address);
        const content = Buffer.alloc(size);
        for (let at = 0; at < size; at++) content[at] = (at * 31 + (at >> 8)) & 0xff;
        assert.equal((await outcome(outbox, { body: content })).name, 'accepted');
        const [{ message }] = await inbox.take(1);
        assert.ok(content.equals(message.body));
    });
}

test('unsettled messages of a consumer that closes its link come back modified', async (t) => {
    const inbox = await receiver(await connect(t), 'node/lost', { credit: 2 });
    const outbox = await sender(await connect(t), 'node/lost', { treat_modified_as_released: false });
    const settled = event(outbox, 'settled', () => sent.every((delivery) => delivery.remote_settled));
    const sent = await send_all(outbox, numbers(2));
    await inbox.take(2);
    inbox.close();
    await settled;
    assert.deepEqual(sent.map((delivery) => describe(delivery).name), ['modified', 'modified']);
});
