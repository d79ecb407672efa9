import { texts } from "@/shared/i18n/admin";
import { Page } from "@/shared/ui/page";

export default function AdminPage() {
  return <Page title={texts.title}>{null}</Page>;
}
