import type { ComponentType } from "react";
import { Link, useLocation } from "wouter";
import { texts } from "@/shared/i18n/shared";
import { type PageId, isOn, pages } from "@/shared/lib/pages";
import { Account } from "./account";
import { ChatIcon, ExploreIcon, GearIcon, Mark, PulseIcon } from "./icons";
import { Preferences } from "./preferences";

const icons: Record<PageId, ComponentType> = {
  chat: ChatIcon,
  monitor: PulseIcon,
  admin: GearIcon,
  explore: ExploreIcon,
};

/** The way between the pages, at the left edge where there is room. */
export function PageRail() {
  return (
    <div className="hidden w-14 shrink-0 flex-col items-center gap-1 border-r border-line bg-panel py-3 md:flex">
      <div className="mb-2 grid size-10 place-items-center" title={texts.app.name}>
        <Mark />
      </div>
      <PageLinks className="flex flex-col gap-1" />
      <div className="mt-auto flex flex-col items-center gap-1">
        <Account />
        <Preferences />
      </div>
    </div>
  );
}

/** The same on a phone: a row at the head of a page's drawer or of the page itself. */
export function PageRow({ onChoose }: { onChoose?: () => void }) {
  return <PageLinks className="flex gap-1 md:hidden" onChoose={onChoose} />;
}

function PageLinks({ className, onChoose }: { className: string; onChoose?: (() => void) | undefined }) {
  const [address] = useLocation();
  return (
    <nav aria-label={texts.app.pages} className={className}>
      {pages.map(({ id, path, name }) => {
        const Icon = icons[id];
        return (
          <Link
            key={id}
            href={path}
            onClick={onChoose}
            aria-label={name}
            title={name}
            aria-current={isOn(address, path) ? "page" : undefined}
            className="grid size-10 place-items-center rounded-lg text-soft hover:bg-raised hover:text-ink aria-[current]:bg-raised aria-[current]:text-accent"
          >
            <Icon />
          </Link>
        );
      })}
    </nav>
  );
}
