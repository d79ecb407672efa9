import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { TextArea } from "@/shared/ui/field";

interface EditQuestionProps {
  text: string;
  onSend: (text: string) => void;
  onCancel: () => void;
}

/** A question that is being changed. */
export function EditQuestion({ text, onSend, onCancel }: EditQuestionProps) {
  const [changed, setChanged] = useState(text);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(text.length, text.length);
  }, [text]);
  const sendable = changed.trim() !== "";
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.nativeEvent.stopPropagation();
      onCancel();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (sendable) onSend(changed.trim());
    }
  };
  return (
    <form
      className="ml-auto w-full max-w-[85%] space-y-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (sendable) onSend(changed.trim());
      }}
    >
      <TextArea
        ref={area}
        aria-label={texts.message.editLabel}
        rows={Math.min(12, changed.split("\n").length + 1)}
        value={changed}
        onChange={(event) => setChanged(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="flex justify-end gap-2">
        <Button size="small" kind="quiet" onClick={onCancel}>{texts.message.cancel}</Button>
        <Button size="small" kind="primary" type="submit" disabled={!sendable}>{texts.message.editSend}</Button>
      </div>
    </form>
  );
}
