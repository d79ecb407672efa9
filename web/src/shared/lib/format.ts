import { locale } from "@/shared/i18n/language";
import { texts } from "@/shared/i18n/shared";

const whole = new Intl.NumberFormat(locale);
const percent = new Intl.NumberFormat(locale, { style: "percent" });
const oneDigit = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const threeDigits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const money = new Intl.NumberFormat(locale, { style: "currency", currency: "USD", maximumSignificantDigits: 2 });
const list = new Intl.ListFormat(locale, { type: "conjunction" });
const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const dayAndTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const decimalSign = oneDigit.format(0.5).charAt(1);

/** A count, such as tokens. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** Several things, the last of them after an "and". */
export function formatList(things: readonly string[]): string {
  return list.format(things);
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

/** A measured quantity, to three digits. */
export function formatNumber(value: number): string {
  return threeDigits.format(value);
}

/** A number as somebody would write it into a field: nothing rounded, nothing grouped. */
export function formatPlain(value: number): string {
  return String(value).replace(".", decimalSign);
}

/** What somebody wrote into a field, point or comma; `3.600` (German) and `3,600` (English) are thousands. NaN: no number. */
export function parsePlain(written: string): number {
  const text = written.trim();
  const thousands = decimalSign === "," ? /^[1-9]\d{0,2}(\.\d{3})+$/ : /^[1-9]\d{0,2}(,\d{3})+$/;
  return Number(thousands.test(text) ? text.replaceAll(/[.,]/g, "") : text.replace(",", "."));
}

/** A size in bytes, in the decimal units that disks and downloads are sold by. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${threeDigits.format(value)} ${units[unit]}`;
}

/** A time of day, in seconds since the epoch. */
export function formatTime(at: number): string {
  return clock.format(at * 1000);
}

/** A day, in seconds since the epoch. */
export function formatDay(at: number): string {
  return day.format(at * 1000);
}

/** A day and a time of day, in seconds since the epoch. */
export function formatDate(at: number): string {
  return dayAndTime.format(at * 1000);
}

/** How long ago in calendar days, in the words of the history's headings. `at` is in seconds since the epoch. */
export function formatAge(at: number, now: Date): string {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (at >= daysBefore(midnight, 0)) return texts.age.today;
  if (at >= daysBefore(midnight, 1)) return texts.age.yesterday;
  if (at >= daysBefore(midnight, 7)) return texts.age.week;
  return texts.age.older;
}

/** In calendar days: one around a clock change has 23 or 25 hours. */
function daysBefore(midnight: Date, days: number): number {
  return new Date(midnight.getFullYear(), midnight.getMonth(), midnight.getDate() - days).getTime() / 1000;
}
