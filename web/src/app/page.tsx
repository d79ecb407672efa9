import type { ComponentType } from "react";
import { loadTexts } from "@/shared/i18n/catalogue";
import { later } from "@/shared/ui/later";

export const waiting = <div className="flex-1" aria-busy="true" />;

/** A page, fetched when it is first shown, after what it says. */
export function page<Props extends object>(
  name: Parameters<typeof loadTexts>[0],
  load: () => Promise<{ default: ComponentType<Props> }>,
) {
  return later(async () => {
    await loadTexts(name);
    return load();
  }, waiting);
}
