import { useEffect, useRef, useState } from "react";
import { texts } from "@/shared/i18n/chat";

interface RenameFieldProps {
  title: string;
  /** With the new title, or `null` where it stays as it is; `here`: the keyboard has nowhere else to go. */
  onEnd: (title: string | null, here: boolean) => void;
}

/** A conversation's title while it is being changed, where it stands. Enter keeps it, and so does going elsewhere; Esc does not. */
export function RenameField({ title, onEnd }: RenameFieldProps) {
  const [value, setValue] = useState(title);
  const field = useRef<HTMLInputElement>(null);
  const ended = useRef(false);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const end = (renamed: string | null, here: boolean) => {
    // Taking the field away blurs it once more.
    if (ended.current) return;
    ended.current = true;
    onEnd(renamed === "" ? null : renamed, here);
  };
  return (
    <input
      ref={field}
      aria-label={texts.history.newTitle}
      value={value}
      maxLength={200}
      onChange={(event) => setValue(event.target.value)}
      onBlur={() => end(value.trim(), false)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") end(value.trim(), true);
        if (event.key !== "Escape") return;
        event.preventDefault();
        end(null, true);
      }}
      className="w-full rounded-lg border border-accent bg-field px-3 py-1.5 text-sm text-ink"
    />
  );
}
