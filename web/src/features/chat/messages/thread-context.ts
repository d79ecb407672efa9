import { createContext, useContext } from "react";
import type { Model } from "@/shared/api/types";
import type { Order } from "../composer/order";
import type { Question } from "../stream-answer";
import type { AnswerItem, SaidItem } from "./thread";

/** What can be done about a message of the open conversation. */
export interface ThreadActions {
  conversation: string;
  models: readonly Model[];
  /** An answer is being made: nothing else can be asked meanwhile. */
  busy: boolean;
  /** Asks once more for an answer; `model` `null`: of whoever is best; `more`: asked otherwise than usual. */
  again: (item: AnswerItem, model: string | null, more?: Order) => void;
  /** Puts a changed question beside the old one. */
  resend: (item: SaidItem, prompt: string) => void;
  /** Asks once more what failed; `change`: otherwise than then. */
  retry: (item: AnswerItem, change?: Pick<Partial<Question>, "model" | "more">) => void;
  /** Shows the version of a message that has this id, and what follows it. Resolves when it is there, or could not be. */
  show: (version: number) => Promise<void>;
}

const Context = createContext<ThreadActions | null>(null);

export const ThreadProvider = Context.Provider;

export function useThreadActions(): ThreadActions {
  const actions = useContext(Context);
  if (actions === null) throw new Error("a message outside of a conversation");
  return actions;
}
