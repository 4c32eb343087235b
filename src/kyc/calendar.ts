const dayMs = 86_400_000;

/** The calendar day (`YYYY-MM-DD`) of an instant, in UTC or so many hours ahead of it. Days compare as texts. */
export function dayOf(instant: Date, hoursAhead = 0): string {
  return new Date(instant.getTime() + hoursAhead * 3_600_000).toISOString().slice(0, 10);
}

/** The day so many days after (or, negative, before) a day. */
export function addDays(day: string, days: number): string {
  return dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs));
}

/**
 * How many birthdays somebody born on `birth` has had by `day`, that day included; negative before the first.
 * Choice: whoever was born on 29 February has their birthday on 1 March in other years: laws differ, and a day too late harms less.
 */
export function ageOn(birth: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4));
  return day.slice(4) < birth.slice(4) ? years - 1 : years;
}
