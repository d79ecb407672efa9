import { create } from "zustand";
import { api, dataOf } from "@/shared/api/client";
import { asFailure } from "@/shared/api/failure";
import { toast } from "@/shared/ui/toasts";

export type Rating = "up" | "down";

/** What was said about answers in this tab, by request. */
export const useRatings = create<{ ratings: Readonly<Record<string, Rating>> }>(() => ({ ratings: {} }));

/** Tells the server what became of an answer. Shown at once, and taken back where that fails. */
export async function rate(requestId: string, rating: Rating): Promise<void> {
  const before = useRatings.getState().ratings;
  useRatings.setState({ ratings: { ...before, [requestId]: rating } });
  try {
    await dataOf(api.POST("/v1/feedback", { body: { request_id: requestId, rating } }));
  } catch (thrown) {
    useRatings.setState({ ratings: before });
    toast(asFailure(thrown).message, { tone: "danger" });
  }
}
