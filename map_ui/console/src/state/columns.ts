// Cases as columns in typed arrays: 100,000 of them counted, sorted, placed and patched without an object each. Pure.
import type { CaseRow, ColumnsOut } from "../api/wire";
import { turns } from "./ageing";

export const NEVER = Number.POSITIVE_INFINITY;
const RADIUS = 6378137;

/** Web Mercator metres of WGS-84 degrees. */
export function mercator(lon: number, lat: number): [number, number] {
  return [(RADIUS * lon * Math.PI) / 180, RADIUS * Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360))];
}

export interface Patch {
  added: number;
  changed: number;
  removed: number;
}

export class Columns {
  size = 0;
  states: string[] = [];
  lights: string[] = [];
  urgencies: string[] = [];
  grids: string[] = [];
  id = new Float64Array(0);
  state = new Uint8Array(0);
  light = new Uint8Array(0);
  urgency = new Uint8Array(0);
  received = new Float64Array(0);
  due = new Float64Array(0);
  /** NaN for a case that was never closed. */
  closed = new Float64Array(0);
  /** When the light turns yellow and red, in seconds since 1970; NEVER where its clock does not run. */
  yellow = new Float64Array(0);
  red = new Float64Array(0);
  /** Web Mercator metres; NaN for a case without a point. */
  x = new Float64Array(0);
  y = new Float64Array(0);
  /** What it lies in: its grid, or the nearest area above where it is in none; -1 for none. */
  grid = new Int32Array(0);
  private readonly at = new Map<number, number>();
  private readonly gridAt = new Map<string, number>();

  static of(wire: ColumnsOut): Columns {
    const made = new Columns();
    Object.assign(made, { states: wire.states, lights: wire.lights, urgencies: wire.urgencies, grids: [...wire.grids] });
    made.grids.forEach((code, index) => made.gridAt.set(code, index));
    made.reserve(Math.ceil(wire.id.length * 1.25) + 256);
    made.size = wire.id.length;
    for (let i = 0; i < made.size; i++) {
      made.id[i] = wire.id[i]!;
      made.at.set(wire.id[i]!, i);
      made.state[i] = wire.state[i]!;
      made.light[i] = wire.light[i]!;
      made.urgency[i] = wire.urgency[i]!;
      made.received[i] = wire.received[i]!;
      made.due[i] = wire.due[i] ?? NEVER;
      made.closed[i] = wire.closed[i] ?? NaN;
      made.yellow[i] = wire.yellow[i] ?? NEVER;
      made.red[i] = wire.red[i] ?? NEVER;
      made.grid[i] = wire.grid[i]!;
      made.place(i, wire.lon[i], wire.lat[i]);
    }
    return made;
  }

  indexOf(id: number): number {
    return this.at.get(id) ?? -1;
  }

  stateName(index: number): string {
    return this.states[this.state[index]!]!;
  }

  /** Takes over what rows say now; `gone` are cases that left the filter. */
  apply(rows: readonly CaseRow[], gone: readonly number[] = []): Patch {
    const patch: Patch = { added: 0, changed: 0, removed: 0 };
    for (const row of rows) {
      let index = this.indexOf(row.case_id);
      if (index < 0) {
        if (this.size === this.id.length) this.reserve(this.size * 2 + 256);
        index = this.size++;
        this.at.set(row.case_id, index);
        patch.added++;
      } else patch.changed++;
      this.write(index, row);
    }
    for (const id of gone) if (this.remove(id)) patch.removed++;
    return patch;
  }

  /** How many cases are in each state, by the state's name. */
  countByState(): Record<string, number> {
    const numbers = new Uint32Array(this.states.length);
    for (let i = 0; i < this.size; i++) numbers[this.state[i]!]!++;
    return Object.fromEntries(this.states.map((name, index) => [name, numbers[index]!]));
  }

