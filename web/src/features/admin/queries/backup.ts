import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { asFailure, failureOf } from "@/shared/api/failure";
import { keys } from "./keys";

/** What waits to be put back at the next start. */
export function useStaged() {
  return useQuery({
    queryKey: keys.restore,
    queryFn: ({ signal }) => dataOf(api.GET("/v1/restore", { signal })),
  });
}

/** Has the browser save a copy of the database. */
export function useBackup() {
  return useMutation({
    mutationFn: async () => {
      const response = await globalThis.fetch("/v1/backup", { method: "POST" }).catch((thrown: unknown) => {
        throw asFailure(thrown);
      });
      if (!response.ok) throw failureOf(response.status, await response.json().catch(() => null));
      const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
      save(await response.blob(), name ?? "council.db");
    },
  });
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Sends a copy that is to be put back at the next start. */
export function useRestore() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (file: Blob) => {
      const headers = { "content-type": "application/octet-stream" };
      const sent = globalThis.fetch("/v1/restore", { method: "POST", headers, body: file });
      const response = await sent.catch((thrown: unknown) => {
        throw asFailure(thrown);
      });
      if (!response.ok) throw failureOf(response.status, await response.json().catch(() => null));
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.restore }),
  });
}

/** Takes back what waits. */
export function useTakeBack() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => dataOf(api.DELETE("/v1/restore", {})),
    onSettled: () => client.invalidateQueries({ queryKey: keys.restore }),
  });
}
