// Messages through a topic with two subscribers, on pg-boss and graphile-worker: one process, the batch calls of each.
// node peers.mjs pg-boss|graphile-worker CONNECTION MESSAGES SENDERS BATCH ROUNDS; prints one messages-per-second figure per round.
import pg from 'pg';

const [peer, connection, ...numbers] = process.argv.slice(2);
const [messages, senders, batch, rounds] = numbers.map(Number);
const body = { number: 1, text: 'x'.repeat(100) };
const pool = new pg.Pool({ connectionString: connection, max: 16 });
pool.on('error', (e) => console.error(e));

async function pgBoss() {
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({ db: { executeSql: (text, values) => pool.query(text, values) } });
  boss.on('error', (e) => console.error(e));
  await boss.start();
  const queues = ['first', 'second'];
  for (const queue of queues) await boss.createQueue(queue);
  return {
    send: (count) => Promise.all(queues.map((queue) => boss.insert(queue, Array.from({ length: count }, () => ({ data: body }))))),
    // The best of its interfaces for throughput: fetch and complete in batches, without the polling interval of work().
    receive: async (done) => {
      const loops = queues.flatMap((queue) => [1, 2].map(async () => {
        while (!done.reached()) {
          const jobs = await boss.fetch(queue, { batchSize: 256 });
          if (jobs.length === 0) { await new Promise((go) => setTimeout(go, 2)); continue; }
          await boss.complete(queue, jobs.map((job) => job.id));
          done.add(jobs.length);
        }
      }));
      await Promise.all(loops);
    },
  };
}

async function graphile() {
  const { run, makeWorkerUtils } = await import('graphile-worker');
  const { Logger } = await import('graphile-worker');
  const utils = await makeWorkerUtils({ pgPool: pool, logger: new Logger(() => () => {}) });
  await utils.migrate();
  let current;
  const task = async () => current.add(1);
  const preset = { worker: { concurrentJobs: 24, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0, pollInterval: 100 } };
  await run({ pgPool: pool, taskList: { first: task, second: task }, preset, logger: new Logger(() => () => {}), noHandleSignals: true });
  return {
    send: (count) => utils.addJobs(Array.from({ length: count * 2 }, (_, i) => ({ identifier: i % 2 ? 'first' : 'second', payload: body }))),
    receive: async (done) => { current = done; await done.wait(); },
  };
}

const target = peer === 'pg-boss' ? await pgBoss() : await graphile();

async function round(count) {
  let received = 0, finish;
  const finished = new Promise((go) => { finish = go; });
  const done = { add: (n) => { received += n; if (received >= count * 2) finish(); }, reached: () => received >= count * 2, wait: () => finished };
  const started = performance.now();
  let left = count;
  const sending = Array.from({ length: senders }, async () => {
    while (left > 0) { const n = Math.min(batch, left); left -= n; await target.send(n); }
  });
  await Promise.all([...sending, target.receive(done)]);
  return count / ((performance.now() - started) / 1000);
}

await round(Math.min(messages, 2000));
for (let i = 0; i < rounds; i++) console.log((await round(messages)).toFixed(1));
process.exit(0);
