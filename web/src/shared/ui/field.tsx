import { type ComponentProps, type ReactNode, useId } from "react";

const box =
  "w-full min-w-0 rounded-lg border border-line bg-field px-3 py-2 text-sm text-ink placeholder:text-faint aria-invalid:border-danger disabled:opacity-60";

interface FieldProps {
  label: string;
  /** What it does; read out with the label. */
  hint?: ReactNode;
  /** What is wrong with the present value. */
  error?: string | undefined;
  /** Gets what ties it to the label, the hint and the error. */
  children: (attributes: FieldAttributes) => ReactNode;
}

export interface FieldAttributes {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

/** A control with its label above it, and below it what it does or what is wrong. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const said = error === undefined ? hint : error;
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">{label}</label>
      {children({
        id,
        "aria-describedby": said === undefined ? undefined : `${id}-said`,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {said !== undefined && (
        <p id={`${id}-said`} className={`text-xs leading-relaxed ${error === undefined ? "text-faint" : "text-danger"}`}>
          {said}
        </p>
      )}
    </div>
  );
}

export function Input({ className = "", ...rest }: ComponentProps<"input">) {
  return <input className={`${box} ${className}`} {...rest} />;
}

export function TextArea({ className = "", ...rest }: ComponentProps<"textarea">) {
  return <textarea className={`${box} leading-relaxed ${className}`} {...rest} />;
}

export function Select({ className = "", ...rest }: ComponentProps<"select">) {
  return <select className={`${box} ${className}`} {...rest} />;
}
