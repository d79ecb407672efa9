import { useId } from "react";
import { texts } from "@/shared/i18n/admin";

/** What a key may be for, as the server names it. */
const scopes = ["chat", "memory", "execute", "admin"] as const;

interface ScopeChoiceProps {
  chosen: readonly string[];
  onChange: (scopes: readonly string[]) => void;
}

/** What a key allows, each with what that means. */
export function ScopeChoice({ chosen, onChange }: ScopeChoiceProps) {
  const said = texts.keys;
  const id = useId();
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 text-sm font-medium">{said.scopes}</legend>
      {scopes.map((scope) => (
        <div key={scope} className="flex items-start gap-2.5 text-sm">
          <input
            type="checkbox"
            id={`${id}-${scope}`}
            aria-describedby={`${id}-${scope}-about`}
            className="mt-1 accent-[var(--color-accent)]"
            checked={chosen.includes(scope)}
            onChange={(event) => onChange(scopes.filter((one) => (one === scope ? event.target.checked : chosen.includes(one))))}
          />
          <div>
            <label htmlFor={`${id}-${scope}`} className="font-medium">{said.scopeNames[scope]}</label>
            <p id={`${id}-${scope}-about`} className="text-xs text-faint">{said.scopeAbout[scope]}</p>
          </div>
        </div>
      ))}
    </fieldset>
  );
}
