import { type QueryClient, skipToken, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, dataOf } from "./client";
import { unauthorisedEvent } from "./failure";
import type { components } from "./schema";

export type Who = components["schemas"]["WhoObject"];

const queryKey = ["session"] as const;

/** Whom this browser's requests come from, as the server sees it. Asked again when the server did not know. */
export function useSession() {
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => dataOf(api.GET("/v1/session", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The same as far as it is known: asks nobody. */
export function useKnownSession(): Who | undefined {
  return useQuery<Who>({ queryKey, queryFn: skipToken }).data;
}

/** Looks again whom requests come from as soon as one was refused because nobody knows. */
export function useSessionWatch(): void {
  const client = useQueryClient();
  useEffect(() => {
    const look = () => void client.invalidateQueries({ queryKey });
    document.addEventListener(unauthorisedEvent, look);
    return () => document.removeEventListener(unauthorisedEvent, look);
  }, [client]);
}

/** Opens a session with a key. What was asked before without one is asked anew. */
export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => dataOf(api.POST("/v1/session", { body: { key } })),
    onSuccess: (who) => become(client, who),
  });
}

/** Ends the session. Nothing of what it showed stays on the page. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => dataOf(api.DELETE("/v1/session")),
    onSuccess: (who) => become(client, who),
  });
}

/** Somebody else asks from now on: what was known for the one before is not shown to the next. */
function become(client: QueryClient, who: Who): void {
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== queryKey[0] });
  client.setQueryData(queryKey, who);
}
