import { texts } from "@/shared/i18n/chat";
import { forgetNow, useForgotten } from "./forget";

/** Says quietly that a question and its answer are remembered, and takes that back. */
export function RememberedNote({ ids }: { ids: readonly string[] }) {
  const forgotten = useForgotten((state) => state.ids);
  if (ids.every((id) => forgotten.has(id))) return <span>{texts.recall.notRemembered}</span>;
  return (
    <button
      type="button"
      title={texts.recall.forgetTurn}
      onClick={() => void forgetNow(ids)}
      className="rounded underline decoration-dotted underline-offset-2 hover:text-ink"
    >
      {texts.recall.remembered}
    </button>
  );
}
