import { useQuery } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import type { LedgerEntry, Model } from "@/shared/api/types";

/** The most entries that one request may ask for (docs/openapi.json). */
const largestPage = 500;

const keys = {
  models: ["models"],
  ledger: ["ledger"],
} as const;

/** The models. Asked for often while there is none, while one is being loaded, and while the server does not answer. */
export function useModels() {
  return useQuery({
    queryKey: keys.models,
    queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/models", { signal }))).data,
    refetchInterval: ({ state }) => (settled(state.data) && state.error === null ? 10_000 : 2_000),
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
