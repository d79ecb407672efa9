import { useState } from "react";
import type { ReceiptWithFeedback, ReplayAnswer, RouteDecision } from "@/shared/api/types";
import { texts } from "@/shared/i18n/monitor";
import { formatShare } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Field, Select, TextArea } from "@/shared/ui/field";
import { ErrorState } from "@/shared/ui/states";
import { Switch } from "@/shared/ui/switch";
import { useModelIds, useReplay } from "./queries";
import { formatMilliseconds } from "./values";

const t = texts.replay;

/** Decides again from what was known then, and asks again where that is wanted. */
export function Replay({ receipt }: { receipt: ReceiptWithFeedback }) {
  const decided = receipt.decision !== null && receipt.decision !== undefined;
  const models = useModelIds().data?.filter((id) => !id.startsWith("council/")) ?? [];
  const [policy, setPolicy] = useState("cascade");
  const [answerer, setAnswerer] = useState(decided ? "" : receipt.answered_by);
  const [run, setRun] = useState(false);
  const [prompt, setPrompt] = useState("");
  const replay = useReplay(receipt.request_id);
  const again = () =>
    replay.mutate({
      ...(answerer === "" ? { policy } : { answerer }),
      ...(run && { run, ...(prompt.trim() !== "" && { prompt }) }),
    });
  return (
    <div className="grid gap-3">
      <p className="text-sm text-soft">{t.about}</p>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={t.policy}>
          {(attributes) => (
            <Select {...attributes} value={policy} disabled={answerer !== ""} onChange={(event) => setPolicy(event.target.value)}>
              <option value="cascade">{t.cascade}</option>
              <option value="default">{t.fixed}</option>
            </Select>
          )}
        </Field>
        <Field label={t.answerer}>
          {(attributes) => (
            <Select {...attributes} value={answerer} onChange={(event) => setAnswerer(event.target.value)}>
              {decided && <option value="">{t.nobody}</option>}
              {[...models, "math", "logic", "council"].map((id) => <option key={id} value={id}>{id}</option>)}
            </Select>
          )}
        </Field>
      </div>
      <Switch label={t.run} checked={run} onChange={setRun} />
      {run && (
        <Field label={t.prompt} hint={t.promptHint}>
          {(attributes) => <TextArea {...attributes} rows={2} value={prompt} onChange={(event) => setPrompt(event.target.value)} />}
        </Field>
      )}
      <div><Button kind="primary" onClick={again} disabled={replay.isPending}>{t.go}</Button></div>
      {replay.error !== null && <ErrorState error={replay.error} />}
      {replay.data !== undefined && <Result result={replay.data} />}
    </div>
  );
}

function Result({ result }: { result: ReplayAnswer }) {
  const { before, after, answer } = result;
  return (
    <div role="status" className="grid gap-3 rounded-lg border border-line bg-field p-3 text-sm">
      {after && (
        <>
          <p className="font-medium">{result.changed ? t.changed : t.same}</p>
          <div className="grid gap-3 sm:grid-cols-2">
            <Plan title={t.before} decision={before} />
            <Plan title={t.after} decision={after} />
          </div>
        </>
      )}
      {answer && (
        <div>
          <p className="mb-1 flex flex-wrap justify-between gap-2 text-soft">
            <span>{t.answer(answer.model)}</span>
            <span className="tabular-nums">
              {typeof answer.confidence === "number" && `${formatShare(answer.confidence)} · `}
              {formatMilliseconds(answer.latency_ms)}
            </span>
          </p>
          <p className="max-h-60 overflow-y-auto break-words whitespace-pre-wrap">{answer.text}</p>
        </div>
      )}
    </div>
  );
}

function Plan({ title, decision }: { title: string; decision: RouteDecision | null | undefined }) {
  return (
    <div>
      <p className="mb-1 text-xs text-faint">{title}</p>
      {decision?.plan.length ? (
        <ol className="grid list-decimal gap-1 pl-5">
          {decision.plan.map(({ answerer, reason }) => (
            <li key={answerer}>
              <span className="font-medium">{answerer}</span> <span className="text-soft">{reason}</span>
            </li>
          ))}
        </ol>
      ) : (
        <p>{t.nothing}</p>
      )}
    </div>
  );
}
