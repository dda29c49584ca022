// rhea clients for tests: each step is a promise that fails when the router does not do its part in time.
'use strict';

const { setTimeout: timer } = require('node:timers');
const rhea = require('rhea');

const PATIENCE = 20_000; // ms

const port = Number(process.env.AMQP_PORT);
if (!port) throw new Error('AMQP_PORT is not set: run these tests by tests/interop/run');

/** Whether the router is another than Crossdock. */
const reference = Boolean(process.env.ROUTER_IS_REFERENCE);

/** The first event of this name for which `wanted` holds. */
function event(emitter, name, wanted = () => true) {
    return new Promise((resolve, reject) => {
        const give_up = timer(() => {
            emitter.removeListener(name, listener);
            reject(new Error(`waited ${PATIENCE} ms in vain for ${name}`));
        }, PATIENCE);
        function listener(context) {
            if (!wanted(context)) return;
            clearTimeout(give_up);
            emitter.removeListener(name, listener);
            resolve(context);
        }
        emitter.on(name, listener);
    });
}

/** One connection, closed when the test ends. Anything that goes wrong on it fails the test. */
async function connect(t, options = {}) {
    const container = rhea.create_container({ id: options.container_id });
    const connection = container.connect({ host: '127.0.0.1', port, username: 'anonymous', reconnect: false, ...options });
    const faults = [];
    for (const name of ['connection_error', 'protocol_error', 'error']) {
        connection.on(name, (context) => faults.push(`${name}: ${context.error || context.message || context}`));
    }
    connection.on('disconnected', () => faults.push('disconnected'));
    t.after(async () => {
        connection.removeAllListeners('disconnected');
        const closed = event(connection, 'connection_close');
        connection.close();
        await closed;
        if (faults.length) throw new Error(`faults on the wire: ${faults.join('; ')}`);
    });
    await event(connection, 'connection_open');
    return connection;
}

/** A sender link with credit. */
async function sender(connection, target, options = {}) {
    const link = connection.open_sender({ target, ...options });
    await event(link, 'sendable');
    return link;
}

/** A receiver link that keeps what arrives; it grants no credit by itself. */
async function receiver(connection, source, options = {}) {
    const { credit = 0, autoaccept = false, ...others } = options;
    const link = connection.open_receiver({ source, credit_window: 0, autoaccept, ...others });
    link.arrivals = [];
    link.on('message', (context) => link.arrivals.push(context));
    await event(link, 'receiver_open');
    if (credit) link.add_credit(credit);
    let taken = 0;
    link.take = async (count) => {
        const end = taken + count;
        if (link.arrivals.length < end) await event(link, 'message', () => link.arrivals.length >= end);
        taken = end;
        return link.arrivals.slice(end - count, end);
    };
    return link;
}

/** Sends messages as credit allows; returns their deliveries. */
async function send_all(link, messages) {
    const deliveries = [];
    for (const message of messages) {
        if (!link.sendable()) await event(link, 'sendable');
        deliveries.push(link.send(message));
    }
    return deliveries;
}

/** Sends one message; the name of its outcome, and its error if it has one. */
async function outcome(link, message) {
    const delivery = link.send(message);
    await event(link, 'settled', (context) => context.delivery.id === delivery.id);
    return describe(delivery);
}

/** The outcome that the peer gave to a delivery. */
function describe(delivery) {
    const state = delivery.remote_state;
    const error = state && state.error;
    return {
        name: state ? state.constructor.composite_type : 'none',
        error: error ? `${error.condition}: ${error.description}` : undefined,
        state,
    };
}

/** Sends a number of messages and waits until every one is settled. */
async function outcomes(link, messages) {
    let settled = 0;
    link.on('settled', () => settled++);
    const deliveries = await send_all(link, messages);
    if (settled < deliveries.length) await event(link, 'settled', () => settled >= deliveries.length);
    return deliveries.map(describe);
}

module.exports = { connect, describe, event, outcome, outcomes, port, receiver, reference, send_all, sender };
