// Numbers of several runs.

/** By nearest rank: a value that was measured. */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** One line of a result: what stands for all runs, with the runs. */
export function of(name, unit, values, { share = 0.5, budget } = {}) {
  const rounded = values.map((value) => Number(value.toFixed(2)));
  return {
    name,
    unit,
    value: percentile(rounded, share),
    ...(budget && { budget }),
    percentile: share * 100,
    min: Math.min(...rounded),
    max: Math.max(...rounded),
    n: values.length,
    ...(values.length <= 20 && { values: rounded }),
  };
}
