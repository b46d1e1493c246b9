// What the map knows beside cases, fetched when it is first wanted: areas, generations, rates, places, the basemap.
import { computed, ref, shallowRef, watch } from "vue";
import { fetchEvaluation, fetchFacilities, fetchFacilityKinds, fetchGenerations, fetchMapConfig, type Evaluation, type Facilities, type FacilityKinds, type Generation, type MapConfig, type Rate } from "../api/map";
import { language } from "../i18n";
import { address } from "../state/address";
import { areas, offsetMinutes, wantAreas } from "../state/vocabulary";
import type { AreaFacts } from "./cases";
import { spanOf } from "./days";
import { fillOf, type Fill } from "./fills";
import { fillBy, on, pastGeneration } from "./layers";

export const basemap = shallowRef<MapConfig["basemap"]>(null);
export const generations = shallowRef<readonly Generation[]>([]);
export const facilities = shallowRef<Facilities | null>(null);
export const facilityKinds = shallowRef<FacilityKinds["kinds"]>([]);
/** What areas can be coloured by beside cases and load. */
export const rates = shallowRef<readonly Rate[]>([]);
export const evaluation = shallowRef<Evaluation | null>(null);
/** Whether a fill is being worked out. */
export const filling = ref(false);
export const fill = shallowRef<Fill | "cases" | null>(null);

export const facts = computed<AreaFacts>(() => {
  const known = [...areas.values()];
  const parents = new Map(known.filter((one) => one.parent_code).map((one) => [one.code, one.parent_code!]));
  const communities = new Set(known.filter((one) => one.level === "community").map((one) => one.code));
  return { parents, communities, households: new Map(known.filter((one) => one.level === "grid").map((one) => [one.code, one.households])) };
});

let learnt = false;
/** Fetches what every map needs. */
export async function learn(): Promise<void> {
  if (learnt) return;
  learnt = true;
  void wantAreas(["district", "street", "community", "grid"]);
  [basemap.value, generations.value] = [(await fetchMapConfig()).basemap, await fetchGenerations().catch(() => [])];
}

/** Fetches what the layer panel offers. */
export async function learnLayers(): Promise<void> {
  facilities.value ??= await fetchFacilities();
  const { from, to } = period();
  if (!rates.value.length) rates.value = (await fetchEvaluation("district", from, to).catch(() => null))?.whole.rates ?? [];
}

const DAYS = 90;
/** The period that rates are of: the filter's, else the last 90 days. */
export function period(): { from: string; to: string } {
  const { from, to } = address.query;
  const instant = (day: string | undefined, end: boolean): string | null => (day && /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(spanOf(day, offsetMinutes.value)[end ? "to" : "from"] * 1000).toISOString() : null);
  const until = instant(to, true) ?? new Date().toISOString();
  return { from: instant(from, false) ?? new Date(Date.parse(until) - DAYS * 86_400_000).toISOString(), to: until };
}

const PLAIN: Record<string, Fill | "cases" | null> = { cases: "cases", none: null };
let turn = 0;
watch(
  () => [fillBy.value, pastGeneration.value, address.query.from, address.query.to, language.value],
  async () => {
    const mine = ++turn;
    const name = fillBy.value;
    if (name in PLAIN) return void ((fill.value = PLAIN[name]!), (filling.value = false));
    filling.value = true;
    const { from, to } = period();
    const found = await fetchEvaluation("grid", from, to, pastGeneration.value ?? undefined).catch(() => null);
    if (mine !== turn) return;
    filling.value = false;
    evaluation.value = found;
    if (found) rates.value = found.whole.rates;
    fill.value = found && fillFrom(found, name);
  },
  { immediate: true },
);

function fillFrom({ items, whole }: Evaluation, name: string): Fill {
  const values = new Map<string, number | null>();
  const rate = whole.rates.find((one) => one.name === name);
  for (const line of items) {
    const value = name === "load" ? line.per_thousand_households.value : name === "workload" ? line.cases_per_worker.value : line.rates.find((one) => one.name === name)?.value;
    values.set(line.key, value ?? null);
  }
  return fillOf("grid", values, rate?.better ?? "neutral");
}

watch(
  () => on.value.service_centre || on.value.station || on.value.five_star,
  async (wanted) => {
    if (!wanted) return;
    facilities.value ??= await fetchFacilities();
    if (facilities.value && !facilityKinds.value.length) facilityKinds.value = (await fetchFacilityKinds()).kinds;
  },
  { immediate: true },
);
