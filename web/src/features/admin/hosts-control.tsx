import { type SyntheticEvent, useId, useState } from "react";
import type { Setting } from "@/shared/api/types";
import { texts } from "@/shared/i18n/admin";
import { Button } from "@/shared/ui/button";
import { TextArea } from "@/shared/ui/field";

interface HostsControlProps {
  setting: Setting;
  name: string;
  onChange: (value: string[]) => void;
}

/** Patterns of hosts, one a line; whether each is one, the server says. */
export function HostsControl({ setting, name, onChange }: HostsControlProps) {
  const id = useId();
  const before = Array.isArray(setting.value) ? setting.value.map(String) : [];
  const [written, setWritten] = useState(before.join("\n"));
  const hosts = written.split(/[\s,]+/).filter((host) => host !== "");
  const changed = hosts.join() !== before.join();
  const enough = hosts.length >= (setting.min ?? 1);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (changed && enough) onChange(hosts);
  };
  return (
    <form onSubmit={submit} className="grid w-full gap-1 sm:justify-items-end">
      <TextArea
        aria-label={name}
        aria-describedby={`${id}-said`}
        aria-invalid={enough ? undefined : true}
        className="font-mono"
        rows={Math.max(2, hosts.length)}
        spellCheck={false}
        value={written}
        onChange={(event) => setWritten(event.target.value)}
      />
      <p id={`${id}-said`} className="text-xs text-faint">{texts.settings.hostsHint}</p>
      {changed && enough && (
        <Button type="submit" kind="primary" size="small">{texts.settings.save}</Button>
      )}
    </form>
  );
}
