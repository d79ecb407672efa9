import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { asFailure } from "@/shared/api/failure";
import { api, dataOf } from "@/shared/api/client";
import type { Model } from "@/shared/api/types";
import { toast } from "@/shared/ui/toasts";
import { memoryOrder } from "../composer/local-settings";
import type { Question } from "../stream-answer";
import { isRunning, remove, turnsOf, useTurnsOf } from "../turns";
import { questionOf } from "./thread";
import type { ThreadActions } from "./thread-context";
import { refreshThread } from "./thread-query";

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
        const attachments = item.files.map(({ id }) => id);
        const more = { ...memoryOrder(conversation), ...(attachments.length > 0 && { attachments }) };
        ask({ conversation, prompt, model: null, parentId: item.parentId ?? 0, more, files: item.files }, false);
      },
      retry({ turn }, change = {}) {
        if (turn === null) return;
        remove(turn);
        const question = { ...turn.question, ...change };
        const stored = questionOf(turn);
        // Asked again as it is, a question that was stored would stand there twice.
        if (stored === null || question.regenerate !== undefined) ask(question, turn.begins);
        else ask({ ...withoutPlace(question), prompt: "", regenerate: stored }, false);
      },
      show(version) {
        void switchTo(client, conversation, version).catch((thrown: unknown) => toast(asFailure(thrown).message, { tone: "danger" }));
      },
    }),
    [conversation, models, busy, ask, client],
  );
}

/** What is answered anew has its place already. */
function withoutPlace(question: Question): Question {
  const { parentId: _, ...rest } = question;
  return rest;
}

/** Makes the branch through a message the one that is shown. */
async function switchTo(client: QueryClient, conversation: string, version: number): Promise<void> {
  const params = { path: { id: conversation } };
  await dataOf(api.PATCH("/v1/conversations/{id}", { params, body: { leaf_id: version } }));
  // What failed stands on the version that is left.
  for (const turn of turnsOf(conversation)) if (!isRunning(turn) && !turn.settled) remove(turn);
  await refreshThread(client, conversation);
}
