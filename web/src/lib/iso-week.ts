// The only place of the page that knows ISO weeks: Monday first, named by the
// week-year. Days are strings (2026-11-21) and count in UTC, so that no time
// zone and no clock change can move them.

export interface Week {
  /** 2026-W47, as the API writes it. */
  key: string;
  /** 47. */
  number: number;
  /** Monday. */
  start: string;
  /** Sunday. */
  end: string;
}

const dayLength = 86_400_000;

export function dayToTime(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function timeToDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The week that holds a day. */
export function weekOf(day: string): Week {
  const time = dayToTime(day);
  const monday = time - ((new Date(time).getUTCDay() + 6) % 7) * dayLength;
  const thursday = new Date(monday + 3 * dayLength); // decides the week-year
  const year = thursday.getUTCFullYear();
  const number = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * dayLength)) + 1;
  return {
    key: `${year}-W${String(number).padStart(2, "0")}`,
    number,
    start: timeToDay(monday),
    end: timeToDay(monday + 6 * dayLength),
  };
}

/** The week of a key, or null if there is none of that name. */
export function weekOfKey(key: string): Week | null {
  const match = /^(\d{4})-W(\d{2})$/.exec(key);
  if (!match) return null;
  const first = dayToTime(weekOf(`${match[1]}-01-04`).start); // 4 January is always in week 1
  const week = weekOf(timeToDay(first + (Number(match[2]) - 1) * 7 * dayLength));
  return week.key === key ? week : null;
}

/** The weeks from one to another, both included. */
export function weeksBetween(first: Week, last: Week): Week[] {
  const weeks: Week[] = [];
  for (let t = dayToTime(first.start); t <= dayToTime(last.start); t += 7 * dayLength) {
    weeks.push(weekOf(timeToDay(t)));
  }
  return weeks;
}

/** The week n weeks before another. */
export function weeksBefore(week: Week, n: number): Week {
  return weekOf(timeToDay(dayToTime(week.start) - n * 7 * dayLength));
}

/** The last day before the end of a half-open range. */
export function lastDay(end: string): string {
  return timeToDay(dayToTime(end) - dayLength);
}
