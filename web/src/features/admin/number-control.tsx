import { type SyntheticEvent, useId, useState } from "react";
import type { Setting } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { formatPlain, parsePlain } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Input } from "@/shared/ui/field";
import { bareNumberOf, unitOf } from "./setting-texts";

interface NumberControlProps {
  setting: Setting;
  name: string;
  onChange: (value: number | null) => void;
}

/** A number within its range; an amount of money may be left out, which means no bound. */
export function NumberControl({ setting, name, onChange }: NumberControlProps) {
  const id = useId();
  const [written, setWritten] = useState(typeof setting.value === "number" ? formatPlain(setting.value) : "");
  const read = readNumber(setting, written);
  const changed = read.value !== setting.value;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (read.error === undefined && changed) onChange(read.value);
  };
  const unit = unitOf(setting);
  return (
    <form onSubmit={submit} className="grid gap-1 sm:justify-items-end">
      <div className="flex items-center gap-2">
        <Input
          aria-label={name}
          aria-describedby={`${id}-said`}
          aria-invalid={read.error === undefined ? undefined : true}
          inputMode="decimal"
          className="max-w-28 text-right tabular-nums"
          placeholder={setting.kind === "money" ? texts.settings.noBound : undefined}
          value={written}
          onChange={(event) => setWritten(event.target.value)}
        />
        {unit !== undefined && <span className="text-xs text-faint">{unit}</span>}
        {changed && read.error === undefined && (
          <Button type="submit" kind="primary" size="small">{texts.settings.save}</Button>
        )}
      </div>
      <p id={`${id}-said`} className={`text-xs ${read.error === undefined ? "text-faint" : "text-danger"}`}>
        {read.error ?? rangeOf(setting)}
      </p>
    </form>
  );
}

function rangeOf(setting: Setting): string {
  const { min, max } = setting;
  return min == null || max == null ? "" : texts.settings.range(bareNumberOf(setting, min), bareNumberOf(setting, max));
}

/** What was written, as the setting takes it, or what is wrong with it. */
export function readNumber(setting: Setting, written: string): { value: number | null; error?: string } {
  const text = written.trim();
  if (text === "" && setting.kind === "money") return { value: null };
  const value = parsePlain(text);
  if (text === "" || !Number.isFinite(value)) return { value, error: texts.settings.notANumber };
  if (setting.kind === "count" && !Number.isInteger(value)) return { value, error: texts.settings.notWhole };
  if (setting.min != null && value < setting.min) {
    return { value, error: texts.settings.tooSmall(bareNumberOf(setting, setting.min)) };
  }
  if (setting.max != null && value > setting.max) {
    return { value, error: texts.settings.tooLarge(bareNumberOf(setting, setting.max)) };
  }
  return { value };
}
