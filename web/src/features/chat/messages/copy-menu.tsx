import { copyText } from "@/shared/lib/clipboard";
import { texts } from "@/shared/i18n/chat";
import { CopyIcon } from "@/shared/ui/icons";
import { toast } from "@/shared/ui/toasts";
import { Menu } from "./menu";

/** Copies an answer, with its marks or without them. */
export function CopyMenu({ markdown }: { markdown: string }) {
  const copy = (text: string) =>
    void copyText(text).then((copied) =>
      toast(copied ? texts.message.copied : texts.message.copyFailed, { tone: copied ? "neutral" : "danger" }),
    );
  return (
    <Menu
      label={texts.message.copy}
      icon={<CopyIcon />}
      items={[
        { name: texts.message.copyMarkdown, run: () => copy(markdown) },
        {
          name: texts.message.copyText,
          run: () => void import("./plain-text").then(({ plainText }) => copy(plainText(markdown))),
        },
      ]}
    />
  );
}
