import { Link } from "wouter";
import { texts } from "@/shared/i18n/monitor";

export const sections = ["live", "routing", "tokens", "quality", "cost"] as const;
export type Section = (typeof sections)[number];

export const pathOf = (section: Section): string => (section === "live" ? "/monitor" : `/monitor/${section}`);

/** The section of an address. */
export function sectionOf(address: string): Section {
  const name = address.split("/")[2];
  return sections.find((section) => section === name) ?? "live";
}

/** The way between the parts of the monitor. */
export function SectionNav({ current }: { current: Section }) {
  return (
    <nav aria-label={texts.sections.label} className="flex gap-1 md:flex-col">
      {sections.map((section) => (
        <Link
          key={section}
          href={pathOf(section)}
          aria-current={section === current ? "page" : undefined}
          className="rounded-lg px-3 py-1.5 text-sm whitespace-nowrap text-soft hover:bg-raised hover:text-ink aria-[current]:bg-raised aria-[current]:font-medium aria-[current]:text-ink"
        >
          {texts.sections[section]}
        </Link>
      ))}
    </nav>
  );
}
