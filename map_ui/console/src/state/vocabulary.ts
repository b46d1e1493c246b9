// Names of what can be chosen here: levels, categories, agencies, areas. Fetched once a language, areas when first asked for.
import { computed, shallowReactive, shallowRef, watch } from "vue";
import { fetchAreas, fetchVocabulary } from "../api/places";
import type { AreaRow, Vocabulary } from "../api/wire";
import { language, tOr } from "../i18n";

export const vocabulary = shallowRef<Vocabulary | null>(null);
export const areas = shallowReactive(new Map<string, AreaRow>());
const levelsAsked = new Set<string>();

export async function loadVocabulary(): Promise<void> {
  vocabulary.value = await fetchVocabulary();
}
watch(language, () => void loadVocabulary());

const categories = computed(() => new Map(vocabulary.value?.categories.map((one) => [one.key, one]) ?? []));
const agencies = computed(() => new Map(vocabulary.value?.agencies.map((one) => [one.owner, one.name]) ?? []));
const levels = computed(() => new Map(vocabulary.value?.levels.map((one) => [one.level, one.name]) ?? []));

export const timezone = computed(() => vocabulary.value?.timezone ?? "Asia/Shanghai");

/** Minutes the city is east of UTC now. */
export const offsetMinutes = computed(() => {
  const parts = new Intl.DateTimeFormat("en", { timeZone: timezone.value, timeZoneName: "longOffset" }).formatToParts(new Date());
  const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(parts.find((one) => one.type === "timeZoneName")?.value ?? "") ?? [];
  return sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : 0;
});

/** Fetches the areas of these levels, once. */
export async function wantAreas(wanted: readonly string[]): Promise<void> {
  const fresh = wanted.filter((level) => !levelsAsked.has(level));
  fresh.forEach((level) => levelsAsked.add(level));
  await Promise.all(
    fresh.map(async (level) => {
      const found = await fetchAreas(level).catch(() => (levelsAsked.delete(level), []));
      found.forEach((area) => areas.set(area.code, area));
    }),
  );
}

export const levelName = (level: string): string => levels.value.get(level) ?? tOr(`level.${level}`, level);
export const areaName = (code: string): string => areas.get(code)?.name ?? code;
export const agencyName = (owner: string): string => agencies.value.get(owner) ?? owner;

/** A category's name; of a subtree, its chapter's. */
export function categoryName(key: string): string {
  const known = categories.value.get(key);
  if (known) return known.name;
  return vocabulary.value?.categories.find((one) => one.key.startsWith(key))?.major ?? key;
}
