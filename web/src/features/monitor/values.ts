import { formatBytes, formatCost, formatCount, formatDuration, formatNumber, formatShare } from "@/shared/lib/format";

/** What a number is. */
export type Unit = "rate" | "ms" | "share" | "bytes" | "usd" | "count";

/** A measured value with its unit; a dash where there is none. */
export function formatValue(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return "–";
  switch (unit) {
    case "rate":
      return `${formatNumber(value)}/s`;
    case "ms":
      return formatMilliseconds(value);
    case "share":
      return formatShare(value);
    case "bytes":
      return formatBytes(value);
    case "usd":
      return formatCost(value);
    case "count":
      return formatCount(Math.round(value));
  }
}

/** Short times to three digits: a routing decision takes parts of a millisecond. */
export function formatMilliseconds(ms: number): string {
  if (ms > 0 && ms < 0.01) return `< ${formatNumber(0.01)} ms`;
  return ms < 10 ? `${formatNumber(ms)} ms` : formatDuration(ms);
}
