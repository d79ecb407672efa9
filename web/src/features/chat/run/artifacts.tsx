import { formatBytes } from "@/shared/lib/format";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";

/** A file that a program left. */
export interface Artifact {
  name: string;
  mime: string;
  /** In bytes. */
  size: number;
  /** Its bytes as base64. */
  data: string;
}

/** What browsers show without running anything of it. */
const shown = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** Plots as pictures, and every file to be saved. */
export function Artifacts({ artifacts }: { artifacts: readonly Artifact[] }) {
  if (artifacts.length === 0) return null;
  return (
    <div className="space-y-3">
      {artifacts.filter(({ mime }) => shown.has(mime)).map(({ name, mime, data }) => (
        <img
          key={name}
          src={`data:${mime};base64,${data}`}
          alt={texts.run.plot(name)}
          className="max-h-[32rem] max-w-full rounded-md border border-line bg-field"
        />
      ))}
      <div role="group" aria-label={texts.run.files} className="flex flex-wrap gap-2">
        {artifacts.map((artifact) => (
          <Button key={artifact.name} size="small" title={texts.run.download(artifact.name)} onClick={() => save(artifact)}>
            {artifact.name}
            <span className="text-faint">{formatBytes(artifact.size)}</span>
          </Button>
        ))}
      </div>
    </div>
  );
}

/** Hands a file to the browser as a download. Nothing of it is opened as a page of ours. */
function save({ name, data }: Artifact): void {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name.split("/").at(-1) ?? name;
  link.click();
  // The browser has taken it up by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
