import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";
import { keys } from "./keys";

type Schemas = components["schemas"];

export type Key = Schemas["KeyObject"];
export type NewKey = Schemas["NewKeyFields"];
export type User = Schemas["UserObject"];
export type Session = Schemas["SessionObject"];

/** The API keys, revoked and expired ones too. */
export function useKeys() {
  return useQuery({
    queryKey: keys.apiKeys,
    queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/keys", { signal }))).data,
  });
}

/** Makes a key. The answer has its secret, which is told there and never again. */
export function useAddKey() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: NewKey) => dataOf(api.POST("/v1/keys", { body })),
    onSuccess: refresh,
    // The secret is not kept longer than it is shown.
    gcTime: 0,
  });
}

export function useRevokeKey() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: string) => dataOf(api.DELETE("/v1/keys/{id}", { params: { path: { id } } })),
    onSuccess: refresh,
  });
}

/** Who has conversations and memories of their own; the owner of the machine first. */
export function useUsers() {
  return useQuery({
    queryKey: keys.users,
    queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/users", { signal }))).data,
  });
}

export function useAddUser() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (name: string) => dataOf(api.POST("/v1/users", { body: { name } })),
    onSuccess: refresh,
  });
}

export function useRemoveUser() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ name, data }: { name: string; data: "keep" | "delete" }) =>
      dataOf(api.DELETE("/v1/users/{name}", { params: { path: { name }, query: { data } } })),
    onSuccess: refresh,
  });
}

/** The sessions that browsers have open, the latest first. */
export function useSessions() {
  return useQuery({
    queryKey: keys.sessions,
    queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/sessions", { signal }))).data,
  });
}

export function useEndSession() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: string) => dataOf(api.DELETE("/v1/sessions/{id}", { params: { path: { id } } })),
    onSuccess: refresh,
  });
}

/** Keys and users have to do with one another, and each change has its line in the audit. */
function useRefresh(): () => void {
  const client = useQueryClient();
  return () => {
    for (const queryKey of [keys.apiKeys, keys.users, keys.sessions, keys.audit]) void client.invalidateQueries({ queryKey });
  };
}
