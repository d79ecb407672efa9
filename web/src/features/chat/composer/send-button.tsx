import { texts } from "@/shared/i18n/chat";
import { SendIcon, StopIcon } from "@/shared/ui/icons";

interface SendButtonProps {
  running: boolean;
  sendable: boolean;
  onStop: () => void;
}

/** Sends, or stops the answer that is being made. */
export function SendButton({ running, sendable, onStop }: SendButtonProps) {
  if (running) {
    return (
      <button
        type="button"
        aria-label={texts.composer.stop}
        title={texts.composer.stopHint}
        onClick={onStop}
        className="grid size-9 shrink-0 place-items-center rounded-xl bg-ink text-paper hover:opacity-85"
      >
        <StopIcon />
      </button>
    );
  }
  return (
    <button
      type="submit"
      aria-label={texts.composer.send}
      title={texts.composer.send}
      disabled={!sendable}
      className="grid size-9 shrink-0 place-items-center rounded-xl bg-accent text-on-accent hover:opacity-90 disabled:bg-raised disabled:text-faint disabled:opacity-100"
    >
      <SendIcon />
    </button>
  );
}
