// Instants between the fields of a form, which speak the city's time, and the wire. Pure.

/** "2026-11-24T08:00" in a city so many minutes east of UTC, as the wire has it; undefined for an empty field. */
export function instantOf(field: string, offset: number): string | undefined {
  return field ? new Date(Date.parse(`${field}:00Z`) - offset * 60_000).toISOString() : undefined;
}

/** The same the other way round, for a field to begin with. */
export const fieldOf = (at: number, offset: number): string => new Date(at + offset * 60_000).toISOString().slice(0, 16);
