import type { Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { texts as common } from "@/shared/i18n/shared";
import { Button } from "@/shared/ui/button";
import { CopyButton } from "@/shared/ui/copy-button";
import { fakeLabel } from "./chosen-model";
import { showOverlay } from "./palette/overlay";

/** A chat without messages: says who would answer, and where. */
export function Welcome({ model, incognito }: { model: Model; incognito: boolean }) {
  const real = model.locality === "local" ? texts.chat.local : texts.chat.remote;
  const says = fakeLabel(model) === null ? real : texts.chat.fake;
  return (
    <div className="m-auto px-4 text-center">
      <title>{common.app.name}</title>
      <h1 className="text-2xl font-semibold tracking-tight text-balance">{incognito ? texts.incognito.title : texts.chat.title}</h1>
      <p className="mt-2 text-soft text-balance">{says(model.id)}</p>
      {incognito && (
        <ul className="mx-auto mt-4 max-w-[30rem] list-disc space-y-1 pl-5 text-left text-sm leading-relaxed text-soft">
          {texts.incognito.says.map((line) => <li key={line}>{line}</li>)}
        </ul>
      )}
    </div>
  );
}

/** What there is to do before anything can be asked. */
export function NoModel() {
  return (
    <div className="m-auto max-w-md px-4">
      <h1 className="text-2xl font-semibold tracking-tight">{texts.setup.title}</h1>
      <p className="mt-2 leading-relaxed text-soft">{texts.setup.body}</p>
      <p className="mt-4 flex items-center justify-between gap-4 rounded-lg bg-raised py-2 pr-2 pl-4">
        <code className="font-mono text-sm">{texts.setup.command}</code>
        <CopyButton text={() => texts.setup.command} />
      </p>
      <p className="mt-4 text-sm text-faint">{texts.setup.after}</p>
      <div className="mt-5">
        <Button kind="primary" onClick={() => showOverlay("setup")}>{texts.setup.here}</Button>
      </div>
    </div>
  );
}
