import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { texts } from "@/shared/i18n/admin";
import { toast } from "@/shared/ui/toasts";
import { keys } from "./keys";

/** What is switched on, and how the providers are. */
export function useStatus() {
  return useQuery({
    queryKey: keys.status,
    queryFn: ({ signal }) => dataOf(api.GET("/admin/status", { signal })),
    refetchInterval: 10_000,
  });
}

/** What was spent, and what may be. */
export function useBudget() {
  return useQuery({
    queryKey: keys.budget,
    queryFn: ({ signal }) => dataOf(api.GET("/budget", { signal })),
    refetchInterval: 10_000,
  });
}

/** What left this machine for one purpose, or for any (empty), the latest first, page by page. */
export function useEgress(purpose: string) {
  const wanted = purpose === "" ? {} : { purpose };
  return useInfiniteQuery({
    queryKey: [...keys.egress, "lines", purpose],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      dataOf(api.GET("/v1/egress", { params: { query: { ...wanted, offset: pageParam, limit: 20 } }, signal })),
    getNextPageParam: (page) => (page.has_more ? page.offset + page.data.length : undefined),
  });
}

/** What went to each host, and what for. */
export function useEgressTotals() {
  return useQuery({
    queryKey: [...keys.egress, "totals"],
    queryFn: ({ signal }) => dataOf(api.GET("/v1/egress", { params: { query: { limit: 1 } }, signal })),
    select: (page) => page.totals,
    refetchInterval: 10_000,
  });
}

/** Keeps a provider's key; an empty one removes what was kept. */
export function useSetKey(provider: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) =>
      dataOf(api.POST("/admin/apikey/{provider}", { params: { path: { provider } }, body: { key } })),
    onSuccess: (_, key) => {
      toast(key === "" ? texts.cloud.keyRemoved(provider) : texts.cloud.keyStored(provider));
      for (const queryKey of [keys.status, keys.audit]) void client.invalidateQueries({ queryKey });
    },
  });
}
