import type { ReactNode } from "react";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { isVirtual } from "../chosen-model";
import { useModels } from "../queries";
import { CloudChoice } from "./cloud-choice";
import { MachineLines } from "./machine-lines";
import { ModelChoice } from "./model-choice";
import { useCatalog } from "./queries";
import { TestQuestion } from "./test-question";
import { firstRunDone } from "./use-first-run";

/** The first steps: what this machine is, a model that suits it, the cloud, a test question. */
export default function SetupDialog({ onClose }: { onClose: () => void }) {
  const catalog = useCatalog();
  const models = useModels();
  const answers = (models.data ?? []).some((model) => !isVirtual(model) && model.capabilities.chat);
  const close = () => {
    firstRunDone();
    onClose();
  };
  return (
    <Dialog
      title={texts.setup.again}
      open
      onClose={close}
      footer={
        <Button kind={answers ? "primary" : "quiet"} onClick={close}>
          {answers ? texts.setup.finish : texts.setup.skip}
        </Button>
      }
    >
      <ol className="grid gap-6 text-sm">
        <Step title={texts.setup.machine}>
          {catalog.isPending && <LoadingState lines={2} />}
          {catalog.isError && <ErrorState error={catalog.error} onRetry={() => void catalog.refetch()} />}
          {catalog.data && <MachineLines machine={catalog.data.machine} />}
        </Step>
        {catalog.data && (
          <Step title={texts.setup.model} about={texts.setup.modelAbout}>
            <ModelChoice catalog={catalog.data.data} onInstalled={() => void catalog.refetch()} />
          </Step>
        )}
        <Step title={texts.setup.cloud}>
          <CloudChoice />
        </Step>
        {answers && (
          <Step title={texts.setup.test}>
            <TestQuestion />
          </Step>
        )}
      </ol>
    </Dialog>
  );
}

function Step({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  return (
    <li>
      <h3 className="font-semibold">{title}</h3>
      {about && <p className="mt-0.5 text-xs text-faint">{about}</p>}
      <div className="mt-2">{children}</div>
    </li>
  );
}
