import { Link } from "wouter";
import { texts } from "@/shared/i18n/admin";
import { type SectionId, addressOf, nameOf, sections } from "./sections";

/** The way between the parts: a column, and on a phone a row that scrolls. */
export function SectionNav({ current }: { current: SectionId }) {
  return (
    <nav aria-label={texts.sections.label}>
      <ul className="flex gap-1 md:flex-col">
        {sections.map((id) => (
          <li key={id}>
            <Link
              href={addressOf(id)}
              aria-current={id === current ? "page" : undefined}
              className="block rounded-lg px-3 py-1.5 text-sm whitespace-nowrap text-soft hover:bg-raised hover:text-ink aria-[current]:bg-raised aria-[current]:font-medium aria-[current]:text-ink"
            >
              {nameOf(id)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
