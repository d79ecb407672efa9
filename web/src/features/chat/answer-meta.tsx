import type { Model, Usage } from "@/shared/api/types";
import { formatCost, formatCount, formatDuration } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { fakeLabel } from "./chosen-model";

interface AnswerMetaProps {
  model: Model | undefined;
  modelId: string;
  /** Measured by the server; absent where it did not say. */
  measured?: { usage: Usage; latency_ms: number; cost_usd: number } | undefined;
}

/** The small line under an answer. Shows only what the server sent. */
export function AnswerMeta({ model, modelId, measured }: AnswerMetaProps) {
  const fake = fakeLabel(model);
  return (
    <>
      <span className="min-w-0 truncate">{modelId}</span>
      {fake !== null && <span className="text-danger">{fake}</span>}
      {model?.locality === "remote" && <span>{texts.models.remote}</span>}
      {measured && (
        <>
          <span title={texts.meta.tokensTitle}>
            {texts.meta.tokens(
              formatCount(measured.usage.prompt_tokens),
              formatCount(measured.usage.completion_tokens),
            )}
          </span>
          <span title={texts.meta.latencyTitle}>{formatDuration(measured.latency_ms)}</span>
          {measured.cost_usd > 0 && <span>{formatCost(measured.cost_usd)}</span>}
        </>
      )}
    </>
  );
}
