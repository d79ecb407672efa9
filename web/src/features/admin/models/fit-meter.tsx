import type { CatalogModel, Machine } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatBytes } from "@/shared/lib/format";
import { Meter } from "@/shared/ui/meter";

const tones: Record<string, "accent" | "warning" | "danger"> = { tight: "warning", too_large: "danger" };

/** What a model needs against what the machine has. */
export function FitMeter({ entry, machine }: { entry: CatalogModel; machine: Machine }) {
  const said = texts.models;
  const word = { fits: said.fits, tight: said.tight, too_large: said.too_large }[entry.fit] ?? said.fitUnknown;
  const { needs_bytes: needs } = entry;
  const { memory_bytes: total, available_memory_bytes: free } = machine;
  if (needs == null || total == null || free == null) return <span className="text-xs text-faint">{word}</span>;
  const tone = tones[entry.fit] ?? "accent";
  const colour = { accent: "text-soft", warning: "text-warning", danger: "text-danger" }[tone];
  return (
    <div className="grid gap-1 md:pt-1" title={entry.reason}>
      <Meter label={said.fit} share={needs / total} said={entry.reason} tone={tone} />
      <span className={`text-xs ${colour}`}>{word}, {said.needs(formatBytes(needs), formatBytes(free))}</span>
    </div>
  );
}
