import { texts } from "@/shared/i18n/admin";

/** The parts of the page, in their order. The server has the same addresses (crates/council-server/src/ui.rs). */
export const sections = [
  "models",
  "routing",
  "council",
  "cloud",
  "privacy",
  "sandbox",
  "memory",
  "keys",
  "changes",
  "backup",
] as const;

export type SectionId = (typeof sections)[number];

/** The part that an address names; the first where it names none. */
export function sectionOf(name: string | undefined): SectionId {
  return sections.find((id) => id === name) ?? "models";
}

export const addressOf = (id: SectionId): string => `/admin/${id}`;

export const nameOf = (id: SectionId): string => texts.sections[id];
