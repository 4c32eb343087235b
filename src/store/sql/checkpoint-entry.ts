import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

// What runs in the thread of Checkpointing: one answer for each message but the last.

const database = new DatabaseSync(workerData as string, { timeout: 0 });
const checkpoint = database.prepare('pragma wal_checkpoint(passive)');

parentPort?.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'close') {
    database.close();
    parentPort?.close();
    return;
  }
  try {
    checkpoint.get();
  } catch {
    // The disk is full or away: whoever writes next is told, and the log is still whole.
  }
  parentPort?.postMessage('done');
});
