import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { refreshThread } from "./messages/thread-query";
import { useRefreshConversations, useRename } from "./queries";
import { titleOf } from "./conversation-id";
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
  const rename = useRename();
  const latest = useRef({ refresh, rename });
  useEffect(() => {
    latest.current = { refresh, rename };
  });

  const changed: OnChange = useCallback(
    (turn, moment) => {
      const { conversation, prompt, more } = turn.question;
      // Of an incognito question there is nothing that could be named, listed or shown as stored.
      if (more?.incognito) return;
      // The server has the conversation from when it accepts. One that was stopped before that may be there or not.
      const unsaid = moment === "ended" && turn.status === "stopped" && turn.requestId === null;
      if (turn.begins && (moment === "accepted" || unsaid)) {
        latest.current.rename.mutate({ id: conversation, title: titleOf(prompt) });
      } else {
        latest.current.refresh();
      }
      if (moment === "ended" && turn.requestId !== null) void storedNow(client, turn);
    },
    [client],
  );

  return {
    ask: useCallback((question, begins) => void ask(question, begins, changed), [changed]),
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
