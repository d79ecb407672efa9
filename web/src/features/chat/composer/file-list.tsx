import { useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { formatBytes, formatCount, formatShare } from "@/shared/lib/format";
import { CloseIcon } from "@/shared/ui/icons";
import { later } from "@/shared/ui/later";
import { type AttachedFile, detach } from "./files";

const FilePreview = later(() => import("./file-preview"));

/** The files that will go with the next question. */
export function FileList({ conversation, files }: { conversation: string; files: readonly AttachedFile[] }) {
  const [shown, setShown] = useState<AttachedFile | null>(null);
  if (files.length === 0) return null;
  return (
    <>
      <ul aria-label={texts.files.label} className="flex flex-wrap gap-2 px-1 pt-1 pb-2">
        {files.map((one) => (
          <li
            key={one.key}
            className={`flex max-w-full items-center gap-1 rounded-lg border py-1 pr-1 pl-2.5 text-xs ${one.failure === null ? "border-line bg-raised" : "border-danger/50 bg-danger/5"}`}
          >
            <button
              type="button"
              onClick={() => setShown(one)}
              className="flex min-w-0 items-center gap-2 text-left"
              title={one.url !== null ? texts.files.lookAt : texts.files.look}
            >
              {/* What it shows, its name says beside it. */}
              {one.url && <img src={one.url} alt="" className="size-9 shrink-0 rounded-md bg-paper object-cover" />}
              <span className="grid min-w-0">
                <span className="truncate font-medium">{one.file.name}</span>
                <span role="status" className={one.failure === null ? "text-faint tabular-nums" : "text-danger"}>
                  {said(one)}
                </span>
              </span>
            </button>
            <button
              type="button"
              aria-label={texts.files.remove(one.file.name)}
              title={texts.files.remove(one.file.name)}
              onClick={() => detach(conversation, one.key)}
              className="grid size-7 shrink-0 place-items-center rounded-md text-soft hover:bg-paper hover:text-ink [&_svg]:size-3.5"
            >
              <CloseIcon />
            </button>
          </li>
        ))}
      </ul>
      {shown && <FilePreview attached={shown} onClose={() => setShown(null)} />}
    </>
  );
}

/** How far it is, or what it comes to. */
function said({ file, kept, failure, share }: AttachedFile): string {
  if (failure !== null) return failure;
  if (kept === null) return share < 1 ? texts.files.sending(formatShare(share)) : texts.files.reading;
  const parts = [
    formatBytes(file.size),
    kept.pages == null ? null : texts.files.pages(kept.pages),
    texts.files.tokens(formatCount(kept.tokens)),
    kept.left_out_bytes > 0 ? texts.files.leftOut(formatBytes(kept.left_out_bytes)) : null,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}
