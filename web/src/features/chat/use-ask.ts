import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { refreshThread } from "./messages/thread-query";
import { titleOf } from "./conversation-id";
import { useBegin, useRefreshConversations } from "./sidebar/queries";
import type { Question } from "./stream-answer";
import { type OnChange, type Turn, ask, isRunning, join, settle, turnsOf } from "./turns";

interface Ask {
  /** Asks in a conversation; one that begins with this question is named after it. */
  ask: (question: Question, begins: boolean) => void;
  /** Shows a turn that goes on in the server already. */
  join: (conversation: string, requestId: string) => void;
}

/** Both stay the same from render to render. */
export function useAsk(): Ask {
  const client = useQueryClient();
  const refresh = useRefreshConversations();
  const begin = useBegin();
  const latest = useRef({ refresh, begin });
  useEffect(() => {
    latest.current = { refresh, begin };
  });

  const changed: OnChange = useCallback(
    (turn, moment) => {
      // Of an incognito question there is nothing that could be listed or shown as stored.
      if (turn.question.more?.incognito) return;
      latest.current.refresh();
      if (moment === "ended" && turn.requestId !== null) void storedNow(client, turn);
    },
    [client],
  );

  return {
    ask: useCallback(
      (question, begins) => {
        const { conversation, prompt, more } = question;
        const there = begins && !more?.incognito ? latest.current.begin(conversation, titleOf(prompt)) : undefined;
        void ask(question, begins, changed, there);
      },
      [changed],
    ),
    join: useCallback((conversation, requestId) => void join(conversation, requestId, changed), [changed]),
  };
}

/** Has the stored messages tell of a turn as soon as they do. A failure stays as it is shown. */
async function storedNow(client: QueryClient, turn: Turn): Promise<void> {
  const { conversation } = turn.question;
  const thread = await refreshThread(client, conversation).catch(() => null);
  const stored = new Set(
    thread?.messages.filter(({ role }) => role === "assistant").map(({ request_id }) => request_id),
  );
  settle(
    turnsOf(conversation).filter(
      (ended) => !isRunning(ended) && ended.failure === null && ended.requestId !== null && stored.has(ended.requestId),
    ),
  );
}
