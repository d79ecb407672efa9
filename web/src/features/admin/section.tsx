import { texts } from "@/shared/i18n/admin";
import { BackupSection } from "./backup/backup-section";
import { ChangesSection } from "./changes/changes-section";
import { CloudSection } from "./cloud/cloud-section";
import { GroupSection } from "./group-section";
import { MemorySection } from "./memory-section";
import { ModelsSection } from "./models/models-section";
import { RoutingSection } from "./routing-section";
import { SandboxSection } from "./sandbox/sandbox-section";
import { type SectionId, nameOf } from "./sections";

/** The content of a part of the page. */
export function Section({ id }: { id: SectionId }) {
  switch (id) {
    case "models":
      return <ModelsSection />;
    case "cloud":
      return <CloudSection />;
    case "sandbox":
      return <SandboxSection />;
    case "memory":
      return <MemorySection />;
    case "changes":
      return <ChangesSection />;
    case "backup":
      return <BackupSection />;
    case "routing":
      return <RoutingSection />;
    case "council":
      return <GroupSection group={id} title={nameOf(id)} about={texts.about.council} />;
    case "privacy":
      return <GroupSection brief group={id} title={nameOf(id)} about={texts.about.privacy} />;
  }
}
