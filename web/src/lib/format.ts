import { dayToTime, type Week } from "./iso-week";

export type Language = "fr" | "en";

const locales: Record<Language, string> = { fr: "fr-FR", en: "en-US" };
const minus = "\u2212";

/** Numbers, days and durations as a language writes them. Pure: no clock, no time zone of the machine. */
export function makeFormat(language: Language) {
  const locale = locales[language];
  const number = (options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options);
  const day = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });

  const whole = number({ maximumFractionDigits: 0 });
  const tenth = number({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const percent = number({ style: "percent", maximumFractionDigits: 1 });
  const wholePercent = number({ style: "percent", maximumFractionDigits: 0 });
  const percent1 = number({
    style: "percent",
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const weekRange = day({ day: "numeric", month: "short" });
  const month = day({ month: "short", year: "numeric" });
  const monthName = day({ month: "long", year: "numeric" });
  const shortDay = day({ day: "numeric", month: "short", year: "numeric" });
  const longDay = day({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const plural = new Intl.PluralRules(locale);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "always" });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });

  const signed = (text: string, value: number) =>
    (value < 0 ? minus : value > 0 ? "+" : "") + text.replace(/^[-\u2212]/, "");

  return {
    language,
    /** 1 240. */
    count: (n: number) => whole.format(n).replace("-", minus),
    /** +3, −2, 0. */
    difference: (n: number) => signed(whole.format(Math.abs(n)), Math.round(n)),
    /** 68 %: at most one decimal. */
    percent: (share: number) => percent.format(share),
    /** 68 %. */
    wholePercent: (share: number) => wholePercent.format(share),
    /** 62,5 %: always one decimal, for a column. */
    ratio: (share: number) => percent1.format(share),
    /** −6,0 pt, from a difference of shares. */
    points: (gap: number) => {
      const rounded = Math.round(gap * 1000) / 10;
      return `${signed(tenth.format(Math.abs(rounded)), rounded)}\u00a0pt`;
    },
    plural: <T>(n: number, one: T, other: T): T => (plural.select(n) === "one" ? one : other),
    list: (items: string[]) => list.format(items),
    /** 16–22 nov. */
    days: (week: Week) => {
      const [first, last] = [dayToTime(week.start), dayToTime(week.end)];
      return week.start.slice(0, 7) === week.end.slice(0, 7)
        ? weekRange.formatRange(first, last).replace(/\s*–\s*/u, "–")
        : `${weekRange.format(first)} – ${weekRange.format(last)}`;
    },
    /** nov. 2026, from any day of it. */
    month: (of: string) => month.format(dayToTime(of)),
    /** novembre 2026. */
    monthName: (of: string) => monthName.format(dayToTime(of)),
    /** 21 nov. 2026. */
    day: (of: string) => shortDay.format(dayToTime(of)),
    /** samedi 21 novembre 2026. */
    longDay: (of: string) => longDay.format(dayToTime(of)),
    /** 21 nov. à 09:00, in the team's time zone. */
    moment: (instant: string, timeZone: string) =>
      new Intl.DateTimeFormat(locale, {
        timeZone: knownTimeZone(timeZone),
        day: "numeric",
        month: "short",
        hour: "numeric",
        minute: "2-digit",
      }).format(new Date(instant)),
    /** 14:05, in the team's time zone. */
    time: (instant: string, timeZone: string) =>
      new Intl.DateTimeFormat(locale, {
        timeZone: knownTimeZone(timeZone),
        hour: "numeric",
        minute: "2-digit",
      }).format(new Date(instant)),
    /** il y a 3 minutes. */
    age: (seconds: number) => {
      const s = Math.max(1, Math.round(seconds));
      if (s < 60) return relative.format(-s, "second");
      if (s < 3600) return relative.format(-Math.round(s / 60), "minute");
      if (s < 2 * 86_400) return relative.format(-Math.round(s / 3600), "hour");
      return relative.format(-Math.round(s / 86_400), "day");
    },
    /** 4 s, 2 min. */
    duration: (seconds: number) =>
      seconds < 90
        ? `${whole.format(Math.max(1, Math.round(seconds)))}\u00a0s`
        : `${whole.format(Math.round(seconds / 60))}\u00a0min`,
  };
}

export type Format = ReturnType<typeof makeFormat>;

/** A zone that this browser lacks would throw; UTC is said rather than nothing. */
function knownTimeZone(zone: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}
