import { useState } from "react";
import { texts } from "@/shared/i18n/admin";
import { Input } from "@/shared/ui/field";
import { Page } from "@/shared/ui/page";
import { PanicNote, PanicSwitch } from "./panic-switch";
import { Section } from "./section";
import { SectionNav } from "./section-nav";
import { sectionOf } from "./sections";
import { SettingSearch } from "./setting-search";
import { StaleNote } from "./stale-note";

/** What runs here, what may leave, what it may cost, and who changed that. */
export default function AdminPage({ section }: { section?: string | undefined }) {
  const [wanted, setWanted] = useState("");
  const current = sectionOf(section);
  const actions = (
    <>
      <Input
        type="search"
        aria-label={texts.settings.search}
        placeholder={texts.settings.search}
        className="min-w-0 flex-1 py-1.5 sm:max-w-48"
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
      />
      <PanicSwitch />
    </>
  );
  return (
    <Page title={texts.title} actions={actions} aside={<SectionNav current={current} />}>
      <div className="mx-auto max-w-[64rem]">
        <StaleNote />
        <PanicNote />
        {wanted.trim() === "" ? <Section key={current} id={current} /> : <SettingSearch wanted={wanted} />}
      </div>
    </Page>
  );
}
