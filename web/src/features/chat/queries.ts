import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import type { Conversation, LedgerEntry, Message, Model } from "@/shared/api/types";

export { useRefreshConversations, useRename } from "./sidebar/queries";

/** The most entries that one request may ask for (docs/openapi.json). */
const largestPage = 500;

const keys = {
  messages: ["messages"],
  models: ["models"],
  ledger: ["ledger"],
} as const;

/** The end of a conversation. */
export interface StoredMessages {
  conversation: Conversation;
  messages: Message[];
  /** How many messages come before these. */
  earlier: number;
}

/**
 * The last `count` stored messages. Loaded once, when the conversation is opened: what is said in this tab after that
 * is known already, and fetching it again would show it twice for a moment.
 */
export function useStoredMessages(conversation: string, count: number, enabled: boolean) {
  return useQuery({
    queryKey: [...keys.messages, conversation, count],
    queryFn: ({ signal }) => storedMessages(conversation, count, signal),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (previous, query) =>
      query?.queryKey[1] === conversation ? keepPreviousData(previous) : undefined,
  });
}

async function storedMessages(id: string, count: number, signal: AbortSignal): Promise<StoredMessages> {
  const path = { id };
  const conversation = await dataOf(api.GET("/v1/conversations/{id}", { params: { path }, signal }));
  const earlier = Math.max(0, conversation.message_count - count);
  const messages: Message[] = [];
  for (let more = true; more; ) {
    const query = { offset: earlier + messages.length, limit: Math.min(count, largestPage) };
    const page = await dataOf(
      api.GET("/v1/conversations/{id}/messages", { params: { path, query }, signal }),
    );
    messages.push(...page.data);
    more = page.has_more && page.data.length > 0;
  }
  return { conversation, messages, earlier };
}

/** The models. Asked for often while there is none, or while one is being loaded. */
export function useModels() {
  return useQuery({
    queryKey: keys.models,
    queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/models", { signal }))).data,
    refetchInterval: ({ state }) => (settled(state.data) && state.error === null ? 30_000 : 2_000),
  });
}

function settled(models: Model[] | undefined): boolean {
  return models !== undefined && models.length > 0 && models.every(({ state }) => state !== "loading");
}

/** What the latest requests took, by request: the numbers under answers that were made before this page was opened. */
export function useLedger(enabled: boolean) {
  return useQuery({
    queryKey: keys.ledger,
    queryFn: async ({ signal }) => {
      const page = await dataOf(api.GET("/v1/ledger", { params: { query: { limit: largestPage } }, signal }));
      return new Map<string, LedgerEntry>(page.data.map((entry) => [entry.request_id, entry]));
    },
    enabled,
    staleTime: 60_000,
  });
}
