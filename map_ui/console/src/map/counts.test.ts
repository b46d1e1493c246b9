import { expect, it } from "vitest";
import { Columns } from "../state/columns";
import { bubblesOf, countByGrid, merged, rolledUp } from "./counts";

const columns = Columns.of({
  position: 1,
  generation: 1,
  states: ["received", "closed"],
  lights: ["none", "red"],
  urgencies: ["normal"],
  grids: ["A1", "A2", "B1"],
  id: [5, 4, 3, 2, 1],
  state: [0, 0, 1, 0, 0],
  light: [1, 0, 0, 0, 0],
  urgency: [0, 0, 0, 0, 0],
  received: [50, 40, 30, 20, 10],
  due: [null, null, null, null, null],
  closed: [null, null, 35, null, null],
  yellow: [null, null, null, null, null],
  red: [null, null, null, null, null],
  lon: [113, 113, 113, 113, null],
  lat: [38, 38, 38, 38, null],
  grid: [0, 1, 2, 2, -1],
});
const everything = { states: Uint8Array.of(1, 1), during: null };

it("counts each case in its grid, and which of them are overdue", () => {
  const { cases, overdue } = countByGrid(columns, everything);
  expect([...cases]).toEqual([1, 1, 2]);
  expect([...overdue]).toEqual([1, 0, 0]);
  expect([...countByGrid(columns, { states: Uint8Array.of(1, 0), during: null }).cases]).toEqual([1, 1, 1]);
});

it("counts what was received or closed in a span, its end left out", () => {
  expect([...countByGrid(columns, { ...everything, during: { column: "received", from: 20, to: 40 } }).cases]).toEqual([0, 0, 2]);
  expect([...countByGrid(columns, { ...everything, during: { column: "closed", from: 0, to: 99 } }).cases]).toEqual([0, 0, 1]);
});

it("adds grids up to the first area above with a label point; none is lost or told twice", () => {
  const parents = new Map([["A1", "A"], ["A2", "A"], ["B1", "B"], ["B", "C"]]);
  const labels = new Map([["A", { x: 0, y: 0 }], ["C", { x: 100, y: 0 }]]);
  const bubbles = bubblesOf(columns.grids, countByGrid(columns, everything), parents, labels);
  expect(bubbles.map(({ area, cases }) => [area, cases])).toEqual([["A", 2], ["C", 2]]);
  expect(merged(bubbles, 1)).toHaveLength(2);
  const [one] = merged(bubbles, 10);
  expect([one!.cases, one!.overdue, one!.area]).toEqual([4, 1, null]);
});

it("rolls grids up to the areas of a level", () => {
  const parents = new Map([["A1", "A"], ["A2", "A"]]);
  const { codes, numbers } = rolledUp(columns.grids, countByGrid(columns, everything).cases, parents, (code) => code === "A" || code === "B1");
  expect(Object.fromEntries(codes.map((code, index) => [code, numbers[index]]))).toEqual({ A: 2, B1: 2 });
});
