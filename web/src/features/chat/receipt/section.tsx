import { type ReactNode, useId } from "react";

/** A part of the receipt. */
export function Section({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className="font-semibold">{title}</h3>
      {about !== undefined && <p className="mt-0.5 text-xs text-faint">{about}</p>}
      <div className="mt-2">{children}</div>
    </section>
  );
}
