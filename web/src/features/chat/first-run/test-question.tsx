import { texts } from "@/shared/i18n/chat";
import { formatDuration } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { ErrorState } from "@/shared/ui/states";
import { describe } from "../model-picker";
import { useModels } from "../queries";
import { useTestQuestion } from "./queries";

/** Asks something short, to see that an answer comes. */
export function TestQuestion() {
  const test = useTestQuestion();
  const models = useModels();
  const answered = test.data?.model;
  const model = models.data?.find(({ id }) => id === answered);
  return (
    <div className="grid gap-2">
      <p className="flex flex-wrap items-center gap-3">
        <span className="rounded-2xl rounded-br-md bg-raised px-3 py-1.5">{texts.setup.testPrompt}</span>
        <Button size="small" disabled={test.isPending} onClick={() => test.mutate(texts.setup.testPrompt)}>
          {texts.setup.testAsk}
        </Button>
      </p>
      {test.isPending && <p role="status" className="text-faint">{texts.setup.testing}</p>}
      {test.isError && <ErrorState error={test.error} />}
      {test.data && (
        <div role="status">
          <p className="whitespace-pre-wrap">{test.data.text}</p>
          <p className="text-xs text-faint">{texts.setup.testTook(model ? describe(model) : test.data.model, formatDuration(test.data.latency_ms))}</p>
        </div>
      )}
    </div>
  );
}
