import type { ReactNode } from "react";
import type { System } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatShare } from "@/shared/lib/format";
import type { Sample } from "./columns";
import { formatValue } from "./values";

/** How things are, in the figures that people look for first. */
export function Tiles({ latest, tail, stale }: { latest: System | null; tail: readonly Sample[]; stale: boolean }) {
  const t = texts.tiles;
  const values = latest?.values ?? {};
  const count = (name: string) => formatValue(values[name], "count");
  const budget = values["budget_day"];
  return (
    <dl
      aria-label={t.label}
      className={`grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line transition-opacity sm:grid-cols-4 ${stale ? "opacity-50" : ""}`}
    >
      <Tile name={t.tokens} value={formatValue(recent(tail, "tokens_per_s"), "rate")} about={t.perSecond} />
      <Tile name={t.firstToken} value={formatValue(values["first_token_p95_ms"], "ms")} about={values["first_token_p95_ms"] === null ? t.none : t.lastMinute} />
      <Tile name={t.running} value={count("turns_active")} about={values["slots"] ? t.slots(count("slots")) : t.noSlots} />
      <Tile name={t.queue} value={count("queued")} about={t.models(count("models_resident"))} alarm={(values["queued"] ?? 0) > 0} />
      <Tile name={t.kv} value={count("kv_used_tokens")} about={values["kv_capacity_tokens"] ? t.of(count("kv_capacity_tokens")) : t.noKv} />
      <Tile name={t.turns} value={formatValue(recent(tail, "turns_per_s"), "rate")} about={t.perSecond} />
      <Tile name={t.errors} value={formatValue(values["error_rate"], "share")} about={values["error_rate"] === null ? t.none : t.lastMinute} alarm={(values["error_rate"] ?? 0) > 0} />
      <Tile
        name={t.cost}
        value={formatValue(values["cost_today_usd"], "usd")}
        about={budget === null || budget === undefined ? t.noBudget : t.budget(formatShare(budget))}
        alarm={(budget ?? 0) >= 0.8}
      />
    </dl>
  );
}

/** The last second's rate. */
function recent(tail: readonly Sample[], name: string): number | null {
  return tail.at(-1)?.values[name] ?? null;
}

interface TileProps {
  name: string;
  value: string;
  about: ReactNode;
  alarm?: boolean;
}

function Tile({ name, value, about, alarm = false }: TileProps) {
  return (
    <div className="min-w-0 bg-field px-4 py-3">
      <dt className="truncate text-xs text-soft">{name}</dt>
      <dd className="mt-0.5">
        <span className={`block truncate text-xl font-semibold tracking-tight tabular-nums ${alarm ? "text-warning" : ""}`}>{value}</span>
        <span className="block truncate text-xs text-faint">{about}</span>
      </dd>
    </div>
  );
}

