import type { LedgerEntry, Model } from "@/shared/api/types";
import { formatCost, formatCount, formatDuration } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { Badge } from "@/shared/ui/badge";
import { fakeLabel } from "../chosen-model";
import type { AnswerItem } from "./thread";

interface RouteBadgeProps {
  item: AnswerItem;
  /** The model that answered, where it is one. */
  model: Model | undefined;
  measured: LedgerEntry | undefined;
}

/** Who answered, where, and what it took. Shows only what the server sent. */
export function RouteBadge({ item, model, measured }: RouteBadgeProps) {
  const done = item.turn?.done ?? undefined;
  const name = item.model;
  if (name === null) return null;
  const locality = done?.locality ?? measured?.locality ?? model?.locality;
  const fake = fakeLabel(model);
  const numbers = done ?? measured;
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
      <span className="flex min-w-0 items-center gap-1.5">
        <span className="min-w-0 truncate text-soft">{nameOf(name)}</span>
        {fake !== null && <span className="text-danger">{fake}</span>}
        {locality !== undefined && (
          <Badge tone={locality === "remote" ? "warning" : "neutral"}>
            {locality === "remote" ? texts.message.cloud : texts.message.local}
          </Badge>
        )}
      </span>
      {numbers && (
        <>
          {numbers.usage.total_tokens > 0 && (
            <span title={texts.meta.tokensTitle}>
              {texts.meta.tokens(
                formatCount(numbers.usage.prompt_tokens),
                formatCount(numbers.usage.completion_tokens),
              )}
            </span>
          )}
          <span title={texts.meta.latencyTitle}>{formatDuration(numbers.latency_ms)}</span>
          {numbers.cost_usd > 0 && <span>{formatCost(numbers.cost_usd)}</span>}
        </>
      )}
    </span>
  );
}

/** A model's id, or the name of what is none. */
export function nameOf(answerer: string): string {
  return Object.hasOwn(texts.message.names, answerer) ? (texts.message.names[answerer] ?? answerer) : answerer;
}
