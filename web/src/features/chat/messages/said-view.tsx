import { memo, useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { PencilIcon } from "@/shared/ui/icons";
import { EditQuestion } from "./edit-question";
import type { SaidItem } from "./thread";
import { useThreadActions } from "./thread-context";
import { Versions } from "./versions";

/** What the person said: as it was typed. It can be changed, which makes another version. */
export const SaidView = memo(({ item }: { item: SaidItem }) => {
  const { busy, resend } = useThreadActions();
  const [editing, setEditing] = useState(false);
  if (editing) {
    return (
      <EditQuestion
        text={item.text}
        onSend={(text) => {
          setEditing(false);
          resend(item, text);
        }}
        onCancel={() => setEditing(false)}
      />
    );
  }
  const parts = item.message?.content.filter(({ type }) => type !== "text") ?? [];
  const editable = item.parentId !== null && item.ids.length > 0;
  return (
    <div className="group flex flex-col items-end gap-1">
      <div className="flex max-w-[85%] items-end gap-1">
        {editable && (
          <button
            type="button"
            aria-label={texts.message.edit}
            title={texts.message.edit}
            disabled={busy}
            onClick={() => setEditing(true)}
            className="action mb-2 shrink-0 opacity-0 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
          >
            <PencilIcon />
          </button>
        )}
        <div className="min-w-0 rounded-2xl rounded-br-md bg-raised px-4 py-2.5 leading-relaxed break-words whitespace-pre-wrap">
          <span className="sr-only">{texts.chat.you}: </span>
          {parts.map((part, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- parts never move
            <span key={index} className="mb-1 block text-sm text-soft">{nameOfPart(part)}</span>
          ))}
          <span>{item.text}</span>
        </div>
      </div>
      {item.versions.length > 1 && (
        <div className="-mb-2 text-xs text-faint"><Versions item={item} /></div>
      )}
    </div>
  );
});
SaidView.displayName = "SaidView";

/** A file's name, or that it is an image. */
function nameOfPart(part: object): string {
  if ("file" in part && typeof part.file === "object" && part.file !== null && "name" in part.file) {
    return String(part.file.name);
  }
  return texts.message.image;
}
