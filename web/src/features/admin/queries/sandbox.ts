import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { keys } from "./keys";

/** What isolates programs, and what they may use. */
export function useSandbox() {
  return useQuery({
    queryKey: keys.sandbox,
    queryFn: ({ signal }) => dataOf(api.GET("/v1/sandbox/status", { signal })),
  });
}

/** Attacks this machine from within the sandbox. The last result is kept while the app is open. */
export function useSelfTest() {
  const client = useQueryClient();
  const last = useQuery({
    queryKey: [...keys.sandbox, "selftest"],
    queryFn: () => dataOf(api.POST("/v1/sandbox/selftest", {})),
    enabled: false,
    staleTime: Infinity,
    gcTime: Infinity,
  });
  const run = useMutation({
    mutationFn: () => dataOf(api.POST("/v1/sandbox/selftest", {})),
    onSuccess: (result) => client.setQueryData([...keys.sandbox, "selftest"], result),
  });
  return { result: last.data, run };
}
