/** What may stand in a log line: plain scalars, so that no request body or personal record can slip in whole. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The log this system writes to; any pino-shaped logger fits. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** From the least to the most severe. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** @see logLevels */
export type LogLevel = (typeof logLevels)[number];

/** Takes lines of the log; `isUrgent` for those that must not wait. */
export type WriteLine = (line: string, isUrgent: boolean) => void;

/** A logger that writes one JSON object a line to `write`, leaving out what is below `level`. */
export function jsonLogger(level: LogLevel, write: WriteLine): Logger {
  const floor = logLevels.indexOf(level);
  const at = (name: LogLevel): Logger['info'] => {
    const severity = logLevels.indexOf(name);
    if (severity < floor) return () => {};
    const isUrgent = severity >= logLevels.indexOf('warn');
    return (fields, message) => {
      // Composed of two texts: one object of both costs as much again as writing it down.
      const own = `"time":"${new Date().toISOString()}","level":"${name}","message":${JSON.stringify(message)}`;
      const others = JSON.stringify(fields).slice(1);
      write(`{${own}${others === '}' ? '' : ','}${others}\n`, isUrgent);
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** How long a line may wait for others, and how much may wait together, in characters: a write costs as much as a small request. */
const waitMs = 100;
const waitCharacters = 16 * 1024;

/** Writes lines to standard output, many at once; urgent ones, and what is left when the process ends, without delay. */
export function stdoutLines(): WriteLine {
  let held = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    process.removeListener('exit', flush);
    const lines = held;
    held = '';
    if (lines !== '') process.stdout.write(lines);
  };
  return (line, isUrgent) => {
    held += line;
    if (isUrgent || held.length > waitCharacters) {
      flush();
    } else if (timer === undefined) {
      timer = setTimeout(flush, waitMs);
      process.once('exit', flush);
    }
  };
}

/** A logger that says nothing. */
export const silentLogger: Logger = jsonLogger('silent', () => {});

/**
 * What a log may say of an unexpected error: its class, code and place, never its message,
 * which may quote what a customer sent.
 */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  // The message goes first: a line of it may look like a frame.
  const stack = (error.stack ?? '').replace(error.message, () => '');
  const frames = stack.split('\n').filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line));
  const cause = error.cause instanceof Error ? error.cause.name : undefined;
  return {
    error: error.name,
    code,
    cause,
    at: frames
      .slice(0, 6)
      .map((line) => line.trim())
      .join(' < '),
  };
}
