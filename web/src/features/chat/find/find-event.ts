import { useEffect } from "react";

const findEvent = "council:find";

/** Opens the field that finds text in the open conversation; false where there is none, so that the browser's own is left. */
export function openFind(): boolean {
  return !document.dispatchEvent(new CustomEvent(findEvent, { cancelable: true }));
}

/** For the one who shows it, while there is something to be found. */
export function useFindEvent(active: boolean, onFind: () => void): void {
  useEffect(() => {
    if (!active) return;
    const listener = (event: Event) => {
      event.preventDefault();
      onFind();
    };
    document.addEventListener(findEvent, listener);
    return () => document.removeEventListener(findEvent, listener);
  }, [active, onFind]);
}
