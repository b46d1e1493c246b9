import { expect, test } from "vitest";
import { isPhone, startsPhone } from "./phone";

test("telephone numbers are told from what else is searched for", () => {
  expect(["13800138000", "138 0013 8000", "+86 138-0013-8000", " 0353-2293000 "].map(isPhone)).toEqual([true, true, true, true]);
  expect(["20261124-000001", "1380013800", "3号楼", "2026112400001", "10086", ""].map(isPhone)).toEqual([false, false, false, false, false, false]);
});

test("half a number is held back while it is typed; half a case number is not", () => {
  expect(["1380", "138 00", "+86138001"].map(startsPhone)).toEqual([true, true, true]);
  expect(["13", "2026", "20261124", "12345", "1号楼"].map(startsPhone)).toEqual([false, false, false, false, false]);
});
