import { useQuery } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";

/** What protects this machine from programs, and what they may use. Changes with the server's configuration only. */
export function useSandbox() {
  return useQuery({
    queryKey: ["sandbox"],
    queryFn: ({ signal }) => dataOf(api.GET("/v1/sandbox/status", { signal })),
    staleTime: 5 * 60_000,
  });
}
