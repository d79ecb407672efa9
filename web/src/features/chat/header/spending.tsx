import { Link } from "wouter";
import { texts } from "@/shared/i18n/chat";
import { formatCost } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Meter } from "@/shared/ui/meter";
import { tightest, useBudget, useCloud } from "./queries";

/** From which share of a budget on the bar warns. */
const nearly = 0.8;

/** Whether anything may leave this machine, and what was spent on that. Leads to where both are set. */
export function CloudState() {
  const cloud = useCloud();
  const budget = useBudget();
  const open = cloud.data && cloud.data.cloud_enabled && !cloud.data.local_only;
  const spending = budget.data && tightest(budget.data);
  const today = budget.data?.spent_today_usd ?? 0;
  // A cap of nothing that nobody can reach, with the cloud off, is nothing to look at.
  const shown = spending && (open || spending.spent > 0) ? spending : null;
  if (cloud.data === undefined && shown === null) return null;
  return (
    <Link
      href="/admin"
      title={open ? texts.header.cloudTitle : texts.header.localTitle}
      className="flex shrink-0 items-center gap-3 max-sm:gap-2 rounded-lg px-2 py-1.5 text-xs text-soft tabular-nums hover:bg-raised"
    >
      {shown && <Bar {...shown} />}
      {!shown && today > 0 && <span>{texts.header.today(formatCost(today))}</span>}
      {cloud.data && <Badge tone={open ? "accent" : "neutral"}>{open ? texts.header.cloud : texts.header.local}</Badge>}
    </Link>
  );
}

function Bar({ span, spent, cap, share }: NonNullable<ReturnType<typeof tightest>>) {
  const said = texts.header.of[span](formatCost(spent), formatCost(cap));
  const tone = share >= 1 ? "danger" : share >= nearly ? "warning" : "accent";
  const colour = { danger: "text-danger", warning: "text-warning", accent: "" }[tone];
  return (
    <span className="grid w-28 gap-1 max-sm:w-9">
      <span className={`truncate max-sm:sr-only ${colour}`}>{said}</span>
      <Meter label={texts.header.budget} share={share} said={said} tone={tone} />
    </span>
  );
}
