import { useCallback, useState } from "react";
import { useLocation } from "wouter";
import { asFailure } from "@/shared/api/failure";
import type { Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { FailureNote } from "@/shared/ui/failure-note";
import { answering, useChosenModel } from "./chosen-model";
import { Composer } from "./composer";
import { newConversationId } from "./conversation-id";
import { Messages } from "./messages";
import { useStoredMessages } from "./queries";
import { type Turn, isRunning, remove, stop, useTurnsOf } from "./turns";
import { useAsk } from "./use-ask";
import { NoModel, Welcome } from "./welcome";

/** How many stored messages are shown at first, and how many more at each wish. */
const step = 200;

interface ConversationViewProps {
  /** `null`: a new one, which has no address before its first question. */
  conversation: string | null;
  /** `undefined` until the server has said. */
  models: readonly Model[] | undefined;
}

/** One conversation: its text and where to go on with it. */
export function ConversationView({ conversation, models }: ConversationViewProps) {
  const [, navigate] = useLocation();
  const [fresh] = useState(newConversationId);
  const [count, setCount] = useState(step);
  const id = conversation ?? fresh;
  const turns = useTurnsOf(id);
  // One that began in this tab has nothing stored that is not here.
  const [begunHere] = useState(conversation === null || turns.some((turn) => turn.begins));
  const stored = useStoredMessages(id, count, !begunHere);
  const chosen = useChosenModel((state) => state.id);
  const model = models === undefined ? undefined : answering(models, chosen);
  const ask = useAsk();

  const send = (prompt: string) => {
    const begins = begunHere && turns.every((turn) => turn.requestId === null);
    ask({ conversation: id, prompt, model: model?.id === chosen ? chosen : null }, begins);
    if (conversation === null) navigate(`/chat/${id}`, { replace: true });
  };
  const stopAnswer = useCallback(() => stop(id), [id]);
  const retry = (turn: Turn) => {
    remove(turn);
    send(turn.question.prompt);
  };

  const empty = begunHere && turns.length === 0;
  return (
    <>
      {empty && model === null && <NoModel />}
      {empty && model && <Welcome model={model} />}
      {empty && model === undefined && <div className="flex-1" />}
      {!empty && stored.isError && (
        <div className="mx-auto w-full max-w-[46rem] p-4">
          <FailureNote failure={asFailure(stored.error)} onRetry={() => void stored.refetch()} />
        </div>
      )}
      {!empty && stored.isLoading && <Loading />}
      {!empty && !stored.isLoading && (
        <Messages
          conversation={id}
          stored={stored.data}
          turns={turns}
          models={models ?? []}
          onEarlier={() => setCount(count + step)}
          onRetry={retry}
        />
      )}
      <div className="px-3 pt-1 pb-[max(0.75rem,env(safe-area-inset-bottom))]">
        <Composer
          running={isRunning(turns.at(-1))}
          disabled={model === null || stored.isLoading || stored.isError}
          onSend={send}
          onStop={stopAnswer}
        />
      </div>
    </>
  );
}

function Loading() {
  return (
    <div role="status" aria-label={texts.chat.loading} className="mx-auto w-full max-w-[46rem] flex-1 space-y-3 px-4 pt-8">
      {["ml-auto w-2/5", "w-full", "w-11/12", "w-3/5"].map((shape) => (
        <div key={shape} className={`h-4 rounded bg-raised ${shape}`} />
      ))}
    </div>
  );
}
