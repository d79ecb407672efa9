import type { ReactNode } from "react";
import { formatCost, formatCount, formatDuration, formatShare } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { Badge } from "@/shared/ui/badge";
import { Meter } from "@/shared/ui/meter";
import { nameOf } from "../messages/route-badge";
import type { Receipt } from "../messages/wire";

/** Who answered and why, in words, and the numbers of the whole answer. */
export function Summary({ receipt }: { receipt: Receipt }) {
  const { decision, steps, sent_to: sentTo, degraded } = receipt;
  const said = texts.receipt.said(
    nameOf(receipt.answered_by),
    sentTo.includes(receipt.answered_by) ? texts.receipt.elsewhere : texts.receipt.here,
    formatDuration(receipt.times_ms.total),
  );
  const reason = steps.findLast(({ outcome }) => outcome === "accepted")?.reason ?? steps.at(-1)?.reason;
  return (
    <div className="space-y-4">
      <div className="space-y-1">
        <p className="text-base leading-relaxed font-medium">{said}</p>
        {reason && <p className="leading-relaxed text-soft">{sentence(reason)}</p>}
        <p className="flex flex-wrap gap-1.5 empty:hidden">
          {receipt.verified && <Badge tone="accent" title={texts.receipt.verifiedTitle}>{texts.receipt.verified}</Badge>}
          {receipt.cache != null && <Badge title={texts.receipt.againTitle}>{texts.receipt.again}</Badge>}
        </p>
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
        <Fact name={texts.receipt.kind}>
          {decision ? texts.receipt.kindOf(decision.kind, formatShare(decision.probability)) : receipt.skill_type}
        </Fact>
        <Fact name={texts.receipt.confidence}><Confidence receipt={receipt} /></Fact>
        <Fact name={texts.receipt.cost}>
          {receipt.cost_usd > 0 ? formatCost(receipt.cost_usd) : texts.receipt.free}
        </Fact>
        <Fact name={texts.receipt.tokens}>
          {texts.receipt.tokensOf(formatCount(receipt.input_tokens), formatCount(receipt.output_tokens))}
        </Fact>
        <Fact name={texts.receipt.policy}>{receipt.policy || texts.receipt.named}</Fact>
      </dl>
      {sentTo.length > 0 && <p className="text-warning">{texts.receipt.sentTo(sentTo.join(", "))}</p>}
      {degraded.length > 0 && (
        <div className="text-warning">
          <p className="font-medium">{texts.receipt.degraded}</p>
          <ul className="ml-5 list-disc">{degraded.map((what) => <li key={what}>{what}</li>)}</ul>
        </div>
      )}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd className="min-w-0 break-words tabular-nums">{children}</dd>
    </>
  );
}

function Confidence({ receipt: { confidence, calibrated, output_tokens: written } }: { receipt: Receipt }) {
  const uncalibrated = written === 0 ? texts.receipt.stated : texts.receipt.uncalibrated;
  if (confidence == null) return texts.receipt.noConfidence;
  return (
    <span className="grid max-w-64 gap-1">
      <span className="flex items-center gap-3">
        <span>{formatShare(confidence)}</span>
        <Meter label={texts.receipt.confidence} share={confidence} said={formatShare(confidence)} />
      </span>
      <span className="text-xs text-faint">{calibrated ? texts.receipt.calibrated : uncalibrated}</span>
    </span>
  );
}

/** The server's reasons begin in lower case, as parts of sentences do. */
function sentence(reason: string): string {
  return `${reason.charAt(0).toLocaleUpperCase()}${reason.slice(1)}${/[.!?]$/.test(reason) ? "" : "."}`;
}
