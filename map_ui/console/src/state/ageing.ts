// How lights age by themselves: nothing is sent when a deadline passes. Pure.
import type { CaseRow } from "../api/wire";

type Ages = Pick<CaseRow, "state" | "light" | "due_at" | "warn_at">;

/** Whether the clock of a case runs. Work that was fed back and cases that wait in suspension keep the light they had. */
export const runs = ({ state, light, due_at }: Ages): boolean => light !== "none" && Boolean(due_at) && state !== "checking" && state !== "suspended";

const seconds = (at: string): number => Date.parse(at) / 1000;

/** [when it turns yellow, when it turns red] in seconds since 1970; infinity for never. */
export function turns(row: Ages): [number, number] {
  if (!runs(row)) return [Infinity, Infinity];
  return [row.warn_at ? seconds(row.warn_at) : Infinity, seconds(row.due_at!)];
}

/** The light at an instant: what it was told to be, or what it has become since. */
export function lightAt(row: Ages, now: number): CaseRow["light"] {
  const [yellow, red] = turns(row);
  if (now > red) return "red";
  return now >= yellow && row.light === "green" ? "yellow" : row.light;
}
