import { formatDuration, formatNumber, formatShare } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { nameOf } from "../messages/route-badge";
import type { Receipt } from "../messages/wire";
import { Section } from "./section";
import { type Stretch, waterfall } from "./waterfall";

/** Every step with what came of it, and when it was. */
export function Steps({ receipt }: { receipt: Receipt }) {
  const { memoryStep, routeStep } = texts.receipt;
  const stretches = waterfall(receipt, { memory: memoryStep, route: routeStep });
  const end = Math.max(receipt.times_ms.total, ...stretches.map(({ from, took }) => from + took));
  return (
    <Section title={texts.receipt.steps}>
      <ol className="space-y-3">
        {stretches.map((stretch, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- one can be asked twice, and none ever moves
          <li key={index}>
            <div className="flex items-baseline justify-between gap-3">
              <span className="min-w-0 truncate">{nameOf(stretch.name)}</span>
              <span className="shrink-0 text-xs text-faint tabular-nums">{exact(stretch.took)}</span>
            </div>
            <Bar stretch={stretch} end={end} />
            {stretch.step !== null && <Outcome step={receipt.steps[stretch.step]} />}
          </li>
        ))}
      </ol>
      {receipt.times_ms.prefill > 0 && (
        <p className="mt-3 text-xs text-faint">{texts.receipt.firstWord(exact(receipt.times_ms.prefill))}</p>
      )}
    </Section>
  );
}

function Bar({ stretch: { from, took, step }, end }: { stretch: Stretch; end: number }) {
  const share = (ms: number) => `${(ms / end) * 100}%`;
  return (
    <div aria-hidden="true" className="mt-1 h-1.5 rounded-full bg-raised">
      <div
        className={`h-full min-w-1 rounded-full ${step === null ? "bg-faint" : "bg-accent"}`}
        style={{ marginLeft: `min(${share(from)}, calc(100% - 0.25rem))`, width: share(took) }}
      />
    </div>
  );
}

function Outcome({ step }: { step: Receipt["steps"][number] | undefined }) {
  if (step === undefined) return null;
  const { outcome, reason, confidence } = step;
  const said = Object.hasOwn(texts.receipt.outcomes, outcome) ? texts.receipt.outcomes[outcome] : outcome;
  return (
    <p className="mt-1 text-xs text-soft">
      <span className={outcome === "failed" ? "text-danger" : outcome === "accepted" ? "text-accent" : "text-warning"}>
        {said}
      </span>
      {confidence != null && ` · ${formatShare(confidence)}`}
      {reason && ` · ${reason}`}
    </p>
  );
}

/** Most steps take less than what the usual form can tell apart. */
function exact(ms: number): string {
  return ms < 100 ? `${formatNumber(ms)} ms` : formatDuration(ms);
}
