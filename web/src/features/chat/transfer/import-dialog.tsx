import { type DragEvent, useRef, useState } from "react";
import { type Failure, asFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/chat";
import { formatBytes, formatShare } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { FailureNote } from "@/shared/ui/failure-note";
import { Meter } from "@/shared/ui/meter";
import type { ImportReport } from "../chat-api";
import { useRefreshConversations } from "../sidebar/queries";
import { Report } from "./report";
import { upload } from "./upload";

type State =
  | { is: "waiting" }
  | { is: "sending"; file: File; share: number }
  | { is: "done"; report: ImportReport }
  | { is: "failed"; failure: Failure };

/** Brings conversations in: our own, and those of other assistants. */
export default function ImportDialog({ onClose }: { onClose: () => void }) {
  const [state, setState] = useState<State>({ is: "waiting" });
  const field = useRef<HTMLInputElement>(null);
  const refresh = useRefreshConversations();
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    setState({ is: "sending", file, share: 0 });
    try {
      const report = await upload<ImportReport>("/v1/conversations/import", file, {
        type: file.type || "application/json",
        onProgress: (share) => setState({ is: "sending", file, share }),
      });
      setState({ is: "done", report });
      refresh();
    } catch (thrown) {
      setState({ is: "failed", failure: asFailure(thrown) });
    }
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer.files[0]);
  };
  return (
    <Dialog title={texts.transfer.import} open onClose={onClose}>
      <div className="grid gap-4 text-sm" onDragOver={(event) => event.preventDefault()} onDrop={onDrop}>
        {state.is !== "done" && (
          <>
            <p className="leading-relaxed text-soft">{texts.transfer.importAbout}</p>
            <ul className="list-disc space-y-1 pl-5 text-soft">
              {texts.transfer.sources.map((source) => <li key={source}>{source}</li>)}
            </ul>
          </>
        )}
        <input
          ref={field}
          type="file"
          hidden
          accept=".json,application/json,.zip,application/zip"
          data-import=""
          onChange={(event) => void take(event.target.files?.[0])}
        />
        {state.is === "failed" && <FailureNote failure={state.failure} />}
        {state.is === "sending" && <Sending {...state} />}
        {state.is === "done" && <Report report={state.report} />}
        <div className="flex justify-end gap-2">
          <Button kind={state.is === "done" ? "plain" : "primary"} disabled={state.is === "sending"} onClick={() => field.current?.click()}>
            {state.is === "done" ? texts.transfer.another : texts.transfer.choose}
          </Button>
          {state.is === "done" && <Button kind="primary" onClick={onClose}>{texts.options.done}</Button>}
        </div>
      </div>
    </Dialog>
  );
}

function Sending({ file, share }: { file: File; share: number }) {
  const said = share < 1 ? texts.files.sending(formatShare(share)) : texts.files.reading;
  return (
    <div role="status" className="grid gap-1.5">
      <p className="flex justify-between gap-4">
        <span className="truncate">{file.name} · {formatBytes(file.size)}</span>
        <span className="text-faint tabular-nums">{said}</span>
      </p>
      <Meter label={file.name} share={share} said={said} />
    </div>
  );
}
