import type { ReactNode } from "react";
import { texts } from "@/shared/i18n/shared";
import { Account } from "./account";
import { PageRow } from "./page-nav";
import { Preferences } from "./preferences";

interface PageProps {
  title: string;
  /** Choices and buttons that hold for the whole page. */
  actions?: ReactNode;
  /** The page's own sections, beside its content where there is room. */
  aside?: ReactNode;
  /** The sections are a long list of names, which needs more room than a phone has. */
  asideIsList?: boolean;
  children: ReactNode;
}

/** The frame of a page that shows and compares: a line with its name, and its content below, which scrolls. */
export function Page({ title, actions, aside, asideIsList = false, children }: PageProps) {
  return (
    <div className="flex h-full min-w-0 flex-1 flex-col">
      <title>{`${title} · ${texts.app.name}`}</title>
      <div className="flex items-center justify-between px-2 pt-2 md:hidden">
        <PageRow />
        <div className="flex">
          <Account />
          <Preferences />
        </div>
      </div>
      <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2 md:px-6">
        <h1 className="text-base font-semibold tracking-tight">{title}</h1>
        {actions && <div className="ml-auto flex min-w-0 items-center gap-2 max-sm:has-[input]:basis-full">{actions}</div>}
      </header>
      <div className="flex min-h-0 flex-1 flex-col md:flex-row">
        {aside && (
          <div
            className={`shrink-0 overflow-x-auto border-b border-line px-2 py-2 md:overflow-y-auto md:border-r md:border-b-0 md:px-3 md:py-4 ${asideIsList ? "hidden md:block md:w-72" : "md:w-52"}`}
          >
            {aside}
          </div>
        )}
        <main className="min-h-0 min-w-0 flex-1 overflow-y-auto px-3 py-4 md:px-6 md:py-5">{children}</main>
      </div>
    </div>
  );
}
