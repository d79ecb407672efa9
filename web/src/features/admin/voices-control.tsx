import type { Setting } from "@/shared/api/types";

interface VoicesControlProps {
  setting: Setting;
  name: string;
  onChange: (value: string[]) => void;
}

/** Some of the configured voices; the last one stays. */
export function VoicesControl({ setting, name, onChange }: VoicesControlProps) {
  const all = setting.choices ?? [];
  const chosen = Array.isArray(setting.value) ? setting.value : [];
  const seated = chosen.length === 0 ? all : all.filter((voice) => chosen.includes(voice));
  const toggle = (voice: string) =>
    onChange(all.filter((other) => (other === voice ? !seated.includes(voice) : seated.includes(other))));
  return (
    <fieldset className="flex flex-wrap gap-x-4 gap-y-1.5 sm:justify-end">
      <legend className="sr-only">{name}</legend>
      {all.map((voice) => {
        const sits = seated.includes(voice);
        return (
          <label key={voice} className="flex items-center gap-1.5 text-sm">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={sits}
              disabled={sits && seated.length === 1}
              onChange={() => toggle(voice)}
            />
            {voice}
          </label>
        );
      })}
    </fieldset>
  );
}
