// node dbos.mjs CONNECTION WORKFLOWS IN_FLIGHT SINGLES ROUNDS: three steps in a DBOS workflow, called in the process that runs it.
import { DBOS } from '@dbos-inc/dbos-sdk';
import { rounds } from './rounds.mjs';

const [connection, ...numbers] = process.argv.slice(2);
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: connection, logLevel: 'error', runAdminServer: false });
const chain = DBOS.registerWorkflow(async (n) => {
  let sum = n;
  for (let i = 0; i < 3; i++) {
    const before = sum;
    sum = await DBOS.runStep(async () => before + 1, { name: `step${i}` });
  }
  return sum;
}, { name: 'chain' });
await DBOS.launch();
await rounds(numbers.map(Number), chain);
process.exit(0);
