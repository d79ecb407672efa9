import { Fragment, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { texts } from "@/shared/i18n/explore";
import { Input } from "@/shared/ui/field";
import { type Tag, filtered } from "./document";
import { Method } from "./method";

interface RouteListProps {
  tags: readonly Tag[];
  chosen: string | null;
}

/** The routes in their groups. `/` goes to the filter, arrow keys from one to the next. */
export function RouteList({ tags, chosen }: RouteListProps) {
  const [filter, setFilter] = useState("");
  const list = useRef<HTMLElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useSlash(input);
  const groups = filtered(tags, filter);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const places = [input.current, ...(list.current?.querySelectorAll<HTMLElement>("a") ?? [])];
    const next = places.findIndex((place) => place === document.activeElement) + step;
    places[Math.min(places.length - 1, Math.max(0, next))]?.focus();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys on their way up from the filter and the links
    <nav ref={list} aria-label={texts.routes} onKeyDown={onKeyDown} className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <Input
        ref={input}
        type="search"
        aria-label={texts.filter}
        aria-keyshortcuts="/"
        placeholder={texts.filterHint}
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
      />
      {groups.length === 0 && <p className="px-2 text-sm text-faint">{texts.nothingFits}</p>}
      {groups.map(({ name, description, operations }) => (
        <section key={name} aria-label={name}>
          <h2 className="px-2 pb-1 text-xs font-semibold text-soft" title={description}>{name}</h2>
          {operations.map(({ id, method, path, summary }) => (
            <Link
              key={id}
              href={`/explore/${encodeURIComponent(id)}`}
              title={summary}
              aria-current={id === chosen ? "page" : undefined}
              className="flex items-baseline gap-1 rounded-md px-2 py-1 hover:bg-raised aria-[current]:bg-raised"
            >
              <Method method={method} />
              <span className="min-w-0 font-mono text-xs break-words"><Path path={path} /></span>
            </Link>
          ))}
        </section>
      ))}
    </nav>
  );
}

/** A long path breaks between its parts. */
function Path({ path }: { path: string }) {
  return path.split(/(?<=.)(?=\/)/).map((part) => <Fragment key={part}><wbr />{part}</Fragment>);
}

function useSlash(input: RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest("input, textarea, select, dialog") !== null;
      // On a phone there are two lists, one of which is hidden.
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || input.current?.offsetParent === null) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [input]);
}
