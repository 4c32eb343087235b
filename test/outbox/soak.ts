import { testEngine } from '../support/engines.ts';
import { soak } from './soak-run.ts';

// npm run soak:outbox [-- KILLS]: 200 kills unless told; TEST_ENGINE=PostgreSQL for that engine.

console.table(await soak(Number(process.argv[2] ?? 200), testEngine));
