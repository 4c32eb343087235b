import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';

// What runs in the thread of copyDatabase.

const { from, to } = workerData as { readonly from: string; readonly to: string };
const database = new DatabaseSync(from, { timeout: 5000 });
try {
  database.prepare('vacuum into ?').run(to);
} finally {
  database.close();
}
