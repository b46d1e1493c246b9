// The pages of the console and where each begins. A page that is not the console itself is fetched when it is first opened.
import { defineAsyncComponent, type Component } from "vue";
import { may } from "../session";
import ConsolePage from "./ConsolePage.vue";

export interface Page {
  /** The key of its name in the navigation; without one it is not listed there. */
  name?: string;
  /** The path below /ui it begins with. */
  path: string;
  component: Component;
  /** Shown to whoever has it; of several, any one. */
  permission?: string | readonly string[];
}

/** The first whose path fits is shown; the console stands last and takes the rest. Add yours above it:
 *  { name: "page.plan", path: "/plan", component: later(() => import("../plan/PlanPage.vue")), permission: "planning.read" } */
export const PAGES: readonly Page[] = [
  { name: "page.plan", path: "/plan", component: later(() => import("../plan/PlanPage.vue")), permission: "planning.write" },
  { name: "page.facilities", path: "/facilities", component: later(() => import("../facilities/FacilitiesPage.vue")), permission: "facilities.read" },
  {
    name: "page.admin",
    path: "/admin",
    component: later(() => import("../admin/AdminPage.vue")),
    permission: ["accounts.write", "rules.write", "people.write", "messages.write", "audit.read"],
  },
  { name: "page.cases", path: "/", component: ConsolePage },
];

/** A page that is fetched when it is first opened. */
export function later(load: () => Promise<{ default: Component }>): Component {
  return defineAsyncComponent(load);
}

export const pageAt = (path: string): Page => PAGES.find((one) => one.path !== "/" && (path === one.path || path.startsWith(`${one.path}/`))) ?? PAGES.at(-1)!;

export const listed = (): Page[] => [PAGES.at(-1)!, ...PAGES.slice(0, -1)].filter((one) => one.name && (!one.permission || [one.permission].flat().some(may)));
