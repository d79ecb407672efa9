import { useEffect, useRef } from "react";
import { texts } from "@/shared/i18n/admin";
import { BackupSection } from "./backup/backup-section";
import { ChangesSection } from "./changes/changes-section";
import { CloudSection } from "./cloud/cloud-section";
import { GroupSection } from "./group-section";
import { KeysSection } from "./keys/keys-section";
import { MemorySection } from "./memory-section";
import { ModelsSection } from "./models/models-section";
import { PrivacySection } from "./privacy-section";
import { RoutingSection } from "./routing-section";
import { SandboxSection } from "./sandbox/sandbox-section";
import { type SectionId, nameOf } from "./sections";

/** A part of the page. It begins at its top, and is not where the one before was left. */
export function Section({ id }: { id: SectionId }) {
  const content = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // In a block: what newer browsers return is no clean-up.
    content.current?.closest("main")?.scrollTo(0, 0);
  }, []);
  return <div ref={content}><Content id={id} /></div>;
}

function Content({ id }: { id: SectionId }) {
  switch (id) {
    case "models":
      return <ModelsSection />;
    case "cloud":
      return <CloudSection />;
    case "sandbox":
      return <SandboxSection />;
    case "memory":
      return <MemorySection />;
    case "keys":
      return <KeysSection />;
    case "changes":
      return <ChangesSection />;
    case "backup":
      return <BackupSection />;
    case "routing":
      return <RoutingSection />;
    case "council":
      return <GroupSection group={id} title={nameOf(id)} about={texts.about.council} />;
    case "privacy":
      return <PrivacySection />;
  }
}
