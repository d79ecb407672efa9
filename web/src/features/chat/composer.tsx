import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { SendIcon, StopIcon } from "@/shared/ui/icons";

interface ComposerProps {
  /** An answer is being made: it can be stopped, and nothing can be sent. */
  running: boolean;
  /** Nothing could answer. */
  disabled: boolean;
  onSend: (text: string) => void;
  onStop: () => void;
}

/** Where the person writes. */
export function Composer({ running, disabled, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState("");
  const area = useRef<HTMLTextAreaElement>(null);
  useEscape(running, onStop);
  useEffect(() => {
    // On a phone this would push the keyboard over half of the page that was just opened.
    if (window.matchMedia("(pointer: fine)").matches) area.current?.focus();
  }, []);

  const sendable = !running && !disabled && text.trim() !== "";
  const send = () => {
    if (!sendable) return;
    onSend(text.trim());
    setText("");
    if (area.current !== null) area.current.style.height = "";
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter takes its suggestion. Safari ends the composition before it tells of the
    // key, which then still has the code 229.
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className="mx-auto w-full max-w-[46rem]"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="composer flex items-end gap-2 rounded-2xl border border-line bg-field p-2 pl-4">
        <textarea
          ref={area}
          aria-label={texts.composer.label}
          aria-describedby="composer-hint"
          placeholder={texts.composer.placeholder}
          rows={1}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            growWithText(event.target);
          }}
          onKeyDown={onKeyDown}
          className="max-h-[40dvh] min-h-9 min-w-0 flex-1 resize-none bg-transparent py-1.5 leading-6 outline-none placeholder:text-faint"
        />
        {running ? (
          <button
            type="button"
            aria-label={texts.composer.stop}
            title={texts.composer.stopHint}
            onClick={onStop}
            className="grid size-9 shrink-0 place-items-center rounded-xl bg-ink text-paper hover:opacity-85"
          >
            <StopIcon />
          </button>
        ) : (
          <button
            type="submit"
            aria-label={texts.composer.send}
            title={texts.composer.send}
            disabled={!sendable}
            className="grid size-9 shrink-0 place-items-center rounded-xl bg-accent text-on-accent hover:opacity-90 disabled:bg-raised disabled:text-faint disabled:opacity-100"
          >
            <SendIcon />
          </button>
        )}
      </div>
      <p id="composer-hint" className="mt-1.5 hidden text-center text-xs text-faint sm:block">
        {running ? texts.composer.stopHint : texts.composer.hint}
      </p>
    </form>
  );
}

/** CSS has `field-sizing` for this, which not every browser knows yet. */
function growWithText(area: HTMLTextAreaElement): void {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}

/** Esc stops the answer from anywhere on the page, except where it closes something that is open over it. */
function useEscape(active: boolean, onEscape: () => void): void {
  useEffect(() => {
    if (!active) return;
    const listener = (event: globalThis.KeyboardEvent) => {
      if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open]")) return;
      onEscape();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, [active, onEscape]);
}
