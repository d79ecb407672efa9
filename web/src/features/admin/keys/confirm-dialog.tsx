import type { ReactNode } from "react";
import { asFailure } from "@/shared/api/failure";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { FailureNote } from "@/shared/ui/failure-note";

interface ConfirmDialogProps {
  title: string;
  open: boolean;
  /** What the button says that does it. */
  action: string;
  mutation: { error: unknown; isPending: boolean; reset: () => void };
  onConfirm: () => void;
  onClose: () => void;
  /** What it means. */
  children: ReactNode;
}

/** Asks before something that cannot be taken back, and says where it failed. */
export function ConfirmDialog({ title, open, action, mutation, onConfirm, onClose, children }: ConfirmDialogProps) {
  const close = () => {
    mutation.reset();
    onClose();
  };
  return (
    <Dialog
      title={title}
      open={open}
      onClose={close}
      footer={<Button kind="danger" disabled={mutation.isPending} onClick={onConfirm}>{action}</Button>}
    >
      <p className="text-sm leading-relaxed text-soft">{children}</p>
      {mutation.error !== null && <div className="mt-3"><FailureNote failure={asFailure(mutation.error)} /></div>}
    </Dialog>
  );
}
