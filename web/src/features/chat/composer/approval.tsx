import type { Failure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { isVirtual } from "../chosen-model";
import { describe } from "../model-picker";
import { useModels } from "../queries";
import type { Question } from "../stream-answer";
import type { Turn } from "../turns";

/** Whether the server waits for a person's word before something leaves the machine (docs/privacy.md). */
export function needsApproval(failure: Failure): boolean {
  return failure.code === "consent_required";
}

interface ApprovalProps {
  failure: Failure;
  /** The question that was not sent. */
  turn: Turn;
  /** Asks it otherwise than before. */
  onAsk: (change: Pick<Partial<Question>, "model" | "more">) => void;
}

/** A question with private text on its way to another machine: what would go there, and the ways on. */
export function Approval({ failure, turn, onAsk }: ApprovalProps) {
  const models = useModels();
  const { prompt, more } = turn.question;
  const local = models.data?.find((one) => one.locality === "local" && one.capabilities.chat && !isVirtual(one));
  return (
    <section role="alert" className="grid gap-3 rounded-xl border border-warning/50 bg-warning/5 px-4 py-3 text-sm leading-relaxed">
      <h3 className="font-semibold">{texts.approval.title}</h3>
      <p>{failure.message}</p>
      {prompt !== "" && (
        <div className="grid gap-1">
          <p className="text-xs text-faint">{texts.approval.question}</p>
          <p className="max-h-40 overflow-y-auto rounded-lg bg-field px-3 py-2 whitespace-pre-wrap">{prompt}</p>
        </div>
      )}
      <p className="text-xs text-soft">{texts.approval.also}</p>
      <div className="flex flex-wrap gap-2">
        {local && <Button kind="primary" onClick={() => onAsk({ model: local.id })}>{texts.approval.local(describe(local))}</Button>}
        <Button onClick={() => onAsk({ more: { ...more, consent: true } })}>{texts.approval.send}</Button>
      </div>
    </section>
  );
}
