// Who may take which step in a consultation or a whistle now, by the service's own rules: for these it names no allowed steps. Pure.
import type { Consultation, Whistle } from "../api/desk";
import table from "./hard.json";

/** voices: the agencies and posts in whose name they act. */
export interface Caller {
  roles: readonly string[];
  voices: readonly string[];
}

export const inCentre = (who: Caller): boolean => who.roles.some((role) => table.centre.includes(role));
/** Those of these parties in whose name somebody may speak: the centre enters what anybody says. */
export const spokenFor = (who: Caller, parties: readonly string[]): string[] => parties.filter((one) => inCentre(who) || who.voices.includes(one));

export const running = ({ state }: Consultation): boolean => state === "open" || state === "minuted";

function rules(one: Consultation, who: Caller): boolean {
  const may = table.rulers[one.tier - 1] ?? [];
  const leads = may.includes("agency") && who.voices.includes(one.lead);
  return leads || who.roles.some((role) => role !== "agency" && may.includes(role));
}

/** The steps somebody may take now, the likely one first. now: seconds since 1970. */
export function stepsOf(one: Consultation, who: Caller, now: number): string[] {
  if (!running(one)) return [];
  const leads = spokenFor(who, [one.lead]).length > 0;
  const chairs = leads || who.roles.includes("city_leader");
  const over = now * 1000 > Date.parse(one.opinions_due_at);
  const open = one.state === "open";
  const parties = one.parties.map(({ party }) => party);
  const may: Record<string, boolean> = {
    opinion: open && !over && spokenFor(who, parties).length > 0,
    minutes: chairs && (over || one.heard >= one.invited),
    rule: one.minutes !== null && rules(one, who),
    escalate: leads && one.tier < table.rulers.length && (over || one.minutes !== null),
    invite: open && !over && leads,
    adjourn: open && chairs,
    settle: chairs,
  };
  return table.order.filter((name) => may[name]);
}

/** The called agencies that somebody may still report in; too late is better than never. */
export const arriving = (one: Whistle, who: Caller): Whistle["calls"] =>
  one.calls.filter((called) => called.arrived_at === null && spokenFor(who, [called.agency]).length > 0);

/** The called agencies that somebody may rate now. */
export const ratable = (one: Whistle, who: Caller): Whistle["calls"] =>
  spokenFor(who, [one.street]).length ? one.calls.filter((called) => called.standing !== "waiting" && called.stars === null) : [];

/** Whether somebody may blow a whistle about a case in this state. */
export const mayBlow = (who: Caller, state: string): boolean =>
  table.whistle_states.includes(state) && (inCentre(who) || (who.voices.length > 0 && who.roles.some((role) => table.streets.includes(role))));
