import { texts } from "@/shared/i18n/chat";
import { Dialog } from "@/shared/ui/dialog";
import { ErrorState, LoadingState } from "@/shared/ui/states";
import { Failure } from "@/shared/api/failure";
import type { AnswerItem } from "../messages/thread";
import { Again } from "./again";
import { Candidates } from "./candidates";
import { openReceipt } from "./open-receipt";
import { RateButtons } from "./rate-buttons";
import { Recalled } from "./recalled";
import { Steps } from "./steps";
import { Summary } from "./summary";
import { Thresholds } from "./thresholds";
import { useReceipt } from "./use-receipt";

/** Why an answer is what it is, at the side of the conversation. */
export default function ReceiptDrawer({ item }: { item: AnswerItem }) {
  return (
    <Dialog title={texts.receipt.open} open place="right" onClose={() => openReceipt(null)}>
      <Receipt key={item.requestId} item={item} requestId={item.requestId ?? ""} />
    </Dialog>
  );
}

function Receipt({ item, requestId }: { item: AnswerItem; requestId: string }) {
  const { data: receipt, error, refetch } = useReceipt(requestId);
  if (error instanceof Failure && error.code === "not_found") return <p className="text-sm text-faint">{texts.receipt.none}</p>;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (receipt === undefined) return <LoadingState label={texts.receipt.loading} lines={8} />;
  return (
    <div className="space-y-7 pb-4 text-sm">
      <Summary receipt={receipt} />
      <Steps receipt={receipt} />
      <Candidates receipt={receipt} />
      <Thresholds receipt={receipt} />
      <Recalled item={item} />
      <Again item={item} />
      <section className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-semibold">{texts.receipt.rate}</h3>
        <span className="flex text-faint">
          <RateButtons requestId={requestId} said={receipt.feedback.at(-1)?.rating} />
        </span>
      </section>
      <p className="text-xs break-all text-faint">
        {texts.receipt.request} <code className="font-mono">{requestId}</code>
      </p>
    </div>
  );
}
