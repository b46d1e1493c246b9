// Which cases are wanted: read from and written to the address, and handed to the service. Pure.
import type { CaseRow } from "../api/wire";

export const FIELDS = ["area", "category", "channel", "light", "owner", "post", "worker", "urgency", "queue", "text", "from", "to", "within", "cases"] as const;
export type Field = (typeof FIELDS)[number];
export type Filters = Partial<Record<Field, string>>;

/** The tabs, in the order of the work; each holds one or more states. */
export const TABS: Record<string, readonly CaseRow["state"][]> = {
  open: ["received", "verifying", "filed", "dispatched", "handling", "checking", "suspended"],
  received: ["received"],
  verifying: ["verifying"],
  filed: ["filed"],
  dispatched: ["dispatched"],
  handling: ["handling"],
  checking: ["checking"],
  suspended: ["suspended"],
  ended: ["closed", "evaluated", "not_accepted", "merged", "void"],
  all: [],
};
const DEFAULT_TAB = "open";

/** What the address says for a tab: nothing for the one that is shown without being asked for. */
export const tabInAddress = (name: string): string | undefined => (name === DEFAULT_TAB ? undefined : name);

export const SORTS = ["newest", "oldest", "due"] as const;
export type Sort = (typeof SORTS)[number];

export function readFilters(query: Readonly<Record<string, string | undefined>>): Filters {
  return Object.fromEntries(FIELDS.filter((name) => query[name]?.trim()).map((name) => [name, query[name]]));
}

export const tabOf = (query: Readonly<Record<string, string | undefined>>): string => (query.state && query.state in TABS ? query.state : DEFAULT_TAB);
export const sortOf = (query: Readonly<Record<string, string | undefined>>): Sort => SORTS.find((one) => one === query.sort) ?? "newest";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The filter as the service takes it: days become instants in the city's zone (offset in minutes east of UTC). */
export function queryOf(filters: Filters, offsetMinutes = 480): Record<string, string> {
  const query: Record<string, string> = { ...filters };
  if (query.from && DAY.test(query.from)) query.from = instant(query.from, 0, offsetMinutes);
  if (query.to && DAY.test(query.to)) query.to = instant(query.to, 1, offsetMinutes);
  return query;
}

function instant(day: string, plusDays: number, offsetMinutes: number): string {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(Date.UTC(year!, month! - 1, date! + plusDays) - offsetMinutes * 60_000).toISOString();
}

/** What can be decided here without asking the service; undefined where only it knows. */
export function matches(filters: Filters, row: CaseRow): boolean | undefined {
  const { area, light, owner, urgency, queue, category } = filters;
  if (area && !Object.values(row.areas).includes(area)) return false;
  if (light && row.light !== light) return false;
  if (owner && row.owner !== owner) return false;
  if (urgency && row.urgency !== urgency) return false;
  if (queue && row.queue !== queue) return false;
  if (category && !inCategory(row.category, category)) return false;
  const known: readonly Field[] = ["area", "light", "owner", "urgency", "queue", "category"];
  return FIELDS.some((name) => filters[name] && !known.includes(name)) ? undefined : true;
}

/** Whether a category is the wanted one or lies in the subtree it names. */
export function inCategory(category: string | null | undefined, wanted: string): boolean {
  if (!category) return false;
  const parts = wanted.split(":");
  if (parts.length === 3) return parts[2]!.length === 2 ? category.startsWith(wanted) : category === wanted;
  return category.startsWith(`${wanted}:`);
}
