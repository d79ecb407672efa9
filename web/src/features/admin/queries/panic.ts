import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { asFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/admin";
import { toast } from "@/shared/ui/toasts";
import { keys } from "./keys";

/** Whether everything was stopped. */
export function usePanic() {
  return useQuery({
    queryKey: keys.panic,
    queryFn: ({ signal }) => dataOf(api.GET("/v1/panic", { signal })),
    refetchInterval: 10_000,
  });
}

function useThen<T>(act: () => Promise<T>, said: (result: T) => string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (result) => toast(said(result)),
    onError: (error) => toast(asFailure(error).message, { tone: "danger", lasts: 10_000 }),
    onSettled: () => {
      for (const queryKey of [keys.panic, keys.settings, keys.audit, keys.status]) {
        void client.invalidateQueries({ queryKey });
      }
    },
  });
}

/** Stops everything. */
export const useStopEverything = () =>
  useThen(() => dataOf(api.POST("/v1/panic", {})), ({ stopped_turns: turns }) => texts.panic.done(turns ?? 0));

/** Opens the way out again. */
export const useRelease = () =>
  useThen(
    () => dataOf(api.PATCH("/v1/settings", { body: { values: { "cloud.local_only": false } } })),
    () => texts.panic.released,
  );
