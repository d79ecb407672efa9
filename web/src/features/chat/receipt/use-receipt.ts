import { useQuery } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";

/** Why a request was answered by whom. What was decided never changes; ratings do, so that it is asked for each time. */
export function useReceipt(requestId: string) {
  return useQuery({
    queryKey: ["receipt", requestId],
    queryFn: ({ signal }) =>
      dataOf(api.GET("/v1/routes/{id}", { params: { path: { id: requestId } }, signal })),
    staleTime: 0,
  });
}
