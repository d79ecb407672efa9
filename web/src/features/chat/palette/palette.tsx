import { Command } from "cmdk";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { useSearch } from "../sidebar/search";
import { useCommands } from "./commands";

interface PaletteProps {
  /** A conversation's id, or what stands in its place. */
  chat: string;
  models: readonly Model[];
  onClose: () => void;
}

const item =
  "flex cursor-pointer items-center justify-between gap-3 rounded-lg px-3 py-2 text-sm data-[selected=true]:bg-raised data-[selected=true]:outline-2 data-[selected=true]:-outline-offset-2 data-[selected=true]:outline-accent";
const group =
  "[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint";

/** Everything by its name: what can be done, and the conversations. */
export default function Palette({ chat, models, onClose }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [, navigate] = useLocation();
  const [query, setQuery] = useState("");
  const groups = useCommands(chat, models);
  const search = useSearch(query);
  const hits = query.trim() === "" ? [] : (search.data?.data ?? []).slice(0, 8);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // The browser would take the first thing that can have the focus, which is the list's frame.
    element?.querySelector("input")?.focus();
    // A click on the backdrop has the dialog itself as its target.
    const onClick = (event: MouseEvent) => event.target === element && element?.close();
    element?.addEventListener("click", onClick);
    return () => element?.removeEventListener("click", onClick);
  }, []);
  const choose = (run: () => void) => {
    // First, because what it does may open something else in its place.
    onClose();
    run();
  };
  return (
    <dialog
      ref={dialog}
      aria-label={texts.palette.title}
      onClose={onClose}
      className="dialog mx-auto mt-[12dvh] w-[min(36rem,calc(100vw-1.5rem))] overflow-hidden rounded-2xl border border-line bg-panel text-ink shadow-lg"
    >
      <Command label={texts.palette.title} loop>
        <Command.Input
          value={query}
          onValueChange={setQuery}
          placeholder={texts.palette.placeholder}
          className="w-full border-b border-line bg-transparent px-5 py-3.5 outline-none placeholder:text-faint"
        />
        <Command.List label={texts.palette.results} className="max-h-[min(24rem,60dvh)] overflow-y-auto p-2">
          <Command.Empty className="px-3 py-6 text-center text-sm text-faint">{texts.palette.nothing}</Command.Empty>
          {groups.map(({ title, commands }) => (
            <Command.Group key={title} heading={title} className={group}>
              {commands.map(({ name, run }) => (
                <Command.Item key={name} value={`${title} ${name}`} onSelect={() => choose(run)} className={item}>
                  {name}
                </Command.Item>
              ))}
            </Command.Group>
          ))}
          {hits.length > 0 && (
            <Command.Group heading={texts.history.label} forceMount className={group}>
              {hits.map(({ conversation, message_id: message, snippet }) => (
                <Command.Item
                  key={`${conversation.id} ${message}`}
                  value={`hit ${conversation.id} ${message}`}
                  forceMount
                  onSelect={() =>
                    choose(() =>
                      navigate(`/chat/${encodeURIComponent(conversation.id)}${message == null ? "" : `#${message}`}`),
                    )
                  }
                  className={item}
                >
                  <span className="min-w-0 shrink-0 truncate">{conversation.title || texts.history.untitled}</span>
                  {snippet !== "" && <span className="truncate text-xs text-faint">{snippet}</span>}
                </Command.Item>
              ))}
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </dialog>
  );
}
