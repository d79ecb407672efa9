import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, dataOf } from "@/shared/api/client";
import type { Shelf } from "./queries";

/** How long the typing must rest before the server is asked, in milliseconds: less than between two keys of most people. */
const rest = 60;

/** What a search finds; what the last one found is shown until the next one has answered. */
export function useSearch(query: string, shelf: Shelf = null) {
  const asked = useRested(query.trim());
  return useQuery({
    queryKey: ["search", asked, shelf],
    queryFn: ({ signal }) =>
      dataOf(
        api.POST("/v1/conversations/search", {
          body: { query: asked, limit: 50, ...shelf },
          signal,
        }),
      ),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
    // A message more may have been said since.
    staleTime: 5_000,
  });
}

function useRested(value: string): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), rest);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

interface Piece {
  text: string;
  marked: boolean;
}

/** A snippet in pieces, those that were searched for marked. Marks may touch, and count UTF-16 units. */
export function piecesOf(snippet: string, marks: readonly (readonly number[])[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const push = (to: number, marked: boolean) => {
    if (to > at) pieces.push({ text: snippet.slice(at, to), marked });
    at = Math.max(at, to);
  };
  for (const [from = 0, to = from] of marks) {
    push(from, false);
    push(to, true);
  }
  push(snippet.length, false);
  return pieces;
}

/** Where words of a query stand in a title, which the server does not say: from and to, in order. */
export function marksIn(title: string, query: string): number[][] {
  const words = query.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  const pattern = words.map((word) => `(?<![\\p{L}\\p{N}])${word}`).join("|");
  if (pattern === "") return [];
  return [...title.matchAll(new RegExp(pattern, "giu"))].map(({ index, 0: found }) => [index, index + found.length]);
}
