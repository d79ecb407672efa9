import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, dataOf } from "@/shared/api/client";
import { eventsOf } from "@/shared/api/event-stream";
import { asFailure } from "@/shared/api/failure";
import type { Pull } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { toast } from "@/shared/ui/toasts";
import { keys } from "./keys";

const over = ["installed", "failed", "cancelled"];

/** Whether nothing follows. */
export const isOver = (pull: Pull): boolean => over.includes(pull.phase);

interface List {
  object: string;
  data: Pull[];
}

/** The pulls of the server's process, the latest first. */
export function usePulls() {
  return useQuery({
    queryKey: keys.pulls,
    queryFn: ({ signal }) => dataOf(api.GET("/v1/models/pulls", { signal })),
    // Where the stream has ended, as with the server, the list tells how it stands.
    refetchInterval: (query) => (query.state.data?.data.some((pull) => !isOver(pull)) === true ? 5_000 : false),
  });
}

/** Keeps the pulls as they go on. One connection: to be called in one place. */
export function usePullEvents() {
  const client = useQueryClient();
  useEffect(() => {
    const leaving = new AbortController();
    void follow(leaving.signal, (pull) => {
      client.setQueryData<List>(keys.pulls, (list) => ({ object: "list", data: replaced(list?.data ?? [], pull) }));
      if (pull.phase === "installed") {
        void client.invalidateQueries({ queryKey: keys.catalog });
        void client.invalidateQueries({ queryKey: keys.models });
      }
    });
    return () => leaving.abort();
  }, [client]);
}

function replaced(pulls: readonly Pull[], changed: Pull): Pull[] {
  const others = pulls.filter((pull) => pull.id !== changed.id);
  return [changed, ...others].toSorted((one, other) => other.id - one.id);
}

/** Between two tries to follow the changes. */
const pause = 5_000;

/** Follows the changes until `signal` says so, again and again where the server was away. */
async function follow(signal: AbortSignal, changed: (pull: Pull) => void): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await globalThis.fetch("/v1/models/pulls/events", { signal });
      if (response.ok && response.body !== null) {
        for await (const data of eventsOf(response.body)) changed(JSON.parse(data) as Pull);
      }
    } catch {
      // The list is asked for while anything runs, and shows what is wrong with the server.
    }
    await new Promise((resume) => setTimeout(resume, pause));
  }
}

/** Begins to pull a model. */
export function usePull() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (model: string) => dataOf(api.POST("/v1/models/pull", { body: { model } })),
    onSuccess: (pull) =>
      client.setQueryData<List>(keys.pulls, (list) => ({ object: "list", data: replaced(list?.data ?? [], pull) })),
    onError: (error, model) =>
      toast(texts.models.failed(model, asFailure(error).message), { tone: "danger", lasts: 10_000 }),
  });
}

/** Ends a pull; what came stays. */
export function useCancelPull() {
  return useMutation({
    mutationFn: (id: number) => dataOf(api.DELETE("/v1/models/pulls/{id}", { params: { path: { id } } })),
    onError: (error) => toast(asFailure(error).message, { tone: "danger" }),
  });
}
