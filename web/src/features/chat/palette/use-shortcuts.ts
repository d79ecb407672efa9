import { useEffect } from "react";
import { useLocation } from "wouter";
import { openFind } from "../find/find-event";
import { showOverlay } from "./overlay";

/** The keys that mean the same everywhere on the chat. Where one writes, only those with Ctrl or ⌘. */
export function useShortcuts(): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented || event.altKey || document.querySelector("dialog[open]")) return;
      const key = event.key.toLowerCase();
      const held = event.ctrlKey || event.metaKey;
      if (held && key === "k") showOverlay("palette");
      else if (held && event.shiftKey && key === "o") freshChat(navigate);
      else if (held && key === "f" && !event.shiftKey) {
        if (!openFind()) return;
      } else if (held || isWriting(event.target)) return;
      else if (key === "/") focusComposer();
      else if (key === "?") showOverlay("shortcuts");
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [navigate]);
}

/** Begins a chat, ready to be written in. */
export function freshChat(navigate: (to: string) => void): void {
  navigate("/chat");
  requestAnimationFrame(focusComposer);
}

export function focusComposer(): void {
  document.querySelector<HTMLElement>("[data-composer]")?.focus();
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input, textarea, select, [contenteditable=true], [contenteditable=true] *");
}
