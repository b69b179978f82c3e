'use strict';
// Loads a function once, then takes one invocation after another from the platform: frames of four length bytes (big endian) and JSON over a Unix socket.
const net = require('node:net');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const { pathToFileURL } = require('node:url');

const token = process.env.PLATFORM_WORKER_TOKEN;
delete process.env.PLATFORM_WORKER_TOKEN;
const mark = `\0${token}\n`;
const streams = [process.stdout, process.stderr].map((stream) => ({ write: stream.write.bind(stream), stream }));
let printed = false;
for (const { stream, write } of streams) {
  stream.write = (...args) => {
    printed = true;
    return write(...args);
  };
}

const socket = net.createConnection('/platform/worker.sock');
let received = Buffer.alloc(0);
let handler;
let limit;

function send(text) {
  const body = Buffer.from(text, 'utf8');
  const head = Buffer.allocUnsafe(4);
  head.writeUInt32BE(body.length);
  socket.cork();
  socket.write(head);
  socket.write(body);
  socket.uncork();
}

// What was printed before an answer is read before it: a mark on both streams says that there is no more.
function marks() {
  if (!printed) return 0;
  for (const { write } of streams) write(mark);
  printed = false;
  return 1;
}

function describe(fault) {
  if (fault instanceof Error) {
    return { type: String(fault.name || 'Error'), message: String(fault.message), stack: typeof fault.stack === 'string' ? fault.stack : null };
  }
  let message;
  try {
    message = typeof fault === 'string' ? fault : JSON.stringify(fault) ?? String(fault);
  } catch {
    message = 'A value that cannot be shown was thrown';
  }
  return { type: 'Error', message, stack: null };
}

async function load(frame) {
  try {
    limit = frame.limit;
    Object.assign(process.env, frame.environment);
    const loaded = await import(pathToFileURL(path.join('/function', frame.file)).href);
    const inner = loaded.default;
    handler = loaded[frame.handler] ?? inner?.[frame.handler] ?? (frame.handler === 'handler' && typeof inner === 'function' ? inner : undefined);
    if (typeof handler !== 'function') {
      throw Object.assign(new Error(`The code exports no function '${frame.handler}'`), { name: 'HandlerNotFound' });
    }
    send(JSON.stringify({ type: 'ready', marks: marks() }));
  } catch (fault) {
    send(JSON.stringify({ type: 'failed', marks: marks(), error: describe(fault) }));
  }
}

async function invoke(frame) {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const end = began + frame.timeoutMs;
  const context = { ...frame.context, remainingMs: () => Math.max(0, Math.round(end - performance.now())) };
  let text;
  let error;
  try {
    const result = await handler(frame.event, context);
    try {
      text = JSON.stringify(result === undefined ? null : result);
      if (text === undefined) throw new TypeError('The result is not a JSON value');
      if (Buffer.byteLength(text) > limit) {
        [text, error] = [undefined, { type: 'ResultTooLarge', message: `The result has more than ${limit} bytes`, stack: null }];
      }
    } catch (fault) {
      error = { type: 'ResultNotSerializable', message: String(fault?.message), stack: null };
    }
  } catch (fault) {
    error = describe(fault);
  }
  const used = process.cpuUsage(cpu);
  const figures = `"us":${Math.round((performance.now() - began) * 1000)},"cpuUs":${used.user + used.system},"rssKb":${process.resourceUsage().maxRSS},"marks":${marks()}`;
  send(error ? `{"type":"error",${figures},"error":${JSON.stringify(error)}}` : `{"type":"result",${figures},"result":${text}}`);
}

socket.on('connect', () => send(JSON.stringify({ type: 'hello', token })));
socket.on('data', (chunk) => {
  received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
  while (received.length >= 4) {
    const length = received.readUInt32BE();
    if (received.length < 4 + length) return;
    const frame = JSON.parse(received.toString('utf8', 4, 4 + length));
    received = received.subarray(4 + length);
    if (frame.type === 'load') load(frame);
    else invoke(frame);
  }
});
socket.on('close', () => process.exit(0));
socket.on('error', () => process.exit(1));
