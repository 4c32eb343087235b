import { soak } from './soak-run.ts';

// npm run soak:outbox [-- KILLS]: 200 kills unless told.

console.table(await soak(Number(process.argv[2] ?? 200)));
