import { useEffect, useEffectEvent } from "react";

/** Said on the document when the last question of the open conversation is to be edited. */
export const editLastEvent = "council:edit-last";
/** Said when nobody shows it at present. */
const bringLastEvent = "council:bring-last";

/** Frames in which a list has made what it is to show. */
const patience = 30;

/** Asks whoever shows the conversation to open the last question for editing, and to bring it into view before that. */
export function editLast(): void {
  if (!edited()) document.dispatchEvent(new CustomEvent(bringLastEvent));
}

/** Whether somebody has opened it. */
function edited(): boolean {
  return !document.dispatchEvent(new CustomEvent(editLastEvent, { cancelable: true }));
}

function editSoon(left: number): void {
  requestAnimationFrame(() => {
    if (!edited() && left > 0) editSoon(left - 1);
  });
}

/** For the one who shows it, while it can be edited. */
export function useEditLast(active: boolean, onEdit: () => void): void {
  const edit = useEffectEvent(onEdit);
  useEffect(() => {
    if (!active) return;
    const listener = (event: Event) => {
      event.preventDefault();
      edit();
    };
    document.addEventListener(editLastEvent, listener);
    return () => document.removeEventListener(editLastEvent, listener);
  }, [active]);
}

/** For the list, of which not all is on the page: `bring` puts the last question there. */
export function useBringLast(bring: () => void): void {
  const show = useEffectEvent(bring);
  useEffect(() => {
    const listener = () => {
      show();
      editSoon(patience);
    };
    document.addEventListener(bringLastEvent, listener);
    return () => document.removeEventListener(bringLastEvent, listener);
  }, []);
}
