import { useRef } from "react";
import { texts } from "@/shared/i18n/chat";
import { ClipIcon } from "@/shared/ui/icons";

interface AttachButtonProps {
  /** An incognito chat keeps no files. */
  disabled: boolean;
  onFiles: (files: File[]) => void;
}

/** Chooses files for the next question. */
export function AttachButton({ disabled, onFiles }: AttachButtonProps) {
  const field = useRef<HTMLInputElement>(null);
  const label = disabled ? texts.files.notIncognito : texts.files.choose;
  return (
    <>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        data-files=""
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file can be chosen again.
          event.target.value = "";
        }}
      />
      <button
        type="button"
        aria-label={label}
        title={label}
        disabled={disabled}
        onClick={() => field.current?.click()}
        className="grid size-8 place-items-center rounded-lg text-soft hover:bg-raised hover:text-ink disabled:opacity-40 disabled:hover:bg-transparent"
      >
        <ClipIcon />
      </button>
    </>
  );
}
