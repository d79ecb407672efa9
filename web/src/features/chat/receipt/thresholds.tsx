import { formatNumber, formatShare } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { nameOf } from "../messages/route-badge";
import type { Receipt } from "../messages/wire";
import { thresholdsOf } from "./rules";
import { Section } from "./section";

/** From when each one's answer stands, and the rules that all of it was decided by. */
export function Thresholds({ receipt: { decision, rules } }: { receipt: Receipt }) {
  const thresholds = thresholdsOf(rules);
  if (thresholds.length === 0) return null;
  return (
    <Section title={texts.receipt.thresholds}>
      {decision && decision.plan.length > 0 && (
        <ul className="mb-2 space-y-1">
          {decision.plan.map(({ answerer, accept_at: from }) => (
            <li key={answerer} className="flex justify-between gap-4">
              <span className="min-w-0 truncate">{nameOf(answerer)}</span>
              <span className="shrink-0 text-soft tabular-nums">{`${texts.receipt.acceptAt} ${formatShare(from)}`}</span>
            </li>
          ))}
        </ul>
      )}
      <dl className="grid grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] gap-x-6 gap-y-1 text-xs">
        {thresholds.map(({ name, value }) => (
          <div key={name} className="flex justify-between gap-3">
            <dt className="min-w-0 truncate font-mono text-faint" title={name}>{name}</dt>
            <dd className="tabular-nums">{said(value)}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function said(value: number | boolean | string): string {
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return value;
  return value ? texts.receipt.yes : texts.receipt.no;
}
