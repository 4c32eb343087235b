import { parseArgs } from 'node:util';
import { engines } from '../support/engines.ts';
import { killUnderLoad } from './kill-ground.ts';

// npm run soak:kills [-- --kills 200]: the server is killed under PUT load on both engines; fails if anything acknowledged is lost, half there or there
// twice, or if the audit trail does not verify.

const { values } = parseArgs({ options: { kills: { type: 'string', default: '200' } } });
for (const engine of engines) {
  const startedAt = performance.now();
  const survived = await killUnderLoad(engine, Number(values.kills), (kill) => {
    if (kill % 20 === 0) console.log(`${engine.name}: ${kill} kills survived`);
  });
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(JSON.stringify({ engine: engine.name, ...survived, seconds }));
}
process.exit();
