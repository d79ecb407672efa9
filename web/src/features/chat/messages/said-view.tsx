import { memo, useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { PencilIcon } from "@/shared/ui/icons";
import { useEditLast } from "../composer/edit-last";
import { EditQuestion } from "./edit-question";
import { SaidFiles } from "./said-files";
import type { SaidItem } from "./thread";
import { useThreadActions } from "./thread-context";
import { Versions } from "./versions";

interface SaidViewProps {
  item: SaidItem;
  /** The person said nothing after it. */
  last: boolean;
}

/** What the person said: as it was typed. It can be changed, which makes another version. */
export const SaidView = memo(({ item, last }: SaidViewProps) => {
  const { busy, resend } = useThreadActions();
  const [editing, setEditing] = useState(false);
  const editable = item.unsent !== null || (item.parentId !== null && item.ids.length > 0);
  useEditLast(last && editable && !busy, () => setEditing(true));
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
          <SaidFiles item={item} />
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
