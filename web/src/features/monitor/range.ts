/** How far back a chart goes, and how many seconds that is. */
export const ranges = {
  "5m": 300,
  "15m": 900,
  "1h": 3_600,
  "6h": 21_600,
  "24h": 86_400,
  "7d": 604_800,
  "30d": 2_592_000,
} as const;

export type Range = keyof typeof ranges;

/** Whether each second of it is known, so that the live tail goes on where the history ends. */
export function isLive(range: Range): boolean {
  return ranges[range] <= 900;
}
