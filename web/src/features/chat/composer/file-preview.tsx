import { useEffect, useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { formatBytes } from "@/shared/lib/format";
import { Dialog } from "@/shared/ui/dialog";
import type { AttachedFile } from "./files";

/** How much of a file is shown, in bytes. */
const most = 20_000;

/** A file's beginning, to see that it is the right one. */
export default function FilePreview({ attached, onClose }: { attached: AttachedFile; onClose: () => void }) {
  const { file, url, failure } = attached;
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    if (url !== null) return undefined;
    let gone = false;
    void file
      .slice(0, most)
      .text()
      .then((read) => {
        // Bytes that are no text, such as those of a PDF, say nothing to anybody.
        if (!gone) setText(read.includes("\0") || read.includes("\uFFFD") || read.startsWith("%PDF") ? "" : read);
      });
    return () => {
      gone = true;
    };
  }, [file, url]);
  return (
    <Dialog title={file.name} open onClose={onClose}>
      <p className="mb-3 text-xs text-faint">{formatBytes(file.size)}</p>
      {failure !== null && <p className="mb-3 text-sm text-danger">{failure}</p>}
      {url && <img src={url} alt={file.name} className="mx-auto max-h-[60dvh] rounded-lg" />}
      {text === "" && <p className="text-sm text-soft">{texts.files.noPreview}</p>}
      {text !== null && text !== "" && (
        <pre className="overflow-x-auto rounded-lg bg-field p-3 font-mono text-xs leading-relaxed whitespace-pre-wrap">
          {text}
        </pre>
      )}
      {file.size > most && text && <p className="mt-2 text-xs text-faint">{texts.files.beginning}</p>}
    </Dialog>
  );
}
