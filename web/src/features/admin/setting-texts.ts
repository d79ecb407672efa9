import type { Setting } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatCost, formatCount, formatNumber } from "@/shared/lib/format";

/** A setting's name; its key where the catalogue has none, as of a newer server. */
export function titleOf(key: string): string {
  return texts.settings.named[key]?.name ?? key;
}

/** What it does; in the server's words where the catalogue has none. */
export function effectOf(setting: Pick<Setting, "key" | "effect">): string {
  return texts.settings.named[setting.key]?.effect ?? setting.effect;
}

/** A value of a setting as people read it. */
export function wordsOf(setting: Pick<Setting, "key" | "kind" | "unit">, value: unknown): string {
  const said = texts.settings;
  if (typeof value === "boolean") return value ? said.yes : said.no;
  if (typeof value === "number") return numberOf(setting, value);
  if (Array.isArray(value) && value.length === 0) return setting.kind === "hosts" ? said.noHosts : said.all;
  if (Array.isArray(value)) return value.join(", ");
  if (value === null) return setting.kind === "money" ? said.noBoundShort : noModelOf(setting.key);
  return typeof value === "string" ? (said.choices[value] ?? value) : JSON.stringify(value);
}

/** What it comes to where no model is chosen. */
export function noModelOf(key: string): string {
  return key === "models.default" ? texts.settings.firstModel : texts.settings.defaultModel;
}

function numberOf(setting: Pick<Setting, "kind" | "unit">, value: number): string {
  const number = bareNumberOf(setting, value);
  const unit = unitOf(setting);
  return setting.kind === "money" || unit === undefined ? number : `${number} ${unit}`;
}

/** The same without its unit. */
export function bareNumberOf({ kind }: Pick<Setting, "kind">, value: number): string {
  if (kind === "money") return formatCost(value);
  return kind === "count" ? formatCount(value) : formatNumber(value);
}

/** What a number of a setting counts. */
export function unitOf({ unit }: Pick<Setting, "unit">): string | undefined {
  return unit == null ? undefined : (texts.settings.units[unit] ?? unit);
}

/** Whether a setting is meant by what somebody looks for. */
export function matches(setting: Setting, wanted: string): boolean {
  const words = wanted.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const text = `${setting.key} ${titleOf(setting.key)} ${effectOf(setting)} ${setting.effect}`.toLowerCase();
  return words.length > 0 && words.every((word) => text.includes(word));
}
