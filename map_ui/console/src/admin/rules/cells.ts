// Cells of rules as a person reads them. Pure but for the names of columns, which are texts.
import { tOr } from "../../i18n";

export const columnName = (column: string): string => tOr(`admin.column.${column}`, column);

export function cell(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map(cell).join(", ");
  if (typeof value === "object") return Object.entries(value).map(([name, one]) => `${name}: ${cell(one)}`).join(", ");
  if (typeof value === "boolean") return value ? "✓" : "–";
  return String(value);
}

/** The same where codes that the service knows have names: clocks, stages, states, kinds of days. */
export function named(value: unknown): string {
  if (Array.isArray(value)) return value.map(named).join(", ");
  if (value !== null && typeof value === "object") return Object.entries(value).map(([name, one]) => `${columnName(name)}: ${named(one)}`).join(", ");
  return typeof value === "string" && value ? tOr(`admin.value.${value}`, tOr(`state.${value}`, value)) : cell(value);
}

/** A CSV of the rows: quotes where they are needed. */
export function csvOf(columns: readonly string[], rows: readonly Record<string, unknown>[]): string {
  const quoted = (value: unknown) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows.map((row) => columns.map((name) => row[name]))].map((line) => line.map(quoted).join(",")).join("\r\n") + "\r\n";
}

/** Rows in which every word is found somewhere. */
export function matching<T extends Record<string, unknown>>(rows: readonly T[], text: string): T[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [...rows];
  return rows.filter((row) => {
    const said = Object.values(row).map(cell).join(" ").toLowerCase();
    return words.every((word) => said.includes(word));
  });
}
