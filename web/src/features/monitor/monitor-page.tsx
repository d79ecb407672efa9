import { texts } from "@/shared/i18n/monitor";
import { Page } from "@/shared/ui/page";

export default function MonitorPage() {
  return <Page title={texts.title}>{null}</Page>;
}
