import { useId, useState } from "react";
import type { Failure } from "@/shared/api/failure";
import { useKnownSession } from "@/shared/api/session";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { Select } from "@/shared/ui/field";
import { isVirtual } from "../chosen-model";
import { describe } from "../model-picker";
import { useModels } from "../queries";
import type { Question } from "../stream-answer";
import type { Turn } from "../turns";
import { OutgoingText, kindsIn } from "./outgoing";
import { type Lasting, useConsent } from "./use-consent";

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

/** A question with private text or an image on its way to another machine: exactly what would go there, and the ways on. */
export function Approval({ failure, turn, onAsk }: ApprovalProps) {
  const id = useId();
  const models = useModels();
  const mayAlways = useKnownSession()?.scopes.includes("admin") ?? false;
  const [lasting, setLasting] = useState<Lasting>("once");
  const consent = useConsent();
  const { conversation, more } = turn.question;
  const { outgoing } = failure;
  const local = models.data?.find((one) => one.locality === "local" && one.capabilities.chat && !isVirtual(one));
  const agree = async () => {
    await consent.mutateAsync({ lasting, conversation, host: outgoing?.host ?? "" });
    onAsk({ more: { ...more, consent: true } });
  };
  const said = texts.approval;
  return (
    <section role="alert" className="grid gap-3 rounded-xl border border-warning/50 bg-warning/5 px-4 py-3 text-sm leading-relaxed">
      <h2 className="font-semibold">{said.title}</h2>
      {outgoing ? <p>{said.why(kindsIn(outgoing))}</p> : <p>{failure.message}</p>}
      {outgoing && (
        <div className="grid gap-1">
          <p className="text-xs text-soft">{said.outgoing(outgoing.host)}</p>
          <OutgoingText outgoing={outgoing} />
          <p className="text-xs text-soft">{said.also}</p>
        </div>
      )}
      {outgoing && (
        <div className="flex flex-wrap items-center gap-2">
          <label htmlFor={id} className="text-xs text-soft">{said.lasting}</label>
          <Select
            id={id}
            value={lasting}
            onChange={({ target }) => setLasting(target.value === "host" || target.value === "conversation" ? target.value : "once")}
          >
            <option value="once">{said.once}</option>
            {!more?.incognito && <option value="conversation">{said.conversation}</option>}
            {mayAlways && <option value="host">{said.host(outgoing.host)}</option>}
          </Select>
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        {local && <Button kind="primary" onClick={() => onAsk({ model: local.id })}>{said.local(describe(local))}</Button>}
        <Button disabled={consent.isPending} onClick={() => void agree().catch(() => undefined)}>{said.send}</Button>
      </div>
    </section>
  );
}
