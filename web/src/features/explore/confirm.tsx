import { texts } from "@/shared/i18n/explore";
import { texts as shared } from "@/shared/i18n/shared";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Code } from "./answer-body";
import type { HttpRequest } from "./request";

interface ConfirmProps {
  request: HttpRequest;
  /** How often it is to be sent; 0: once. `null`: nothing is asked. */
  count: number | null;
  onClose: () => void;
  onConfirm: () => void;
}

/** Asks before something is sent that takes away or changes, and shows exactly what. */
export function Confirm({ request, count, onClose, onConfirm }: ConfirmProps) {
  const { method, url, body } = request;
  const shown = body?.kind === "json" || body?.kind === "text" ? `${method} ${url}\n\n${body.text}` : `${method} ${url}`;
  return (
    <Dialog
      title={texts.confirm.title(method)}
      open={count !== null}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{shared.app.cancel}</Button>
          <Button kind="danger" onClick={onConfirm}>{texts.confirm.send}</Button>
        </>
      }
    >
      <div className="grid gap-3">
        <p className="text-sm leading-relaxed text-soft">
          {texts.confirm.what} {(count ?? 0) > 1 && texts.confirm.many(count ?? 0)}
        </p>
        <Code text={shown} label={texts.request.title} />
      </div>
    </Dialog>
  );
}
