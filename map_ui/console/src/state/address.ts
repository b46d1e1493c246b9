// The page's address as state: path below /ui and query. Everything an operator would want to send to a colleague is in it.
import { reactive, readonly } from "vue";

const BASE = "/ui";

function read(): { path: string; query: Record<string, string> } {
  const path = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) || "/" : "/";
  return { path, query: Object.fromEntries(new URLSearchParams(location.search)) };
}

const here = reactive(read());
addEventListener("popstate", () => Object.assign(here, read()));

/** Where the page is. */
export const address = readonly(here);

export function hrefOf(path: string, query: Record<string, string | undefined> = here.query): string {
  const said = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const text = new URLSearchParams(said).toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/");
  return BASE + path + (text ? `?${text}` : "");
}

/** Goes there; `replace` leaves no step to go back to. */
export function go(path: string, query: Record<string, string | undefined> = here.query, replace = false): void {
  const href = hrefOf(path, query);
  if (href === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", href);
  Object.assign(here, read());
}

/** Changes part of the query; undefined takes a value out. */
export function amend(changes: Record<string, string | undefined>, replace = true): void {
  go(here.path, { ...here.query, ...changes }, replace);
}
