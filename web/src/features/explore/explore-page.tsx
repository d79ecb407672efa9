import { texts } from "@/shared/i18n/explore";
import { Page } from "@/shared/ui/page";

export default function ExplorePage() {
  return <Page title={texts.title}>{null}</Page>;
}
