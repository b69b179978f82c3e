// node restate.mjs FOLDER WORKFLOWS IN_FLIGHT SINGLES ROUNDS: starts the server and the handler and calls it through the server's ingress. Meant for a network and processes of
// its own: both listen on their usual ports and end with this process.
import { spawn } from 'node:child_process';
import { request, Agent } from 'node:http';
import { rounds } from './rounds.mjs';

const [folder, ...numbers] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

function post(port, path, body) {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const call = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => {
        const said = Buffer.concat(chunks).toString();
        if (answer.statusCode < 300) resolve(JSON.parse(said)); else reject(new Error(`${path}: ${answer.statusCode} ${said}`));
      });
    });
    call.on('error', reject);
    call.end(text);
  });
}

async function patiently(attempt) {
  for (let left = 300; ; left--) {
    try { return await attempt(); } catch (e) { if (left === 0) throw e; }
    await new Promise((go) => setTimeout(go, 100));
  }
}

const server = spawn('node_modules/.bin/restate-server', ['--no-logo', '--base-dir', folder], {
  env: { ...process.env, RESTATE_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: '1', RUST_LOG: 'error,octocrab=off' }, stdio: ['ignore', 'ignore', 'inherit'],
});
server.on('exit', (code) => { console.error(`restate-server ended with ${code}`); process.exit(1); });

spawn(process.argv[0], ['restate-handler.mjs'], { stdio: 'inherit' });
await patiently(() => post(9070, '/deployments', { uri: 'http://127.0.0.1:9080' }));
await patiently(() => post(8080, '/chain/run', 1));
await rounds(numbers.map(Number), (i) => post(8080, '/chain/run', i));
process.exit(0);
