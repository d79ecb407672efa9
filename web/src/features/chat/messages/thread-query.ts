import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import type { Conversation } from "@/shared/api/types";
import type { StoredMessage } from "./wire";

/** How many messages are loaded at first, and how many more when the person scrolls up to them. */
const tail = 200;
const more = 500;

/** The end of a conversation as the server keeps it, as far back as it was loaded. */
export interface StoredThread {
  conversation: Conversation;
  messages: StoredMessage[];
  /** How many messages come before these. */
  earlier: number;
}

const keyOf = (conversation: string) => ["messages", conversation] as const;

/** The stored messages. Looked at again when the page is, because another tab may have gone on. */
export function useThread(conversation: string, enabled: boolean) {
  const client = useQueryClient();
  return useQuery({
    queryKey: keyOf(conversation),
    queryFn: async ({ signal }) => merged(known(client, conversation), await loadTail(conversation, signal)),
    enabled,
    staleTime: 30_000,
  });
}

/** The stored messages as far as they are loaded. */
export function known(client: QueryClient, conversation: string): StoredThread | undefined {
  return client.getQueryData<StoredThread>(keyOf(conversation));
}

/** Loads the end again, such as after a turn. What was loaded before it stays. */
export async function refreshThread(client: QueryClient, conversation: string): Promise<StoredThread> {
  const fresh = await loadTail(conversation);
  const thread = merged(known(client, conversation), fresh);
  client.setQueryData(keyOf(conversation), thread);
  return thread;
}

/** Loads messages before those that are there; false where there are none. */
export async function loadEarlier(client: QueryClient, conversation: string): Promise<boolean> {
  const before = known(client, conversation);
  if (before === undefined || before.earlier === 0) return false;
  const offset = Math.max(0, before.earlier - more);
  const page = await messagesAt(conversation, offset, before.earlier - offset);
  client.setQueryData<StoredThread>(keyOf(conversation), (now) =>
    now?.earlier === before.earlier ? { ...now, messages: [...page, ...now.messages], earlier: offset } : now,
  );
  return true;
}

async function loadTail(id: string, signal?: AbortSignal): Promise<StoredThread> {
  const conversation = await dataOf(
    api.GET("/v1/conversations/{id}", { params: { path: { id } }, signal: signal ?? null }),
  );
  const earlier = Math.max(0, conversation.message_count - tail);
  return { conversation, messages: await messagesAt(id, earlier, tail, signal), earlier };
}

async function messagesAt(id: string, offset: number, limit: number, signal?: AbortSignal): Promise<StoredMessage[]> {
  const params = { path: { id }, query: { offset, limit } };
  const page = await dataOf(
    api.GET("/v1/conversations/{id}/messages", { params, signal: signal ?? null }),
  );
  return page.data;
}

/** Versions part ways downwards only: where the first of the fresh ones is known, all before it are still so. */
export function merged(before: StoredThread | undefined, fresh: StoredThread): StoredThread {
  const first = fresh.messages[0];
  if (before === undefined || first === undefined) return fresh;
  const at = before.messages.findIndex(({ id }) => id === first.id);
  if (at === -1) return fresh;
  return { ...fresh, messages: [...before.messages.slice(0, at), ...fresh.messages], earlier: before.earlier };
}
