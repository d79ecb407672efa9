import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { toast } from "@/shared/ui/toasts";
import type { Conversation, Folder } from "../chat-api";
import { dropLocal, useLocalSettings } from "../composer/local-settings";

/** Which conversations: the pinned ones, the others, those of a folder, or those that were put away. */
export type Part = { pinned: boolean } | { folder: string } | { archived: true };

/** What a person looks at: all conversations, or those of one place. */
export type Shelf = { folder: string } | { archived: true } | null;

interface Page {
  data: Conversation[];
  next?: string | null;
}
type Pages = InfiniteData<Page, string | null>;

const list = ["conversations"] as const;
const folders = ["conversation-folders"] as const;
const one = (id: string) => ["conversation", id] as const;
const pageSize = 100;

async function fetchPage(part: Part, after: string | null, signal: AbortSignal): Promise<Page> {
  const query = { limit: pageSize, ...part, ...(after !== null && { after }) };
  return dataOf(api.GET("/v1/conversations", { params: { query }, signal }));
}

/**
 * Conversations, the last used first, page by page. What has been fetched is never fetched again as a whole, which with
 * thousands of them would be a hundred requests after each answer: `refresh` asks for the head and puts it before the rest.
 */
export function useConversations(part: Part) {
  return useInfiniteQuery({
    queryKey: [...list, part],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => fetchPage(part, pageParam, signal),
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The folders, and how many conversations each has. */
export function useFolders() {
  return useQuery({
    queryKey: folders,
    queryFn: async ({ signal }): Promise<Folder[]> =>
      (await dataOf(api.GET("/v1/conversations/folders", { signal }))).data,
  });
}

/** One conversation, with its settings. */
export function useConversation(id: string, enabled: boolean) {
  return useQuery({
    queryKey: one(id),
    queryFn: ({ signal }) => dataOf(api.GET("/v1/conversations/{id}", { params: { path: { id } }, signal })),
    enabled,
  });
}

/** To be called when conversations have changed: a question was asked, a file was imported. */
export function useRefreshConversations(): () => void {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: folders });
    for (const query of client.getQueryCache().findAll({ queryKey: list, type: "active" })) {
      void refresh(client, query.queryKey);
    }
  };
}

async function refresh(client: QueryClient, queryKey: readonly unknown[]): Promise<void> {
  const known = client.getQueryData<Pages>(queryKey);
  if (known === undefined || known.pages.length < 2) {
    await client.invalidateQueries({ queryKey });
    return;
  }
  const fresh = await fetchPage(queryKey[1] as Part, null, new AbortController().signal).catch(() => null);
  if (fresh === null) return;
  const ids = new Set(fresh.data.map(({ id }) => id));
  const overlaps = known.pages[0]?.data.some(({ id }) => ids.has(id)) ?? false;
  client.setQueryData<Pages>(queryKey, (now) => {
    if (now === undefined) return now;
    // So much is new that there may be a gap behind it.
    if (!overlaps) return { pages: [fresh], pageParams: [null] };
    const [first, ...rest] = now.pages.map((old) => ({ ...old, data: old.data.filter(({ id }) => !ids.has(id)) }));
    const head = { ...first, data: [...fresh.data, ...(first?.data ?? [])] };
    return { ...now, pages: [head, ...rest] };
  });
}

export interface Change {
  title?: string;
  pinned?: boolean;
  archived?: boolean;
  folder?: string;
  settings?: Partial<NonNullable<Conversation["settings"]>>;
}

/** Changes a conversation. The page shows it at once, and the old state again where that fails. */
export function useChange() {
  const client = useQueryClient();
  const refreshAll = useRefreshConversations();
  return useMutation({
    mutationFn: ({ id, change }: { id: string; change: Change }) =>
      dataOf(api.PATCH("/v1/conversations/{id}", { params: { path: { id } }, body: change })),
    onMutate: ({ id, change }) => {
      const { settings: _, ...shown } = change;
      edit(client, id, (conversation) => ({ ...conversation, ...shown }));
    },
    onSuccess: (conversation) => {
      client.setQueryData(one(conversation.id), conversation);
      edit(client, conversation.id, () => conversation);
    },
    onError: (error) => toast(error.message, { tone: "danger" }),
    onSettled: (_, error, { change }) => {
      // It has moved to another part of the list, or what was shown was wrong.
      if (error !== null || "pinned" in change || "folder" in change || "archived" in change) {
        void client.invalidateQueries({ queryKey: list });
        void client.invalidateQueries({ queryKey: folders });
      } else {
        refreshAll();
      }
    },
  });
}

/**
 * Makes a conversation before its first question is asked, with a name and with what was chosen for it. What fails here
 * fails the question too, or does not matter to it.
 */
export function useBegin(): (id: string, title: string) => Promise<void> {
  const client = useQueryClient();
  return async (id, title) => {
    const chosen = Object.entries(useLocalSettings.getState().of[id] ?? {}).filter(([, value]) => value !== null);
    const change: Change = { title, ...(chosen.length > 0 && { settings: Object.fromEntries(chosen) }) };
    try {
      let made = await dataOf(api.POST("/v1/conversations", { body: { id, ...change } }));
      // One that files were put to is there already, without a name.
      if (made.title !== title) {
        made = await dataOf(api.PATCH("/v1/conversations/{id}", { params: { path: { id } }, body: change }));
      }
      client.setQueryData(one(id), made);
      dropLocal(id);
    } catch {
      // The question tells.
    }
  };
}

/** Takes a conversation out of every list that has been fetched. */
export function drop(client: QueryClient, id: string): void {
  editPages(client, (page) => page.filter((conversation) => conversation.id !== id));
  client.removeQueries({ queryKey: one(id) });
  void client.invalidateQueries({ queryKey: folders });
}

function edit(client: QueryClient, id: string, to: (conversation: Conversation) => Conversation): void {
  editPages(client, (page) => page.map((conversation) => (conversation.id === id ? to(conversation) : conversation)));
}

function editPages(client: QueryClient, to: (page: Conversation[]) => Conversation[]): void {
  client.setQueriesData<Pages>({ queryKey: list }, (known) =>
    known && { ...known, pages: known.pages.map((old) => ({ ...old, data: to(old.data) })) },
  );
}
