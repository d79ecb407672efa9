import { type ReactNode, useId } from "react";

interface PanelProps {
  title: string;
  /** One line that says what it shows. */
  about?: ReactNode;
  /** Buttons and choices, at the end of the title's line. */
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A part of a page with a name of its own. */
export function Panel({ title, about, actions, children, className = "" }: PanelProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`min-w-0 rounded-xl border border-line bg-field ${className}`}>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-3 pb-2">
        <h2 id={id} className="text-sm font-semibold">{title}</h2>
        {actions && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
        {about && <p className="basis-full text-xs text-faint">{about}</p>}
      </header>
      <div className="px-4 pb-4">{children}</div>
    </section>
  );
}
