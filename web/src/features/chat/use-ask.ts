import { useRefreshConversations, useRename } from "./queries";
import { titleOf } from "./conversation-id";
import type { Question } from "./stream-answer";
import { ask } from "./turns";

/** Asks in a conversation; one that begins with this question is named after it. */
export function useAsk(): (question: Question, begins: boolean) => void {
  const refresh = useRefreshConversations();
  const rename = useRename();
  return (question, begins) => {
    void ask(question, begins, (turn, moment) => {
      // Of an incognito question there is nothing that could be named, or listed.
      if (question.more.incognito) return;
      // The server has the conversation from when it accepts. One that was stopped before that may be there or not.
      const unsaid = moment === "ended" && turn.status === "stopped" && turn.requestId === null;
      if (begins && (moment === "accepted" || unsaid)) {
        rename.mutate({ id: question.conversation, title: titleOf(question.prompt) });
      } else {
        refresh();
      }
    });
  };
}
