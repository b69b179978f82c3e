'use strict';
// Loads a function once, then takes one invocation after another from the platform: frames of four length bytes (big endian) and JSON over a Unix socket.
const net = require('node:net');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const { pathToFileURL } = require('node:url');
const { types } = require('node:util');

const token = process.env.PLATFORM_WORKER_TOKEN;
delete process.env.PLATFORM_WORKER_TOKEN;
const mark = `\0${token}\n`;
let printed = false;
let handler;
let limit;

// Whoever prints first makes the streams: most functions never do, and they take a while to make.
const streams = ['stdout', 'stderr'].map((name) => {
  const { get } = Object.getOwnPropertyDescriptor(process, name);
  let write;
  const made = () => {
    const stream = get.call(process);
    if (!write) {
      write = stream.write.bind(stream);
      stream.write = (...args) => {
        printed = true;
        return write(...args);
      };
    }
    return stream;
  };
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get: made });
  return { mark: () => made() && write(mark) };
});

function send(text) {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(4 + length);
  frame.writeUInt32BE(length);
  frame.write(text, 4);
  socket.write(frame);
}

// What was printed before an answer is read before it: a mark on both streams says that there is no more.
function marks() {
  if (!printed) return 0;
  for (const stream of streams) stream.mark();
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

// A module of the older kind needs no more than what is there already: the machinery for the newer kind takes ten milliseconds to start.
async function loadModule(file) {
  if (/\.c?js$/.test(file)) {
    try {
      const loaded = require(file);
      return types.isModuleNamespaceObject(loaded) ? loaded : { default: loaded };
    } catch (fault) {
      const isNewer = fault?.code === 'ERR_REQUIRE_ASYNC_MODULE' || (fault?.code === 'ERR_REQUIRE_ESM' && fault.message.includes(`of ES Module ${file} `));
      if (!isNewer) throw fault;
    }
  }
  return import(pathToFileURL(file).href);
}

async function load(frame) {
  try {
    limit = frame.limit;
    Object.assign(process.env, frame.environment);
    const loaded = await loadModule(path.join('/function', frame.file));
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
  const { user, system } = process.cpuUsage();
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
  const used = process.resourceUsage();
  const cpuUs = used.userCPUTime + used.systemCPUTime - user - system;
  const figures = `"us":${Math.round((performance.now() - began) * 1000)},"cpuUs":${cpuUs},"rssKb":${used.maxRSS},"marks":${marks()}`;
  send(error ? `{"type":"error",${figures},"error":${JSON.stringify(error)}}` : `{"type":"result",${figures},"result":${text}}`);
}

// The buffer of the socket is used again and again; a frame that does not come in one piece is put together from copies once it is whole.
let pieces = [];
let held = 0;
let wanted = 0;
function take(count, buffer) {
  let chunk = buffer.subarray(0, count);
  if (held > 0) {
    pieces.push(Buffer.from(chunk));
    held += count;
    if (held < wanted) return true;
    chunk = Buffer.concat(pieces);
  }
  let at = 0;
  while (lengthAt(chunk, at) <= chunk.length - at) {
    const end = at + lengthAt(chunk, at);
    const frame = JSON.parse(chunk.toString('utf8', at + 4, end));
    at = end;
    if (frame.type === 'load') load(frame);
    else invoke(frame);
  }
  held = chunk.length - at;
  pieces = held > 0 ? [Buffer.from(chunk.subarray(at))] : [];
  wanted = lengthAt(chunk, at);
  return true;
}

// Of a frame with its length; of the length while that is not there.
function lengthAt(bytes, at) {
  return bytes.length - at < 4 ? 4 : 4 + bytes.readUInt32BE(at);
}

const socket = net.createConnection({ path: '/platform/worker.sock', onread: { buffer: Buffer.allocUnsafe(64 * 1024), callback: take } });
socket.on('connect', () => send(JSON.stringify({ type: 'hello', token })));
socket.on('close', () => process.exit(0));
socket.on('error', () => process.exit(1));
