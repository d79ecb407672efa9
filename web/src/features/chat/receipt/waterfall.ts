import type { Receipt } from "../messages/wire";

/** A stretch of time of an answer, in milliseconds from its question. */
export interface Stretch {
  name: string;
  from: number;
  took: number;
  /** The place among the steps; `null` for what comes before them. */
  step: number | null;
}

/**
 * When each step was, one after another as they were taken. The receipt has how long each took; what is between them
 * is too short to be seen.
 */
export function waterfall({ steps, times_ms: times }: Pick<Receipt, "steps" | "times_ms">, names: { route: string; memory: string }): Stretch[] {
  const before = [
    { name: names.memory, took: times.memory, step: null },
    { name: names.route, took: times.route, step: null },
  ].filter(({ took }) => took > 0);
  const taken = steps.map(({ answerer, elapsed_ms: took }, step) => ({ name: answerer, took, step }));
  let from = 0;
  return [...before, ...taken].map((stretch) => {
    const placed = { ...stretch, from };
    from += stretch.took;
    return placed;
  });
}
