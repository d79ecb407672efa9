/** A threshold of a receipt, by its path, such as `accept.math`. */
export interface Threshold {
  name: string;
  value: number | boolean | string;
}

/** A receipt's thresholds, one after another, in the order of the receipt. */
export function thresholdsOf(rules: unknown, prefix = ""): Threshold[] {
  if (typeof rules !== "object" || rules === null) return [];
  return Object.entries(rules).flatMap(([key, value]): Threshold[] => {
    const name = `${prefix}${key}`;
    if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return [{ name, value }];
    return thresholdsOf(value, `${name}.`);
  });
}
