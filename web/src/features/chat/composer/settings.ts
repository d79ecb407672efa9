import type { Settings } from "../chat-api";
import { useChosenModel } from "../chosen-model";
import { useChange, useConversation } from "../sidebar/queries";
import {
  type MemoryUse,
  chooseMemoryUse,
  dropLocal,
  noSettings,
  putLocal,
  useLocalSettings,
  useMemoryUse,
} from "./local-settings";
import type { Order } from "./order";

/** In the place of a conversation's id: chats that have none yet, or never get one. */
export const newChat = "new";
export const incognitoChat = "incognito";

type Change = (change: Partial<Settings>) => void;

/** How a conversation is answered, and a way to change that. The server keeps it; until it knows the conversation, this tab. */
export function useSettings(key: string): [Settings, Change] {
  const fresh = key === newChat || key === incognitoChat;
  const local = useLocalSettings((state) => state.of[key]);
  const stored = useConversation(key, !fresh && local === undefined);
  const preferred = useChosenModel();
  const { mutate } = useChange();
  if (!fresh && local === undefined) {
    const settings = { ...noSettings, ...stored.data?.settings };
    return [settings, (change) => mutate({ id: key, change: { settings: change } })];
  }
  const settings = { ...noSettings, ...local, ...(fresh && { model: preferred.id }) };
  return [
    settings,
    (change) => {
      // A new chat is answered by whichever model was chosen last.
      if (fresh && change.model !== undefined) preferred.choose(change.model);
      putLocal(key, { ...settings, ...change });
    },
  ];
}

/** A chat has got its id: what was chosen for it goes with it. */
export function begin(from: string, id: string): void {
  putLocal(id, { ...noSettings, ...useLocalSettings.getState().of[from], model: useChosenModel.getState().id });
  dropLocal(from);
  const use = useMemoryUse.getState().of[from];
  if (use === undefined) return;
  chooseMemoryUse(id, use);
  chooseMemoryUse(from, null);
}

/** The further fields of a question that these choices come to. */
export function orderOf(settings: Settings, memory: MemoryUse | undefined, incognito: boolean): Order {
  // The server has what the conversation leaves out, and what was agreed to in it.
  const { model: _, without_memories: __, consent: ___, ...chosen } = settings;
  const order: Order = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== null));
  if (incognito) return { ...order, incognito: true };
  return { ...order, ...(memory !== undefined && { memory }) };
}
