// A year of the working calendar as days that can be turned over. Pure.

export interface CalendarRow {
  day: string;
  kind: string;
  name: string;
  source: string;
}
export interface Day {
  day: string;
  /** As its weekday says, or turned over by a line. */
  works: boolean;
  line?: CalendarRow;
}

const weekday = (day: string): number => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
const usual = (day: string): boolean => weekday(day) < 5;

/** Twelve months; each begins with as many nulls as its first day is away from Monday. */
export function monthsOf(year: number, rows: readonly CalendarRow[]): (Day | null)[][] {
  const lines = new Map(rows.filter((one) => one.kind === "off" || one.kind === "work").map((one) => [one.day, one]));
  return Array.from({ length: 12 }, (_, month) => {
    const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    const all = Array.from({ length: days }, (__, index) => {
      const day = `${year}-${String(month + 1).padStart(2, "0")}-${String(index + 1).padStart(2, "0")}`;
      const line = lines.get(day);
      return { day, works: line ? line.kind === "work" : usual(day), line };
    });
    return [...Array<null>(weekday(all[0]!.day)).fill(null), ...all];
  });
}

/** The rows with one day turned over: a day that comes back to what its weekday says needs no line. */
export function turned(rows: readonly CalendarRow[], day: string, name: string): CalendarRow[] {
  const line = rows.find((one) => one.day === day && (one.kind === "off" || one.kind === "work"));
  const rest = rows.filter((one) => one !== line);
  const works = line ? line.kind === "work" : usual(day);
  return works === usual(day) ? [...rest, { day, kind: works ? "off" : "work", name, source: "" }] : rest;
}

export const yearsOf = (rows: readonly CalendarRow[]): number[] => rows.filter((one) => one.kind === "year").map((one) => Number(one.day)).sort();
