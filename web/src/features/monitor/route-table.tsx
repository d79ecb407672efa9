import type { Receipt } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatCost, formatShare, formatTime } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Cell, Head, Table } from "./table";
import { formatMilliseconds } from "./values";

const t = texts.routes;

/** Decisions, the newest first. */
export function RouteTable({ receipts, onOpen }: { receipts: readonly Receipt[]; onOpen: (id: string) => void }) {
  const columns = t.columns;
  return (
    <Table label={t.title}>
      <thead>
        <tr>
          <Head>{columns.time}</Head>
          <Head>{columns.by}</Head>
          <Head>{columns.kind}</Head>
          <Head>{columns.reason}</Head>
          <Head number>{columns.confidence}</Head>
          <Head number>{columns.time_taken}</Head>
          <Head number>{columns.cost}</Head>
          <Head>{columns.outcome}</Head>
        </tr>
      </thead>
      <tbody>
        {receipts.map((receipt) => (
          <Row key={receipt.request_id} receipt={receipt} onOpen={onOpen} />
        ))}
      </tbody>
    </Table>
  );
}

function Row({ receipt, onOpen }: { receipt: Receipt; onOpen: (id: string) => void }) {
  const { confidence, outcome } = receipt;
  return (
    <tr className="hover:bg-raised/50">
      <Cell>
        <button
          type="button"
          aria-label={t.open(formatTime(receipt.started_at), receipt.request_id)}
          onClick={() => onOpen(receipt.request_id)}
          className="rounded whitespace-nowrap text-accent underline-offset-4 hover:underline"
        >
          {formatTime(receipt.started_at)}
        </button>
      </Cell>
      <Cell title={receipt.route}>
        <span className="whitespace-nowrap">{receipt.answered_by || t.nobody}</span>
      </Cell>
      <Cell>{t.kinds[receipt.skill_type] ?? receipt.skill_type}</Cell>
      <Cell>
        <span className="line-clamp-2 min-w-48 text-soft">{reasonOf(receipt)}</span>
      </Cell>
      <Cell number title={receipt.calibrated ? t.calibrated : t.uncalibrated}>
        {receipt.verified ? t.verified : typeof confidence === "number" ? `${receipt.calibrated ? "" : "~ "}${formatShare(confidence)}` : "–"}
      </Cell>
      <Cell number>{formatMilliseconds(receipt.times_ms.total)}</Cell>
      <Cell number>{receipt.cost_usd === 0 ? "–" : formatCost(receipt.cost_usd)}</Cell>
      <Cell>
        {outcome === "completed" ? (
          <span className="text-soft">{t.outcomes[outcome]}</span>
        ) : (
          <Badge tone={outcome === "failed" ? "danger" : "neutral"}>{t.outcomes[outcome] ?? outcome}</Badge>
        )}
      </Cell>
    </tr>
  );
}

/** Why who answered was asked: the reason of the step that was taken, or of the last one. */
export function reasonOf(receipt: Receipt): string {
  if (receipt.cache) return `${t.cached} (${receipt.cache})`;
  const step = receipt.steps.find(({ outcome }) => outcome === "accepted") ?? receipt.steps.at(-1);
  return step?.reason ?? t.named;
}
