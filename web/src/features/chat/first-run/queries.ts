import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Failure } from "@/shared/api/failure";
import { api, dataOf } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";
import { texts } from "@/shared/i18n/shared";

type Schemas = components["schemas"];
export type Machine = Schemas["MachineObject"];
export type CatalogModel = Schemas["CatalogModelObject"];
export type Pull = Schemas["PullObject"];

const pulls = ["pulls"] as const;

export function useCatalog() {
  return useQuery({
    queryKey: ["catalog"],
    queryFn: ({ signal }) => dataOf(api.GET("/v1/models/catalog", { signal })),
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
    queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/models/pulls", { signal }))).data,
    refetchInterval: ({ state }) => (state.data?.some(isComing) ? 1_000 : false),
  });
}

export function usePull() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (model: string) => dataOf(api.POST("/v1/models/pull", { body: { model } })),
    onSettled: () => client.invalidateQueries({ queryKey: pulls }),
  });
}

export function useCancelPull() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => dataOf(api.DELETE("/v1/models/pulls/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: pulls }),
  });
}

/** Asks something short, of which nothing is kept, to see that the whole way works. */
export function useTestQuestion() {
  return useMutation({
    mutationFn: async (prompt: string) => {
      const answer = await dataOf(api.POST("/api/chat", { body: { prompt, incognito: true, max_tokens: 60 } }));
      // The other bodies that the document knows are frames of a stream.
      if ("latency_ms" in answer) return answer;
      throw new Failure(texts.failure.endedEarly);
    },
  });
}
