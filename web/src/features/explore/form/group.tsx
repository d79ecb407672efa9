import type { ReactNode } from "react";
import { texts } from "@/shared/i18n/explore";
import { IconButton } from "@/shared/ui/icon-button";
import { CloseIcon } from "@/shared/ui/icons";
import { Prose } from "../prose";

interface GroupProps {
  name: string;
  description: string;
  problem?: string | undefined;
  onRemove: (() => void) | null;
  children: ReactNode;
}

/** Fields that belong together, under one name. */
export function Group({ name, description, problem, onRemove, children }: GroupProps) {
  return (
    <fieldset className="min-w-0 border-l-2 border-line pl-3">
      <legend className="float-left flex w-full items-center gap-2 text-sm font-medium">
        <span className="min-w-0 flex-1 truncate font-mono text-[0.8125rem]">{name}</span>
        {onRemove !== null && (
          <span className="-my-2">
            <IconButton label={texts.request.remove(name)} onClick={onRemove}>
              <CloseIcon />
            </IconButton>
          </span>
        )}
      </legend>
      {(problem ?? description) && (
        <p className={`clear-left text-xs leading-relaxed ${problem === undefined ? "text-faint" : "text-danger"}`}>
          {problem ?? <Prose text={description} />}
        </p>
      )}
      <div className="clear-left grid gap-4 pt-2 pb-1">{children}</div>
    </fieldset>
  );
}
