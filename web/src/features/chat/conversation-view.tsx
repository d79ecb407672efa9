import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { asFailure } from "@/shared/api/failure";
import type { Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { FailureNote } from "@/shared/ui/failure-note";
import { later } from "@/shared/ui/later";
import { answering } from "./chosen-model";
import { Composer } from "./composer/composer";
import { incognitoChat, newChat, useSettings } from "./composer/settings";
import type { Order, SentFile } from "./composer/order";
import { newConversationId } from "./conversation-id";
import { ThreadProvider } from "./messages/thread-context";
import { loadEarlier, useThread } from "./messages/thread-query";
import { useActions } from "./messages/use-actions";
import { useJoinRunning } from "./messages/use-join-running";
import { saidBefore } from "./said-before";
import { isRunning, stop, useTurnsOf } from "./turns";
import { useAsk } from "./use-ask";
import { NoModel, Welcome } from "./welcome";

/** Not needed before there is something to read; fetched as soon as the page stands. */
const Messages = later(() => import("./messages/messages"), <Loading />);

interface ConversationViewProps {
  /** `null`: a new one, which has no address before its first question. */
  conversation: string | null;
  /** Nothing of it is kept; it has no address of its own. */
  incognito?: boolean;
  /** `undefined` until the server has said. */
  models: readonly Model[] | undefined;
}

/** One conversation: its text and where to go on with it. */
export function ConversationView({ conversation, incognito = false, models }: ConversationViewProps) {
  const [, navigate] = useLocation();
  const [fresh] = useState(newConversationId);
  const client = useQueryClient();
  const id = conversation ?? fresh;
  const turns = useTurnsOf(id);
  // One that began in this tab has nothing stored that is not here.
  const [begunHere] = useState(conversation === null || turns.some((turn) => turn.begins));
  const stored = useThread(id, !begunHere);
  const [{ model: chosen }] = useSettings(incognito ? incognitoChat : (conversation ?? newChat));
  const model = models === undefined ? undefined : answering(models, chosen);
  const { ask, join } = useAsk();

  const send = (prompt: string, more: Order, files: readonly SentFile[]) => {
    const begins = begunHere && turns.every((turn) => turn.requestId === null);
    const order = incognito ? { ...more, history: saidBefore(turns) } : more;
    ask({ conversation: id, prompt, model: model?.id === chosen ? chosen : null, more: order, files }, begins);
    if (conversation === null && !incognito) navigate(`/chat/${id}`, { replace: true });
  };
  const stopAnswer = useCallback(() => stop(id), [id]);
  const actions = useActions(id, models, ask);
  useJoinRunning(id, !begunHere, join);

  const earlier = useCallback(() => loadEarlier(client, id), [client, id]);
  useEffect(() => Messages.ahead(), []);

  const empty = begunHere && turns.length === 0;
  return (
    <>
      {empty && model === null && <NoModel />}
      {empty && model && <Welcome model={model} incognito={incognito} />}
      {empty && model === undefined && <div className="flex-1" />}
      {!empty && stored.isError && (
        <div className="mx-auto w-full max-w-[46rem] p-4">
          <FailureNote failure={asFailure(stored.error)} onRetry={() => void stored.refetch()} />
        </div>
      )}
      {!empty && stored.isLoading && <Loading />}
      {!empty && !stored.isLoading && (
        <ThreadProvider value={actions}>
          <Messages stored={stored.data} turns={turns} onEarlier={earlier} />
        </ThreadProvider>
      )}
      <div className="px-3 pt-1 pb-[max(0.75rem,env(safe-area-inset-bottom))]">
        <Composer
          conversation={conversation}
          id={id}
          incognito={incognito}
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
