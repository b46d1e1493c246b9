// What other rooms want to see on the map, as state: the map view draws it, nobody reaches into the map.
import { ref, shallowRef } from "vue";
import type { CandidateMark } from "./marks";

/** The areas that may hold the open case's point. */
export const candidates = shallowRef<readonly CandidateMark[]>([]);
/** The pin of a report that is being taken; null without one. */
export const pin = shallowRef<{ lon: number; lat: number } | null>(null);
/** Whether a click on the map puts the pin there. */
export const placing = ref(false);
/** What a tap on one of the candidate areas does; null: they are only looked at. */
export const correctTo = shallowRef<((code: string) => void) | null>(null);
/** Whether a shape is being drawn on the map: the next closed line becomes the filter. */
export const drawing = ref(false);
/** The part of the city that the map shows: west, south, east, north in WGS-84 degrees; null before it stands. */
export const extent = shallowRef<readonly [number, number, number, number] | null>(null);
/** A place to look at next; the map goes there and forgets it. */
export const lookAt = shallowRef<{ lon: number; lat: number; zoom?: number } | null>(null);
