import type { ReactNode } from "react";
import type { ReceiptWithFeedback } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatCost, formatCount, formatDate, formatNumber, formatShare } from "@/shared/lib/format";
import { Badge, type Tone } from "@/shared/ui/badge";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { useReceipt } from "./queries";
import { Replay } from "./replay";
import { Cell, Head, Table } from "./table";
import { formatMilliseconds } from "./values";
import { Waterfall } from "./waterfall";

const t = texts.receipt;

/** One request: who answered it and why, where its time went, and what would be decided now. */
export function ReceiptView({ id }: { id: string }) {
  const { data: receipt, error, refetch } = useReceipt(id);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (receipt === undefined) return <LoadingState lines={8} />;
  return (
    <div className="grid gap-6">
      <Summary receipt={receipt} />
      <Part title={t.times}><Waterfall receipt={receipt} /></Part>
      <Part title={t.steps}><Steps receipt={receipt} /></Part>
      <Part title={t.plan}><Considered receipt={receipt} /></Part>
      <Part title={texts.replay.title}><Replay receipt={receipt} /></Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 text-sm font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Summary({ receipt }: { receipt: ReceiptWithFeedback }) {
  const routes = texts.routes;
  const facts = [
    formatDate(receipt.started_at),
    receipt.route,
    t.tokens(formatCount(receipt.input_tokens), formatCount(receipt.output_tokens)),
    receipt.cost_usd > 0 && formatCost(receipt.cost_usd),
    receipt.sent_to.length > 0 && t.sent(receipt.sent_to.join(", ")),
  ].filter(Boolean);
  return (
    <div className="grid gap-2">
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{receipt.answered_by || routes.nobody}</span>
        <Badge>{routes.kinds[receipt.skill_type] ?? receipt.skill_type}</Badge>
        {receipt.verified && <Badge tone="accent">{routes.verified}</Badge>}
        {typeof receipt.confidence === "number" && (
          <Badge tone={receipt.calibrated ? "accent" : "neutral"}>
            {formatShare(receipt.confidence)}, {receipt.calibrated ? routes.calibrated : routes.uncalibrated}
          </Badge>
        )}
        {receipt.outcome !== "completed" && <Badge tone="danger">{routes.outcomes[receipt.outcome] ?? receipt.outcome}</Badge>}
      </p>
      <p className="text-sm text-soft tabular-nums">{facts.join(" · ")}</p>
      <p className="font-mono text-xs break-all text-faint">{receipt.request_id}</p>
      {receipt.degraded.length > 0 && (
        <p className="text-sm text-warning">{t.degraded}: {receipt.degraded.join("; ")}</p>
      )}
      {receipt.feedback.length > 0 && (
        <p className="text-sm text-soft">{t.feedback}: {receipt.feedback.map(({ rating, note }) => (note ? `${rating} (${note})` : rating)).join(", ")}</p>
      )}
    </div>
  );
}

const stepTones: Record<string, Tone> = { accepted: "accent", failed: "danger", unsure: "warning" };

function Steps({ receipt }: { receipt: ReceiptWithFeedback }) {
  return (
    <ol className="grid gap-3">
      {receipt.steps.map((step, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- steps are in order and one may be asked twice
        <li key={index} className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-1 text-sm">
          <span className="flex flex-wrap items-center gap-2">
            <span className="font-medium">{step.answerer}</span>
            <Badge tone={stepTones[step.outcome] ?? "neutral"}>{texts.routes.steps[step.outcome] ?? step.outcome}</Badge>
            {typeof step.confidence === "number" && <span className="text-soft tabular-nums">{formatShare(step.confidence)}</span>}
          </span>
          <span className="text-right tabular-nums">{formatMilliseconds(step.elapsed_ms)}</span>
          <span className="text-soft">{step.reason}</span>
          <span className="text-right text-faint tabular-nums">{step.cost_usd > 0 && formatCost(step.cost_usd)}</span>
        </li>
      ))}
    </ol>
  );
}

function Considered({ receipt }: { receipt: ReceiptWithFeedback }) {
  const { decision } = receipt;
  if (decision === null || decision === undefined) {
    return <p className="text-sm text-soft">{receipt.cache ? t.cached : t.none}</p>;
  }
  const plan = new Map(decision.plan.map((step) => [step.answerer, step]));
  return (
    <Table label={t.plan}>
      <thead>
        <tr>
          <Head>{texts.routes.columns.by}</Head>
          <Head number>{t.score}</Head>
          <Head>{texts.routes.columns.reason}</Head>
        </tr>
      </thead>
      <tbody>
        {decision.considered.map((one) => {
          const step = plan.get(one.answerer);
          const why = step === undefined ? one.why_not : `${step.reason}; ${t.acceptAt} ${formatShare(step.accept_at)}`;
          return (
            <tr key={one.answerer} className={step === undefined ? "text-faint" : ""}>
              <Cell>{one.answerer}</Cell>
              <Cell number>{formatNumber(Math.round(one.score * 1_000) / 1_000)}</Cell>
              <Cell>{why ?? t.asked}</Cell>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
