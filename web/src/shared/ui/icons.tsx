import type { ReactNode } from "react";

/** Drawn on a 20 × 20 grid with one stroke width, so that they sit together. Always beside or inside a label. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 20 20"
      className="size-5 shrink-0"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const MenuIcon = () => (
  <Icon>
    <path d="M3 6h14M3 10h14M3 14h9" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="m5 5 10 10M15 5 5 15" />
  </Icon>
);

export const NewIcon = () => (
  <Icon>
    <path d="M10 4v12M4 10h12" />
  </Icon>
);

export const SendIcon = () => (
  <Icon>
    <path d="M10 16V4M5 9l5-5 5 5" />
  </Icon>
);

export const StopIcon = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="9" height="9" rx="1.5" fill="currentColor" />
  </Icon>
);

export const DownIcon = () => (
  <Icon>
    <path d="M10 4v12M5 11l5 5 5-5" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <rect x="7" y="7" width="9.5" height="9.5" rx="2" />
    <path d="M13 4.2A1.7 1.7 0 0 0 11.5 3.5H5.2a1.7 1.7 0 0 0-1.7 1.7v6.3c0 .6.3 1.2.7 1.5" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="m4.5 10.5 3.5 3.5 7.5-8" />
  </Icon>
);

export const ChatIcon = () => (
  <Icon>
    <path d="M4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3h-.5A1.5 1.5 0 0 1 3 12.5v-7A1.5 1.5 0 0 1 4.5 4Z" />
  </Icon>
);

export const PulseIcon = () => (
  <Icon>
    <path d="M2.5 10.5h3.2l2.3-6 4 11 2.3-5h3.2" />
  </Icon>
);

export const GearIcon = () => (
  <Icon>
    <path d="M3 6h7M14 6h3M3 14h3M10 14h7" />
    <circle cx="12" cy="6" r="2" />
    <circle cx="8" cy="14" r="2" />
  </Icon>
);

export const ExploreIcon = () => (
  <Icon>
    <path d="m7 5.5-4 4.5 4 4.5M13 5.5l4 4.5-4 4.5M11.3 4 8.7 16" />
  </Icon>
);

export const HalfIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M10 3.5a6.5 6.5 0 0 1 0 13Z" fill="currentColor" />
  </Icon>
);

export const Mark = () => (
  <svg viewBox="0 0 32 32" className="size-5 shrink-0 fill-accent" aria-hidden="true">
    <circle cx="16" cy="7.5" r="5" />
    <circle cx="7.5" cy="22.5" r="5" />
    <circle cx="24.5" cy="22.5" r="5" />
  </svg>
);
