import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import type { ReplayRequest } from "@/shared/api/types";
import { type Range, isLive } from "./range";

export const monitorKeys = {
  all: ["monitor"],
  alerts: ["monitor", "alerts"],
  history: ["monitor", "history"],
  routes: ["monitor", "routes"],
} as const;

/** Some series over a range. Summaries are asked for again each minute; seconds go on by the socket. */
export function useHistory(range: Range, series: readonly string[]) {
  return useQuery({
    queryKey: [...monitorKeys.history, range, series],
    queryFn: ({ signal }) =>
      dataOf(api.GET("/v1/metrics/history", { params: { query: { range, series: series.join(",") } }, signal })),
    refetchInterval: isLive(range) ? false : 60_000,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function useAlerts() {
  return useQuery({
    queryKey: monitorKeys.alerts,
    queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/alerts", { signal }))).data,
  });
}

/** Which receipts are wanted; what is empty is not looked at. */
export interface RouteFilter {
  skill: string;
  answered_by: string;
  outcome: string;
  escalated: "" | "true" | "false";
}

export function useRoutes(filter: RouteFilter) {
  const query = {
    ...(filter.skill && { skill: filter.skill }),
    ...(filter.answered_by && { answered_by: filter.answered_by }),
    ...(filter.outcome && { outcome: filter.outcome }),
    ...(filter.escalated && { escalated: filter.escalated === "true" }),
  };
  return useInfiniteQuery({
    queryKey: [...monitorKeys.routes, query],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      dataOf(api.GET("/v1/routes", { params: { query: { ...query, offset: pageParam, limit: 100 } }, signal })),
    getNextPageParam: (page) => (page.has_more ? page.offset + page.data.length : undefined),
    placeholderData: keepPreviousData,
  });
}

export function useReceipt(id: string) {
  return useQuery({
    queryKey: [...monitorKeys.routes, "one", id],
    queryFn: ({ signal }) => dataOf(api.GET("/v1/routes/{id}", { params: { path: { id } }, signal })),
  });
}

export function useReplay(id: string) {
  return useMutation({
    mutationFn: (body: ReplayRequest) =>
      dataOf(api.POST("/v1/routes/{id}/replay", { params: { path: { id } }, body })),
  });
}

export function useModelIds() {
  return useQuery({
    queryKey: [...monitorKeys.all, "models"],
    queryFn: async ({ signal }) => {
      const { data } = await dataOf(api.GET("/v1/models", { signal }));
      return data.map(({ id }) => id);
    },
    staleTime: 60_000,
  });
}

export function useCalibrations() {
  return useQuery({
    queryKey: [...monitorKeys.all, "calibrations"],
    queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/router/calibration", { signal }))).data,
  });
}

export function useBudget() {
  return useQuery({
    queryKey: [...monitorKeys.all, "budget"],
    queryFn: ({ signal }) => dataOf(api.GET("/budget", { signal })),
    refetchInterval: 10_000,
  });
}

export function useLatestCosts() {
  return useQuery({
    queryKey: [...monitorKeys.all, "ledger"],
    queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/ledger", { params: { query: { limit: 200 } }, signal }))).data,
    refetchInterval: 10_000,
  });
}

/** The text that Prometheus reads. */
export function useCounters() {
  return useQuery({
    queryKey: [...monitorKeys.all, "counters"],
    queryFn: ({ signal }) => dataOf(api.GET("/metrics", { parseAs: "text", signal })),
    refetchInterval: 10_000,
  });
}
