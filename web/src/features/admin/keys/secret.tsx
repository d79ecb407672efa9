import { texts } from "@/shared/i18n/admin";
import { Button } from "@/shared/ui/button";
import { CopyButton } from "@/shared/ui/copy-button";
import { Dialog } from "@/shared/ui/dialog";

interface SecretProps {
  secret: string;
  name: string;
  onClose: () => void;
}

/** A key that was made just now. It is shown here and never again. */
export function Secret({ secret, name, onClose }: SecretProps) {
  const said = texts.keys;
  return (
    <Dialog
      title={said.made(name)}
      open
      onClose={onClose}
      footer={<Button kind="primary" onClick={onClose}>{said.kept}</Button>}
    >
      <div className="grid gap-3 text-sm">
        <p className="leading-relaxed text-soft">{said.once}</p>
        <div className="flex items-center gap-3 rounded-lg border border-line bg-field px-3 py-2">
          <code className="min-w-0 flex-1 break-all">{secret}</code>
          <CopyButton text={() => secret} label={said.copy} />
        </div>
        <p className="text-xs leading-relaxed text-faint">{said.usage}</p>
      </div>
    </Dialog>
  );
}
