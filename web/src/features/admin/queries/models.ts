import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { asFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/admin";
import { toast } from "@/shared/ui/toasts";
import { keys } from "./keys";

/** The models that can be asked. */
export function useModels() {
  return useQuery({
    queryKey: keys.models,
    queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/models", { signal }))).data,
  });
}

/** The models that can be installed, and what this machine has. */
export function useCatalog() {
  return useQuery({
    queryKey: keys.catalog,
    queryFn: ({ signal }) => dataOf(api.GET("/v1/models/catalog", { signal })),
  });
}

/** Does something to a model; what is known of models is asked for again afterwards. */
function useModelAction<T>(act: (id: string) => Promise<T>, done?: (id: string, result: T) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (result, id) => done?.(id, result),
    onError: (error, id) =>
      toast(texts.models.failed(id, asFailure(error).message), { tone: "danger", lasts: 10_000 }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.models });
      void client.invalidateQueries({ queryKey: keys.catalog });
    },
  });
}

const path = (id: string) => ({ params: { path: { id } } });

export const useLoad = () => useModelAction((id) => dataOf(api.POST("/v1/models/{id}/load", path(id))));

export const useUnload = () => useModelAction((id) => dataOf(api.POST("/v1/models/{id}/unload", path(id))));

export const useBenchmark = () => useModelAction((id) => dataOf(api.POST("/v1/models/{id}/benchmark", path(id))));

export const useRemove = (done: (id: string, freed: number) => void) =>
  useModelAction(
    (id) => dataOf(api.DELETE("/v1/models/{id}", path(id))),
    (id, { freed_bytes }) => done(id, freed_bytes),
  );
