import type { ReactNode } from "react";
import { formatCost, formatCount, formatDuration, formatNumber, formatShare } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { Markdown } from "@/shared/markdown/markdown";
import { Badge } from "@/shared/ui/badge";
import type { Voice } from "./votes";

interface VoiceCardProps {
  voice: Voice;
  /** What the others gave its reply, from 0 to 10. */
  points: readonly number[];
}

/** One voice: its vote and what it rests on, and its reply. */
export function VoiceCard({ voice, points }: VoiceCardProps) {
  const { ended, reply, model } = voice;
  const failure = ended?.failure ?? null;
  return (
    <div className="space-y-3 text-sm">
      {failure && (
        <p className="text-danger">
          {`${Object.hasOwn(texts.vote.failures, failure.kind) ? texts.vote.failures[failure.kind] : failure.kind}: ${failure.reason}`}
        </p>
      )}
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-xs tabular-nums">
        <Fact name={texts.vote.model}>{model}</Fact>
        {ended && !failure && (
          <>
            <Fact name={texts.vote.vote}>
              <span className={ended.answer ? "font-medium text-ink" : "text-faint"}>{ended.answer ?? texts.vote.noVote}</span>
            </Fact>
            <Fact name={texts.vote.weight}>{formatNumber(ended.weight)}</Fact>
            {ended.confidence != null && <Fact name={texts.vote.confidence}>{formatShare(ended.confidence)}</Fact>}
            {points.length > 0 && (
              <Fact name={texts.vote.points}>
                {texts.vote.pointsOf(formatNumber(points.reduce((sum, one) => sum + one, 0) / points.length), points.length)}
              </Fact>
            )}
          </>
        )}
        {ended && (
          <>
            <Fact name={texts.vote.took}>{formatDuration(ended.latency_ms)}</Fact>
            <Fact name={texts.vote.tokens}>{formatCount(ended.tokens)}</Fact>
            {ended.cost_usd > 0 && <Fact name={texts.vote.cost}>{formatCost(ended.cost_usd)}</Fact>}
          </>
        )}
      </dl>
      {ended?.verified != null && (
        <p className="space-y-1">
          <Badge tone={ended.verified ? "accent" : "danger"}>{ended.verified ? texts.vote.checked : texts.vote.refuted}</Badge>
          {ended.evidence && <span className="block text-xs break-words text-soft">{ended.evidence}</span>}
        </p>
      )}
      {voice.rankingProblem !== null && <p className="text-xs text-warning">{texts.vote.rankingProblem(voice.rankingProblem)}</p>}
      {reply !== "" && <Markdown source={reply} streaming={ended === null} />}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd className="min-w-0 text-right break-words">{children}</dd>
    </>
  );
}
