import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, dataOf } from "@/shared/api/client";
import type { ContextUse, Settings } from "../chat-api";
import { saidBefore } from "../said-before";
import { useTurnsOf } from "../turns";

/** How long the writing rests before it is counted, in milliseconds. */
const rest = 400;

/** What a draft and the conversation before it take of the model's context; `stale`: it is being counted anew. */
export function useContextUse(
  conversation: string,
  prompt: string,
  settings: Settings,
  attachments: readonly string[],
  incognito: boolean,
): { use: ContextUse | undefined; stale: boolean } {
  const rested = useRested(prompt);
  // Each answer makes the history longer.
  const all = useTurnsOf(conversation);
  const turns = all.filter(({ done }) => done !== null).length;
  const { model, system, max_tokens: most } = settings;
  const body = {
    prompt: rested,
    ...(model !== null && { model }),
    ...(system !== null && { system }),
    ...(most !== null && { max_tokens: most }),
    ...(attachments.length > 0 && { attachments: [...attachments] }),
  };
  const { data, isPlaceholderData, isError } = useQuery({
    queryKey: ["context", conversation, turns, body],
    queryFn: ({ signal }) =>
      dataOf(
        api.POST("/v1/conversations/{id}/context", {
          params: { path: { id: conversation } },
          body: { ...body, ...(incognito && { history: saidBefore(all) }) },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  return { use: isError ? undefined : data, stale: isPlaceholderData || rested !== prompt };
}

function useRested(value: string): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), rest);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
