import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, dataOf } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";
import { useTurns } from "../turns";

type Budget = components["schemas"]["BudgetAnswer"];

/** What was spent, and what may be. Asked for again when an answer has ended. */
export function useBudget() {
  const ended = useTurns(({ turns }) =>
    Object.values(turns).reduce((sum, of) => sum + of.filter(({ done }) => done !== null).length, 0),
  );
  const query = useQuery({
    queryKey: ["budget"],
    queryFn: ({ signal }) => dataOf(api.GET("/budget", { signal })),
    refetchInterval: 60_000,
  });
  const { refetch } = query;
  useEffect(() => {
    if (ended > 0) void refetch();
  }, [ended, refetch]);
  return query;
}

/** Whether models on other machines may be asked. Who may not know that gets an error. */
export function useCloud() {
  return useQuery({
    queryKey: ["admin-status"],
    queryFn: ({ signal }) => dataOf(api.GET("/admin/status", { signal })),
    refetchInterval: 60_000,
  });
}

/** Money against the cap that is nearest to being reached. */
export interface Spending {
  span: "day" | "month";
  spent: number;
  cap: number;
  /** In [0, …]. */
  share: number;
}

export function tightest(budget: Budget): Spending | null {
  const caps: Spending[] = [];
  const add = (span: Spending["span"], spent: number, cap: number | null | undefined) => {
    if (cap != null) caps.push({ span, spent, cap, share: cap === 0 ? 1 : spent / cap });
  };
  add("day", budget.spent_today_usd, budget.daily_budget_usd);
  add("month", budget.spent_month_usd, budget.monthly_budget_usd);
  return caps.reduce<Spending | null>((most, cap) => (most === null || cap.share > most.share ? cap : most), null);
}
