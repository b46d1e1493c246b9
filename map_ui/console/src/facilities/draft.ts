// The form of a place as plain values, and what of it is new: only that is sent, so that others' changes are not undone. Pure.
import type { Facility, Value } from "./wire";

export interface Draft {
  kind: string;
  level: string;
  name: string;
  address: string;
  phone: string;
  opening_hours: string;
  demonstration: boolean;
  services: string[];
  serves: string[];
  attributes: Record<string, Value>;
}

export const emptyDraft = (kind: string, level: string): Draft => ({
  kind, level, name: "", address: "", phone: "", opening_hours: "", demonstration: false, services: [], serves: [], attributes: {},
});

export const draftOf = (one: Facility): Draft => ({
  kind: one.kind,
  level: one.level ?? "",
  name: one.name,
  address: one.address,
  phone: one.phone ?? "",
  opening_hours: one.opening_hours,
  demonstration: one.demonstration,
  services: [...one.services],
  serves: one.serves.map((area) => area.code).filter((code) => code !== one.area_code || one.serves.length > 1),
  attributes: { ...one.attributes },
});

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const blank = (value: Value | undefined): Value => (value === "" || value === undefined || value === false ? null : value);

/** The fields of `now` that differ from `before`, as the service takes them; null for what was emptied. */
export function changesOf(before: Draft, now: Draft): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of ["kind", "level", "name", "address", "opening_hours", "demonstration", "services", "serves"] as const) {
    if (!same(before[name], now[name])) found[name] = now[name];
  }
  if (before.phone !== now.phone) found.phone = now.phone || null;
  const keys = [...new Set([...Object.keys(before.attributes), ...Object.keys(now.attributes)])];
  const changed = keys.filter((key) => !same(blank(before.attributes[key]), blank(now.attributes[key])));
  if (changed.length) found.attributes = Object.fromEntries(changed.map((key) => [key, now.attributes[key] === "" ? null : (now.attributes[key] ?? null)]));
  return found;
}

/** A new place as the service takes it. */
export function bodyOf(now: Draft, at: { lon: number; lat: number }): Record<string, unknown> {
  const attributes = Object.fromEntries(Object.entries(now.attributes).filter(([, value]) => blank(value) !== null));
  return { ...now, phone: now.phone || null, attributes, ...at, datum: "wgs84" };
}
