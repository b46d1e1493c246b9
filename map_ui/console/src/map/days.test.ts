import { expect, it } from "vitest";
import { Columns } from "../state/columns";
import { byDay, dayOf, spanOf } from "./days";

it("a day begins when it begins in the city", () => {
  const { from, to } = spanOf("2026-11-23", 480);
  expect(new Date(from * 1000).toISOString()).toBe("2026-11-22T16:00:00.000Z");
  expect(to - from).toBe(86_400);
  expect([dayOf(from - 1, 480), dayOf(from, 480), dayOf(to - 1, 480)]).toEqual(["2026-11-22", "2026-11-23", "2026-11-23"]);
});

it("lists every day between the first case and the last, those without cases too", () => {
  const columns = new Columns();
  columns.size = 3;
  columns.received = Float64Array.from(["2026-11-20T20:00:00Z", "2026-11-23T01:00:00Z", "2026-11-23T02:00:00Z"], (one) => Date.parse(one) / 1000);
  expect(byDay(columns, "received", 480)).toEqual({ days: ["2026-11-21", "2026-11-22", "2026-11-23"], cases: [1, 0, 2] });
});
