// A report on behalf of a caller: what was said so far, where it would go, and sending it once.
import { reactive, ref, shallowRef, watch } from "vue";
import { onceKey } from "../api/client";
import { geocode, locate, report } from "../api/places";
import { Problem, readable } from "../api/problem";
import type { GeocodeOut, LocateOut, ReportOut } from "../api/wire";
import { t } from "../i18n";
import { lookAt, pin, placing } from "../map/shown";

type Match = GeocodeOut["matches"][number];
const EMPTY = { address: "", description: "", category: undefined as string | undefined, channel: "hotline", urgency: "normal", name: "", phone: "" };

export const draft = reactive({ ...EMPTY });
export const matches = shallowRef<readonly Match[]>([]);
/** Where the pin lies and who would answer there. */
export const found = shallowRef<LocateOut | null>(null);
export const failure = ref("");
export const busy = ref(false);
/** How far the pin may be off: a click on the map is surer than a compound's middle. */
const accuracy = ref(15);
let once = onceKey();
let asking: AbortController | null = null;
let soon = 0;
let settled = "";

watch(
  () => draft.address,
  (text) => {
    clearTimeout(soon);
    if (text === settled) return;
    if (text.trim().length < 2) return void (matches.value = []);
    soon = window.setTimeout(() => void suggest(text), 220);
  },
);

async function suggest(text: string): Promise<void> {
  asking?.abort();
  const mine = (asking = new AbortController());
  try {
    matches.value = (await geocode(text, mine.signal)).matches.slice(0, 6);
  } catch (error) {
    if (!mine.signal.aborted) failure.value = readable(error);
  }
}

export function choose(match: Match): void {
  draft.address = settled = match.text;
  matches.value = [];
  if (match.lon == null || match.lat == null) return;
  accuracy.value = Math.max(10, Math.min(2000, Math.round(match.spread_m)));
  put({ lon: match.lon, lat: match.lat });
  lookAt.value = { lon: match.lon, lat: match.lat, zoom: 16 };
}

/** Puts the pin there; `byHand` is a click on the map. */
export function put(at: { lon: number; lat: number }, byHand = false): void {
  if (byHand) accuracy.value = 15;
  pin.value = at;
  void locate(at, accuracy.value).then(
    (answer) => pin.value === at && (found.value = answer),
    (error: unknown) => (failure.value = readable(error)),
  );
}

export function begin(): void {
  placing.value = true;
}

export function end(): void {
  placing.value = false;
  pin.value = null;
}

export function clear(): void {
  Object.assign(draft, EMPTY);
  settled = "";
  matches.value = [];
  found.value = null;
  pin.value = null;
  failure.value = "";
  once = onceKey();
}

/** Files the report. null when it was refused or is incomplete; the form keeps everything. */
export async function send(): Promise<ReportOut | null> {
  if (!draft.description.trim() || (!draft.address.trim() && !pin.value)) {
    failure.value = t("report.incomplete");
    return null;
  }
  busy.value = true;
  failure.value = "";
  const { address, description, category, channel, urgency, name, phone } = draft;
  const place = pin.value ? { lon: pin.value.lon, lat: pin.value.lat, datum: "wgs84", accuracy_m: accuracy.value } : {};
  const reporter = name.trim() || phone.trim() ? { reporter: { ...(name.trim() && { name: name.trim() }), ...(phone.trim() && { phone: phone.trim() }) } } : {};
  const body = { ...place, ...(address.trim() && { address: address.trim() }), ...(category && { category }), ...reporter, description: description.trim(), channel, urgency };
  try {
    const answer = await report(body, once);
    clear();
    return answer;
  } catch (error) {
    if (!(error instanceof Problem && error.unreachable)) once = onceKey();
    failure.value = error instanceof Problem && error.errors.length ? error.errors.map((one) => `${t(`field.${one.field}`)}: ${one.message}`).join("；") : readable(error);
    return null;
  } finally {
    busy.value = false;
  }
}
