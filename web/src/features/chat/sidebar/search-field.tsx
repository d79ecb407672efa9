import type { KeyboardEvent } from "react";
import { texts } from "@/shared/i18n/chat";
import { CloseIcon, SearchIcon } from "@/shared/ui/icons";

interface SearchFieldProps {
  query: string;
  onChange: (query: string) => void;
}

/** Where one says what is searched for. The arrow down leads to what was found, Esc back to all conversations. */
export function SearchField({ query, onChange }: SearchFieldProps) {
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape" && query !== "") {
      event.preventDefault();
      event.stopPropagation();
      onChange("");
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      const panel = event.currentTarget.closest("[data-sidebar]");
      panel?.querySelector<HTMLElement>("a[data-hit], a[data-conversation]")?.focus();
    }
  };
  return (
    <div className="relative mx-3 mb-2 shrink-0 [&_svg]:size-4">
      <span className="pointer-events-none absolute inset-y-0 left-2.5 grid place-items-center text-faint">
        <SearchIcon />
      </span>
      <input
        type="search"
        data-search=""
        aria-label={texts.search.label}
        placeholder={texts.search.placeholder}
        value={query}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        className="w-full rounded-lg border border-line bg-field py-1.5 pr-8 pl-8 text-sm text-ink placeholder:text-faint [&::-webkit-search-cancel-button]:hidden"
      />
      {query !== "" && (
        <button
          type="button"
          aria-label={texts.search.clear}
          title={texts.search.clear}
          onClick={() => onChange("")}
          className="absolute inset-y-1 right-1 grid w-7 place-items-center rounded-md text-faint hover:bg-raised hover:text-ink"
        >
          <CloseIcon />
        </button>
      )}
    </div>
  );
}
