import { useState } from "react";
import { texts } from "@/shared/i18n/admin";
import { formatDate } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { StopIcon } from "@/shared/ui/icons";
import { usePanic, useRelease, useStopEverything } from "./queries/panic";

/** Stops everything, after a question. */
export function PanicSwitch() {
  const said = texts.panic;
  const [isAsked, setAsked] = useState(false);
  const stop = useStopEverything();
  const confirm = () => {
    setAsked(false);
    stop.mutate();
  };
  return (
    <>
      <Button kind="danger" size="small" disabled={stop.isPending} onClick={() => setAsked(true)}>
        <StopIcon />
        {said.button}
      </Button>
      <Dialog
        title={said.title}
        open={isAsked}
        onClose={() => setAsked(false)}
        footer={<Button kind="danger" onClick={confirm}>{said.confirm}</Button>}
      >
        <p className="text-sm leading-relaxed text-soft">{said.about}</p>
      </Dialog>
    </>
  );
}

/** That everything was stopped, and the way back. */
export function PanicNote() {
  const said = texts.panic;
  const { data } = usePanic();
  const release = useRelease();
  if (data?.active !== true) return null;
  return (
    <div role="status" className="mb-4 flex flex-wrap items-center gap-3 rounded-lg border border-danger/40 bg-danger/5 px-4 py-2.5 text-sm">
      <span>{said.active(formatDate(data.at ?? 0))}</span>
      <Button size="small" className="ml-auto" disabled={release.isPending} onClick={() => release.mutate()}>
        {said.release}
      </Button>
    </div>
  );
}
