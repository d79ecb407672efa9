import { useEffect, useEffectEvent } from "react";

/** Said on the document when the last question of the open conversation is to be edited. */
export const editLastEvent = "council:edit-last";

/** Asks whoever shows the conversation to open the last question for editing. */
export function editLast(): void {
  document.dispatchEvent(new CustomEvent(editLastEvent));
}

/** For the one who shows it, while it can be edited. */
export function useEditLast(active: boolean, onEdit: () => void): void {
  const edit = useEffectEvent(onEdit);
  useEffect(() => {
    if (!active) return;
    const listener = () => edit();
    document.addEventListener(editLastEvent, listener);
    return () => document.removeEventListener(editLastEvent, listener);
  }, [active]);
}
