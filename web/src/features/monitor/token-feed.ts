import { useEffect } from "react";
import { create } from "zustand";
import { listen, watchTokens } from "@/shared/api/live";

/** A token as it came. */
export interface Token {
  text: string;
  /** Natural logarithm of its probability; `null` where the model tells none. */
  logprob: number | null;
  /** What was likely in its place, as far as the request asked. */
  top: { text: string; logprob: number }[];
}

/** An answer that is watched, or was. */
export interface WatchedAnswer {
  key: string;
  requestId: string;
  model: string;
  /** Tokens that were there before watching began. */
  missed: number;
  tokens: Token[];
  ended: boolean;
}

/** An answer that runs. */
export interface RunningAnswer {
  request_id: string;
  route: string;
  model: string;
  started_at: number;
  tokens: number;
  tokens_per_s: number | null;
  first_token_ms: number | null;
}

interface TokenFeed {
  running: readonly RunningAnswer[];
  /** The newest first. */
  watched: readonly WatchedAnswer[];
}

/** Answers that are kept on this page. */
const kept = 10;
/** Tokens of one that are kept; a longer answer loses its beginning. */
const keptTokens = 4_000;

export const useTokenFeed = create<TokenFeed>(() => ({ running: [], watched: [] }));

interface Piece {
  request_id: string;
  choice: number;
  model?: string;
  from?: number;
  tokens?: Token[];
  ended?: boolean;
}

/** Puts a piece of an answer to those that are known. */
export function withPiece(watched: readonly WatchedAnswer[], piece: Piece): WatchedAnswer[] {
  const key = `${piece.request_id} ${piece.choice}`;
  const known = watched.find((answer) => answer.key === key);
  if (piece.ended) return watched.map((answer) => (answer === known ? { ...answer, ended: true } : answer));
  const fresh = piece.tokens ?? [];
  if (known === undefined) {
    const { request_id: requestId, model = "", from: missed = 0 } = piece;
    return [{ key, requestId, model, missed, tokens: fresh, ended: false }, ...watched].slice(0, kept);
  }
  const tokens = [...known.tokens, ...fresh];
  const cut = Math.max(0, tokens.length - keptTokens);
  const grown = { ...known, missed: known.missed + cut, tokens: tokens.slice(cut) };
  return watched.map((answer) => (answer === known ? grown : answer));
}

/** Hears which answers run, and their tokens where `watching`, for as long as it is shown. */
export function useTokens(watching: boolean): void {
  useEffect(() => {
    const pieces: Piece[] = [];
    let frame = 0;
    // Tokens come faster than anybody reads: they are shown once for each picture that the screen shows.
    const show = () => {
      cancelAnimationFrame(frame);
      frame = 0;
      const fresh = pieces.splice(0);
      useTokenFeed.setState(({ watched }) => ({ watched: fresh.reduce(withPiece, [...watched]) }));
    };
    const leave = listen("tokens", ({ data }) => {
      const piece = data as Piece & { running?: RunningAnswer[] };
      if (piece.running !== undefined) {
        useTokenFeed.setState({ running: piece.running });
        return;
      }
      pieces.push(piece);
      // A page that nobody sees gets no frames, and must not gather for ever.
      if (pieces.length > keptTokens) show();
      else frame ||= requestAnimationFrame(show);
    });
    return () => {
      leave();
      cancelAnimationFrame(frame);
    };
  }, []);
  useEffect(() => {
    watchTokens(watching ? "all" : null);
    return () => watchTokens(null);
  }, [watching]);
}
