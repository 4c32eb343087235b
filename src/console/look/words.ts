const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long something has lasted, as people say it: `3 h`, `2 d`. */
export function age(ms: number): string {
  if (ms < minuteMs) return 'now';
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`;
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)} h`;
  return `${Math.floor(ms / dayMs)} d`;
}

/** A moment, in UTC, to the minute. */
export function moment(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The name of a state, an act, a reason: `in-review` → `in review`. */
export function words(name: string): string {
  return name.replaceAll('-', ' ').replaceAll('_', ' ');
}

/** `12,345`. */
export function grouped(count: number): string {
  return count.toLocaleString('en');
}

/** Bytes as people say them. */
export function fileSize(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
