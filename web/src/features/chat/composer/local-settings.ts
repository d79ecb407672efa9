import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Settings } from "../chat-api";
import type { Order } from "./order";

export const noSettings: Settings = {
  model: null,
  system: null,
  temperature: null,
  top_p: null,
  max_tokens: null,
  seed: null,
  consent: null,
  without_memories: null,
};

interface LocalSettings {
  /** By conversation: of those that the server has not got yet. */
  of: Readonly<Record<string, Settings>>;
}

/** Settings that only this tab knows. */
export const useLocalSettings = create<LocalSettings>(() => ({ of: {} }));

export function putLocal(key: string, settings: Settings): void {
  useLocalSettings.setState(({ of }) => ({ of: { ...of, [key]: settings } }));
}

export function dropLocal(key: string): void {
  useLocalSettings.setState(({ of }) => without(of, key));
}

/** What a conversation's turns take from the memory and leave there; docs/api.md, "Memory in a turn". */
export type MemoryUse = "on" | "read" | "off";

/** By conversation, where it is not as the server is configured. Kept in this browser. */
export const useMemoryUse = create<{ of: Readonly<Record<string, MemoryUse>> }>()(
  persist(() => ({ of: {} }), { name: "council.memory-use" }),
);

export function chooseMemoryUse(key: string, use: MemoryUse | null): void {
  useMemoryUse.setState(({ of }) => (use === null ? without(of, key) : { of: { ...of, [key]: use } }));
}

/** What was chosen about the memory, as fields of a question. The conversation's other choices are with the server. */
export function memoryOrder(key: string): Order {
  const memory = useMemoryUse.getState().of[key];
  return memory === undefined ? {} : { memory };
}

function without<T>(of: Readonly<Record<string, T>>, key: string): { of: Record<string, T> } {
  const { [key]: _, ...others } = of;
  return { of: others };
}
