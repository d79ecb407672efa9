import { Fragment } from "react";
import { texts } from "@/shared/i18n/chat";
import { formatBytes, formatList } from "@/shared/lib/format";
import type { Outgoing } from "@/shared/api/types";

type Part = Outgoing["messages"][number]["parts"][number];

/** All that a model elsewhere would read, word for word; what stands in the place of private text is marked. */
export function OutgoingText({ outgoing }: { outgoing: Outgoing }) {
  const said = texts.approval;
  return (
    <div
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, and so by the keyboard too
      tabIndex={0}
      role="group"
      aria-label={said.outgoing(outgoing.host)}
      className="max-h-72 overflow-y-auto rounded-lg border border-line bg-field px-3 py-2"
    >
      {outgoing.messages.map((message, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- it never changes
        <div key={index} className="border-t border-line py-2 first:border-t-0 first:pt-0 last:pb-0">
          <p className="text-xs font-medium text-faint">{said.roles[message.role] ?? message.role}</p>
          <p className="break-words whitespace-pre-wrap">
            {message.parts.map((part, place) => (
              // oxlint-disable-next-line react/no-array-index-key -- it never changes
              <Fragment key={place}>{shown(part)}</Fragment>
            ))}
          </p>
        </div>
      ))}
    </div>
  );
}

/** What kinds of private things there are among it, in words. */
export function kindsIn(outgoing: Outgoing): string {
  const kinds = outgoing.messages
    .flatMap(({ parts }) => parts)
    .flatMap((part) => (part.type === "text" ? [] : [part.type === "image" ? "image" : part.kind]));
  return formatList([...new Set(kinds)].map((kind) => texts.approval.kinds[kind] ?? kind));
}

function shown(part: Part) {
  if (part.type === "text") return part.text;
  if (part.type === "image") return <mark className={marked}>{texts.approval.image(formatBytes(part.bytes))}</mark>;
  const kind = texts.approval.kinds[part.kind] ?? part.kind;
  return <mark title={texts.approval.standsFor(kind)} className={marked}>{part.text}</mark>;
}

const marked = "rounded bg-warning/20 px-1 text-ink";
