import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Model } from "@/shared/api/types";

interface ChosenModel {
  /** `null`: whichever the server finds best. */
  id: string | null;
  choose: (id: string | null) => void;
}

/** The model that the person chose; kept in this browser. */
export const useChosenModel = create<ChosenModel>()(
  persist((set) => ({ id: null, choose: (id) => set({ id }) }), { name: "council.model" }),
);

/** Names that stand for whichever model answers them now. The picker's first line means the same. */
export function isVirtual(model: Model): boolean {
  return model.id.startsWith("council/");
}

/** The model that answers when `chosen` is asked for; `null` for none. One that is gone counts as not chosen. */
export function answering(models: readonly Model[], chosen: string | null): Model | null {
  return (
    models.find(({ id }) => id === chosen) ??
    models.find((model) => model.default) ??
    models.find((model) => !isVirtual(model)) ??
    null
  );
}

/** A provider's name where it says that the model is none. Such answers must never pass for real ones. */
export function fakeLabel(model: Model | undefined): string | null {
  return model?.owned_by.includes("fake") ? model.owned_by : null;
}
