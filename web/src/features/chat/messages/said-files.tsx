import { useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { Dialog } from "@/shared/ui/dialog";
import { ClipIcon } from "@/shared/ui/icons";
import type { SaidItem } from "./thread";
import { useThreadActions } from "./thread-context";

interface Picture {
  url: string;
  name: string;
}

/** What went with a question: images as they are, other files by their names. */
export function SaidFiles({ item }: { item: SaidItem }) {
  const { conversation } = useThreadActions();
  const [shown, setShown] = useState<Picture | null>(null);
  const kept = item.files.filter(({ image }) => image).map(({ id, name }) => ({ url: addressOf(conversation, id), name }));
  const pictures = [...kept, ...inline(item)];
  return (
    <>
      {item.files.filter(({ image }) => !image).map(({ id, name }) => (
        <span key={id} className="mb-1 flex items-center gap-1.5 text-sm text-soft [&_svg]:size-4">
          <ClipIcon />
          <span className="min-w-0 truncate">{name}</span>
        </span>
      ))}
      {pictures.length > 0 && (
        <span className="mb-2 flex flex-wrap gap-2">
          {pictures.map((picture, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- parts never move
            <Small key={index} picture={picture} onOpen={() => setShown(picture)} />
          ))}
        </span>
      )}
      {shown && (
        <Dialog title={shown.name} open onClose={() => setShown(null)}>
          <img src={shown.url} alt={shown.name} className="mx-auto max-h-[65dvh] rounded-lg" />
        </Dialog>
      )}
    </>
  );
}

function Small({ picture: { url, name }, onOpen }: { picture: Picture; onOpen: () => void }) {
  const [gone, setGone] = useState(false);
  if (gone) return <span className="text-sm text-soft">{texts.message.imageGone(name)}</span>;
  return (
    <button type="button" onClick={onOpen} title={texts.message.imageOpen(name)} className="rounded-lg">
      <img
        src={url}
        alt={name}
        onError={() => setGone(true)}
        className="h-28 w-auto max-w-full min-w-16 rounded-lg bg-paper object-cover"
      />
    </button>
  );
}

/** Where the server has an image that a conversation keeps. */
function addressOf(conversation: string, id: string): string {
  return `/v1/conversations/${encodeURIComponent(conversation)}/attachments/${encodeURIComponent(id)}`;
}

/** Those that stand in the message themselves, as in imported conversations. Nothing is fetched from elsewhere. */
function inline({ message }: SaidItem): Picture[] {
  const images = message?.content.flatMap((part) => (part.type === "image_url" ? [part.image_url.url] : [])) ?? [];
  return images.map((url) => ({ url: url.startsWith("data:image/") ? url : "", name: texts.message.image }));
}
