/** One value of Prometheus's text format. */
export interface Counted {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const line = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const label = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** The values of some metrics; lines of others, and what is no value, are passed over. */
export function parseCounters(text: string, prefix: string): Counted[] {
  return text.split("\n").flatMap((row) => {
    if (!row.startsWith(prefix)) return [];
    const found = line.exec(row);
    const [, name, labels = "", value] = found ?? [];
    if (name === undefined || value === undefined) return [];
    const pairs = [...labels.matchAll(label)].map(([, key = "", said = ""]) => [key, said.replaceAll(/\\(.)/g, "$1")]);
    return [{ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }];
  });
}

/** A counter by the values of one label, the greatest first. */
export function byLabel(counted: readonly Counted[], name: string, key: string): [string, number][] {
  const sums = new Map<string, number>();
  for (const one of counted) {
    if (one.name !== name) continue;
    const of = one.labels[key] ?? "";
    sums.set(of, (sums.get(of) ?? 0) + one.value);
  }
  return [...sums].filter(([, sum]) => sum > 0).toSorted(([, one], [, other]) => other - one);
}

/** The mean of what a histogram has observed; `null` where it has nothing. */
export function meanOf(counted: readonly Counted[], name: string): number | null {
  const sum = (suffix: string) => counted.filter((one) => one.name === name + suffix).reduce((all, one) => all + one.value, 0);
  const count = sum("_count");
  return count === 0 ? null : sum("_sum") / count;
}
