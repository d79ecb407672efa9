import { useEffect, useRef, useState } from "react";
import { api, dataOf } from "@/shared/api/client";
import { asFailure } from "@/shared/api/failure";
import type { components } from "@/shared/api/schema";

export type Found = components["schemas"]["FoundMessage"];

/** How long the typing must rest before the server is asked, in milliseconds. */
const rest = 120;

interface Outcome {
  /** The messages that have the text; `undefined` until the server has said. */
  found: readonly Found[] | undefined;
  /** Which of them is looked at. */
  at: number;
  /** Why there is no answer. */
  problem: string | null;
}

interface Find extends Outcome {
  search: (text: string) => void;
  step: (by: 1 | -1) => void;
}

const nothing: Outcome = { found: undefined, at: 0, problem: null };

/** Finds a text in a conversation, and goes to the first message from `from` on that has it. */
export function useFind(conversation: string, from: () => number, goTo: (found: Found) => void): Find {
  const [state, setState] = useState(nothing);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asking = useRef<AbortController>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      asking.current?.abort();
    },
    [],
  );

  const show = (found: readonly Found[], at: number) => {
    setState({ found, at, problem: null });
    const one = found[at];
    if (one !== undefined) goTo(one);
  };
  const ask = async (text: string) => {
    const controller = new AbortController();
    asking.current = controller;
    const params = { path: { id: conversation } };
    const { signal } = controller;
    try {
      const { data } = await dataOf(api.POST("/v1/conversations/{id}/search", { params, body: { text }, signal }));
      const first = from();
      const next = data.findIndex(({ message_id: id }) => id >= first);
      show(data, next === -1 ? data.length - 1 : next);
    } catch (thrown) {
      if (!signal.aborted) setState({ ...nothing, problem: asFailure(thrown).message });
    }
  };
  return {
    ...state,
    search(text) {
      clearTimeout(timer.current);
      asking.current?.abort();
      if (text.trim() === "") setState(nothing);
      else timer.current = setTimeout(() => void ask(text), rest);
    },
    step(by) {
      const { found = [], at } = state;
      if (found.length > 0) show(found, (at + by + found.length) % found.length);
    },
  };
}
