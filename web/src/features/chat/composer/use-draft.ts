import { useCallback, useEffect, useRef, useState } from "react";

const prefix = "council.draft.";
/** How long the writing rests before it is kept, in milliseconds. */
const rest = 250;

/** What was begun and not sent; empty where there is nothing. */
export function draftOf(key: string): string {
  return localStorage.getItem(prefix + key) ?? "";
}

/** Keeps a text in this browser until it is sent. */
export function keepDraft(key: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(prefix + key);
    else localStorage.setItem(prefix + key, text);
  } catch {
    // The browser's store is full: the text stands on the page all the same.
  }
}

/** A text that a reload does not lose. `null`: one that is not kept anywhere. */
export function useDraft(key: string | null): [string, (text: string) => void] {
  const [text, setText] = useState(() => (key === null ? "" : draftOf(key)));
  const unsaved = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const save = useCallback(() => {
    clearTimeout(timer.current);
    if (key !== null && unsaved.current !== null) keepDraft(key, unsaved.current);
    unsaved.current = null;
  }, [key]);
  useEffect(() => {
    window.addEventListener("pagehide", save);
    return () => {
      window.removeEventListener("pagehide", save);
      save();
    };
  }, [save]);
  const change = (next: string) => {
    setText(next);
    unsaved.current = next;
    clearTimeout(timer.current);
    // What was sent must not come back, even if this page ends now.
    if (next === "") save();
    else timer.current = setTimeout(save, rest);
  };
  return [text, change];
}
