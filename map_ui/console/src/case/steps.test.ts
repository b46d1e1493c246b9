import { expect, test } from "vitest";
import type { Consultation, Whistle } from "../api/desk";
import { arriving, mayBlow, ratable, stepsOf } from "./steps";

const HOUSING = "agency:housing";
const WATER = "agency:water";
const CENTRE = { roles: ["operator"], voices: [] };
const LEADER = { roles: ["city_leader"], voices: [] };
const agency = (voice: string) => ({ roles: ["agency"], voices: [voice] });
const DUE = Date.parse("2026-12-01T10:00:00Z") / 1000;

function meeting(more: Partial<Consultation> = {}): Consultation {
  const parties = [HOUSING, WATER].map((party) => ({ party, name: null, stance: null, silent: false }));
  const plain = { state: "open", tier: 1, lead: HOUSING, parties, invited: 2, heard: 0, minutes: null, opinions_due_at: "2026-12-01T10:00:00Z" };
  return { ...plain, ...more } as Consultation;
}
const MINUTED = meeting({ state: "minuted", heard: 2, minutes: { words: "x", attended: [HOUSING], at: "2026-11-30T10:00:00Z" } });

test("before the deadline opinions are taken, and minutes wait for everybody's", () => {
  expect(stepsOf(meeting(), CENTRE, DUE)).toEqual(["opinion", "invite", "adjourn", "settle"]);
  expect(stepsOf(meeting(), agency(WATER), DUE)).toEqual(["opinion"]);
  expect(stepsOf(meeting({ heard: 2 }), agency(HOUSING), DUE)).toContain("minutes");
  expect(stepsOf(meeting(), agency("agency:fire"), DUE)).toEqual([]);
});

test("behind it the lead goes on without those who are silent", () => {
  expect(stepsOf(meeting(), agency(HOUSING), DUE + 1)).toEqual(["minutes", "escalate", "adjourn", "settle"]);
  expect(stepsOf(meeting(), agency(WATER), DUE + 1)).toEqual([]);
});

test("each tier has its rulers, and none is above the third", () => {
  expect(stepsOf(MINUTED, agency(HOUSING), DUE)).toEqual(["minutes", "rule", "escalate", "settle"]);
  expect(stepsOf({ ...MINUTED, tier: 2 }, agency(HOUSING), DUE)).not.toContain("rule");
  expect(stepsOf({ ...MINUTED, tier: 2 }, CENTRE, DUE)).toContain("rule");
  expect(stepsOf({ ...MINUTED, tier: 3 }, CENTRE, DUE)).toEqual(["minutes", "settle"]);
  expect(stepsOf({ ...MINUTED, tier: 3 }, LEADER, DUE)).toEqual(["minutes", "rule", "settle"]);
});

test("what has ended stays as it is", () => {
  for (const state of ["ruled", "lifted", "settled"] as const) expect(stepsOf({ ...MINUTED, state }, CENTRE, DUE)).toEqual([]);
});

test("agencies report in for themselves, the street that blew rates who came or whose time is over", () => {
  const called = { name: null, standing_name: "", words: null, rated_at: null };
  const calls = [
    { ...called, agency: HOUSING, standing: "in_time", arrived_at: "2026-12-01T09:00:00Z", stars: null },
    { ...called, agency: WATER, standing: "waiting", arrived_at: null, stars: null },
  ];
  const whistle = { street: "post:4", calls } as unknown as Whistle;
  const names = (found: Whistle["calls"]) => found.map((one) => one.agency);
  expect(names(arriving(whistle, CENTRE))).toEqual([WATER]);
  expect(names(arriving(whistle, agency(WATER)))).toEqual([WATER]);
  expect(names(arriving(whistle, agency(HOUSING)))).toEqual([]);
  expect(names(ratable(whistle, { roles: ["street_office"], voices: ["post:4"] }))).toEqual([HOUSING]);
  expect(names(ratable(whistle, agency(HOUSING)))).toEqual([]);
});

test("a street blows the whistle while the case goes on", () => {
  expect(mayBlow({ roles: ["street_office"], voices: ["post:4"] }, "filed")).toBe(true);
  expect(mayBlow({ roles: ["street_office"], voices: ["post:4"] }, "closed")).toBe(false);
  expect(mayBlow(agency(HOUSING), "filed")).toBe(false);
  expect(mayBlow(CENTRE, "filed")).toBe(true);
});
