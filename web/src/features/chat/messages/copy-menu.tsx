import { copyText } from "@/shared/lib/clipboard";
import { texts } from "@/shared/i18n/chat";
import { CopyIcon } from "@/shared/ui/icons";
import { MenuButton } from "@/shared/ui/menu";
import { toast } from "@/shared/ui/toasts";

/** Copies an answer, with its marks or without them. */
export function CopyMenu({ markdown }: { markdown: string }) {
  const copy = (text: string) =>
    void copyText(text).then((copied) =>
      toast(copied ? texts.message.copied : texts.message.copyFailed, { tone: copied ? "neutral" : "danger" }),
    );
  return (
    <MenuButton
      label={texts.message.copy}
      className="action"
      items={[
        { label: texts.message.copyMarkdown, onSelect: () => copy(markdown) },
        {
          label: texts.message.copyText,
          onSelect: () => void import("./plain-text").then(({ plainText }) => copy(plainText(markdown))),
        },
      ]}
    >
      <CopyIcon />
    </MenuButton>
  );
}
