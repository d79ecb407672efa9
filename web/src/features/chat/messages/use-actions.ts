import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { asFailure } from "@/shared/api/failure";
import { api, dataOf } from "@/shared/api/client";
import type { Model } from "@/shared/api/types";
import { toast } from "@/shared/ui/toasts";
import { memoryOrder } from "../composer/local-settings";
import type { Question } from "../stream-answer";
import { type Turn, isRunning, remove, turnsOf, useTurnsOf } from "../turns";
import { questionOf } from "./thread";
import type { ThreadActions } from "./thread-context";
import { known, refreshThread } from "./thread-query";

const noModels: readonly Model[] = [];

/** What can be done about the messages of a conversation. Stays the same while an answer comes. */
export function useActions(
  conversation: string,
  models: readonly Model[] | undefined,
  ask: (question: Question, begins: boolean) => void,
): ThreadActions {
  const client = useQueryClient();
  const busy = isRunning(useTurnsOf(conversation).at(-1));
  return useMemo(
    () => ({
      conversation,
      models: models ?? noModels,
      busy,
      again(item, model, more = {}) {
        const regenerate = item.ids[0];
        if (regenerate === undefined) return;
        ask({ conversation, prompt: "", model, regenerate, more: { ...memoryOrder(conversation), ...more } }, false);
      },
      resend(item, prompt) {
        if (item.unsent !== null) {
          const { question, begins } = item.unsent;
          remove(item.unsent);
          ask({ ...question, prompt }, begins);
          return;
        }
        const attachments = item.files.map(({ id }) => id);
        const more = { ...memoryOrder(conversation), ...(attachments.length > 0 && { attachments }) };
        ask({ conversation, prompt, model: null, parentId: item.parentId ?? 0, more, files: item.files }, false);
      },
      retry({ turn }, change = {}) {
        if (turn === null) return;
        remove(turn);
        const question = { ...turn.question, ...change };
        const stored = questionOf(turn) ?? storedQuestion(client, turn);
        // Asked again as it is, a question that was stored would stand there twice.
        if (stored === null || question.regenerate !== undefined) ask(question, turn.begins);
        else ask({ ...again(question), prompt: "", regenerate: stored }, false);
      },
      show(version) {
        return switchTo(client, conversation, version).catch((thrown: unknown) => toast(asFailure(thrown).message, { tone: "danger" }));
      },
    }),
    [conversation, models, busy, ask, client],
  );
}

/** The question of a turn that failed before it told of it. The server keeps it before it asks anybody. */
function storedQuestion(client: QueryClient, { question, requestId }: Turn): number | null {
  const messages = known(client, question.conversation)?.messages ?? [];
  const asked = messages.find(({ role, request_id: of }) => role === "user" && requestId !== null && of === requestId);
  return asked?.id ?? null;
}

/** What is answered anew has its place and its files already. */
function again(question: Question): Question {
  const { parentId: _, more = {}, ...rest } = question;
  const { attachments: __, ...order } = more;
  return { ...rest, more: order };
}

/** Makes the branch through a message the one that is shown. */
async function switchTo(client: QueryClient, conversation: string, version: number): Promise<void> {
  const params = { path: { id: conversation } };
  await dataOf(api.PATCH("/v1/conversations/{id}", { params, body: { leaf_id: version } }));
  // What failed stands on the version that is left.
  for (const turn of turnsOf(conversation)) if (!isRunning(turn) && !turn.settled) remove(turn);
  await refreshThread(client, conversation);
}
