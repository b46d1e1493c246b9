// An impact as people read it: what moves, by name; who answers for it; the load of every side before and after. Pure.
import type { Impact } from "./wire";

export interface Side {
  level: string;
  code: string;
  households: [number, number] | null;
  cases: [number, number] | null;
  who: string;
}
interface Load {
  layer: string;
  level: string;
  code: string;
  before: number;
  after: number;
}

/** Areas whose load changes, the lowest level last, the largest change first. */
export function sides(impact: Impact, ranks: ReadonlyMap<string, number>): Side[] {
  const found = new Map<string, Side>();
  const who = new Map(impact.people.map((one) => [`${one.level} ${one.code}`, one.name ?? ""]));
  for (const { layer, level, code, before, after } of impact.loads as unknown as Load[]) {
    if (layer !== "households" && layer !== "open_cases") continue;
    const key = `${level} ${code}`;
    const side = found.get(key) ?? { level, code, households: null, cases: null, who: who.get(key) ?? "" };
    side[layer === "households" ? "households" : "cases"] = [before, after];
    found.set(key, side);
  }
  const change = (one: Side): number => Math.abs((one.households?.[1] ?? 0) - (one.households?.[0] ?? 0)) + Math.abs((one.cases?.[1] ?? 0) - (one.cases?.[0] ?? 0));
  return [...found.values()].sort((a, b) => (ranks.get(b.level) ?? 0) - (ranks.get(a.level) ?? 0) || change(b) - change(a));
}

/** How many households get another area on some level. */
export function householdsMoved(impact: Impact): number {
  const won = new Map<string, number>();
  for (const { layer, level, before, after } of impact.loads as unknown as Load[]) {
    if (layer === "households" && after > before) won.set(level, (won.get(level) ?? 0) + after - before);
  }
  return Math.max(0, ...won.values());
}

export interface Moved {
  what: unknown;
  name?: string;
  weight: number;
  levels: Record<string, [string | null, string | null]>;
}
export const movesOf = (impact: Impact, layer: string): Moved[] => (impact.moves[layer] ?? []) as unknown as Moved[];

/** From where to where a point goes, on the lowest level that differs. */
export function fromTo(moved: Moved, ranks: ReadonlyMap<string, number>): [string | null, string | null] {
  const level = Object.keys(moved.levels).sort((a, b) => (ranks.get(b) ?? 0) - (ranks.get(a) ?? 0))[0];
  return level ? moved.levels[level]! : [null, null];
}
