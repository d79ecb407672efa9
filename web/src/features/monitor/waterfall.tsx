import type { Receipt } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatShare } from "@/shared/lib/format";
import { formatMilliseconds } from "./values";

const t = texts.receipt;

export interface Span {
  name: string;
  /** In milliseconds from the beginning of the request. */
  start: number;
  length: number;
}

/** The parts of a request one after another, as they follow each other; what is in none of them is its own part. */
export function spansOf({ times_ms: times }: Pick<Receipt, "times_ms">): Span[] {
  const order = ["route", "memory", "prefill", "decode", "tools"] as const;
  const spans: Span[] = [];
  let at = 0;
  for (const part of order) {
    if (times[part] <= 0) continue;
    spans.push({ name: t.spans[part], start: at, length: times[part] });
    at += times[part];
  }
  const rest = times.total - at;
  // Below a hundredth it is rounding.
  if (rest > times.total / 100) spans.push({ name: t.spans.other, start: at, length: rest });
  return spans;
}

/** Where the time of a request went. */
export function Waterfall({ receipt }: { receipt: Pick<Receipt, "times_ms"> }) {
  const spans = spansOf(receipt);
  const total = Math.max(receipt.times_ms.total, ...spans.map(({ start, length }) => start + length), 0.001);
  return (
    <ol className="grid gap-1.5 text-sm tabular-nums">
      {spans.map(({ name, start, length }) => (
        <li key={name} className="grid grid-cols-[9rem_minmax(0,1fr)_5rem] items-center gap-3 max-sm:grid-cols-[7rem_minmax(0,1fr)_5rem]">
          <span className="truncate text-soft">{name}</span>
          <span className="h-3 rounded bg-raised" title={formatShare(length / total)}>
            <span
              className="block h-full min-w-0.5 rounded bg-accent"
              style={{ marginLeft: `${(start / total) * 100}%`, width: `${(length / total) * 100}%` }}
            />
          </span>
          <span className="text-right">{formatMilliseconds(length)}</span>
        </li>
      ))}
      <li className="grid grid-cols-[9rem_minmax(0,1fr)_5rem] gap-3 border-t border-line pt-1.5 font-medium max-sm:grid-cols-[7rem_minmax(0,1fr)_5rem]">
        <span>{t.total}</span>
        <span />
        <span className="text-right">{formatMilliseconds(receipt.times_ms.total)}</span>
      </li>
    </ol>
  );
}
