import { texts } from "@/shared/i18n/shared";

/** The pages, in their order. The server has the same addresses (crates/council-server/src/ui.rs). */
export const pages = [
  { id: "chat", path: "/chat", name: texts.app.chat },
  { id: "monitor", path: "/monitor", name: texts.app.monitor },
  { id: "admin", path: "/admin", name: texts.app.admin },
  { id: "explore", path: "/explore", name: texts.app.explore },
] as const;

export type PageId = (typeof pages)[number]["id"];

/** Whether this address belongs to that page. */
export function isOn(address: string, path: string): boolean {
  return address === path || address.startsWith(`${path}/`);
}
