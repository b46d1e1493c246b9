// The tabs of the administration, each with its address and who sees it.
import type { Component } from "vue";
import { may } from "../session";
import AuditTab from "./audit/AuditTab.vue";
import MessagesTab from "./messages/MessagesTab.vue";
import PeopleTab from "./people/PeopleTab.vue";
import RulesTab from "./rules/RulesTab.vue";
import UsersTab from "./users/UsersTab.vue";

export interface Tab {
  key: string;
  permission: string;
  component: Component;
}
export const TABS: readonly Tab[] = [
  { key: "users", permission: "accounts.write", component: UsersTab },
  { key: "rules", permission: "rules.write", component: RulesTab },
  { key: "people", permission: "people.write", component: PeopleTab },
  { key: "messages", permission: "messages.write", component: MessagesTab },
  { key: "audit", permission: "audit.read", component: AuditTab },
];

export const tabsOpen = (): Tab[] => TABS.filter((one) => may(one.permission));

/** The parts of the path behind /admin: the tab, and what is open in it. */
export const partsOf = (path: string): string[] => path.split("/").slice(2).map(decodeURIComponent).filter(Boolean);
