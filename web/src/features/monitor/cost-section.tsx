import type { Budget, LedgerEntry } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatCost, formatCount, formatShare, formatTime } from "@/shared/lib/format";
import { Meter } from "@/shared/ui/meter";
import { Panel } from "@/shared/ui/panel";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { type ChartSpec, Charts } from "./charts";
import { useBudget, useLatestCosts } from "./queries";
import type { Range } from "./range";
import { Cell, Head, Table } from "./table";
import { formatMilliseconds } from "./values";

const t = texts.cost;
const charts: readonly ChartSpec[] = [
  { id: "spent", title: texts.charts.spent, about: texts.charts.spentAbout, unit: "usd", names: ["cost_usd"] },
  { id: "each", title: texts.charts.each, about: texts.charts.eachAbout, unit: "usd", names: ["each"], each: ["cost_usd", "turns"] },
];

/** What requests cost, and what the budget leaves. */
export function CostSection({ range, stale }: { range: Range; stale: boolean }) {
  return (
    <div className="grid gap-3">
      <BudgetPanel />
      <Charts charts={charts} range={range} stale={stale} />
      <LatestPanel />
    </div>
  );
}

function BudgetPanel() {
  const { data: budget, error, refetch } = useBudget();
  return (
    <Panel title={t.budget}>
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {error === null && budget === undefined && <LoadingState />}
      {budget !== undefined && <BudgetFigures budget={budget} />}
    </Panel>
  );
}

function BudgetFigures({ budget }: { budget: Budget }) {
  const spent = Object.entries(budget.cost_breakdown as Record<string, number>).filter(
    ([name, cost]) => name !== "total_requests" && cost > 0,
  );
  return (
    <div className="grid gap-5 md:grid-cols-3">
      <div className="grid content-start gap-4">
        <Cap name={t.today} spent={budget.spent_today_usd} cap={budget.daily_budget_usd} />
        <Cap name={t.month} spent={budget.spent_month_usd} cap={budget.monthly_budget_usd} />
        {budget.reserved_usd > 0 && <p className="text-xs text-faint">{t.reserved(formatCost(budget.reserved_usd))}</p>}
      </div>
      <dl className="grid content-start gap-3">
        <div>
          <dt className="text-xs text-soft">{t.average}</dt>
          <dd className="text-xl font-semibold tracking-tight tabular-nums">{formatCost(budget.avg_cost_per_request)}</dd>
          <dd className="text-xs text-faint">{t.averageAbout}</dd>
        </div>
        <div>
          <dt className="text-xs text-soft">{t.requests}</dt>
          <dd className="text-xl font-semibold tracking-tight tabular-nums">{formatCount(budget.requests_today)}</dd>
        </div>
      </dl>
      <div>
        <h3 className="mb-2 text-xs font-medium text-faint">{t.models}</h3>
        {spent.length === 0 && <p className="text-sm text-soft">{t.free}</p>}
        <ul className="grid gap-1 text-sm tabular-nums">
          {spent.map(([model, cost]) => (
            <li key={model} className="flex justify-between gap-3"><span className="truncate">{model}</span><span>{formatCost(cost)}</span></li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Cap({ name, spent, cap }: { name: string; spent: number; cap: number | null | undefined }) {
  const known = typeof cap === "number" && cap > 0;
  const share = known ? spent / cap : 0;
  const said = known ? t.of(formatCost(spent), formatCost(cap)) : `${formatCost(spent)}, ${t.noCap}`;
  const tone = share >= 1 ? "danger" : share >= 0.8 ? "warning" : "accent";
  return (
    <div>
      <p className="mb-1.5 flex justify-between gap-3 text-sm tabular-nums">
        <span className="font-medium">{name}</span>
        <span className="text-soft">{said}{known && ` (${formatShare(share)})`}</span>
      </p>
      {known && <Meter label={name} share={share} said={said} tone={tone} />}
    </div>
  );
}

function LatestPanel() {
  const { data: entries, error, refetch } = useLatestCosts();
  return (
    <Panel title={t.dearest}>
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {error === null && entries === undefined && <LoadingState />}
      {entries?.length === 0 && <EmptyState title={t.empty} />}
      {entries !== undefined && entries.length > 0 && (
        <div className="max-h-96 overflow-y-auto">
          <Entries entries={entries} />
        </div>
      )}
    </Panel>
  );
}

function Entries({ entries }: { entries: readonly LedgerEntry[] }) {
  return (
    <Table label={t.dearest}>
      <thead>
        <tr>
          <Head>{t.columns.time}</Head>
          <Head>{t.columns.model}</Head>
          <Head number>{t.columns.tokens}</Head>
          <Head number>{t.columns.took}</Head>
          <Head number>{t.columns.cost}</Head>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.request_id}>
            <Cell title={entry.request_id}>{formatTime(entry.started_at)}</Cell>
            <Cell>{entry.model || "–"}</Cell>
            <Cell number>{`${formatCount(entry.usage.prompt_tokens)} + ${formatCount(entry.usage.completion_tokens)}`}</Cell>
            <Cell number>{formatMilliseconds(entry.latency_ms)}</Cell>
            <Cell number>{entry.cost_usd === 0 ? "–" : formatCost(entry.cost_usd)}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
