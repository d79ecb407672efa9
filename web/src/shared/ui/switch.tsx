interface SwitchProps {
  /** What is on or off; shown beside it unless `hidden`. */
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  hideLabel?: boolean;
}

/** On or off, at once. */
export function Switch({ label, checked, onChange, disabled = false, hideLabel = false }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      disabled={disabled}
      onClick={() => onChange(!checked)}
      className="group inline-flex items-center gap-2.5 text-sm disabled:cursor-default disabled:opacity-50"
    >
      <span className="flex h-5.5 w-9.5 shrink-0 items-center rounded-full border border-faint bg-raised p-0.5 transition-colors group-aria-checked:border-accent group-aria-checked:bg-accent">
        <span className="size-4 rounded-full bg-faint transition-transform group-aria-checked:translate-x-4 group-aria-checked:bg-on-accent" />
      </span>
      {!hideLabel && <span>{label}</span>}
    </button>
  );
}
