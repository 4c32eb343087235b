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

/** A logger that writes one JSON object a line to `write`, leaving out what is below `level`. */
export function jsonLogger(level: LogLevel, write: (line: string) => void): Logger {
  const floor = logLevels.indexOf(level);
  const at =
    (name: LogLevel) =>
    (fields: LogFields, message: string): void => {
      if (logLevels.indexOf(name) < floor) return;
      write(`${JSON.stringify({ time: new Date().toISOString(), level: name, message, ...fields })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Writes lines to standard output, those of one turn of the event loop together, and what is left when the process ends. */
export function stdoutLines(): (line: string) => void {
  let held = '';
  const flush = (): void => {
    process.removeListener('exit', flush);
    const lines = held;
    held = '';
    if (lines !== '') process.stdout.write(lines);
  };
  return (line) => {
    if (held === '') {
      setImmediate(flush);
      process.once('exit', flush);
    }
    held += line;
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
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
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
