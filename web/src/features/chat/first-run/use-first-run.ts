import { useEffect } from "react";
import type { Model } from "@/shared/api/types";
import { isVirtual } from "../chosen-model";
import { showOverlay } from "../palette/overlay";

const key = "council.setup";

/** Opens the first steps by itself, once in this browser, where no model is installed that could answer. */
export function useFirstRun(models: readonly Model[] | undefined): void {
  const none = models !== undefined && !models.some((model) => !isVirtual(model) && model.capabilities.chat);
  useEffect(() => {
    if (!none || localStorage.getItem(key) !== null) return;
    showOverlay("setup");
  }, [none]);
}

/** It was gone through, or skipped. */
export function firstRunDone(): void {
  localStorage.setItem(key, "done");
}
