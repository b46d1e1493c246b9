import { describe, expect, it } from "vitest";
import { dragged, mostUnder, type Rings } from "./intents";
import type { Position } from "./wire";

const square = (x: number, y: number): Position[] => [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]];
const rings = (...said: [number, Position[]][]): Map<number, Rings> => new Map(said.map(([key, ring]) => [key, [ring]]));

describe("dragged", () => {
  it("moves a shared corner once, whoever owns it", () => {
    const west: Position[] = [[0, 0], [1.2, 0], [1, 1], [0, 1], [0, 0]];
    const east: Position[] = [[1.2, 0], [2, 0], [2, 1], [1, 1], [1.2, 0]];
    const found = dragged(rings([1, square(0, 0)], [2, square(1, 0)]), rings([1, west], [2, east]));
    expect(found).toEqual({ kind: "move_vertices", moves: [[[1, 0], [1.2, 0]]] });
  });
  it("draws a border anew where a corner is put into it, also over the seam of a ring", () => {
    const west: Position[] = [[0, 0], [1, 0], [1.3, 0.5], [1, 1], [0, 1], [0, 0]];
    const east: Position[] = [[1, 0], [2, 0], [2, 1], [1, 1], [1.3, 0.5], [1, 0]];
    const line = [[1, 0], [1.3, 0.5], [1, 1]];
    expect(dragged(rings([1, square(0, 0)], [2, square(1, 0)]), rings([1, west], [2, east]))).toEqual({ kind: "reshape", areas: [1, 2], line });
    expect(dragged(rings([2, square(1, 0)], [1, square(0, 0)]), rings([2, east], [1, west]))).toEqual({ kind: "reshape", areas: [2, 1], line: [...line].reverse() });
  });
  it("knows the rim of the city and two things at once", () => {
    const bulged: Position[] = [[0, 0], [0.5, -0.2], [1, 0], [1, 1], [0, 1], [0, 0]];
    expect(dragged(rings([1, square(0, 0)]), rings([1, bulged]))).toBe("outline");
    const three = rings([1, bulged], [2, bulged], [3, bulged]);
    expect(dragged(rings([1, square(0, 0)], [2, square(0, 0)], [3, square(0, 0)]), three)).toBe("mixed");
    const twice: Position[] = [[0, 0], [0.5, -0.2], [1, 0], [1.3, 0.5], [1, 1], [0, 1], [0, 0]];
    expect(dragged(rings([1, square(0, 0)], [2, square(0, 0)]), rings([1, twice], [2, twice]))).toBe("mixed");
  });
  it("says nothing when nothing moved", () => expect(dragged(rings([1, square(0, 0)]), rings([1, square(0, 0)]))).toBeNull());
});

it("a line is about the area most of it lies in", () => {
  const at = ([x]: Position): number | null => (x < 0 ? null : x < 1 ? 1 : 2);
  expect(mostUnder([[-0.5, 0], [1.2, 0]], at)).toBe(1);
  expect(mostUnder([[0.9, 0], [3, 0]], at)).toBe(2);
  expect(mostUnder([[-3, 0], [-1, 0]], at)).toBeNull();
});
