import { texts } from "@/shared/i18n/admin";
import { formatCost } from "@/shared/lib/format";
import { Meter } from "@/shared/ui/meter";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { useBudget } from "../queries/cloud";

/** What was spent of what may be, today and this month. */
export function BudgetBars() {
  const { data, error, isPending, refetch } = useBudget();
  const said = texts.cloud;
  if (isPending) return <LoadingState lines={2} />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <div className="grid gap-4 pb-4 sm:grid-cols-2">
      <Bar name={said.today} spent={data.spent_today_usd} cap={data.daily_budget_usd} />
      <Bar name={said.month} spent={data.spent_month_usd} cap={data.monthly_budget_usd} />
      {data.reserved_usd > 0 && <p className="text-xs text-faint">{said.reserved(formatCost(data.reserved_usd))}</p>}
    </div>
  );
}

function Bar({ name, spent, cap }: { name: string; spent: number; cap: number | null | undefined }) {
  const said = texts.cloud;
  const words = cap == null ? said.spentOnly(formatCost(spent)) : said.spent(formatCost(spent), formatCost(cap));
  const share = cap == null ? 0 : shareOf(spent, cap);
  const tone = share >= 1 ? "danger" : share >= 0.8 ? "warning" : "accent";
  return (
    <div className="grid gap-1.5 text-sm tabular-nums">
      <p className="flex justify-between gap-3">
        <span className="font-medium">{name}</span>
        <span className={tone === "danger" ? "text-danger" : "text-soft"}>{words}</span>
      </p>
      <Meter label={name} share={share} said={words} tone={tone} />
    </div>
  );
}

/** Of a budget of nothing, everything is used. */
function shareOf(spent: number, cap: number): number {
  return cap === 0 ? 1 : spent / cap;
}
