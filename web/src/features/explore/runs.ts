import type { HttpRequest } from "./request";
import { send } from "./send";

/** One of several runs of a request. */
export interface Run {
  status: number;
  firstByteMs: number;
  totalMs: number;
}

export interface Spread {
  p50: number;
  p95: number;
  p99: number;
  least: number;
  most: number;
}

/** One after another, so that they do not wait for each other; yields after each. */
export async function* repeat(request: HttpRequest, count: number, signal: AbortSignal): AsyncGenerator<Run> {
  for (let run = 0; run < count; run += 1) {
    for await (const { status, firstByteMs, totalMs } of send(request, signal)) {
      if (totalMs !== null) yield { status, firstByteMs, totalMs };
    }
  }
}

/** Percentiles by nearest rank: each is a time that was measured. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) return null;
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? most;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), least, most };
}

/** How many values fall into each of `bins` equal ranges between the least and the most. */
export function histogram(values: readonly number[], bins: number): number[] {
  const spread = spreadOf(values);
  const counts = Array.from({ length: bins }, () => 0);
  if (spread === null) return counts;
  const width = (spread.most - spread.least) / bins;
  for (const value of values) {
    const bin = width === 0 ? 0 : Math.min(bins - 1, Math.floor((value - spread.least) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
