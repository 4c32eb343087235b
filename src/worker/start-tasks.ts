import { describeError, type Logger } from '../lib/log.ts';

/** Something that is to be done again and again. */
export interface Task {
  readonly name: string;
  /** Does what is due, or a part of it; answers how much that was, so that it is called again at once unless it was nothing. */
  run(): Promise<number>;
  /** When something is due next, as far as is known; undefined for nothing. */
  readonly nextAt?: (() => Promise<Date | undefined>) | undefined;
  /** How long to wait at most, in milliseconds: other processes make work too. */
  readonly everyMs: number;
}

/** Tasks that are being done. */
export interface RunningTasks {
  /** Says that there may be something to do now. */
  poke(): void;
  /** Lets what is under way finish. */
  stop(): Promise<void>;
}

/** Does each task over and over, until stopped. What fails is logged and tried again after the wait. */
export function startTasks(tasks: readonly Task[], log: Logger): RunningTasks {
  const loops = tasks.map((task) => startLoop(task, log));
  return {
    poke: () => {
      for (const loop of loops) loop.poke();
    },
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

function startLoop(task: Task, log: Logger): RunningTasks {
  let isStopped = false;
  let isPoked = false;
  let wake = (): void => {};
  const poke = (): void => {
    isPoked = true;
    wake();
  };
  const rest = async (): Promise<void> => {
    const waitMs = isPoked || isStopped ? 0 : await waitOf(task);
    if (!isPoked && !isStopped && waitMs > 0) await sleep(waitMs, (stop) => (wake = stop));
    isPoked = false;
  };
  const loop = async (): Promise<void> => {
    while (!isStopped) {
      const done = await attempt(task, log);
      if (done === 0) await rest();
    }
  };
  const running = loop();
  return {
    poke,
    stop: async () => {
      isStopped = true;
      wake();
      await running;
    },
  };
}

async function attempt(task: Task, log: Logger): Promise<number> {
  try {
    return await task.run();
  } catch (error) {
    log.error({ task: task.name, ...describeError(error) }, 'a task failed; it will be tried again');
    return 0;
  }
}

async function waitOf({ nextAt, everyMs }: Task): Promise<number> {
  const next = await nextAt?.().catch(() => undefined);
  return next === undefined ? everyMs : Math.min(everyMs, Math.max(minWaitMs, next.getTime() - Date.now()));
}

/** What is due and cannot be done right now is not tried without a pause. */
const minWaitMs = 100;

function sleep(ms: number, onWakeable: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    timer.unref();
    onWakeable(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
