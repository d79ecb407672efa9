import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef } from "react";
import { texts } from "@/shared/i18n/chat";
import { editLast } from "./edit-last";

interface MessageFieldProps {
  text: string;
  onChange: (text: string) => void;
  onSend: () => void;
  /** Files that were pasted. */
  onFiles: (files: File[]) => void;
}

/** The text of the next message; as high as it is long. */
export function MessageField({ text, onChange, onSend, onFiles }: MessageFieldProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // On a phone this would push the keyboard over half of the page that was just opened.
    if (window.matchMedia("(pointer: fine)").matches) area.current?.focus();
  }, []);
  // CSS has `field-sizing` for this, which not every browser knows yet.
  useEffect(() => {
    if (area.current === null) return;
    area.current.style.height = "auto";
    area.current.style.height = text === "" ? "" : `${area.current.scrollHeight}px`;
  }, [text]);

  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter takes its suggestion. Safari ends the composition before it tells of the
    // key, which then still has the code 229.
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (composing || event.shiftKey) return;
    if (event.key === "ArrowUp" && text === "") {
      event.preventDefault();
      editLast();
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    onSend();
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    // What comes with text as well, such as cells of a table, is meant as text.
    if (files.length === 0 || event.clipboardData.getData("text/plain") !== "") return;
    event.preventDefault();
    onFiles(files);
  };
  return (
    <textarea
      ref={area}
      data-composer=""
      aria-label={texts.composer.label}
      aria-describedby="composer-hint"
      placeholder={texts.composer.placeholder}
      rows={1}
      value={text}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
      className="max-h-[40dvh] min-h-9 w-full min-w-0 resize-none bg-transparent px-1.5 py-1.5 leading-6 outline-none placeholder:text-faint"
    />
  );
}
