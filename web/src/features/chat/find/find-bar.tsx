import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { formatCount } from "@/shared/lib/format";
import { CloseIcon, DownIcon } from "@/shared/ui/icons";
import { useThreadActions } from "../messages/thread-context";
import { mark, unmark } from "./marks";
import { type Found, useFind } from "./use-find";

interface FindBarProps {
  /** What holds the messages. */
  content: RefObject<HTMLElement | null>;
  /** Counts the wishes to find: with each the field is where one writes. */
  wished: number;
  onClose: () => void;
}

/** Finds a text in the open conversation, in all versions of its messages: Enter goes on, Shift and Enter back, Esc ends it. */
export default function FindBar({ content, wished, onClose }: FindBarProps) {
  const { conversation, show } = useThreadActions();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const goTo = (found: Found) => {
    const open = () => history.replaceState(history.state, "", `#${found.message_id}`);
    if (found.active) open();
    else void show(found.message_id).then(open);
  };
  const { found, at, problem, search, step } = useFind(conversation, () => firstSeen(content.current), goTo);
  useMarks(content, text, found?.[at]);
  useEffect(() => {
    if (wished > 0) field.current?.select();
  }, [wished]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const count = found?.length ?? 0;
  const place = count === 0 ? texts.find.nothing : texts.find.place(formatCount(at + 1), formatCount(count));
  const said = problem ?? (found === undefined ? "" : place);
  return (
    <form
      role="search"
      onSubmit={(event) => event.preventDefault()}
      aria-label={texts.find.label}
      className="mx-auto flex w-full max-w-[46rem] shrink-0 items-center gap-1 border-b border-line px-4 pb-2"
    >
      <input
        ref={field}
        type="text"
        aria-label={texts.find.label}
        placeholder={texts.find.placeholder}
        value={text}
        maxLength={1000}
        onChange={(event) => {
          setText(event.target.value);
          search(event.target.value);
        }}
        onKeyDown={onKeyDown}
        className="min-w-0 flex-1 rounded-lg border border-line bg-field px-3 py-1.5 text-sm text-ink placeholder:text-faint"
      />
      <span role="status" className={`px-1 text-xs whitespace-nowrap tabular-nums ${problem === null ? "text-faint" : "text-danger"}`}>{said}</span>
      <Step label={texts.find.previous} disabled={count === 0} onClick={() => step(-1)}><span className="rotate-180"><DownIcon /></span></Step>
      <Step label={texts.find.next} disabled={count === 0} onClick={() => step(1)}><DownIcon /></Step>
      <Step label={texts.find.close} onClick={onClose}><CloseIcon /></Step>
    </form>
  );
}

interface StepProps {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function Step({ label, disabled = false, onClick, children }: StepProps) {
  return (
    <button type="button" aria-label={label} title={label} disabled={disabled} onClick={onClick} className="action">
      {children}
    </button>
  );
}

/** The id of the first message that is in view; 0 where none is. */
function firstSeen(content: HTMLElement | null): number {
  const top = content?.parentElement?.getBoundingClientRect().top ?? 0;
  const shown = [...(content?.querySelectorAll<HTMLElement>("[data-message]") ?? [])];
  return Number(shown.find((message) => message.getBoundingClientRect().bottom > top)?.dataset.message ?? 0);
}

/** Keeps the text marked while messages come and go. */
function useMarks(content: RefObject<HTMLElement | null>, text: string, current: Found | undefined): void {
  useEffect(() => {
    const root = content.current;
    if (root === null || text.trim() === "") return;
    const paint = () => mark(root, text, messageIn(root, current));
    let frame = requestAnimationFrame(paint);
    const observer = new MutationObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(paint);
    });
    observer.observe(root, { childList: true, subtree: true, characterData: true });
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      unmark();
    };
  }, [content, text, current]);
}

/** What shows a message; an answer can be made of several. */
function messageIn(root: HTMLElement, message: Found | undefined): Element | null {
  const id = `${message?.message_id}`;
  const shown = [...root.querySelectorAll<HTMLElement>("[data-messages]")];
  return shown.find((one) => one.dataset.messages?.split(" ").includes(id)) ?? null;
}
