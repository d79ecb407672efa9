import type { MetricsHistory } from "@/shared/api/types";

/** What was measured in one second. */
export interface Sample {
  /** In seconds since the epoch. */
  at: number;
  values: Record<string, number | null | undefined>;
}

/** As charts want it: times, and for each line a value at each of them. */
export interface Columns {
  times: number[];
  lines: (number | null)[][];
}

/** A history as it came; nothing is put into its gaps. */
export function pastColumns(history: MetricsHistory | undefined, names: readonly string[]): Columns {
  if (history === undefined) return { times: [], lines: names.map(() => []) };
  const times = Array.from({ length: history.points }, (_, point) => history.start + point * history.step_s);
  return { times, lines: names.map((name) => history.series[name] ?? times.map(() => null)) };
}

/** The last seconds up to `end`: from the history, and from what came by the socket since. A second that neither has is a gap. */
export function liveColumns(
  history: MetricsHistory | undefined,
  tail: readonly Sample[],
  names: readonly string[],
  seconds: number,
  end: number,
): Columns {
  const first = Math.floor(end) - seconds + 1;
  const times = Array.from({ length: seconds }, (_, index) => first + index);
  const lines = names.map((name) => {
    const line: (number | null)[] = times.map((second) => history?.series[name]?.[second - history.start] ?? null);
    for (const { at, values } of tail) {
      const index = Math.floor(at) - first;
      if (index >= 0 && index < seconds) line[index] = values[name] ?? null;
    }
    return line;
  });
  return { times, lines };
}

/** The first line for each unit of the second: nothing where that is nothing. */
export function eachOf({ times, lines: [whole = [], parts = []] }: Columns): Columns {
  const each = whole.map((value, index) => {
    const count = parts[index] ?? 0;
    return value === null || count === 0 ? null : value / count;
  });
  return { times, lines: [each] };
}

/** The last value of a line. */
export function lastOf(line: readonly (number | null)[] | undefined): number | null {
  return line?.findLast((value) => value !== null) ?? null;
}
