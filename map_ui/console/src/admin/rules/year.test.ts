import { expect, test } from "vitest";
import { monthsOf, turned, yearsOf, type CalendarRow } from "./year";

const YEAR: CalendarRow = { day: "2026", kind: "year", name: "announced", source: "s" };
const days = (rows: CalendarRow[]) => new Map(monthsOf(2026, rows).flat().filter((one) => one !== null).map((one) => [one.day, one.works]));

test("a year has all its days, and weekends off", () => {
  const all = days([YEAR]);
  expect([all.size, all.get("2026-10-01"), all.get("2026-10-03"), yearsOf([YEAR])]).toEqual([365, true, false, [2026]]);
  expect(monthsOf(2026, [])[9]!.slice(0, 4).map((one) => one?.day ?? null)).toEqual([null, null, null, "2026-10-01"]);
});

test("a day is turned over, and back without a line", () => {
  const off = turned([YEAR], "2026-10-01", "feast");
  expect(off[1]).toEqual({ day: "2026-10-01", kind: "off", name: "feast", source: "" });
  expect(days(off).get("2026-10-01")).toBe(false);
  expect(turned(off, "2026-10-01", "feast")).toEqual([YEAR]);
  expect(days(turned([YEAR], "2026-10-10", "made up")).get("2026-10-10")).toBe(true);
});
