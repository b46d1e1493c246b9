// Days of the city's calendar on the time slider. Pure.
import type { Columns } from "../state/columns";

const DAY_S = 86_400;

/** The first second of a day YYYY-MM-DD where clocks are so many minutes east of UTC. */
export const startOf = (day: string, offsetMinutes: number): number => Date.parse(`${day}T00:00:00Z`) / 1000 - offsetMinutes * 60;

export const dayOf = (seconds: number, offsetMinutes: number): string => new Date((seconds + offsetMinutes * 60) * 1000).toISOString().slice(0, 10);

export const spanOf = (day: string, offsetMinutes: number): { from: number; to: number } => {
  const from = startOf(day, offsetMinutes);
  return { from, to: from + DAY_S };
};

/** Every day from the first case to the last, with how many cases were received or closed on it. */
export function byDay(columns: Columns, column: "received" | "closed", offsetMinutes: number): { days: string[]; cases: number[] } {
  const numbers = new Map<number, number>();
  let [first, last] = [Infinity, -Infinity];
  for (let i = 0; i < columns.size; i++) {
    const at = columns[column][i]!;
    if (!Number.isFinite(at)) continue;
    const day = Math.floor((at + offsetMinutes * 60) / DAY_S);
    numbers.set(day, (numbers.get(day) ?? 0) + 1);
    first = Math.min(first, day);
    last = Math.max(last, day);
  }
  if (first > last || last - first > 4000) return { days: [], cases: [] };
  const all = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return { days: all.map((day) => new Date(day * DAY_S * 1000).toISOString().slice(0, 10)), cases: all.map((day) => numbers.get(day) ?? 0) };
}
