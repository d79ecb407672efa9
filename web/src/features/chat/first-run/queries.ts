import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Client } from "openapi-fetch";
import { api, dataOf } from "@/shared/api/client";

/** What this machine has for models. */
export interface Machine {
  cpu_model?: string | null;
  physical_cores: number;
  memory_bytes?: number | null;
  available_memory_bytes?: number | null;
  disk_free_bytes?: number | null;
  gpus: { name: string; memory_bytes?: number | null }[];
}

/** A model that can be installed, or is. */
export interface CatalogModel {
  id: string;
  licence: string;
  size_bytes?: number | null;
  /** `fits`, `tight`, `too_large` or `unknown`. */
  fit: string;
  /** Why, with the figures. */
  reason: string;
  roles: string[];
  note?: string | null;
  installed: boolean;
  /** Whether it belongs to the set that suits this machine. */
  recommended: boolean;
}

/** A model on its way. */
export interface Pull {
  id: number;
  model: string;
  /** `connecting`, `downloading`, `verifying`, `installed`, `failed` or `cancelled`. */
  phase: string;
  done_bytes: number;
  total_bytes?: number | null;
  bytes_per_second?: number | null;
  error?: string | null;
}

interface Answer<T> {
  responses: { 200: { content: { "application/json": T } } };
}
interface SetupPaths {
  "/hybrid": {
    post: { requestBody: { content: { "application/json": { prompt: string; incognito: boolean; max_tokens: number } } } } &
      Answer<{ text: string; model: string; latency_ms: number }>;
  };
  "/v1/models/catalog": { get: Answer<{ machine: Machine; data: CatalogModel[] }> };
  "/v1/models/pulls": { get: Answer<{ data: Pull[] }> };
  "/v1/models/pulls/{id}": { delete: Answer<Pull> & { parameters: { path: { id: number } } } };
  "/v1/models/pull": {
    post: { requestBody: { content: { "application/json": { model: string } } } } & Answer<Pull>;
  };
}
const setupApi = api as unknown as Client<SetupPaths>;

const pulls = ["pulls"] as const;

export function useCatalog() {
  return useQuery({
    queryKey: ["catalog"],
    queryFn: ({ signal }) => dataOf(setupApi.GET("/v1/models/catalog", { signal })),
  });
}

/** Whether it is still on its way. */
export function isComing({ phase }: Pull): boolean {
  return ["connecting", "downloading", "verifying"].includes(phase);
}

/** The pulls of this process; looked at every second while one runs. */
export function usePulls() {
  return useQuery({
    queryKey: pulls,
    queryFn: async ({ signal }) => (await dataOf(setupApi.GET("/v1/models/pulls", { signal }))).data,
    refetchInterval: ({ state }) => (state.data?.some(isComing) ? 1_000 : false),
  });
}

export function usePull() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (model: string) => dataOf(setupApi.POST("/v1/models/pull", { body: { model } })),
    onSettled: () => client.invalidateQueries({ queryKey: pulls }),
  });
}

export function useCancelPull() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => dataOf(setupApi.DELETE("/v1/models/pulls/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: pulls }),
  });
}

/** Asks something short, of which nothing is kept, to see that the whole way works. */
export function useTestQuestion() {
  return useMutation({
    mutationFn: (prompt: string) =>
      dataOf(setupApi.POST("/hybrid", { body: { prompt, incognito: true, max_tokens: 60 } })),
  });
}
