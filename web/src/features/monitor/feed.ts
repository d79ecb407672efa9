import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { create } from "zustand";
import { listen, useConnection } from "@/shared/api/live";
import type { Receipt, System } from "@/shared/api/types";
import type { Sample } from "./columns";
import { monitorKeys } from "./queries";

/** Seconds that are kept here: the longest live range, and some for clocks that differ. */
const kept = 960;

/** Receipts that came since the page was opened. */
const keptReceipts = 100;

interface Feed {
  latest: System | null;
  tail: readonly Sample[];
  receipts: readonly Receipt[];
}

/** What came by the socket. */
export const useFeed = create<Feed>(() => ({ latest: null, tail: [], receipts: [] }));

/** Listens for as long as the monitor is shown. */
export function useListening(): void {
  const client = useQueryClient();
  useEffect(() => {
    const left = [
      listen("metrics", ({ data, seq }) => {
        const latest = data as System;
        // What was so at the beginning may be old, and then be a gap's end.
        const sample = { at: latest.at, values: latest.values };
        useFeed.setState(({ tail }) => ({ latest, tail: seq === 0 ? tail : [...tail.slice(-kept), sample] }));
      }),
      listen("routes", ({ data }) => {
        useFeed.setState(({ receipts }) => ({ receipts: [data as Receipt, ...receipts].slice(0, keptReceipts) }));
      }),
      listen("events", ({ data }) => {
        if ((data as { kind: string }).kind === "alert") void client.invalidateQueries({ queryKey: monitorKeys.alerts });
      }),
    ];
    return () => {
      for (const leave of left) leave();
    };
  }, [client]);
  const { state } = useConnection();
  useEffect(() => {
    // What happened while nobody listened is in the server's history.
    if (state === "open") void client.invalidateQueries({ queryKey: monitorKeys.all });
  }, [state, client]);
}

/** After so many milliseconds without a word, what is shown is old. */
export const staleAfter = 3_000;

/** How long the server has said nothing, in milliseconds, where that is too long; `null` while it speaks. */
export function useStale(): number | null {
  const lastSeen = useConnection((connection) => connection.lastSeen);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  if (lastSeen === null) return null;
  const age = now - lastSeen;
  return age > staleAfter ? age : null;
}
