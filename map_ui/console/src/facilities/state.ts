// The places on the page: what is asked for in the address, what came, the one that is open, the point that is being moved.
import { computed, ref, shallowRef } from "vue";
import { readable } from "../api/problem";
import { language } from "../i18n";
import { address } from "../state/address";
import { fetchKinds, fetchPlace, fetchPlaces, type Facility, type Kinds, type Places, type Wanted } from "./wire";

export const kinds = shallowRef<Kinds | null>(null);
export const places = shallowRef<Places | null>(null);
export const open = shallowRef<Facility | null>(null);
export const failure = ref("");
/** The point of the form, while one is open; dragging it changes it. */
export const pin = ref<{ lon: number; lat: number } | null>(null);

export const wanted = computed<Wanted>(() => {
  const { kind, area, q, retired } = address.query;
  return { kind, area, q, retired: retired === "1" || undefined };
});
/** The id in the address, "new" for a place that is being made, null for none. */
export const openId = computed<number | "new" | null>(() => {
  const said = /^\/facilities\/(\d+|new)$/.exec(address.path)?.[1];
  return said === undefined ? null : said === "new" ? "new" : Number(said);
});

let asking: AbortController | null = null;
export async function load(): Promise<void> {
  asking?.abort();
  const own = (asking = new AbortController());
  failure.value = "";
  try {
    kinds.value ??= await fetchKinds();
    places.value = await fetchPlaces(wanted.value, own.signal);
  } catch (error) {
    if (!own.signal.aborted) failure.value = readable(error);
  }
}

let looking: AbortController | null = null;
/** Fetches the place that the address names. */
export async function look(): Promise<void> {
  looking?.abort();
  const own = (looking = new AbortController());
  const id = openId.value;
  if (typeof id !== "number") return void (open.value = null);
  try {
    const found = await fetchPlace(id, own.signal);
    if (openId.value === id) open.value = found;
  } catch (error) {
    if (!own.signal.aborted) [open.value, failure.value] = [null, readable(error)];
  }
}

const english = () => language.value === "en";
export const kindOf = (kind: string) => kinds.value?.kinds.find((one) => one.kind === kind);
export const inWords = (one: { zh: string; en: string } | undefined, otherwise = ""): string => (one ? (english() ? one.en : one.zh) : otherwise);
export const kindName = (kind: string): string => inWords(kindOf(kind), kind);
export const serviceName = (zh: string): string => inWords(kinds.value?.services.find((one) => one.zh === zh), zh);