  /** The ids of the cases in these states (none: all), in this order. */
  order(states: readonly string[], sort: "newest" | "oldest" | "due"): Float64Array {
    const wanted = new Set(states.map((name) => this.states.indexOf(name)));
    const picked: number[] = [];
    for (let i = 0; i < this.size; i++) if (!wanted.size || wanted.has(this.state[i]!)) picked.push(i);
    const newest = (a: number, b: number) => this.id[b]! - this.id[a]!;
    if (sort === "due") picked.sort((a, b) => (this.due[a] === this.due[b] ? newest(a, b) : this.due[a]! - this.due[b]!));
    else picked.sort(sort === "oldest" ? (a, b) => newest(b, a) : newest);
    return Float64Array.from(picked, (index) => this.id[index]!);
  }

  /** Turns the lights whose time has come; the ids of those that turned. */
  age(now: number): number[] {
    const [green, yellow, red] = ["green", "yellow", "red"].map((name) => this.lights.indexOf(name));
    const turned: number[] = [];
    for (let i = 0; i < this.size; i++) {
      const light = now > this.red[i]! ? red! : now >= this.yellow[i]! && this.light[i] === green ? yellow! : this.light[i]!;
      if (light !== this.light[i]) {
        this.light[i] = light;
        turned.push(this.id[i]!);
      }
    }
    return turned;
  }

  private write(index: number, row: CaseRow): void {
    this.id[index] = row.case_id;
    this.state[index] = Math.max(0, this.states.indexOf(row.state));
    this.light[index] = Math.max(0, this.lights.indexOf(row.light));
    this.urgency[index] = Math.max(0, this.urgencies.indexOf(row.urgency));
    this.received[index] = Date.parse(row.received_at) / 1000;
    this.due[index] = row.due_at ? Date.parse(row.due_at) / 1000 : NEVER;
    [this.yellow[index], this.red[index]] = turns(row);
    if (row.state !== "closed" && row.state !== "evaluated") this.closed[index] = NaN;
    else if (!(this.closed[index]! > 0)) this.closed[index] = Date.now() / 1000;
    this.grid[index] = this.gridIndex(row);
    this.place(index, row.lon, row.lat);
  }

  private gridIndex(row: CaseRow): number {
    const known = row.areas.grid ?? row.areas.community ?? row.areas.street ?? row.areas.district;
    if (known === undefined) return -1;
    let index = this.gridAt.get(known);
    if (index === undefined) this.gridAt.set(known, (index = this.grids.push(known) - 1));
    return index;
  }

  private remove(id: number): boolean {
    const index = this.indexOf(id);
    if (index < 0) return false;
    const last = --this.size;
    for (const column of [this.id, this.state, this.light, this.urgency, this.received, this.due, this.closed, this.yellow, this.red, this.x, this.y, this.grid]) {
      column[index] = column[last]!;
    }
    this.at.delete(id);
    if (index !== last) this.at.set(this.id[index]!, index);
    return true;
  }

  private place(index: number, lon?: number | null, lat?: number | null): void {
    const [x, y] = lon == null || lat == null ? [NaN, NaN] : mercator(lon, lat);
    this.x[index] = x;
    this.y[index] = y;
  }

  private reserve(room: number): void {
    const grown = <A extends Float64Array | Uint8Array | Int32Array>(old: A, made: A): A => (made.set(old), made);
    this.id = grown(this.id, new Float64Array(room));
    this.state = grown(this.state, new Uint8Array(room));
    this.light = grown(this.light, new Uint8Array(room));
    this.urgency = grown(this.urgency, new Uint8Array(room));
    this.received = grown(this.received, new Float64Array(room));
    this.due = grown(this.due, new Float64Array(room));
    this.closed = grown(this.closed, new Float64Array(room));
    this.yellow = grown(this.yellow, new Float64Array(room));
    this.red = grown(this.red, new Float64Array(room));
    this.x = grown(this.x, new Float64Array(room));
    this.y = grown(this.y, new Float64Array(room));
    this.grid = grown(this.grid, new Int32Array(room));
  }
}
