import { expect, test } from "vitest";
import type { CaseRow, ColumnsOut } from "../api/wire";
import { Columns, NEVER } from "./columns";

const wire = {
  position: 9, generation: 1, states: ["received", "filed", "closed"], lights: ["none", "green", "red"], urgencies: ["normal", "urgent"], grids: ["A1"],
  id: [30, 20, 10], state: [0, 1, 0], light: [1, 2, 0], urgency: [0, 1, 0], received: [3, 2, 1], due: [50, 40, null], closed: [null, null, 60], yellow: [30, null, null], red: [50, null, null], lon: [113.5, null, 113.6], lat: [37.8, null, 37.9], grid: [0, -1, -1],
} as ColumnsOut;
const row = (id: number, state: string, areas: Record<string, string> = {}) =>
  ({ case_id: id, state, light: "green", urgency: "normal", received_at: "1970-01-01T00:00:05Z", due_at: null, lon: 113.7, lat: 37.7, areas }) as unknown as CaseRow;

test("tabs count what the list shows", () => {
  const columns = Columns.of(wire);
  expect(columns.countByState()).toEqual({ received: 2, filed: 1, closed: 0 });
  expect([...columns.order(["received"], "newest")]).toEqual([30, 10]);
  expect([...columns.order([], "due")]).toEqual([20, 30, 10]);
  expect([...columns.order([], "oldest")]).toEqual([10, 20, 30]);
});

test("a batch adds, changes and takes out, and every id stays findable", () => {
  const columns = Columns.of(wire);
  expect(columns.apply([row(40, "received", { grid: "B2" }), row(30, "filed")], [10])).toEqual({ added: 1, changed: 1, removed: 1 });
  expect(columns.countByState()).toEqual({ received: 1, filed: 2, closed: 0 });
  expect([20, 30, 40].map((id) => columns.id[columns.indexOf(id)])).toEqual([20, 30, 40]);
  expect(columns.indexOf(10)).toBe(-1);
  expect(columns.grids[columns.grid[columns.indexOf(40)]!]).toBe("B2");
  expect(columns.due[columns.indexOf(40)]).toBe(NEVER);
});

test("cases without a point are in the list and not on the map", () => {
  const columns = Columns.of(wire);
  expect(Number.isNaN(columns.x[columns.indexOf(20)]!)).toBe(true);
  expect(columns.order([], "newest")).toHaveLength(3);
});

test("100,000 cases grow, are patched and keep their order", () => {
  const columns = Columns.of({ ...wire, id: [], state: [], light: [], urgency: [], received: [], due: [], closed: [], yellow: [], red: [], lon: [], lat: [], grid: [] });
  columns.apply(Array.from({ length: 100_000 }, (_, i) => row(i + 1, i % 2 ? "filed" : "received")));
  columns.apply([row(77, "closed")], [99_999]);
  const order = columns.order([], "newest");
  expect([order.length, order[0], order[1], order.at(-1)]).toEqual([99_999, 100_000, 99_998, 1]);
  expect(columns.countByState().closed).toBe(1);
});

test("lights turn as time goes by, only where a clock runs", () => {
  const columns = Columns.of({ ...wire, lights: ["none", "green", "yellow", "red"], light: [1, 1, 0] });
  expect([columns.age(29), columns.age(30), columns.age(30), columns.age(51), columns.age(51)]).toEqual([[], [30], [], [30], []]);
  expect(columns.lights[columns.light[columns.indexOf(20)]!]).toBe("green");
});
