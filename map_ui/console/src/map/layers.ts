// Which layers the map shows, as part of the address: `layers` names what differs from the usual, `fill` what areas are coloured by,
// `gen` a past generation, `day` and `by` the day of the time slider.
import { computed } from "vue";
import { address, amend } from "../state/address";

/** Layers that are switched on and off, and whether they are on without being asked for. */
export const SWITCHES = {
  cases: true,
  lines: true,
  names: true,
  compounds: false,
  heat: false,
  service_centre: false,
  station: false,
  five_star: false,
  basemap: true,
} as const;
export type Switch = keyof typeof SWITCHES;

const said = computed(() => new Set((address.query.layers ?? "").split(",")));

/** What is on. */
export const on = computed<Record<Switch, boolean>>(
  () => Object.fromEntries(Object.entries(SWITCHES).map(([name, usual]) => [name, said.value.has(name) !== usual])) as Record<Switch, boolean>,
);

export function toggle(name: Switch): void {
  const next = new Set([...said.value].filter((one) => one in SWITCHES));
  if (!next.delete(name)) next.add(name);
  amend({ layers: [...next].sort().join(",") || undefined });
}

/** What areas are coloured by: cases (the usual), none, load, workload, or a rate's name. */
export const fillBy = computed(() => address.query.fill ?? "cases");
export const setFill = (name: string): void => amend({ fill: name === "cases" ? undefined : name });

/** The past generation that is looked at; null for the one in force. */
export const pastGeneration = computed(() => (/^[1-9]\d{0,8}$/.test(address.query.gen ?? "") ? Number(address.query.gen) : null));
export const setGeneration = (number: number | null): void => amend({ gen: number === null ? undefined : String(number) });

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** The day of the time slider; null while it is not used. */
export const day = computed(() => (DAY.test(address.query.day ?? "") ? address.query.day! : null));
export const dayBy = computed<"received" | "closed">(() => (address.query.by === "closed" ? "closed" : "received"));
export const setDay = (text: string | null, by: "received" | "closed" = dayBy.value): void =>
  amend({ day: text ?? undefined, by: text && by === "closed" ? "closed" : undefined });
