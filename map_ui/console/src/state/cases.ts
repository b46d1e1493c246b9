// The cases on the screen: columns of all that match, rows of those that were looked at, patched as news come in.
import { computed, ref, shallowReactive, shallowRef, triggerRef, watch } from "vue";
import { fetchColumns, fetchRows } from "../api/cases";
import { readable } from "../api/problem";
import type { CaseOut, CaseRow } from "../api/wire";
import { language } from "../i18n";
import { listen, type Batch, type LiveCase, type News } from "../live";
import { address } from "./address";
import { lightAt } from "./ageing";
import { Columns } from "./columns";
import { FIELDS, matches, queryOf, readFilters, sortOf, TABS, tabOf } from "./filters";
import { offsetMinutes, wantAreas } from "./vocabulary";
import { announce } from "./urgent";

export const filters = computed(() => readFilters(address.query));
export const tab = computed(() => tabOf(address.query));
export const sort = computed(() => sortOf(address.query));

/** The columns; replaced by a load, patched in place (then triggered). */
export const columns = shallowRef<Columns | null>(null);
/** The ids in the list, top first. Only changed by load, `showPending` and changes that move nothing under the pointer. */
export const order = shallowRef<Float64Array>(new Float64Array(0));
export const loading = ref(true);
export const failure = ref("");
/** How many cases came in or went out since the list was last put in order. */
export const pending = ref(0);
/** Whether the list must not move: the pointer is over it, or it is scrolled. */
export const held = ref(false);
export const generation = ref(0);
export const rows = shallowReactive(new Map<number, CaseRow>());
export const owners = shallowReactive(new Map<string, string>());
export const selected = shallowReactive(new Set<number>());

const MOST_ROWS = 6000;
let query: Record<string, string> = {};
let asked = new Set<number>();
let asking: AbortController | null = null;

export const counts = computed(() => {
  const byState = columns.value?.countByState() ?? {};
  const sum = (states: readonly string[]) => states.reduce((total, name) => total + (byState[name] ?? 0), 0);
  return Object.fromEntries(Object.entries(TABS).map(([name, states]) => [name, name === "all" ? (columns.value?.size ?? 0) : sum(states)]));
});

/** Loads all that match the address's filter. Quietly: without a skeleton, the list stays where it is. */
export async function load(quietly = false): Promise<void> {
  asking?.abort();
  const mine = (asking = new AbortController());
  query = queryOf(filters.value, offsetMinutes.value);
  if (!quietly) loading.value = true;
  try {
    const wire = await fetchColumns(query, mine.signal);
    columns.value = Columns.of(wire);
    generation.value = wire.generation;
    failure.value = "";
    rows.clear();
    asked.clear();
    if (quietly && held.value) markPending();
    else arrange();
    listen(wire.position, hear);
    void wantAreas(["district", "street", "community"]);
  } catch (error) {
    if (mine.signal.aborted) return;
    failure.value = readable(error);
  }
  if (asking === mine) loading.value = false;
}

/** Puts the list in order again, with everything that waited. */
export function arrange(): void {
  if (columns.value) order.value = columns.value.order(TABS[tab.value]!, sort.value);
  pending.value = 0;
}

function markPending(): void {
  const now = columns.value!.order(TABS[tab.value]!, sort.value);
  const shown = new Set(order.value);
  const both = now.reduce((total, id) => total + (shown.has(id) ? 1 : 0), 0);
  pending.value = now.length - both + (shown.size - both);
}

/** Sees to it that these cases' rows are there soon. */
export function want(ids: readonly number[]): void {
  const missing = ids.filter((id) => !rows.has(id) && !asked.has(id)).slice(0, 200);
  if (!missing.length) return;
  missing.forEach((id) => asked.add(id));
  void fetchRows(missing)
    .then((found) => {
      if (rows.size > MOST_ROWS) rows.clear();
      found.items.forEach((row) => rows.set(row.case_id, row));
      Object.entries(found.owners).forEach(([owner, name]) => owners.set(owner, name));
    })
    .catch((error: unknown) => (failure.value = readable(error)))
    .finally(() => missing.forEach((id) => asked.delete(id)));
}

function hear(news: News): void {
  if (news.kind === "batch") void take(news.batch);
  else if (news.kind === "reset") void load(true);
  else if (news.kind === "generation") generation.value = news.generation;
}

async function take(batch: Batch): Promise<void> {
  const gone = batch.cases.filter((one) => one.left).map((one) => one.case_id);
  const told = batch.cases.filter((one) => !one.left);
  const whole = told.filter(isRow);
  const verdicts = new Map(whole.map((row) => [row.case_id, matches(filters.value, row)]));
  const unsure = told.filter((one) => verdicts.get(one.case_id) === undefined).map((one) => one.case_id);
  const sure = whole.filter((row) => verdicts.get(row.case_id) === true);
  const out = whole.filter((row) => verdicts.get(row.case_id) === false).map((row) => row.case_id);
  announce(batch);
  patch(sure, [...gone, ...out]);
  for (let from = 0; from < unsure.length; from += 200) {
    const ids = unsure.slice(from, from + 200);
    const mine = query;
    const found = await fetchRows(ids, query).catch(() => null);
    if (!found || mine !== query) return;
    const seen = new Set(found.items.map((row) => row.case_id));
    patch(found.items, ids.filter((id) => !seen.has(id)));
  }
}

/** Whether a live case says what a list's row shows. */
const isRow = (one: LiveCase): one is LiveCase & CaseRow => "state" in one && "areas" in one && "received_at" in one;

let waiting: { rows: Map<number, CaseRow>; gone: Set<number> } | null = null;

/** Takes changes over with the next picture: many batches, one redraw. */
export function patch(found: readonly CaseRow[], gone: readonly number[]): void {
  if (!found.length && !gone.length) return;
  if (!waiting) {
    waiting = { rows: new Map(), gone: new Set() };
    setTimeout(flush, 16);
  }
  for (const row of found) (waiting.rows.set(row.case_id, row), waiting.gone.delete(row.case_id));
  for (const id of gone) (waiting.gone.add(id), waiting.rows.delete(id));
}

function flush(): void {
  const now = waiting!;
  waiting = null;
  if (!columns.value) return;
  columns.value.apply([...now.rows.values()], [...now.gone]);
  now.rows.forEach((row, id) => rows.set(id, { ...rows.get(id), ...row }));
  triggerRef(columns);
  if (held.value) markPending();
  else arrange();
}

/** Takes over what an action answered, at once and wherever the pointer is: the operator did it. A case that is open but not listed stays
 * unlisted: it does not match, or belongs to others who only asked. */
export function takeAnswer(answer: CaseOut): void {
  if (!columns.value || columns.value.indexOf(answer.case_id) < 0) return;
  const { events: _events, ...row } = answer;
  patch([row as unknown as CaseRow], []);
}

const AGES_MS = 5000;
setInterval(age, AGES_MS);

/** Nothing is sent when a deadline passes: the clock here turns the lights. */
export function age(now = Date.now() / 1000): void {
  const turned = columns.value?.age(now) ?? [];
  if (!turned.length) return;
  for (const id of turned) {
    const row = rows.get(id);
    if (row) rows.set(id, { ...row, light: lightAt(row, now) });
  }
  triggerRef(columns);
  if (filters.value.light) void load(true);
}

watch(() => [tab.value, sort.value], arrange);
watch(
  () => FIELDS.map((name) => address.query[name]).join("\n"),
  () => void load(),
);
watch(language, () => void load(true));
