import { texts } from "./texts";

const whole = new Intl.NumberFormat();
const percent = new Intl.NumberFormat(undefined, { style: "percent" });
const oneDigit = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const money = new Intl.NumberFormat(undefined, { style: "currency", currency: "USD", maximumSignificantDigits: 2 });

/** A count, such as tokens. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** A share in [0, 1]. */
export function formatShare(share: number): string {
  return percent.format(share);
}

/** A cost in US dollars, small ones too. */
export function formatCost(usd: number): string {
  return money.format(usd);
}

/** A duration in milliseconds: `420 ms`, `3.2 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${whole.format(Math.round(ms))} ms`;
  if (ms < 59_950) return `${oneDigit.format(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${whole.format(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

/** How long ago in calendar days, in the words of the history's headings. `at` is in seconds since the epoch. */
export function formatAge(at: number, now: Date): string {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (at >= daysBefore(midnight, 0)) return texts.history.today;
  if (at >= daysBefore(midnight, 1)) return texts.history.yesterday;
  if (at >= daysBefore(midnight, 7)) return texts.history.week;
  return texts.history.older;
}

/** In calendar days: one around a clock change has 23 or 25 hours. */
function daysBefore(midnight: Date, days: number): number {
  return new Date(midnight.getFullYear(), midnight.getMonth(), midnight.getDate() - days).getTime() / 1000;
}
