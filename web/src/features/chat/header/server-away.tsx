import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { asFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/chat";
import { useModels } from "../queries";
import { useTurns } from "../turns";

/** Whether the server does not answer at present. It is asked again every other second until it does. */
export function useServerAway(): boolean {
  const { error } = useModels();
  return error !== null && asFailure(error).code === "unreachable";
}

/** Says calmly that the server is away, and has what failed meanwhile asked for again when it is back. */
export function ServerState() {
  const client = useQueryClient();
  const models = useModels();
  const away = useServerAway();
  const { refetch } = models;
  // A question that nobody took is the first sign.
  const unanswered = useTurns(({ turns }) =>
    Object.values(turns).some((of) => of.at(-1)?.away || of.at(-1)?.failure?.code === "unreachable"),
  );
  useEffect(() => {
    if (unanswered) void refetch();
  }, [unanswered, refetch]);
  useEffect(() => {
    if (away) return;
    void client.refetchQueries({ type: "active", predicate: ({ state }) => state.status === "error" });
  }, [away, client]);

  if (away) {
    return (
      <p role="status" className="mx-3 rounded-lg bg-raised px-4 py-2 text-center text-sm text-soft">
        <span className="font-medium text-ink">{texts.header.away}</span> {texts.header.awayHint}
      </p>
    );
  }
  if (!models.isError) return null;
  return (
    <p role="alert" className="mx-3 rounded-lg bg-danger/10 px-4 py-2 text-center text-sm text-danger">
      {models.error.message}
    </p>
  );
}
