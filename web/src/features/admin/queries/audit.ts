import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { texts } from "@/shared/i18n/admin";
import { toast } from "@/shared/ui/toasts";
import { titleOf } from "../setting-texts";
import { keys } from "./keys";

/** The changes, newest first, page by page. `setting`: of settings whose keys begin so. */
export function useAudit(setting: string) {
  return useInfiniteQuery({
    queryKey: [...keys.audit, setting],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) => {
      const query = { offset: pageParam, limit: 50, ...(setting === "" ? {} : { setting }) };
      return dataOf(api.GET("/v1/audit", { params: { query }, signal }));
    },
    getNextPageParam: (page) => (page.has_more ? page.offset + page.data.length : undefined),
  });
}

interface Undo {
  id: number;
  /** Also where it was changed again since. */
  force: boolean;
  setting: string;
}

/** Takes a change back. */
export function useUndo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, force }: Undo) =>
      dataOf(api.POST("/v1/audit/{id}/undo", { params: { path: { id }, query: { force } } })),
    onSuccess: (_, { setting }) => {
      toast(texts.changes.undone(titleOf(setting)));
      for (const queryKey of [keys.audit, keys.settings, keys.status, keys.budget, keys.panic]) {
        void client.invalidateQueries({ queryKey });
      }
    },
  });
}
